"""The stages in order: what is there is reused, what is missing is built, each with a line that says so."""

import time
from collections.abc import Callable

from corpus import storage
from corpus.duplicates import losses
from corpus.errors import RecipeError
from corpus.plan import Plan, Stage, write_current
from corpus.recipe import Recipe
from jobs import (
    code,
    decide,
    dedup,
    encode,
    fertility,
    index,
    ingest,
    lines,
    measure,
    mix,
    pairs,
    passages,
    release,
    report,
    shard,
    splits,
    train,
)
from jobs.run import Run, Say, note_circumstances
from jobs.session import Session

# A stage that may be named by --until, and what builds it.
BUILDERS: dict[str, Callable[[Run, Stage], str]] = {
    "ingest": ingest.build,
    "decide": decide.build,
    "pairs": pairs.build,
    "code": code.build,
    "dedup": dedup.build,
    "lines": lines.build,
    "passages": passages.build,
    "release": release.build,
    "index": index.build,
    "train": train.build,
    "encode": encode.build,
    "fertility": fertility.build,
    "splits": splits.build,
    "mix": mix.build,
    "shard": shard.build,
    "report": report.build,
}
STAGES = (
    "ingest",
    "measure",
    "decide",
    "pairs",
    "code",
    "dedup",
    "lines",
    "passages",
    "release",
    "index",
    "train",
    "fertility",
    "encode",
    "splits",
    "mix",
    "shard",
    "report",
)


# What stops a run once the stage is finished, whether it was built now or before.
_CHECKS: dict[str, Callable[[Run], None]] = {
    "ingest": ingest.check_rejects,
    "dedup": dedup.check_losses,
    "fertility": fertility.check,
}


def run(plan: Plan, session: Session, say: Say, until: str = "report") -> Run:
    """Build what is missing, up to and including stage `until`. Raises CorpusError."""
    if until != "measure" and until not in plan.stages:
        raise RecipeError(f"--until {until}: the recipe has no [{until}] table, so it has no such stage")
    work = Run(plan=plan, session=session, say=say)
    reused = []
    for name in STAGES[: STAGES.index(until) + 1]:
        if name != "measure" and name not in plan.stages:
            continue  # the recipe does not ask for it
        built = _measure(work) if name == "measure" else _build(work, plan[name])
        if not built:
            reused.append(name)
        if name in _CHECKS:
            _CHECKS[name](work)
    if until == STAGES[-1]:
        report.show_current(work, plan["report"])
        write_current(plan)
    elif STAGES.index(until) >= STAGES.index("dedup"):  # else the warnings stand under the funnel
        for line in losses.warnings(losses.of(work.manifest("dedup").counts), plan.recipe.dedup.max_loss_share):
            say(line)
    if reused:
        say(f"reused: {', '.join(reused)}")
    return work


def _build(work: Run, stage: Stage) -> bool:
    if stage.done:
        return False
    started = time.monotonic()
    storage.sweep(stage.folder)
    summary = BUILDERS[stage.name](work, stage)
    note_circumstances(stage, time.monotonic() - started, work.say, summary)
    return True


def _measure(work: Run) -> bool:
    missing = [choice for choice in work.plan.recipe.choices if not work.plan.signals(choice.name).done]
    if not missing:
        return False
    started = time.monotonic()
    for choice in missing:
        storage.sweep(work.plan.signals(choice.name).folder)
    summary = measure.build(work, missing)
    seconds = time.monotonic() - started
    for choice in missing:
        note_circumstances(work.plan.signals(choice.name), seconds, lambda _: None, "")
    work.say(f"{'measure':<20} {seconds:6.1f} s   {summary}")
    return True


def check_root(recipe: Recipe) -> None:
    """Raises RecipeError if the output folder cannot be written."""
    try:
        storage.publish_bytes(recipe.root, ".gristmill", b"")
    except OSError as error:
        raise RecipeError(f"cannot write to {recipe.root}: {error.strerror or error}; choose another --root") from error
