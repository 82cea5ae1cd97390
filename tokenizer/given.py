"""A tokenizer that somebody brings: what must hold before a corpus is encoded with it, and what is worth a warning.

The file is data from outside. It is parsed as JSON, its tables are looked at, and only then `tokenizers` opens it. Of a
folder nothing but `tokenizer.json` is taken: `tokenizer_config.json` may name code to run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from tokenizers import Encoding, Tokenizer

from tokenizer.sizes import AMBIGUOUS_ADVICE, AMBIGUOUS_SIZES

_MOST = 1 << 24  # ids: tables over a vocabulary are allocated by the largest, and the largest known has 2^20 tokens
# Decoding gives these back; of the rest each changes letters, so that a text is not what was released.
_LOSSLESS = frozenset({"ByteLevel", "Prepend"})
# Texts that a tokenizer gives back letter by letter, or else it loses something: case, marks, spaces, rare scripts.
_PROBES = ("Ĝis! 12\u00a0m²  e\u0301 ﬁ\tA\n\n", "字 กำ ꙮ 𐎠 🙂 \u0000\u202e\U0010ffff")


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is known of a tokenizer once it is checked: ids are 0..vocab_size-1."""

    vocab_size: int
    end: str
    padding: str  # "" for none
    warnings: tuple[str, ...] = field(default=())


def check(data: bytes, end: str, padding: str) -> Given:
    """Of a tokenizer.json. Raises ValueError with the reason for one that a release cannot stand on."""
    raw = parse(data)
    opened, ids = open_vocabulary(data)
    _adds_nothing(raw, opened)
    _sized(ids)
    specials = {str(token["content"]) for token in raw.get("added_tokens") or () if token.get("special")}
    _marks(ids, specials, end, padding)
    return Given(vocab_size=len(ids), end=end, padding=padding, warnings=tuple(_losses(raw, opened)))


def parse(data: bytes) -> Mapping[str, Any]:
    """The tables of a tokenizer.json. Raises ValueError if it is none."""
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error}): give a tokenizer.json") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("model"), dict):
        raise ValueError('has no "model": give a tokenizer.json as `tokenizers` writes it')
    added = raw.get("added_tokens") or []
    if not isinstance(added, list) or not all(isinstance(t, dict) and isinstance(t.get("content"), str) for t in added):
        raise ValueError('its "added_tokens" are no list of tokens: give a tokenizer.json as `tokenizers` writes it')
    return raw


def open_json(data: bytes) -> Tokenizer:
    """As `tokenizers` opens it, with names of special tokens taken for text. Raises ValueError if it does not."""
    return open_vocabulary(data)[0]


def open_vocabulary(data: bytes) -> tuple[Tokenizer, dict[str, int]]:
    """The same, and ids by token: `tokenizers` makes them anew whenever it is asked, in 2 microseconds a token."""
    parse(data)
    try:
        opened = Tokenizer.from_str(data.decode())
    except Exception as error:  # `tokenizers` raises nothing narrower
        raise ValueError(f"`tokenizers` cannot open it: {' '.join(str(error).split())[:200]}") from error
    ids = opened.get_vocab(with_added_tokens=True)
    most = max(ids.values(), default=0)
    if most >= _MOST:
        raise ValueError(f"has id {most}, but no vocabulary has {_MOST} tokens: number its tokens from 0")
    opened.encode_special_tokens = True
    return opened, ids


def _adds_nothing(raw: Mapping[str, Any], opened: Tokenizer) -> None:
    if opened.num_special_tokens_to_add(False):
        bare = _encoded(opened, "a").tokens
        added = [token for token in _encoded(opened, "a", special=True).tokens if token not in bare]
        raise ValueError(
            f"adds {', '.join(added) or 'tokens'} to every text: take the template out of its post_processor; "
            "the end of a document is added here, once"
        )
    for table in ("truncation", "padding"):
        if raw.get(table):
            raise ValueError(f"has {table} switched on, which would change documents: set {table!r} to null in it")
    if raw["model"].get("dropout"):
        raise ValueError(f"drops merges at random (dropout {raw['model']['dropout']}): set it to null in its model")


def _encoded(opened: Tokenizer, text: str, *, special: bool = False) -> Encoding:
    """Raises ValueError for a tokenizer that ends on a text: its unknown token may be in no vocabulary."""
    try:
        return opened.encode(text, add_special_tokens=special)
    except Exception as error:  # `tokenizers` raises nothing narrower
        raise ValueError(f"cannot encode {text!r}: {' '.join(str(error).split())[:200]}; mend its model") from error


def _sized(ids: Mapping[str, int]) -> None:
    if not ids:
        raise ValueError("has no tokens")
    most = max(ids, key=lambda token: (ids[token], token))
    if ids[most] >= len(ids):
        raise ValueError(
            f"token {most!r} has id {ids[most]}, beyond its vocabulary of {len(ids)}: a trainer that sizes the "
            "embedding by their number would read past its end; number the tokens without gaps"
        )
    if len(ids) in AMBIGUOUS_SIZES:
        raise ValueError(f"has a vocabulary of {len(ids)}: {AMBIGUOUS_ADVICE}")


def _marks(ids: Mapping[str, int], specials: set[str], end: str, padding: str) -> None:
    known = ", ".join(sorted(specials)[:8]) or "it has none"
    for key, token in (("end", end), ("padding", padding)):
        if not token and key == "padding":
            continue
        if token not in ids:
            what = "end-of-document" if key == "end" else "padding"
            raise ValueError(f"has no {what} token {token!r}: name one as `{key}`; its special tokens: {known}")
        if token not in specials:
            raise ValueError(
                f"{token!r} is an ordinary token of it, so a text that spells it could end a document from within: "
                f"name a special one as `{key}`; its special tokens: {known}"
            )
    if end == padding:
        raise ValueError(f"{end!r} cannot be both `end` and `padding`: a trainer that masks one would mask the other")


def _losses(raw: Mapping[str, Any], opened: Tokenizer) -> Iterator[str]:
    """What does not come back when a text is decoded."""
    lossy = [name for name in _steps(raw.get("normalizer")) if name not in _LOSSLESS]
    if lossy:
        yield f"its normaliser changes texts ({', '.join(lossy)}): what is decoded is not what was released"
    for probe in _PROBES:
        back = opened.decode(_encoded(opened, probe).ids, skip_special_tokens=False)
        if back != probe and not lossy:
            lost = next((c for c in probe if c not in back), " ")
            yield f"it loses text: {probe!r} comes back as {back!r} (U+{ord(lost):04X})"
            return


def _steps(normaliser: object) -> Sequence[str]:
    if not isinstance(normaliser, dict):
        return ()
    if normaliser.get("type") == "Sequence":
        return [name for step in normaliser.get("normalizers") or () for name in _steps(step)]
    return (str(normaliser.get("type")),)
