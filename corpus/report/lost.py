"""Losses of sources and languages to the stages that take documents, as far as these are built."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from corpus.duplicates.recipe_tables import Dedup
from corpus.losses import alarm, deduplicated, filtered
from corpus.losses.alarm import Loss, Taker
from corpus.losses.deduplicated import Outcome
from corpus.losses.filtered import Fired, Judged
from corpus.stages.built import Built
from corpus.stages.decide import DECIDE
from corpus.stages.decide_table import Decide
from corpus.stages.dedup import DEDUP


class Asked(Protocol):
    """What of a recipe says which losses are alarms."""

    @property
    def decide(self) -> Decide: ...
    @property
    def dedup(self) -> Dedup: ...


def taken(recipe: Asked, stages: Mapping[str, Built]) -> Iterator[tuple[Taker, Sequence[Loss], float]]:
    """In order of stages: who takes, what it took of each source and language, and the share that is no alarm."""
    if found := stages.get(DECIDE.name):
        yield filtered.TAKER, filtered.of(found.tally(Judged), found.tally(Fired)), recipe.decide.max_loss_share
    if found := stages.get(DEDUP.name):
        yield deduplicated.TAKER, deduplicated.of(found.tally(Outcome)), recipe.dedup.max_loss_share


def warnings(recipe: Asked, stages: Mapping[str, Built]) -> list[str]:
    """Lines for a terminal: what was not asked for, then what is warned of."""
    decided = stages.get(DECIDE.name)
    left_out = filtered.unwanted(decided.tally(Judged)) if decided else ""
    alarms = [line for taker, found, share in taken(recipe, stages) for line in alarm.warnings(taker, found, share)]
    return [*filter(None, [left_out]), *alarms]
