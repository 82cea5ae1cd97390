"""Planning and running a recipe from Python, as the verbs of the command line do."""

from pathlib import Path

from corpus.planning import opening, recipe
from corpus.planning.plan import Step, steps
from gristmill.release import Release
from gristmill.release import open as open_release
from jobs.engine import console
from jobs.engine.session import Session
from jobs.tools import running

__all__ = ["Step", "plan", "run"]


def plan(recipe_path: str | Path, *, root: str | Path | None = None) -> list[Step]:
    """What a run of a recipe would do, stage by stage: `step.planned.name`, `step.state` ("reuse", "resume", "build" or
    "damaged") and `step.why`.

    Reads the inputs that are new, to digest them; writes nothing. `root` wins over the recipe's own. Raises
    `corpus.errors.RecipeError`, whose text is one line: what is wrong, what to do.
    """
    return steps(opening.open_plan(str(recipe_path), None if root is None else str(root)))


def run(
    recipe_path: str | Path,
    *,
    root: str | Path | None = None,
    until: str = "report",
    cores: int | None = None,
    memory: int | None = None,
    quiet: bool = False,
) -> Release:
    """Build everything that is missing, and open what is there then.

    Tasks run in worker processes of this machine: `cores` of them at the most and `memory` bytes for all, by default
    what `[run]` of the recipe says, else all that this process may use. `until` names the last stage or job; before
    "report" no release is complete, and what is opened has the stages that are there. `quiet` prints warnings alone.
    Raises `corpus.errors.CorpusError`.
    """
    read = recipe.load(str(recipe_path), root=None if root is None else str(root))
    session = Session(cores or read.run.cores or None, memory=memory or read.run.bytes)
    with console.opened(quiet=quiet) as said:
        planned = running.run(read, session, until, said)
    return open_release(read.root) if until == "report" else Release(planned.finished())
