"""Texts as kernels take them: of a slice its own, in whatever they are computed."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.texts.cleaning import Cleaning, clean
from corpus.texts.repeated_lines import Cuts, cut_bytes
from corpus.verify.lineage import _first_64_bits
from corpus.vocabulary.fertility import _lengths
from filters.arrow import Array, strings
from filters.kernels.buffers import buffers
from filters.kernels.line_hashes import hash_lines
from filters.lm.normaliser import normalise_array, of_strings
from filters.lm.vocabulary import Vocabulary
from filters.url import _words_in
from jobs.stages.release import _counts
from tests.filters.strategies import TEXTS
from tokenizer.counts import count_pretokens

KINDS = [pa.string(), pa.binary(), pa.large_string(), pa.large_binary()]


def cleaned(texts: pa.StringArray) -> object:
    found, _ = clean(texts, ["eng_Latn"] * len(texts), ["web"] * len(texts), [Cleaning(c4_lines=True)])
    return found.to_pylist()


def first_bytes(texts: pa.StringArray) -> object:
    rows = np.flatnonzero([len(text) > 0 for text in strings(texts)])
    zeros = np.zeros(len(rows), np.int64)
    return cut_bytes(texts, Cuts(rows, zeros, zeros + 1, zeros, zeros, rows[:0])).tolist()


def released(texts: pa.StringArray) -> object:
    rows = len(texts)
    columns: dict[str, Array] = {
        "text": texts,
        "language": pa.array(["eng_Latn"] * rows, pa.string()),
        "targets_at": pa.nulls(rows, pa.int32()),
        "cleaned": pa.array([False] * rows),
        "redactions": pa.array([0] * rows, pa.int32()),
    }
    return _counts(pa.RecordBatch.from_arrays([*columns.values()], names=[*columns]))


def counted(texts: pa.StringArray) -> object:
    words, counts = count_pretokens(texts)
    return dict(zip(words.to_pylist(), counts.tolist(), strict=True))


ANSWERS: dict[str, Callable[[pa.StringArray], object]] = {
    "counts of a release": released,
    "lines": lambda texts: [column.tolist() for column in hash_lines(*buffers(texts))],
    "bytes of cuts": first_bytes,
    "lines that C4 retains": cleaned,
    "sizes for fertility": lambda texts: {name: column.tolist() for name, column in _lengths(texts).items()},
    "normal form of language models": lambda texts: normalise_array(texts).strings().to_pylist(),
    "listed words of addresses": lambda texts: _words_in(texts, ["mill", "the mill"]).tolist(),
    "words for a tokenizer": counted,
}


@given(TEXTS, st.data())
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_buffers_of_a_slice_are_its_texts(kind: pa.DataType, texts: list[str], draw: st.DataObject) -> None:
    first = draw.draw(st.integers(0, len(texts)))
    last = draw.draw(st.integers(first, len(texts)))
    data, offsets = buffers(pa.array(texts, pa.string()).cast(kind).slice(first, last - first))
    assert offsets.dtype == (np.int64 if kind in KINDS[2:] else np.int32)
    found = [data[a:b].tobytes().decode() for a, b in pairwise(offsets)]
    assert found == texts[first:last]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_array_without_rows_needs_no_buffers(kind: pa.DataType) -> None:
    data, offsets = buffers(pa.Array.from_buffers(kind, 0, [None, None, pa.py_buffer(b"")]))
    assert (data.tolist(), offsets.tolist()) == ([], [0])


@given(TEXTS, TEXTS, TEXTS)
@pytest.mark.parametrize("name", ANSWERS)
def test_slice_has_the_answer_of_its_texts_alone(
    name: str, before: list[str], own: list[str], after: list[str]
) -> None:
    whole = pa.array([*before, *own, *after], pa.string())
    assert ANSWERS[name](whole.slice(len(before), len(own))) == ANSWERS[name](pa.array(own, pa.string()))


@given(st.integers(0, 4), st.integers(0, 4))
def test_slice_of_ids_words_and_normal_texts_are_those_alone(first: int, count: int) -> None:
    ids = [f"{number:016x}" + "0" * 16 for number in range(9)]
    assert _first_64_bits(pa.array(ids).slice(first, count)).tolist() == list(range(first, first + count))
    words = Vocabulary.of(pa.array([b"a", b"bc", b"d"], pa.large_binary()))
    wanted = pa.array([b"x", b"d", b"bc", b"", b"a", b"d", b"a", b"bc"], pa.large_binary())
    assert words.numbers_of(wanted.slice(first, count)).tolist() == [0, 5, 4, 0, 3, 5, 3, 4][first : first + count]
    texts = pa.array(["", "a b", "字", "c", "", "d", "e f", "g"], pa.large_string()).slice(first, count)
    assert of_strings(texts).strings().to_pylist() == texts.to_pylist()
