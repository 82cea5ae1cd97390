"""A section of the report: what it reads, what it counts part by part, what it says of that, and its template."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from corpus.report.opened import Opened, Part, Repeated
from corpus.report.warned import Warned
from corpus.stages.ref import Ref
from corpus.stages.report import Audit

Value = TypeVar("Value")  # a tally: objects, lists, strings and numbers, as JSON gives them back
Facts = TypeVar("Facts")  # a frozen dataclass
Shown = TypeVar("Shown")  # another


@dataclass(frozen=True, kw_only=True)
class Section(Generic[Value, Facts, Shown]):
    """Its template is `sections/<name>.html`, which knows `facts`, `shown` and `recipe`.

    A recipe that lacks a stage of `reads`, but for optional ones, has no such section: nothing of it is on the page or
    in `facts.json`.
    """

    name: str
    key: str = ""  # under which the facts stand in facts.json; "": their fields stand there themselves
    links: tuple[tuple[str, str], ...] = ()  # id of a heading and how the page's head calls it
    reads: Callable[[Audit], Sequence[Ref]]  # tables; and of stages whose counts or folder are read, `counts(STAGE)`
    over: tuple[Ref, ...] = ()  # tables whose parts are tallied: a tally for each number that one of them has
    tally: Callable[[Part], Value] | None = None
    merge: Callable[[Audit, Sequence[Value]], Value] | None = None  # whatever the order; of one value that value
    repeated: tuple[Repeated, ...] = ()
    facts: Callable[[Opened, Value], Facts]
    shown: Callable[[Opened, Value, Facts], Shown] | None = None  # texts, and whatever facts.json does not hold
    files: Callable[[Opened, Facts, Shown], Mapping[str, bytes]] | None = None  # beside the page, by name
    warnings: Callable[[Opened, Facts], Iterable[Warned]] | None = None  # for the head of the page
    copied: bool = False  # whether it is told whose documents went for whose: ids meet for that

    def stages(self, audit: Audit) -> list[str]:
        """Names of the stages that must be there; `optional` ones need not."""
        return [ref.stage for ref in self.reads(audit) if ref.needed]
