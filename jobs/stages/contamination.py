"""Matches judged: which are common phrases, what is cut, which documents go. No text is read.

Reads: `matches`, `items`, `verdicts`. Writes: `proofs` (matches with what was done), `cuts`, `contaminated` (aligned)
and `items` with their state. Cost: the matches, which meet in one process.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.contamination import cutting
from corpus.contamination.recipe_table import Policy
from corpus.stages.columns import CUTS
from corpus.stages.contamination import CLEAN, CONTAMINATED, PROOFS, STATES, Dirty, Policies, Taken
from corpus.stages.decide import DECIDE
from corpus.stages.matches import MATCHES
from corpus.store import tally
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import strings
from jobs.engine.job import Job

RULE = "contamination.item"
_KEY = "gram long, key long, suite string, task string, item string, whole boolean"
_ORDER: Sequence[Policy] = ("mark", "cut", "drop")  # the strictest of a document's suites wins


def build(job: Job[Policies]) -> str:
    """Count, judge, write."""
    matches, verdicts = job.table(MATCHES.matches), job.table(DECIDE.verdicts)
    with job.emit(matches.parts, EmitMatches(matches=matches).__call__, _KEY, rows=matches.rows) as keys:
        found = keys.table()
    common = _common(found, job.params.max_documents)
    task = JudgePart(folder=job.folder, matches=matches, verdicts=verdicts, common=common, policies=job.params)
    job.run(matches.parts, task)
    items = _items(job.table(MATCHES.items), found, common)
    entry = write_whole(job.folder, "items", "items", items)
    job.publish(Receipt(task=0, files={"items": [entry]}), "items")
    dirty = _dirty(found, common)
    told = {"items": sum(row.items for row in dirty), "whole": sum(row.whole for row in dirty)}
    counts = job.finish(told, dirty, parts=matches.parts, items=1).counts
    return (
        f"{counts['documents']:,} documents have items of suites: {counts['dropped']:,} dropped, "
        f"{counts['cut']:,} cut; "
        f"{counts['common']:,} matches are phrases of more than {job.params.max_documents} documents"
    )


@dataclass(frozen=True, kw_only=True)
class EmitMatches:
    """The task: what is counted of the matches of a part."""

    matches: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        rows = self.matches.read(part, ["row", "gram", "suite", "task", "item", "whole"])
        keys = (np.int64(part) << np.int64(32)) | rows.column("row").to_numpy()
        columns = {"gram": rows.column("gram"), "key": pa.array(keys, pa.int64())}
        columns |= {name: rows.column(name) for name in ("suite", "task", "item", "whole")}
        yield from pa.table(columns).to_batches()


def _common(found: pa.Table, most: int) -> np.ndarray:
    """int64, ascending: runs of words that more documents have."""
    gram, key = (found.column(name).to_numpy() for name in ("gram", "key"))
    pairs = np.unique(np.stack([gram, key]), axis=1)[0] if len(gram) else gram
    distinct, documents = np.unique(pairs, return_counts=True)
    chosen: np.ndarray = distinct[(documents > most) & (distinct != 0)]
    return chosen


def _proofs(found: pa.Table, common: np.ndarray) -> Iterator[tuple[str, str, str, bool, bool]]:
    """Suite, task, item, whether it stands there whole, whether it is a common phrase."""
    gram = np.isin(found.column("gram").to_numpy(), common)
    names = (strings(found.column(name)) for name in ("suite", "task", "item"))
    whole = np.asarray(found.column("whole"), bool)
    yield from zip(*names, whole.tolist(), (gram & ~whole).tolist(), strict=True)


def _dirty(found: pa.Table, common: np.ndarray) -> list[Dirty]:
    rows: list[Dirty] = []
    seen: dict[tuple[str, str, str], bool] = {}
    for suite, task, item, whole, phrase in _proofs(found, common):
        rows.append(Dirty(suite=suite, task=task, matches=1, common=int(phrase)))
        if not phrase:
            seen[suite, task, item] = seen.get((suite, task, item), False) or whole
    rows += [Dirty(suite=suite, task=task, items=1, whole=int(whole)) for (suite, task, _), whole in seen.items()]
    return rows


def _items(items: Table, found: pa.Table, common: np.ndarray) -> pa.Table:
    listed = items.read(0)
    state: dict[tuple[str, str, str], str] = {}
    for suite, task, item, whole, phrase in _proofs(found, common):
        if not phrase:
            state[suite, task, item] = "whole" if whole or state.get((suite, task, item)) == "whole" else "part"
    names = [strings(listed.column(name)) for name in ("suite", "task", "item")]
    checked = np.asarray(listed.column("checked"), bool).tolist()
    states = [
        state.get((suite, task, item), CLEAN if told else "unchecked")
        for suite, task, item, told in zip(*names, checked, strict=True)
    ]
    return pa.Table.from_arrays(
        [*(pa.array(name, pa.string()) for name in names), pa.array(states, pa.string())], schema=STATES
    )


@dataclass(frozen=True, kw_only=True)
class JudgePart:
    """The task: what becomes of the documents of one part."""

    folder: str
    matches: Table
    verdicts: Table
    common: np.ndarray
    policies: Policies

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        about = self.verdicts.read(part, ["id", "source", "language"])
        ids, sources, languages = (strings(about.column(name)) for name in ("id", "source", "language"))
        rows = self.matches.read(part)
        common = np.isin(rows.column("gram").to_numpy(), self.common) & ~np.asarray(rows.column("whole"), bool)
        counts: Counter[str] = Counter(
            documents=0, dropped=0, cut=0, cuts=0, chars=0, matches=rows.num_rows, common=int(common.sum())
        )
        held, dropped = np.zeros(len(ids), np.int32), np.zeros(len(ids), bool)
        done = np.full(rows.num_rows, "", object)
        cuts: list[tuple[Any, ...]] = []
        taken: list[Taken] = []
        listed = rows.select(["row", "chars", "suite", "task", "item", "start", "end"]).to_pylist()
        proofs = [number for number in range(len(listed)) if not common[number]]
        for row, numbers in groupby(proofs, key=lambda number: listed[number]["row"]):
            own = list(numbers)
            policy = self._policy(listed[number]["suite"] for number in own)
            spans = [(listed[number]["start"], listed[number]["end"]) for number in own]
            gone = cutting.cuts(listed[own[0]]["chars"], spans) if policy == "cut" else []
            if gone is None:
                policy = "drop"
            done[own] = policy
            held[row] = len({(listed[n]["suite"], listed[n]["task"], listed[n]["item"]) for n in own})
            dropped[row] = policy == "drop"
            if policy == "cut" and gone:
                cuts += [(ids[row], row, start, end, RULE, 1, None) for start, end in gone]
            taken.append(
                Taken(
                    source=sources[row],
                    language=languages[row],
                    documents=1,
                    dropped=int(policy == "drop"),
                    cut=int(policy == "cut"),
                    chars=sum(end - start for start, end in gone or ()) if policy == "cut" else 0,
                )
            )
        for one in taken:
            counts.update(documents=1, dropped=one.dropped, cut=one.cut, chars=one.chars)
        counts["cuts"] = len(cuts)
        label = f"part-{part:05d}"
        columns = [list(column) for column in zip(*cuts, strict=True)] or [[] for _ in CUTS]
        tables = {
            "cuts": pa.Table.from_arrays(
                [pa.array(c, t.type) for c, t in zip(columns, CUTS, strict=True)], schema=CUTS
            ),
            "contaminated": pa.Table.from_arrays(
                [about.column("id"), pa.array(held), pa.array(dropped)], schema=CONTAMINATED
            ),
            "proofs": pa.Table.from_arrays(
                [*rows.columns, pa.array(common), pa.array(done.tolist(), pa.string())], schema=PROOFS
            ),
        }
        files = {name: [write_whole(self.folder, name, label, table)] for name, table in tables.items()}
        receipt = Receipt(task=part, files=files, counts=dict(sorted(counts.items())), tallies=tally.cells(taken))
        return {self.folder: receipt}

    def _policy(self, suites: Iterator[str]) -> Policy:
        """The strictest; of a canary, which names no suite, that of the strictest suite."""
        strictest = max(self.policies.suites.values(), key=_ORDER.index)
        return max((self.policies.suites.get(suite, strictest) for suite in suites), key=_ORDER.index)
