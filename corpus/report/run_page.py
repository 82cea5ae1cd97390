"""What a run took, as a page beside the report: it differs from run to run, so it is part of no table."""

from collections.abc import Sequence

from corpus.report.render import template
from corpus.stages.report import TABLE
from corpus.store import storage

FILE = "run.html"


def publish(root: str, name: str, lines: Sequence[str]) -> str:
    """Where it is."""
    folder = storage.join(root, TABLE)
    storage.publish_bytes(folder, FILE, template(FILE).render(name=name, lines=lines).encode())
    return storage.join(folder, FILE)
