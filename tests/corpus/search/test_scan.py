"""A part in shares is the part, and texts of groups without a chosen document are not read."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.search import scan
from corpus.search.pattern import Phrase
from corpus.search.selection import Selection
from corpus.search.texts import Texts
from corpus.store.table import Group, Table, write_part


def table_of(folder: Path, groups: list[list[str]], source: str = "") -> Table:
    """One part; `source`: of all its documents, or each group has its own."""
    kind = pa.schema([(name, pa.string()) for name in ("text", "language", "source")])
    with write_part(str(folder), "corpus", "part-00000", kind) as (writer, written):
        for number, texts in enumerate(groups):
            own = [texts, ["eng_Latn"] * len(texts), [source or f"s{number}"] * len(texts)]
            writer.write(pa.RecordBatch.from_arrays([pa.array(one, pa.string()) for one in own], schema=kind))
    return Table(folder=str(folder), name="corpus", files=(written.result(),))


@given(
    st.lists(st.lists(st.sampled_from(["ab", "abab", "", "b"]), min_size=1, max_size=3), max_size=7), st.integers(1, 9)
)
def test_shares_of_a_part_are_the_part(groups: list[list[str]], of: int) -> None:
    with TemporaryDirectory() as folder:
        texts = Texts(name="corpus", table=table_of(Path(folder), groups))
        for selection in (Selection(), Selection(sources=("s1", "s3"))):
            whole = scan.part(texts, 0, Phrase("ab"), selection, 99)
            shares = [scan.part(texts, 0, Phrase("ab"), selection, 99, share, of) for share in range(of)]
            for name in ("documents", "bytes", "occurrences", "holding"):
                assert getattr(whole, name) == sum(getattr(one, name) for one in shares), name
            assert np.array_equal(whole.first, np.concatenate([one.first for one in shares]))
            chosen = [one for n, one in enumerate(groups) if selection.everything or n in (1, 3)]
            assert whole.occurrences == sum(text.count("ab") for one in chosen for text in one)


def test_texts_are_read_only_where_a_document_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = Texts(name="corpus", table=table_of(tmp_path, [["ab"], ["ab ab"], ["ab"]]))
    read: list[int] = []
    plain = Group.read

    def spied(self: Group, columns: list[str]) -> pa.RecordBatch:
        if "text" in columns:
            read.append(self.number)
        return plain(self, columns)

    monkeypatch.setattr(Group, "read", spied)
    assert scan.part(texts, 0, Phrase("ab"), Selection(sources=("s1",)), 9).occurrences == 2
    assert read == [1]
