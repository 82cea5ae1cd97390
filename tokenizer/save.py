"""The tokenizer as files that `transformers` and every trainer open: nothing is added when encoding."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
from tokenizers import AddedToken, Tokenizer, decoders, models

from tokenizer.bpe import symbol_ids
from tokenizer.presets import DEFAULT, PRESETS, Preset
from tokenizer.pretokens import byte_symbols, pre_tokenizer
from tokenizer.sizes import AMBIGUOUS_ADVICE, AMBIGUOUS_SIZES
from tokenizer.specials import END, PADDING, SPECIALS


def vocabulary(
    merges: list[tuple[int, int]], specials: Sequence[str] = SPECIALS
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Token to id (specials first, then bytes, then merges) and the merges as strings."""
    symbols = byte_symbols()
    tokens = [""] * 256
    for byte, place in enumerate(symbol_ids().tolist()):
        tokens[place] = symbols[byte]
    known = {token: place for place, token in enumerate(tokens)}
    pairs = []
    for left, right in merges:
        pairs.append((tokens[left], tokens[right]))
        joined = tokens[left] + tokens[right]
        if joined not in known:
            known[joined] = len(tokens)
            tokens.append(joined)
    ids = {special: place for place, special in enumerate(specials)}
    return ids | {token: len(specials) + place for token, place in known.items()}, pairs


def save(
    folder: str,
    merges: list[tuple[int, int]],
    preset: Preset = PRESETS[DEFAULT],
    specials: Sequence[str] = SPECIALS,
) -> None:
    """Write the files of a byte-level BPE: see `write`."""
    ids, pairs = vocabulary(merges, specials)
    built = Tokenizer(models.BPE(vocab=ids, merges=pairs))
    built.pre_tokenizer = pre_tokenizer(preset)
    built.decoder = decoders.ByteLevel()
    write(folder, built, specials)


def write(folder: str, built: Tokenizer, specials: Sequence[str]) -> None:
    """Write tokenizer.json, tokenizer_config.json and special_tokens_map.json; `specials` have the first ids.

    Raises ValueError for a vocabulary of 65,500 to 65,536: trainers would store its ids in different types.
    """
    built.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in specials])
    size = built.get_vocab_size(with_added_tokens=True)
    if size in AMBIGUOUS_SIZES:
        raise ValueError(f"a vocabulary of {size} came out: {AMBIGUOUS_ADVICE}")
    names: dict[str, object] = {"eos_token": END, "pad_token": PADDING}
    if len(specials) > len(SPECIALS):
        names["additional_special_tokens"] = list(specials[len(SPECIALS) :])
    target = Path(folder)
    (target / "tokenizer.json").write_text(built.to_str(pretty=True) + "\n", "utf-8")
    for name, data in configuration(names).items():
        (target / name).write_bytes(data)


def configuration(names: Mapping[str, object]) -> dict[str, bytes]:
    """The files beside tokenizer.json by name; `names` are special tokens by their role."""
    config = {
        **names,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": False,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": True,  # the name of a special token inside a text is text
        "model_max_length": 1_000_000_000_000,  # documents are cut by the trainer, not here
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return {
        "tokenizer_config.json": orjson.dumps(config, option=options),
        "special_tokens_map.json": orjson.dumps(names, option=options),
    }
