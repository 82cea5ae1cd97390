"""Warnings at the head of the page: what whoever passes the corpus on has to know, in words, worst first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KINDS: Mapping[str, str] = {  # worst first
    "gone": "nothing is left",
    "gate": "a gate is not met",
    "damage": "input was not read",
    "rule": "a rule decides much",
    "taken": "much was taken",
    "copied": "a source is a copy",
    "licence": "licences are unknown",
    "contaminated": "evaluation items stay",
    "short": "less than was wanted",
    "field": "fields are empty",
    "note": "to be known",
}


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One warning. Of one kind the heavier come first; `at` is the id of the heading that has the numbers."""

    kind: str  # of KINDS
    words: str  # a sentence
    at: str
    weight: float = 0.0


def in_order(found: Iterable[Warned]) -> list[Warned]:
    """Worst first. Raises ValueError for a kind that is not of KINDS."""
    order = list(KINDS)
    return sorted(found, key=lambda one: (order.index(one.kind), -one.weight, one.words))
