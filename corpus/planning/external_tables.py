"""The [[signals]] tables: which labels are joined, and the thresholds that judge them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import filters
from corpus.external.labelled import kind_of
from corpus.external.recipe_table import LABELLED, External
from corpus.planning.filter_tables import OVER, FilterTables
from filters.choice import Choice


@dataclass(frozen=True, kw_only=True)
class Externals:
    """The tables of a recipe, and of each its thresholds."""

    tables: tuple[External, ...]
    choices: tuple[Choice, ...]


class ExternalTables(FilterTables):
    """Reads them: what `External` has no field for is a threshold of a column."""

    def read(self, raw: object, measured: Collection[str]) -> Externals:
        """`measured`: names of filters that the recipe has."""
        if not isinstance(raw, list):
            raise self.fail("signals must be tables: [[signals]]")
        found: dict[str, tuple[External, Choice]] = {}
        for number, one in enumerate(raw, 1):
            if not isinstance(one, dict):
                raise self.fail(f"[signals.{number}] must be a table")
            own = {field.name for field in fields(External)}
            table = self.table(External, {key: value for key, value in one.items() if key in own}, f"signals.{number}")
            if table.name.lower() in map(str.lower, found):
                raise self.fail(f"two [[signals]] are named {table.name!r}: rename one")
            if table.name.lower() in {one.lower() for one in (*measured, *filters.names())}:  # folders of some systems
                raise self.fail(f"[[signals]] {table.name!r} has the name of a filter: rename it")
            rest = {key: value for key, value in one.items() if key not in own}
            found[table.name] = (table, self._thresholds_of(table, rest, own))
        return Externals(
            tables=tuple(table for table, _ in found.values()), choices=tuple(choice for _, choice in found.values())
        )

    def _thresholds_of(self, table: External, raw: Mapping[str, Any], own: Collection[str]) -> Choice:
        kind = kind_of(table)
        known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
        self.known_keys(
            raw, f"[[signals]] {table.name}", {*own, *OVER, *known} if set(raw) - {*OVER, *known} else set(raw)
        )
        choice = self.chosen(table.name, kind, dict(raw))
        return replace(choice, judged=self._judges(table, choice))

    def _judges(self, table: External, choice: Choice) -> bool:
        """Whether there is a threshold. A document without a label is judged by what the table says for it, never by a
        number that nobody gave."""
        said = [vars(choice.base), *choice.by_script.values(), *choice.by_language.values(), *choice.by_source.values()]
        found = False
        for rule in choice.base.rules:
            judged = any(one.get(rule.threshold) not in (None, ()) for one in said)
            found |= judged
            if judged and rule.signal not in (LABELLED, *table.default) and table.coverage < 1:
                raise self.fail(
                    f"[[signals]] {table.name}: {rule.threshold} would judge documents without a label, for "
                    f"coverage is {table.coverage:g}: say what they have, as default = {{ {rule.signal} = ... }}"
                )
        return found
