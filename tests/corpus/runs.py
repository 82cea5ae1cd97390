"""The finished run of the tests, as its report sees it."""

from pathlib import Path

from corpus.planning.opening import open_plan
from corpus.stages.report import REPORT, Audit
from jobs.build import Building
from jobs.engine.job import Job
from jobs.engine.session import Session


def report_of(finished: Path) -> Job[Audit]:
    """The job of the report over the finished run; its session is never started."""
    made = open_plan(str(finished / "tiny.toml"), str(finished / "out"))
    return Building(made, Session(1), lambda _: None).job(made[REPORT])
