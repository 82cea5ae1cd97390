"""Who will stay once documents are gone: the election of the release over again, as its next run would hold it.

Reads no text. Where it cannot be told here (another version, indexes of earlier releases that the recipe alone names)
that is said, and the next run decides.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from pydantic import TypeAdapter, ValidationError

from corpus.duplicates.earlier import Earlier
from corpus.duplicates.outcomes import Addresses, outcomes
from corpus.duplicates.rank import parse
from corpus.duplicates.recipe_tables import Dedup
from corpus.stages.built import Finished
from corpus.stages.code import CODE
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP, Containment, Election
from corpus.stages.ingest import INGEST
from corpus.stages.pairs import PAIRS
from corpus.stages.stage import signals
from corpus.store import manifest
from corpus.withdrawal.copies import Place
from corpus.withdrawal.gone import Found
from corpus.withdrawal.standing import Elected
from filters.arrow import array, equal, strings
from jobs.alike import edges
from jobs.alike.survivors import EmitSurvivors

T = TypeVar("T")


def elected(release: Finished, found: Found) -> Elected:
    """Nothing where all copies go, or where nothing that goes took part in the election."""
    going = {*found.asked, *found.copies}
    if not any(_took_part(release, part, row) for part, row in found.alone):
        return Elected()
    was: Any = release[DEDUP].manifest.identity
    if was["version"] != DEDUP.version:
        return Elected(untold=f"deduplication was of version {was['version']}, here is {DEDUP.version}")
    if was["params"]["earlier"]:
        return Elected(untold="it was deduplicated against earlier releases, which the recipe alone can find")
    try:
        election = _election(was["params"])
    except (KeyError, TypeError, ValidationError) as error:
        return Elected(untold=f"its parameters cannot be read ({str(error).splitlines()[0]})")
    return replace(_beside(release, _outcomes(release, election, going), going), untold=_found_anew(release))


def _found_anew(release: Finished) -> str:
    """Why pairs that a run finds without what goes may be others than there are."""
    counts = [built.counts for stage in (PAIRS, CODE) if (built := release.get(stage))]
    if any(own.get("not_compared") for own in counts):
        return "of some crowds not all were compared, and the next run compares again"
    if any(own.get("boilerplate") for own in counts):
        return "what is boilerplate of code is counted again by the next run"
    return ""


def _took_part(release: Finished, part: int, row: int) -> bool:
    column = release[DEDUP].table("clusters").read(part, ["outcome"]).column("outcome")
    return bool(column[row].as_py() != "filtered")


def _election(params: Any) -> Election:
    code = params[CODE.name]
    return Election(
        table=_read(Dedup, params["table"]),
        code=_read(Containment, code) if code else None,
        restricted_sources=tuple(params["restricted_sources"]),
        earlier=Earlier(),
    )


def _read(kind: type[T], value: Any) -> T:
    return TypeAdapter(kind).validate_json(manifest.canonical(value))


def _outcomes(release: Finished, election: Election, going: set[Place]) -> pa.Table:
    """What `jobs.stages.dedup` comes to without these."""
    documents, dedup = release[INGEST].table("documents"), election.table
    keys = tuple(parse(text) for text in dedup.prefer)
    names = dict.fromkeys(["content", *(key.filter for key in keys if key.filter)])
    read = EmitSurvivors(
        election=election,
        keys=keys,
        documents=documents,
        verdicts=release[DECIDE].table("verdicts"),
        signals={name: release.stages[signals(name).stage].table("signals") for name in names},
    )
    survivors = pa.Table.from_batches([batch for part in range(documents.parts) for batch in read(part)])
    gone = pa.array([part << 32 | row for part, row in going], pa.int64())
    there = array(~np.isin(survivors.column("key").to_numpy(), gone.to_numpy()))
    contained = release.table(CODE.containments)
    between = edges.of(release[PAIRS].table(PAIRS.pairs.table), contained, dedup.threshold, election.code)
    alike = [batch for parts, emit in between.emitters for part in range(parts) for batch in emit(part)]
    addresses = Addresses(latest=dedup.url == "latest", restricted_first=dedup.restricted == "stays")
    return outcomes(
        survivors.filter(there),
        pa.Table.from_batches(alike, edges.SCHEMA),
        addresses if dedup.url != "off" else None,
        documents.parts << 32,
    )


def _beside(release: Finished, rows: pa.Table, going: set[Place]) -> Elected:
    """Every document whose outcome is another than it was."""
    now = {(one["part"], one["row"]): one["outcome"] == "kept" for one in rows.to_pylist()}
    up: list[Place] = []
    down: list[Place] = []
    for place, stayed in _before(release):
        if place not in going and now.get(place, True) != stayed:
            (down if stayed else up).append(place)
    return Elected(up=tuple(up), down=tuple(down))


def _before(release: Finished) -> Iterator[tuple[Place, bool]]:
    """Documents that took part, and whether they stayed."""
    for part, columns in enumerate(release[DEDUP].table("clusters").each(["outcome"])):
        stayed = equal(columns.column("outcome"), "kept").tolist()
        for row, outcome in enumerate(strings(columns.column("outcome"))):
            if outcome != "filtered":
                yield (part, row), stayed[row]
