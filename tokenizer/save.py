"""The tokenizer as files that `transformers` and every trainer open: nothing is added when encoding."""

from pathlib import Path

import orjson
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from tokenizer.bpe import symbol_ids
from tokenizer.pretokens import byte_symbols, split
from tokenizer.sizes import AMBIGUOUS_ADVICE, AMBIGUOUS_SIZES

END, PADDING = "<|endoftext|>", "<|padding|>"  # the names under which GPT-NeoX looks them up
SPECIALS = (END, PADDING)  # ids 0 and 1


def vocabulary(merges: list[tuple[int, int]]) -> tuple[dict[str, int], list[tuple[str, str]]]:
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
    ids = {special: place for place, special in enumerate(SPECIALS)}
    return ids | {token: len(SPECIALS) + place for token, place in known.items()}, pairs


def save(folder: str, merges: list[tuple[int, int]]) -> None:
    """Write tokenizer.json, tokenizer_config.json and special_tokens_map.json.

    Raises ValueError for a vocabulary of 65,500 to 65,536: trainers would store its ids in different types.
    """
    ids, pairs = vocabulary(merges)
    if len(ids) in AMBIGUOUS_SIZES:
        raise ValueError(f"a vocabulary of {len(ids)} came out: {AMBIGUOUS_ADVICE}")
    built = Tokenizer(models.BPE(vocab=ids, merges=pairs))
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [split(), pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)]
    )
    built.decoder = decoders.ByteLevel()
    built.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIALS])
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END,
        "pad_token": PADDING,
        "add_bos_token": False,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": True,  # the name of a special token inside a text is text
        "model_max_length": 1_000_000_000_000,  # documents are cut by the trainer, not here
    }
    target = Path(folder)
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    (target / "tokenizer.json").write_text(built.to_str(pretty=True) + "\n", "utf-8")
    (target / "tokenizer_config.json").write_bytes(orjson.dumps(config, option=options))
    (target / "special_tokens_map.json").write_bytes(
        orjson.dumps({"eos_token": END, "pad_token": PADDING}, option=options)
    )
