"""Documents to signals: a stage for each filter that a recipe measures; what is missing is built in one pass.

A filter of another package is measured as ours are; its distribution is among the libraries, its code in the identity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import filters
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.robots import ROBOTS
from corpus.stages.stage import SIGNALS, Stage, Written, signals

if TYPE_CHECKING:
    from corpus.stages.request import Request
    from filters.choice import Choice

JOB = "measure"  # what `--until` calls all of them together
_BESIDE: Mapping[str, Ref] = {ROBOTS.name: ROBOTS.said}
CODE_WITHOUT = ("rules",)  # of a filter: they judge, and the stage that judges has them among its parameters


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """A filter without its thresholds, which measure nothing."""

    name: str
    parameters: Mapping[str, object]

    def filter(self) -> filters.Filter:
        """An instance, its thresholds at their defaults."""
        return filters.load(self.name)(**self.parameters)

    def identity(self) -> object:
        return self.parameters


def beside(kind: type[filters.Filter]) -> Mapping[str, Ref]:
    """Aligned tables of stages that a filter is handed as if they were signals, by their stages' names."""
    return {name: _BESIDE[name] for name in getattr(kind, "beside", ())}


def measuring(choice: "Choice") -> Stage[Measuring]:
    """The stage of a filter as the recipe has it."""
    kind = type(choice.base)
    name, parameters = choice.name, filters.measuring_parameters(choice.base)
    needed = (*(signals(other) for other in kind.reads), *beside(kind).values())
    foreign = filters.plugin(name)

    def reads(_: "Request") -> tuple[Ref, ...]:
        return (INGEST.documents, *needed)

    return Stage(
        name=signals(name).stage,
        version=kind.version,
        writes={SIGNALS: Written(schema=choice.base.signals, aligned=True)},
        params=lambda _: Measuring(name=name, parameters=parameters),
        reads=reads,
        libraries=(*filters.libraries(kind), *([foreign.distribution] if foreign else ())),
        job=JOB,
        modules=() if foreign else (kind.__module__,),
        outside=foreign.module if foreign else "",
        code_without=CODE_WITHOUT,
    )
