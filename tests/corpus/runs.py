"""The finished run of the tests, as its report sees it."""

from pathlib import Path

from corpus.planning import inputs, plan, recipe
from corpus.stages.report import REPORT, Audit
from jobs.build import Building
from jobs.engine.job import Job
from jobs.engine.session import Session


def report_of(finished: Path) -> Job[Audit]:
    """The job of the report over the finished run; its session is never started."""
    read = recipe.load(str(finished / "tiny.toml"), root=str(finished / "out"))
    stock = inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False)
    made = plan.build(read, stock)
    return Building(made, Session(1), lambda _: None).job(made[REPORT])
