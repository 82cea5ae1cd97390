"""Of every source and language a document is judged, the same ones whatever the parts."""

import hashlib
from collections.abc import Sequence

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus.shards.order import order_keys
from corpus.vocabulary import judged

Document = tuple[str, str, str]  # source, language, id
DOCUMENTS = st.lists(
    st.tuples(st.sampled_from(["web", "code", "ünï"]), st.sampled_from(["eng_Latn", "fra_Latn", "x"]), st.integers(0)),
    unique_by=lambda one: one[2],
).map(lambda rows: [(s, lang, hashlib.md5(str(n).encode()).hexdigest()) for s, lang, n in rows])


def table(rows: Sequence[Document]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {
            name: pa.array(column, pa.string())
            for name, column in zip(("source", "language", "id"), columns, strict=True)
        }
    )


def key(document: Document) -> int:
    return int(order_keys(pa.array([document[2]]), judged._SEED)[0])


def naive(rows: Sequence[Document]) -> set[str]:
    """The id with the least key of each source and language."""
    found: dict[tuple[str, str], Document] = {}
    for row in rows:
        known = found.setdefault(row[:2], row)
        if key(row) < key(known):
            found[row[:2]] = row
    return {row[2] for row in found.values()}


@given(DOCUMENTS, st.data())
def test_the_first_of_each_whatever_the_parts_and_the_order(rows: list[Document], data: st.DataObject) -> None:
    assert set(judged.first_of_each(table(rows)).column("id").to_pylist()) == naive(rows)
    mixed = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    parts = [judged.first_of_each(table(part)) for part in (mixed[:cut], mixed[cut:])]
    chosen = judged.of(len(rows), pa.Table.from_batches(parts))
    assert chosen.least == naive(rows)


def test_some_by_key_beside_the_first_of_each() -> None:
    """256 of 20,000, about, whatever the source; 1 in 512 of ten million."""
    rows = [("web", "eng_Latn", hashlib.md5(str(n).encode()).hexdigest()) for n in range(20_000)]
    rare = ("web", "bod_Tibt", max(rows, key=key)[2][::-1])
    ids = pa.array([row[2] for row in [*rows, rare]])
    firsts = table([*rows, rare])
    few = judged.of(20_001, firsts).rows(ids)
    assert 200 < len(few) < 320
    assert 20_000 in few.tolist()
    fewest = judged.of(10_000_000, firsts).rows(ids)
    assert 20 < len(fewest) < 70
    assert set(fewest.tolist()) < set(few.tolist())


def test_all_of_a_small_corpus() -> None:
    rows = [("web", "eng_Latn", hashlib.md5(str(n).encode()).hexdigest()) for n in range(256)]
    ids = pa.array([row[2] for row in rows])
    assert judged.of(256, table(rows)).rows(ids).tolist() == list(range(256))
