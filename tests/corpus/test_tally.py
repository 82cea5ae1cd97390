"""Tallies: rows with equal keys are added up, whatever their order and whatever the names in them."""

from dataclasses import asdict
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.shards.tallies import Held, Pair
from corpus.store import manifest, storage, tally
from corpus.store.manifest import Receipt

NAMES = st.sampled_from(["a", "a.b", "a.b.c", "b", "x:y z", "a\tb", "tokens", "", "\u0e01\u0e34.ä"]) | st.text(
    max_size=5
)
PAIRS = st.builds(Pair, source=NAMES, language=NAMES, documents=st.integers(0, 2**60), tokens=st.integers(0, 2**60))
ROWS = st.lists(PAIRS, max_size=12)


@given(ROWS, ROWS, ROWS)
def test_merging_is_associative_and_knows_no_order(one: list[Pair], two: list[Pair], three: list[Pair]) -> None:
    first, second, third = (tally.merged(map(vars, rows)) for rows in (one, two, three))
    whole = tally.merged(map(vars, [*one, *two, *three]))
    assert tally.merged([*tally.merged([*first, *second]), *third]) == whole
    assert tally.merged([*first, *tally.merged([*second, *third])]) == whole
    assert tally.merged([*third, *first, *second]) == whole
    assert tally.merged(whole) == whole


@given(ROWS)
def test_rows_of_other_names_stay_apart_and_sums_are_exact(rows: list[Pair]) -> None:
    found = tally.added(Pair, rows)
    keys = [(row.language, row.source) for row in found]
    assert keys == sorted({(row.language, row.source) for row in rows})  # by the fields' names: language is first
    for row in found:
        own = [one for one in rows if (one.source, one.language) == (row.source, row.language)]
        assert (row.documents, row.tokens) == (sum(one.documents for one in own), sum(one.tokens for one in own))
    by_source = tally.total(rows, lambda row: row.source, lambda row: row.tokens)
    assert list(by_source) == sorted({row.source for row in rows})
    assert sum(by_source.values()) == sum(row.tokens for row in rows)


@given(st.lists(ROWS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_manifest_of_receipts_is_the_same_bytes_in_any_order(parts: list[list[Pair]], random: object) -> None:
    shuffled = [random.sample(rows, len(rows)) for rows in parts]  # type: ignore[attr-defined]
    one = [Receipt(task=n, files={}, tallies=tally.cells(rows)) for n, rows in enumerate(parts)]
    other = [Receipt(task=n, files={}, tallies=tally.cells(rows)) for n, rows in enumerate(shuffled)][::-1]
    made = manifest.from_receipts("s", {}, one)
    assert made.to_json() == manifest.from_receipts("s", {}, other).to_json()
    assert [Receipt.from_json(receipt.to_json()) for receipt in one] == one
    every = [row for rows in parts for row in rows]
    assert manifest.tallied(Pair, other) == tally.added(Pair, every)
    if every:
        assert made.tally(Pair) == tally.added(Pair, every)


def test_rows_come_back_from_a_manifest(tmp_path: Path) -> None:
    rows = [Held(split="test", source="x:y z", language="x", documents=2), Pair(source="a.b", language="x", tokens=3)]
    made = manifest.from_receipts("s", {}, [Receipt(task=0, files={}, tallies=tally.cells(rows))])
    storage.publish_bytes(str(tmp_path), manifest.MANIFEST, made.to_json())
    read = manifest.load(str(tmp_path))
    assert read == made
    assert read.tally(Held) == (rows[0],)
    assert read.tallies["pairs"] == [asdict(rows[1])]


def test_rows_with_other_fields_are_refused() -> None:
    receipt = Receipt(task=0, files={}, tallies={"pairs": [{"source": "a", "documents": 1, "words": 2}]})
    with pytest.raises(DataError, match="s: its manifest has no tally 'pairs' as this version .* run the recipe again"):
        manifest.from_receipts("s", {}, [receipt]).tally(Pair)


def test_manifest_of_a_layout_without_tallies_is_read(tmp_path: Path) -> None:
    named = {"stage": "s", "fingerprint": manifest.fingerprint({}), "identity": {}}
    old = orjson.dumps({**named, "tables": {}, "counts": {"n": 1}, "format": {}})
    storage.publish_bytes(str(tmp_path), manifest.MANIFEST, old)
    read = manifest.load(str(tmp_path))
    assert read is not None
    assert (read.counts, read.tallies) == ({"n": 1}, {})
    with pytest.raises(DataError, match="has no tally 'pairs'"):
        read.tally(Pair)
