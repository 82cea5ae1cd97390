"""Losses of sources and languages: which are warned of, and which stop a run.

One mechanism for every stage that takes documents: shares of what came to it, by source and by language. A stage's own
module beside this one says what of its outcomes is a loss.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

KINDS = ("source", "language")
FEWEST = 20  # documents below which a share is chance: half of a handful of pages are copies of the other half
_SAID = 20  # warnings of one stage: more are no longer read, and the report has all
_RULES = 3  # that are named


@dataclass(frozen=True, kw_only=True)
class Taker:
    """A stage that takes documents, in words."""

    name: str
    table: str  # of the recipe, with its max_loss_share and allow_vanish
    look: str  # what to do about a loss that no rule is named for


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The gate: what a stage may take of a source or language."""

    max_share: float
    allow_vanish: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Of one source or language: documents that came to the stage, and those of them that it took."""

    kind: str  # one of KINDS
    name: str
    documents: int
    lost: int
    sure: int = 0  # lost documents that are surely of it: that all are gone stops a run if these are enough
    rules: Mapping[str, int] = field(default_factory=dict)  # documents that each took, if the stage has rules

    @property
    def share(self) -> float:
        return self.lost / self.documents if self.documents else 0.0

    @property
    def because(self) -> str:
        """length.short_words (1,173), stopwords.few_distinct (20)"""
        order = sorted(self.rules.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{rule} ({count:,})" for rule, count in order[:_RULES])


def in_order(found: Iterable[Loss]) -> list[Loss]:
    """Sources, then languages, by name."""
    return sorted(found, key=lambda loss: (KINDS.index(loss.kind), loss.name))


def vanished(found: Iterable[Loss], allowed: Iterable[str], fewest: int) -> list[Loss]:
    """Sources and languages of which nothing is left and that lost `fewest` documents or more for sure; but for those
    that may vanish."""
    spared = set(allowed)
    return [
        loss
        for loss in found
        if loss.documents and loss.lost == loss.documents and loss.sure >= fewest and loss.name not in spared
    ]


def alarms(found: Iterable[Loss], share: float) -> list[Loss]:
    """Those that lost more than this share of FEWEST documents or more, and sources of which nothing is left."""

    def is_alarm(loss: Loss) -> bool:
        gone = loss.kind == "source" and loss.documents > 0 and loss.lost == loss.documents
        return gone or (loss.documents >= FEWEST and loss.share > share)

    return [loss for loss in found if is_alarm(loss)]


def warnings(taker: Taker, found: Iterable[Loss], share: float) -> Iterator[str]:
    """A line for each alarm, the largest losses if they are many."""
    every = alarms(found, share)
    largest = sorted(every, key=lambda loss: -loss.lost)[:_SAID]
    for loss in (loss for loss in every if loss in largest):
        why = f"by {loss.because}" if loss.rules else taker.look
        yield (
            f"WARNING {loss.kind} {loss.name!r} lost {100 * loss.share:.1f} % of its {loss.documents:,} documents to "
            f"{taker.name} ([{taker.table}] max_loss_share is {share:g}): {why}"
        )
    if len(every) > len(largest):
        rest = Counter(loss.kind for loss in every if loss not in largest)
        more = " and ".join(f"{rest[kind]} {kind}s" for kind in KINDS if rest[kind])
        yield f"WARNING {more} more lost over {share:g} to {taker.name}: the report has all"
