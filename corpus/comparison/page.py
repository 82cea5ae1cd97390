"""A comparison as a page: what the text says, and texts that differ side by side."""

from corpus.comparison.comparison import Comparison
from corpus.comparison.lines import WORDS, reason, value
from corpus.report.differences import Compared, compared
from corpus.report.render import template

_CHARS = 1200  # of each side of two texts


def html(found: Comparison) -> str:
    """Every text of a document, and every name, is escaped by the template engine."""
    sides: dict[str, Compared] = {
        sample.id: compared(sample.text_a, sample.text_b, _CHARS)
        for change in found.changes
        if change.what == "text"
        for sample in change.samples
    }
    return template("diff.html").render(found=found, sides=sides, words=WORDS, reason=reason, value=value)
