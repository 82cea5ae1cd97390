"""What became of the canaries: the recipe's stages have run over them, apart; here each outcome is held against what
it should be.

Reads: tables of that run, and ids and digests of the corpus, in which no canary may be. Writes: `outcomes`, a row a
check, and `planted`: ids and digests of the canaries, for `verify`. Cost: small tables.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.canaries.case import IN_PART, named
from corpus.canaries.recipe_table import Canaries
from corpus.errors import RecipeError
from corpus.stages.canaries import CANARIES
from corpus.stages.release import RELEASE
from corpus.stages.trial import OUTCOMES, PLANTED, Caught, Judged
from corpus.store import tally
from corpus.store.manifest import Manifest, Receipt
from corpus.store.table import write_whole
from jobs.engine.job import Job
from jobs.trials.outcomes import outcome
from jobs.trials.tables import Trial


def build(job: Job[Judged]) -> str:
    """Judge every check, and look for canaries in the corpus."""
    trial = Trial(job)
    listed = job.table(CANARIES.cases).read(0).to_pylist()
    outcomes = [outcome(trial, check) for check in listed if check["stage"]]
    table = pa.Table.from_pylist(outcomes, schema=OUTCOMES)
    planted = _planted(job, trial)
    files = {
        "outcomes": [write_whole(job.folder, "outcomes", "outcomes", table)],
        "planted": [write_whole(job.folder, "planted", "planted", planted)],
    }
    rows = [_counted(row) for row in outcomes]
    counts = {name: sum(getattr(row, name) for row in rows) for name in ("checks", "reached", "caught")}
    counts |= {"planted": planted.num_rows, "in_corpus": _in_corpus(job, planted)}
    job.publish(Receipt(task=0, files=files, counts=counts, tallies=tally.cells(rows)))
    found = job.finish(parts=1).tally(Caught)
    for row in found:
        if row.checks and not row.reached:
            kind = named(row.stage, row.kind)
            job.say(f"WARNING canaries: none of {row.checks} of {kind!r} came so far: stages before it took them all")
    if job.params.untried:
        job.say(f"canaries: no case is for filter {', '.join(job.params.untried)}")
    wanted = [row for row in found if row.wanted == "yes"]
    wrong = sum(row.caught for row in found if row.wanted != "yes")
    reached = sum(row.reached for row in wanted)
    return f"{sum(row.caught for row in wanted):,} of {reached:,} known cases caught, {wrong:,} wrongly"


def check(job: Job[Judged], written: Manifest, gate: Canaries) -> None:
    """Stop a run whose stages do not do what they are there for. Raises RecipeError: stage, kind, figure."""
    found = written.tally(Caught)
    kinds = {named(row.stage, row.kind) for row in found}
    for name in gate.kinds:
        if name not in kinds:
            raise RecipeError(
                f"[canaries] kinds names {name!r}, which was not tried; tried: {', '.join(sorted(kinds))}"
            )
    for row in found:
        name = named(row.stage, row.kind)
        share = row.caught / row.reached if row.reached else 0.0
        if row.wanted == "yes":
            least = gate.kinds.get(name, 0.0 if name in IN_PART else gate.min_recall)
            wrong = f"a recall of {share:.2f} where {least} is wanted" if row.reached and share < least else ""
        else:
            most = gate.kinds.get(name, gate.max_wrong)
            wrong = f"which it should leave: {share:.2f} where at most {most} may be" if share > most else ""
        if wrong:
            raise RecipeError(
                f"canaries: {row.stage} caught {row.caught} of {row.reached} of kind {row.kind!r}, {wrong}: mend the "
                f"thresholds of that stage, or say [canaries] kinds.{name!r}; the cases are in {job.folder}/outcomes"
            )


def _counted(row: Mapping[str, Any]) -> Caught:
    return Caught(
        stage=row["stage"],
        kind=row["kind"],
        wanted="yes" if row["wanted"] else "no",
        checks=1,
        reached=int(row["reached"]),
        caught=int(row["caught"]),
    )


def _planted(job: Job[Judged], trial: Trial) -> pa.Table:
    cases = {row["case"] for row in job.table(CANARIES.cases).read(0).to_pylist() if row["planted"]}
    rows = [
        {
            "id": row["id"],
            "case": name,
            "text": blake2b(row["text"].encode(), digest_size=16).digest(),
            "content": trial.released[row["id"]]["content"] if row["id"] in trial.released else None,
        }
        for name, row in trial.documents.items()
        if name in cases
    ]
    return pa.Table.from_pylist(rows, schema=PLANTED)


def _in_corpus(job: Job[Judged], planted: pa.Table) -> int:
    """Rows of the corpus whose id or text is a canary's."""
    ids = planted.column("id")
    texts = pa.concat_arrays([planted.column(name).drop_null().combine_chunks() for name in ("text", "content")])
    found = 0
    for rows in job.table(RELEASE.corpus).each(["id", "content"]):
        hit = pc.or_(pc.is_in(rows.column("id"), ids), pc.is_in(rows.column("content"), texts))
        found += int(np.count_nonzero(np.asarray(hit, bool)))
    return found
