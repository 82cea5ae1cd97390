"""Documents that each rule dropped, as samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.report import documents
from corpus.report.documents import DOCUMENTS, VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.reasons import Reasons
from corpus.report.samples import Sample
from corpus.report.section import Section
from corpus.stages.ref import Ref
from corpus.stages.report import Audit

Tally = dict[str, list[list[int]]]  # by rule: [order key, part, row] of those with the smallest keys


@dataclass(frozen=True, kw_only=True)
class Facts:
    """None: texts are on the page alone."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Beginnings of documents by rule."""

    dropped: Mapping[str, Sequence[Sample]]


def reads(_: Audit) -> tuple[Ref, ...]:
    return DOCUMENTS, VERDICTS


def tally(part: Part) -> Tally:
    reasons, keys = part.once(Reasons.of), part.once(documents.keys)
    found: Tally = {}
    for rule in sorted(set(reasons.rules.tolist())):
        rows = np.unique(reasons.rows[reasons.rules == rule])
        first = rows[np.argsort(keys[rows], kind="stable")][: part.recipe.report.samples]
        found[rule] = [[int(keys[row]), part.number, int(row)] for row in first]
    return found


def merge(recipe: Audit, values: Sequence[Tally]) -> Tally:
    found: Tally = {}
    for value in values:
        for rule, rows in value.items():
            found.setdefault(rule, []).extend(rows)
    return {rule: sorted(rows)[: recipe.report.samples] for rule, rows in sorted(found.items())}


def facts(_: Opened, __: Tally) -> Facts:
    return Facts()


def shown(opened: Opened, found: Tally, _: Facts) -> Shown:
    return Shown(dropped=documents.shelf(opened).dropped(found))


SECTION: Section[Tally, Facts, Shown] = Section(
    name="dropped",
    links=(("dropped", "Dropped"),),
    reads=reads,
    over=(VERDICTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
)
