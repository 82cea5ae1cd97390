"""Cut where it is said to be safe, a text encodes as it does whole: every short string, then drawn ones."""

import itertools
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, pre_tokenizers

from tests.filters.strategies import HOSTILE, TEXT
from tests.tokenizer.conftest import Variant, splitting
from tokenizer import encode
from tokenizer.encode import Encoder
from tokenizer.parallel import declaration
from tokenizer.split_points import GPT2, PROVEN, cuts, pattern_of

# A character of each kind that a pattern of PROVEN tells apart: lower, upper and other letters, marks, digits, the
# apostrophe and a letter of a contraction, space, line feed, carriage return, punctuation in and out of BLOOM's class.
KINDS = ("a", "S", "字", "\u0301", "1", "'", " ", "\n", "\r", ";", "。", "/")


TEXTS = list(declaration().values())[4::9]


def places(text: str, size: int) -> list[int]:
    """Where `cuts` cuts one text, in bytes."""
    data = text.encode()
    found: list[int] = cuts(np.frombuffer(data, np.uint8), np.array([0, len(data)]), size).tolist()
    return found


@pytest.mark.parametrize("pattern", sorted(PROVEN))
def test_no_short_string_is_cut_into_other_pretokens(pattern: str) -> None:
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    known = {
        text: [piece for piece, _ in split.pre_tokenize_str(text)]
        for length in range(1, 5)
        for text in map("".join, itertools.product(KINDS, repeat=length))
    }
    cut = 0
    for text, whole in known.items():
        data = text.encode()
        for place in places(text, 0):
            left, right = data[:place].decode(), data[place:].decode()
            assert known[left] + known[right] == whole, (text, place)
            cut += 1
    assert cut > 1000


def test_every_safe_place_is_found() -> None:
    assert places("one two\nthree 字、仮。x", 0) == [3, 7, 13, 17, 23]


@settings(max_examples=40)
@given(st.lists(st.one_of(TEXT, st.sampled_from(list(declaration().values())).map(lambda t: t[:400])), max_size=6))
@example(list(HOSTILE))
def test_pieces_encode_to_what_the_whole_does(proven: dict[str, Path], texts: list[str]) -> None:
    whole = " ".join(texts)[:3000]
    data = whole.encode()
    bounds = [0, *places(whole, 7), len(data)]
    pieces = [data[start:end].decode() for start, end in itertools.pairwise(bounds)]
    for folder in proven.values():
        judge = opened(folder)
        joined = [id_ for one in judge.encode_batch(pieces, add_special_tokens=False) for id_ in one.ids]
        assert joined == judge.encode(whole, add_special_tokens=False).ids


_OPENED: dict[Path, Tokenizer] = {}


def opened(folder: Path) -> Tokenizer:
    if folder not in _OPENED:
        _OPENED[folder] = Tokenizer.from_file(str(folder / "tokenizer.json"))
        _OPENED[folder].encode_special_tokens = True
    return _OPENED[folder]


def test_giant_documents_between_others_encode_as_they_do_uncut(
    proven: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pa.array(["", "\n".join(list(declaration().values())[::9]), "", "short", " ".join(TEXTS), ""])
    for folder in proven.values():
        encoder = Encoder(path=str(folder / "tokenizer.json"))
        with monkeypatch.context() as patch:
            patch.setattr(encode, "cuts", lambda data, offsets: cuts(data, offsets, 10_000))
            patch.setattr(encode, "_TOGETHER_BYTES", 50_000)
            ids, offsets = encoder.encode(texts)
        whole = [opened(folder).encode(text, add_special_tokens=False).ids for text in texts.to_pylist()]
        assert np.diff(offsets).tolist() == [len(own) for own in whole]
        assert ids.tolist() == list(itertools.chain(*whole))


def test_pieces_are_about_as_long_as_was_asked() -> None:
    text = "\n".join(declaration().values())
    data = text.encode()
    lengths = np.diff([0, *places(text, 5000), len(data)])
    assert lengths.max() < 30_000  # the whole declaration in Tibetan or Amharic, which put no spaces between words
    assert np.median(lengths) < 5100
    assert lengths[:-1].min() >= 5000


def test_nothing_is_cut_where_something_else_looks_over_a_cut(variant: Variant, saved: Path) -> None:
    def of(folder: Path) -> str | None:
        return pattern_of(orjson.loads((folder / "tokenizer.json").read_bytes()))

    assert of(saved) in PROVEN
    assert of(variant(pre_tokenizer={"type": "ByteLevel", "add_prefix_space": False, "use_regex": True})) == GPT2
    assert of(variant(pre_tokenizer={"type": "ByteLevel", "add_prefix_space": True, "use_regex": True})) is None
    assert of(variant(normalizer={"type": "NFC"})) is None
    assert of(variant(pre_tokenizer=None)) is None
    assert of(variant(pre_tokenizer=splitting(r"\w+"))) not in PROVEN
    assert of(variant(added_tokens=[{"id": 2, "content": "a b", "special": False}])) is None
