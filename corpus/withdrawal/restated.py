"""Counts and tallies of a stage as they are without what went, so that every sum that a run takes holds again.

What says how a stage measured or searched stays as it was built (corpus.stages.withdrawn.AS_BUILT, which the report
names): it is of that run, and no sum has it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.passages import GAP
from corpus.external.tallies import Matched
from corpus.losses import filtered
from corpus.losses.deduplicated import Outcome
from corpus.stages.agreed import AGREED
from corpus.stages.buckets import BUCKETS
from corpus.stages.built import Finished
from corpus.stages.code import CODE
from corpus.stages.contamination import CONTAMINATION, Dirty
from corpus.stages.contamination import Taken as Cleaned
from corpus.stages.decide import DECIDE, VERDICTS
from corpus.stages.dedup import DEDUP
from corpus.stages.index import INDEX
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES, Emptied, Taken
from corpus.stages.matches import MATCHES
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES, Changed
from corpus.stages.release import RELEASE, Released
from corpus.stages.robots import ROBOTS
from corpus.store.table import one_batch
from corpus.texts import cuts as cutting
from corpus.texts.kept import Kept
from corpus.withdrawal import restated_labels
from corpus.withdrawal.before import Before
from corpus.withdrawal.folder import Patch, Restated
from corpus.withdrawal.tables import Seen
from filters.arrow import integers, same, string_array, strings

Place = tuple[int, int]


def restate(patch: Patch, seen: Seen, sums: Restated, was: Before) -> None:
    """What the stage of the patch counts now."""
    joined = restated_labels.external if Matched.NAME in patch.old.manifest.tallies else None
    change = _CHANGES.get(patch.old.name, joined)
    if change is not None:
        change(seen, sums, was)


def _places(rows: pa.Table, name: str = "row") -> list[Place]:
    return list(zip(integers(rows.column("part")), integers(rows.column(name)), strict=True))


def _ingest(_: Seen, sums: Restated, was: Before) -> None:
    sums.less(text_bytes=sum(len(text.encode()) for text in was.text.values()))
    sums.counts["withdrawn"] = sums.counts.get("withdrawn", 0) + len(was.text)


def _robots(seen: Seen, sums: Restated, _: Before) -> None:
    rows = seen.of("said")
    known = sum(1 for one in rows.column("said").to_pylist() if one) if rows else 0
    sums.less(known=known, silent=-known)


def _decide(seen: Seen, sums: Restated, was: Before) -> None:
    rows = seen.of("verdicts")
    if rows is None:
        return
    old = one_batch(rows.select(VERDICTS.names).cast(VERDICTS))
    places = _places(rows, "at")
    sums.add(filtered.counted(old, np.array([was.declared[place] for place in places], bool)), -1)
    sums.add(filtered.withdrawn(zip(*(old.column(n).to_pylist() for n in ("source", "language")), strict=True)))
    kept = int(pc.sum(old.column("kept")).as_py() or 0)
    fired = len(pc.list_flatten(old.column("reasons")))
    sums.less(kept=kept, dropped=-kept, fired=fired - len(places))


def _pairs(seen: Seen, sums: Restated, _: Before) -> None:
    rows = seen.of(PAIRS.pairs.table)
    count = rows.num_rows if rows else 0
    sums.less(candidates=count, pairs=count)


def _code(seen: Seen, sums: Restated, _: Before) -> None:
    rows = seen.of("containments")
    count = rows.num_rows if rows else 0
    same = int(pc.sum(rows.column("same")).as_py() or 0) if rows else 0
    sums.less(candidates=count, containments=count, same=same)


def _dedup(seen: Seen, sums: Restated, was: Before) -> None:
    rows = seen.of("clusters")
    if rows is None:
        return
    here = _keepers(was.release)
    for place, one in zip(_places(rows, "at"), rows.to_pylist(), strict=True):
        known = one["kept_id"] is not None and one["kept_id"] not in here()
        sums.less(**{one["outcome"]: 1}, size=one["size"], restricted=int(one["restricted"]), known=int(known))
        sums.less(filtered=-1)
        own = {"source": was.source[place], "language": was.language[place]}
        sums.add([Outcome(**own, outcome=one["outcome"], documents=1)], -1)
        sums.add([Outcome(**own, outcome="filtered", documents=1)])
    sums.less(size=seen.left["size"], known=-seen.left["kept_id"])  # what had gone for one that goes waits for a run


def _keepers(release: Finished) -> Callable[[], frozenset[str]]:
    """Ids of all documents of this root that stay, read once, and only if they are asked for."""

    @cache
    def here() -> frozenset[str]:
        columns = release[DEDUP].table("clusters").each(["id", "outcome"])
        return frozenset(
            one
            for found in columns
            for one in strings(found.filter(same(found.column("outcome"), "kept")).column("id"))
        )

    return here


def _sizes(rows: pa.Table, was: Before) -> list[int]:
    """Bytes of each cut, from the text as it was."""
    places = zip(_places(rows), rows.column("start").to_pylist(), rows.column("end").to_pylist(), strict=True)
    return [len(was.text[place][start:end].encode()) for place, start, end in places]


def _lines(seen: Seen, sums: Restated, was: Before) -> None:
    rows = seen.of("cuts")
    if rows is not None:
        sizes = _sizes(rows, was)
        sums.less(cuts=rows.num_rows, bytes=sum(sizes), documents=len({*_places(rows)}))
        for place, rule, size in zip(_places(rows), strings(rows.column("rule")), sizes, strict=True):
            sums.add([Taken(rule=rule, source=was.source[place], lines=1, bytes=size)], -1)
    emptied = seen.of("emptied")
    if emptied is not None:
        sums.less(emptied=emptied.num_rows)
        sums.add([Emptied(source=was.source[place], documents=1) for place in _places(emptied)], -1)


def _passages(seen: Seen, sums: Restated, was: Before) -> None:
    aligned = seen.of(PASSAGES.passages.table)
    dropped = (
        {place for place, out in zip(_places(aligned, "at"), aligned.column("dropped").to_pylist(), strict=True) if out}
        if aligned
        else set()
    )
    came = _after(was, CONTAMINATION, LINES)
    sums.less(dropped=len(dropped), kept=len(came - dropped))
    sums.less(dropped_bytes=sum(len(was.text[place].encode()) for place in dropped))
    before_it = Counter(place for table in (CONTAMINATION.cuts, LINES.cuts) for place in _cut_places(was, table))
    sums.less(dropped_cuts=sum(before_it[place] for place in dropped))
    rows = seen.of("cuts")
    if rows is None:
        return
    sizes: Counter[Place] = Counter()
    for place, size in zip(_places(rows), _sizes(rows, was), strict=True):
        sizes[place] += size
    own = Counter(_places(rows))
    gaps = strings(rows.column("rule")).count(GAP)
    sums.less(cuts=rows.num_rows, gaps=gaps, dropped_cuts=sum(own[place] for place in dropped))
    for place, size in sizes.items():
        if place not in dropped:
            sums.less(changed=1, bytes=size)
            row = Changed(source=was.source[place], language=was.language[place], documents=1, bytes=size)
            sums.add([row], -1)


def _cut_places(was: Before, ref: Any) -> list[Place]:
    table = was.release.table(ref)
    if table is None:
        return []
    found = []
    for part, rows in was.gone.rows.items():
        own = table.read(part, ["row"]).column("row").to_numpy()
        found += [(part, row) for row in own[np.isin(own, rows)].tolist()]
    return found


def _after(was: Before, *stages: Any) -> set[Place]:
    """Withdrawn documents that were there still behind these stages, of those that drop any."""
    kept = Kept(
        clusters=was.release[DEDUP].table("clusters"),
        emptied=was.release.table(LINES.emptied) if LINES in stages else None,
        passages=was.release.table(PASSAGES.passages) if PASSAGES in stages else None,
        contaminated=was.release.table(CONTAMINATION.contaminated) if CONTAMINATION in stages else None,
    )
    found = set()
    for part, rows in was.gone.rows.items():
        own = kept(part)
        found |= {(part, row) for row in rows.tolist() if own[row]}
    return found


def _matches(seen: Seen, sums: Restated, was: Before) -> None:
    rows = seen.of(MATCHES.matches.table)
    sums.less(searched=len(_after(was)))
    if rows is not None:
        sums.less(matches=rows.num_rows, documents=len({*_places(rows)}))


def _contamination(seen: Seen, sums: Restated, was: Before) -> None:
    rows, cuts = seen.of("proofs"), seen.of("cuts")
    sums.less(cuts=cuts.num_rows if cuts else 0)
    chars: Counter[Place] = Counter()
    for place, start, end in zip(
        *(([], [], []) if cuts is None else (_places(cuts), *(cuts.column(n).to_pylist() for n in ("start", "end")))),
        strict=True,
    ):
        chars[place] += end - start
    done = {}
    if rows is not None:
        done = {p: d for p, d in zip(_places(rows), rows.column("done").to_pylist(), strict=True) if d}
    for place, policy in done.items():
        one = Cleaned(
            source=was.source[place],
            language=was.language[place],
            documents=1,
            dropped=int(policy == "drop"),
            cut=int(policy == "cut"),
            chars=chars[place] if policy == "cut" else 0,
        )
        sums.add([one], -1)
        sums.less(documents=1, dropped=one.dropped, cut=one.cut, chars=one.chars)


def dirty(proofs: pa.Table) -> tuple[list[Dirty], dict[tuple[str, str, str], str]]:
    """What the proofs that are left say of tasks, and the state of each item that still stands somewhere."""
    rows: list[Dirty] = []
    state: dict[tuple[str, str, str], str] = {}
    for one in proofs.to_pylist():
        rows.append(Dirty(suite=one["suite"], task=one["task"], matches=1, common=int(one["common"])))
        if not one["common"]:
            item = (one["suite"], one["task"], one["item"])
            state[item] = "whole" if one["whole"] or state.get(item) == "whole" else "part"
    rows += [Dirty(suite=s, task=t, items=1, whole=int(how == "whole")) for (s, t, _), how in state.items()]
    return rows, state


def _release(seen: Seen, sums: Restated, was: Before) -> None:
    spans, rows = seen.of("redactions"), seen.of("corpus")
    sums.less(spans=spans.num_rows if spans else 0)
    came = _after(was, CONTAMINATION, LINES, PASSAGES)
    _cuts(sums, was, came)
    listed = rows.to_pylist() if rows else []
    places = {(one["part"], one["row"]) for one in listed}
    sums.less(pii_dropped=len(came - places))
    for one in listed:
        size = len(one["text"].encode())
        sums.less(
            documents=1,
            bytes=size,
            cleaned=int(one["cleaned"]),
            prompted=int(one["targets_at"] is not None),
            urls_redacted=int(one["url"] != was.url[one["part"], one["row"]]),
        )
        sums.add([Released(language=one["language"], documents=1, bytes=size)], -1)


def _cuts(sums: Restated, was: Before, came: set[Place]) -> None:
    """Cuts that were made in them, withheld, or of documents that later stages dropped."""
    tables = [t for ref in (CONTAMINATION.cuts, LINES.cuts, PASSAGES.cuts) if (t := was.release.table(ref)) is not None]
    if not tables:
        return
    for part, rows in was.gone.rows.items():
        cuts = [table.read(part, ["row", "start", "end"]) for table in tables]
        row = cutting.spans(cuts)[0]
        here = np.array([one for one in rows.tolist() if (part, one) in came], np.int64)
        texts = string_array(pa.array([was.text[part, one] for one in here.tolist()], pa.string()))
        changed = cutting.apply(texts, here, cuts)[1]
        made, all_ = int(np.isin(row, here[changed]).sum()), int(np.isin(row, here).sum())
        sums.less(cuts=made, cuts_withheld=all_ - made, cuts_dropped=int(np.isin(row, rows).sum()) - all_)


def _index(seen: Seen, sums: Restated, _: Before) -> None:
    rows = seen.of(INDEX.index.table)
    if rows is not None:
        sums.less(documents=rows.num_rows, shingles=int(pc.sum(pc.list_value_length(rows.column("shingles"))).as_py()))


_CHANGES: Final[Mapping[str, Callable[[Seen, Restated, Before], None]]] = {
    INGEST.name: _ingest,
    ROBOTS.name: _robots,
    AGREED.name: restated_labels.agreed,
    DECIDE.name: _decide,
    PAIRS.name: _pairs,
    CODE.name: _code,
    DEDUP.name: _dedup,
    MATCHES.name: _matches,
    CONTAMINATION.name: _contamination,
    LINES.name: _lines,
    PASSAGES.name: _passages,
    RELEASE.name: _release,
    INDEX.name: _index,
    BUCKETS.name: restated_labels.buckets,
}
