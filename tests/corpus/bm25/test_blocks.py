"""Passages are the text once their overlap is off; blocks have the words of passages and how often, whatever is cut."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.bm25 import blocks, terms
from corpus.bm25.blocks import MOST_OFTEN, Block
from corpus.errors import DataError
from corpus.store.table import Table
from corpus.verify import bm25 as verified
from filters.batch import Batch
from tests.filters.strategies import HOSTILE, TEXTS
from tokenizer.parallel import declaration

LONG = "one two three four five six seven eight nine ten. " * 60


def strings(texts: list[str]) -> pa.StringArray:
    return pa.array(["before", *texts, "after"], pa.string()).slice(1, len(texts))


def words_of(text: str) -> int:
    batch = Batch(documents=pa.RecordBatch.from_arrays([pa.array([text], pa.string())], names=["text"]))
    return int(batch.index.words[0])


def holds(texts: list[str]) -> None:
    """All that is said of passages, of every text."""
    cut = terms.cut(strings(texts))
    for row, text in enumerate(texts):
        data = text.encode()
        own = cut.bounds[cut.counts[row] : cut.counts[row + 1]].tolist()
        pieces = [data[first:last].decode() for first, last in own]
        overlaps = [last - first for (_, last), (first, _) in pairwise(own)]
        rest = [piece.encode()[over:].decode() for piece, over in zip(pieces[1:], overlaps, strict=True)]
        assert pieces[0] + "".join(rest) == text
        counts = [words_of(piece) for piece in pieces]
        assert all(count == terms.WORDS for count in counts[:-1])
        assert counts[-1] <= terms.WORDS
        for (_, last), (first, _) in pairwise(own):
            assert words_of(data[first:last].decode()) == terms.OVERLAP
        assert len(pieces) == 1 or counts[-1] > terms.OVERLAP  # none of which all was in the one before


@given(TEXTS)
@example([LONG, "", "   ", LONG[:500]])
@example(["字" * 128, "字" * 129, "字" * 240, "字" * 241])
def test_passages_without_their_overlap_are_the_text(texts: list[str]) -> None:
    holds(texts)


def test_passages_of_every_language_of_the_declaration() -> None:
    holds(list(declaration().values()))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_passages_of_hostile_texts(text: str) -> None:
    holds([text, text * 3])


def naive(block: Block, texts: list[str]) -> None:
    """A block against its texts, passage by passage."""
    own = texts[block.row : block.row + block.documents]
    cut = terms.cut(pa.array(own, pa.string()))
    assert block.bytes == sum(len(text.encode()) for text in own)
    assert block.firsts.tolist() == cut.counts.tolist()
    found: dict[int, dict[int, int]] = {}
    for number, (first, last) in enumerate(zip(block.starts.tolist(), block.ends.tolist(), strict=True)):
        row = int(np.searchsorted(block.firsts, number, side="right")) - 1
        passage = own[row].encode()[first:last].decode()
        hashes = terms.hashes(pa.array([passage], pa.string())).word_hash.tolist()
        assert block.lengths[number] == len(hashes)
        for word, often in Counter(hashes).items():
            found.setdefault(word, {})[number] = min(often, MOST_OFTEN)
    assert block.words.tolist() == sorted(found)
    for word, wanted in found.items():
        own_postings = block.of(np.uint64(word)).tolist()
        assert [(one >> 8, one & 255) for one in own_postings] == sorted(wanted.items())
    assert len(block.of(np.uint64(1))) == 0


@given(TEXTS, st.integers(1, 400), st.integers(1, 4))
@example(["a " * 400, "b", "a b", ""], 30, 2)
def test_blocks_have_the_words_of_passages(texts: list[str], size: int, together: int) -> None:
    batches = [strings(texts[first : first + together]) for first in range(0, len(texts), together)]
    made = list(blocks.cut(batches, size))
    assert [block.row for block in made] == np.cumsum([0, *(block.documents for block in made)])[:-1].tolist()
    assert sum(block.documents for block in made) == len(texts)
    for block in made:
        naive(block, texts)
        assert block.bytes <= size or block.documents == 1
    whole = list(blocks.cut([strings(texts)], size))  # how texts come together does not matter
    assert [vars(one)["postings"].tolist() for one in whole] == [vars(one)["postings"].tolist() for one in made]
    assert [one.row for one in whole] == [one.row for one in made]


def table_of(folder: Path, texts: list[str], size: int = 200) -> Table:
    entry = blocks.write(str(folder), 0, blocks.cut([strings(texts)], size))
    return Table(folder=str(folder), name=blocks.TABLE, files=(entry,))


@given(TEXTS)
def test_what_is_read_is_what_was_written(texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        read = list(blocks.read(table_of(Path(folder), texts), 0))
    made = list(blocks.cut([strings(texts)], 200))
    assert len(read) == len(made)
    assert all(verified._same(one, other) for one, other in zip(read, made, strict=True))


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    table = table_of(tmp_path, [LONG])
    path = tmp_path / blocks.TABLE / table.files[0].name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match="another size"):
        list(blocks.read(table, 0))
