"""Every field of every standard as a row: its value, who says it, and from what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from corpus.datasheet import standard
from corpus.datasheet.answers import NOT_APPLICABLE, SMALL
from corpus.datasheet.facts import Facts, Found
from corpus.datasheet.queries import QUERIES
from corpus.datasheet.sources import SYNTHETIC
from corpus.datasheet.standard import Field, Standard
from corpus.errors import RecipeError

AUTO, DECLARED, UNANSWERED = "auto", "declared", "unanswered"
OPTIONAL: Final = "optional"  # what evidence of an optional field that is empty begins with
STATES: Final = (AUTO, DECLARED, UNANSWERED, NOT_APPLICABLE)  # of `by`


@dataclass(frozen=True, kw_only=True)
class Row:
    """A cell of a datasheet. `evidence`: `fingerprint` and `query`."""

    standard: str
    section: str
    field: str
    value: Any  # a text, a number, a list of texts, rows; null where it is unanswered
    by: str  # one of STATES
    evidence: Mapping[str, str]
    unconfirmed: bool = False  # the wording of the field was not seen in the standard itself

    @property
    def known(self) -> bool:
        return self.by in (AUTO, DECLARED)

    @property
    def cell(self) -> str:
        """How messages name it."""
        return f"{self.standard}: {self.section}: {self.field}"


def of(facts: Facts) -> list[Row]:
    """In order of standards and their fields. Raises RecipeError for an answer that no field takes."""
    _consistent(facts)
    collector = _Collector(facts)
    rows = [row for one in standard.every() for row in collector.rows(one)]
    unused = sorted(set(facts.answers.values) - collector.taken - {SMALL})
    if unused:
        raise RecipeError(f"{facts.answers.address}: {unused[0]} is answered, and {_why(unused[0], rows)}: empty it")
    return rows


def _consistent(facts: Facts) -> None:
    for one in facts.sources:
        if one.synthetic_by and one.kind != SYNTHETIC:
            raise RecipeError(
                f"{facts.answers.address}: sources.{one.name}.synthetic_by names models, and its kind is "
                f"{one.kind or 'not said'}: set kind to {SYNTHETIC!r}, or empty it"
            )


def _why(key: str, rows: Iterable[Row]) -> str:
    own, field = standard.keys()[key][0]
    row = next(row for row in rows if (row.standard, row.section, row.field) == (own.id, field.section, field.field))
    if row.by == AUTO:
        return f"the tables of the release say it themselves ({row.cell})"
    return f"it is not asked for: {row.evidence['query']} ({row.cell})"


class _Collector:
    """Remembers which answers some field has taken, and what queries said."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._found: dict[str, Found | None] = {}
        self.taken: set[str] = set()

    def rows(self, own: Standard) -> Iterator[Row]:
        said: dict[str, str] = {}
        for field in own.fields:
            value, by, evidence = self._answer(field, said)
            said[field.field] = value if by in (AUTO, DECLARED) and isinstance(value, str) else by
            yield Row(
                standard=own.id,
                section=field.section,
                field=field.field,
                value=value,
                by=by,
                evidence=evidence,
                unconfirmed=field.unconfirmed,
            )

    def _answer(self, field: Field, said: Mapping[str, str]) -> tuple[Any, str, Mapping[str, str]]:
        if field.when and "Yes" not in (asked := [said[name] for name in field.when]):
            parent = field.when[0]
            if all(one in ("No", NOT_APPLICABLE) for one in asked):
                return None, NOT_APPLICABLE, _evidence("", f"{parent!r} is No")
            return None, UNANSWERED, _evidence("", f"{parent!r} is unanswered")
        found = self._query(field.answer) if field.answer else None
        if found is not None:
            return found.value, found.by, _evidence(found.fingerprint, found.query)
        return self._declared(field)

    def _query(self, name: str) -> Found | None:
        if name not in self._found:
            self._found[name] = QUERIES[name](self._facts)
        return self._found[name]

    def _declared(self, field: Field) -> tuple[Any, str, Mapping[str, str]]:
        answers = self._facts.answers
        value = answers.values.get(field.key)
        if value is None:
            if field.optional:
                return (
                    None,
                    NOT_APPLICABLE,
                    _evidence("", f"{OPTIONAL}, and {field.key} of datasheet.toml says nothing"),
                )
            asked = f"{field.key} of datasheet.toml" if field.key else "no table of the release"
            return None, UNANSWERED, _evidence("", f"{asked} says nothing")
        self.taken.add(field.key)
        by = NOT_APPLICABLE if value == NOT_APPLICABLE else DECLARED
        shown = None if by == NOT_APPLICABLE else value
        return shown, by, _evidence(f"datasheet.toml/{answers.mark}", field.key)


def _evidence(fingerprint: str, query: str) -> Mapping[str, str]:
    return {"fingerprint": fingerprint, "query": query}


def counted(rows: Sequence[Row]) -> list[tuple[Standard, Mapping[str, int], int]]:
    """Of each standard its fields by state, and those whose wording is unconfirmed."""
    found: list[tuple[Standard, Mapping[str, int], int]] = []
    for one in standard.every():
        own = [row for row in rows if row.standard == one.id]
        states = Counter(row.by for row in own)
        found.append((one, {state: states[state] for state in STATES}, sum(row.unconfirmed for row in own)))
    return found


def lines(rows: Sequence[Row]) -> list[str]:
    """For a terminal: counts by standard."""
    head = f"{'standard':<40}{'fields':>7}" + "".join(f"{state:>16}" for state in STATES)
    table = [head]
    for one, states, unconfirmed in counted(rows):
        note = f"   wording of {unconfirmed} not confirmed" if unconfirmed else ""
        cells = "".join(f"{states[state]:>16}" for state in STATES)
        table.append(f"{_short(one.name):<40}{sum(states.values()):>7}{cells}{note}")
    return table


def _short(name: str) -> str:
    return name if len(name) < 40 else f"{name[:36]}..."
