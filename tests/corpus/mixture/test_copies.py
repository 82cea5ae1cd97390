"""Copies of documents: as many tokens as were wanted, the same whatever the parts, and never side by side."""

import hashlib
import shutil
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import LedgerError
from corpus.mixture.copies import Made, make
from corpus.mixture.recipe_table import Mixture
from corpus.mixture.remainder import BITS, NOTHING, SALT, Cut, cut, place, ranges
from corpus.mixture.solve import Group, Size, solve
from corpus.mixture.tallies import Given, Owed
from corpus.shards.copies import CopiesPart, write_copies
from corpus.shards.gather import gather
from corpus.shards.layout import Shard
from corpus.shards.order import copy_keys, order_keys
from corpus.shards.tallies import Pair
from corpus.shards.tokens import TokenPart, schema, write_token_part
from corpus.stages.balance import Ledger
from corpus.stages.mix import MIX
from corpus.store import tally
from corpus.store.manifest import Receipt, from_receipts
from corpus.store.tally import R, Row
from filters.arrow import array, strings

SEED = 11
SPAN = 1 << 64
Document = tuple[str, str, str, int]  # id, source, language, tokens


def documents(count: int) -> list[Document]:
    """Of two sources and three languages, of 1 to 60 tokens."""
    found = []
    for n in range(count):
        digest = hashlib.blake2b(str(n).encode(), digest_size=16)
        language = ("eng_Latn", "fra_Latn", "deu_Latn")[n % 3]
        found.append((digest.hexdigest(), "web" if n % 4 else "wiki", language, 1 + digest.digest()[0] % 60))
    return found


def sizes_of(corpus: list[Document]) -> dict[tuple[str, str], Size]:
    found: dict[tuple[str, str], Size] = {}
    for _, source, language, tokens in corpus:
        old = found.get((source, language), Size(documents=0, tokens=0))
        found[source, language] = Size(documents=old.documents + 1, tokens=old.tokens + tokens + 1)
    return found


def cuts_of(corpus: list[Document], groups: list[Group]) -> list[Cut]:
    """What the job does, without Spark."""
    made = []
    for group in groups:
        own = [d for d in corpus if (d[1], d[2]) in group.pairs]
        keys = order_keys(pa.array([d[0] for d in own]), SEED, SALT)
        sums: dict[int, int] = {}
        for number, document in zip(ranges(keys).tolist(), own, strict=True):
            sums[number] = sums.get(number, 0) + document[3] + 1
        if not group.rest:
            made.append(NOTHING)
            continue
        at = place(sums, group.rest)
        pairs = [(int(k), d[3] + 1) for k, d in zip(keys, own, strict=True) if int(k) >> (64 - BITS) == at.range]
        made.append(cut(at, pairs, group.rest))
    return made


def token_parts(folder: Path, corpus: list[Document], parting: list[int]) -> list[TokenPart]:
    bounds = [0, *parting, len(corpus)]
    found = []
    for number, (first, last) in enumerate(pairwise(bounds)):
        own = corpus[first:last]
        ids = pa.array([d[0] for d in own], pa.string())
        columns = {
            "language": pa.array([d[2] for d in own], pa.string()),
            "order": pa.array(order_keys(ids, SEED)),
            "id": ids,
            "source": pa.array([d[1] for d in own], pa.string()),
            "row": pa.array(np.arange(len(own), dtype=np.int32)),
            "tokens": pa.array(
                [[5 + i % 7 for i in range(d[3])] for d in own], schema(pa.uint16()).field("tokens").type
            ),
        }
        table = pa.Table.from_pydict({name: columns[name] for name in schema(pa.uint16()).names}, schema(pa.uint16()))
        entry = write_token_part(str(folder), f"part-{number:05d}", table)
        found.append(TokenPart(folder=str(folder), entry=entry, number=number))
    return found


def mixed(
    folder: Path, corpus: list[Document], mixture: Mixture, parting: list[int]
) -> tuple[list[Made], list[TokenPart]]:
    groups = solve(sizes_of(corpus), mixture)
    cuts = cuts_of(corpus, groups)
    parts = token_parts(folder, corpus, parting)
    made = [make(part, groups, cuts, SEED) for part in parts]
    entries = [write_copies(str(folder), f"part-{n:05d}", one.copies) for n, one in enumerate(made)]
    with_copies = [
        TokenPart(folder=p.folder, entry=p.entry, number=p.number, copies=CopiesPart(folder=p.folder, entry=e))
        for p, e in zip(parts, entries, strict=True)
    ]
    return made, with_copies


WEIGHTS = Mixture(weights={"wiki": 0.5, "web:fra_Latn": 0.2, "*": 0.3}, tokens=9000)


def rows_of(made: list[Made], kind: type[R]) -> list[R]:
    return [row for one in made for row in one.rows if isinstance(row, kind)]


def by_kind(made: list[Made]) -> dict[str, list[Row]]:
    return {kind.NAME: [*rows_of(made, kind)] for kind in (Pair, Given)}


def whole(language: str = "") -> Shard:
    return Shard(kind="arrow", name="x", language=language, first=0, last=SPAN - 1)


def rows(parts: list[TokenPart], shard: Shard) -> list[tuple[str, int, list[int]]]:
    found = []
    for block in gather(shard, parts, 0):
        ends = block.offsets
        for i, name in enumerate(strings(block.ids)):
            found.append((name, int(block.copies[i]), block.tokens[ends[i] : ends[i + 1]].tolist()))
    return found


def test_realised_tokens_are_within_one_document_of_what_is_wanted(tmp_path: Path) -> None:
    corpus = documents(300)
    groups = solve(sizes_of(corpus), WEIGHTS)
    made, parts = mixed(tmp_path, corpus, WEIGHTS, [100, 250])
    for group in groups:
        given_tokens = sum(row.tokens for row in rows_of(made, Given) if row.group == group.key)
        assert abs(given_tokens - group.wanted) <= 30  # half of the longest document with its end
    shared = rows(parts, whole())
    assert sum(len(tokens) for *_, tokens in shared) == sum(
        one.counts["tokens"] + one.counts["documents"] for one in made
    )
    lengths = {d[0]: d[3] for d in corpus}
    assert all(len(tokens) == lengths[name] + 1 and tokens[-1] == 0 for name, _, tokens in shared)  # whole
    by_id: dict[str, list[int]] = {}
    for name, copy, _ in shared:
        by_id.setdefault(name, []).append(copy)
    assert all(sorted(found) == list(range(len(found))) for found in by_id.values())
    for group in groups:
        counts = [len(by_id.get(d[0], [])) for d in corpus if (d[1], d[2]) in group.pairs]
        assert set(counts) <= {group.whole, group.whole + 1}


@settings(max_examples=20)  # each writes and reads files
@given(st.lists(st.integers(0, 120), max_size=4).map(sorted), st.randoms(use_true_random=False))
def test_copies_and_their_order_do_not_depend_on_parts(
    tmp_path_factory: pytest.TempPathFactory, parting: list[int], random: object
) -> None:
    corpus = documents(120)
    shuffled = list(corpus)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    mixture = Mixture(alpha=0.3, tokens=6000)
    found = []
    for own, cuts in ((corpus, []), (shuffled, parting)):
        folder = tmp_path_factory.mktemp("parts")
        made, parts = mixed(folder, own, mixture, cuts)
        found.append(
            (
                rows(parts, whole()),
                rows(parts, whole("fra_Latn")),
                {name: sum(one.counts[name] for one in made) for name in ("documents", "tokens")},
                {name: tally.merged(map(vars, own)) for name, own in by_kind(made).items()},
            )
        )
        shutil.rmtree(folder)
    assert found[0] == found[1]


def test_ranges_of_order_part_the_copies_without_gap_or_overlap(tmp_path: Path) -> None:
    _, parts = mixed(tmp_path, documents(200), WEIGHTS, [70])
    cuts = [0, SPAN // 5, SPAN // 2, SPAN]
    shards = [Shard(kind="arrow", name="x", language="", first=first, last=last - 1) for first, last in pairwise(cuts)]
    assert [row for shard in shards for row in rows(parts, shard)] == rows(parts, whole())


def test_parts_that_are_not_on_a_local_disk_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, parts = mixed(tmp_path, documents(200), WEIGHTS, [70])
    local = rows(parts, whole("eng_Latn"))
    monkeypatch.setattr("corpus.store.storage.is_local", lambda _: False)
    assert rows(parts, whole("eng_Latn")) == local


def test_more_tokens_keep_the_documents_that_fewer_had(tmp_path: Path) -> None:
    corpus = documents(200)
    seen: set[tuple[str, int]] = set()
    for number, tokens in enumerate((1000, 2500, 4000, 9000)):
        folder = tmp_path / str(number)
        _, parts = mixed(folder, corpus, Mixture(tokens=tokens), [])
        now = {(name, copy) for name, copy, _ in rows(parts, whole())}
        assert seen < now
        seen = now


@given(st.integers(1, 12), st.lists(st.integers(0, 2**128 - 1), min_size=1, max_size=20, unique=True))
def test_copies_of_a_document_are_far_from_each_other(times: int, numbers: list[int]) -> None:
    ids = pa.array([f"{n:032x}" for n in numbers])
    first = order_keys(ids, SEED)
    at = np.repeat(np.arange(len(ids)), times)
    copy = np.tile(np.arange(times), len(ids))
    keys = copy_keys(ids.take(array(at)), first[at], copy, np.full(len(at), times), SEED).reshape(-1, times)
    assert np.array_equal(keys[:, 0], first)  # a document that comes once stands where it stood
    for row in keys.tolist():
        around = sorted(row)
        gaps = [(b - a) % SPAN for a, b in zip(around, [*around[1:], around[0]], strict=True)]
        if times > 1:
            assert min(gaps) >= SPAN // (2 * times) - times


@given(
    st.lists(
        st.tuples(st.integers(0, SPAN - 1), st.integers(1, 50)), min_size=1, max_size=60, unique_by=lambda d: d[0]
    ),
    st.data(),
)
def test_cut_is_the_nearest_that_whole_documents_allow(found: list[tuple[int, int]], data: st.DataObject) -> None:
    total = sum(tokens for _, tokens in found)
    rest = data.draw(st.integers(1, total))
    sums: dict[int, int] = {}
    for key, tokens in found:
        sums[key >> (64 - BITS)] = sums.get(key >> (64 - BITS), 0) + tokens
    at = place(sums, rest)
    made = cut(at, [d for d in found if d[0] >> (64 - BITS) == at.range], rest)
    assert made.tokens == sum(tokens for key, tokens in found if key < made.below)
    possible, given_ = [0], 0
    for _, tokens in sorted(found):
        given_ += tokens
        possible.append(given_)
    assert abs(made.tokens - rest) == min(abs(one - rest) for one in possible)


def test_copies_that_are_not_as_many_as_was_solved_are_not_taken_for_done(tmp_path: Path) -> None:
    corpus = documents(100)
    groups = solve(sizes_of(corpus), WEIGHTS)
    cuts = cuts_of(corpus, groups)
    (made,), _ = mixed(tmp_path, corpus, WEIGHTS, [])
    entry = write_copies(str(tmp_path), "part-00000", made.copies)

    def balance(counts: Mapping[str, int], rows: list[Row]) -> None:
        receipt = Receipt(task=0, files={"copies": [entry]}, counts=counts, tallies=tally.cells(rows))
        MIX.balance(Ledger(stage="mix", own=from_receipts("mix", {}, [receipt]), before={}))

    owed = [Owed(group=g.key, tokens=g.whole * g.tokens + c.tokens) for g, c in zip(groups, cuts, strict=True)]
    balance(made.counts, [*made.rows, *owed])
    for counts, more in (
        ({**made.counts, "documents": made.counts["documents"] + 1}, []),
        (made.counts, [Given(group="wiki", tokens=1)]),
        (made.counts, [Owed(group="wiki", tokens=1)]),
        (made.counts, [Pair(source="wiki", language="eng_Latn", tokens=1)]),
    ):
        with pytest.raises(LedgerError, match="nothing was taken for done"):
            balance(counts, [*made.rows, *owed, *more])
