"""The finished run of the tests, as stages see it."""

from pathlib import Path

from jobs.run import Run

from corpus.planning import inputs, plan, recipe
from jobs.engine.session import Session


def run_of(finished: Path) -> Run:
    """The finished run; its session is never started."""
    read = recipe.load(str(finished / "tiny.toml"), root=str(finished / "out"))
    stock = inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False)
    return Run(plan=plan.build(read, stock), session=Session(1), say=lambda _: None)
