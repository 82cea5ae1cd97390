"""The [[filters]] tables: which filters are measured, with which parameters, and in which order."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic.errors import PydanticUserError

import filters
from corpus.duplicates.recipe_tables import Code
from corpus.planning import labelling
from corpus.planning.toml_tables import REFERENCE, Tables
from corpus.stages.stage import identity
from corpus.store import addresses
from filters import Filter, files, language_keys, script_groups
from filters.choice import Choice

# Measured even if the recipe does not judge them: later stages stand on them.
REQUIRED_FILTERS = ("language", "length", "content", "minhash")


OVER = (
    "by_script",
    "by_language",
    "by_source",
)  # thresholds that stand over a filter's own, the later over the former


class FilterTables(Tables):
    """Reads the tables of filters."""

    def choices(self, raw: object, code: Code | None) -> tuple[Choice, ...]:
        """Those that a recipe names and those that it needs, each after what it reads."""
        if not isinstance(raw, list):
            raise self.fail("filters must be tables: [[filters]]")
        chosen: dict[str, Choice] = {}
        for number, table in enumerate(raw, 1):
            choice = self._choice(table, f"filters.{number}")
            if choice.name in chosen:
                raise self.fail(f"filter {choice.name!r} is used twice: join the two tables")
            same = next((one.name for one in chosen.values() if type(one.base) is type(choice.base)), None)
            if same:
                raise self.fail(f"filters {same!r} and {choice.name!r} are one plug-in: use one of the names")
            chosen[choice.name] = choice
        for name in REQUIRED_FILTERS:
            if name not in chosen:
                chosen[name] = Choice(name=name, base=filters.load(name)(), judged=False)
        if code:
            chosen["code"] = self._code(chosen.get("code"), code)
        return tuple(self._in_order(chosen))

    def completed(self, choices: Sequence[Choice], labelled: Sequence[Choice]) -> tuple[Choice, ...]:
        """The filters with what `agreed` asks of them; `labelled` are of the [[signals]], whose rules vote too."""
        try:
            return labelling.completed(choices, labelled)
        except ValueError as error:
            raise self.fail(str(error)) from error

    def _code(self, chosen: Choice | None, code: Code) -> Choice:
        """The filter that the stage stands on: which documents are code is said in [code] alone."""
        base = chosen.base if chosen else filters.load("code")()
        default = filters.load("code")()
        for name in ("languages", "sources"):
            if getattr(base, name) != getattr(default, name):
                raise self.fail(f"[code] {name} says which documents are code: take {name} out of the filter's table")
        made = replace(base, languages=code.languages, sources=code.sources)  # type: ignore[type-var]
        return Choice(name="code", base=made, judged=False)

    def _choice(self, raw: object, where: str) -> Choice:
        if not isinstance(raw, dict) or not isinstance(raw.get("use"), str):
            raise self.fail(f'[{where}] needs use = "<filter>"; known: {", ".join(filters.names())} ({REFERENCE})')
        table = dict(raw)
        name = table.pop("use")
        try:
            kind = filters.load(name)
        except ValueError as error:
            raise self.fail(f"[{where}] {error}") from error
        return self.chosen(name, kind, table)

    def chosen(self, name: str, kind: type[Filter], table: dict[str, Any]) -> Choice:
        """A filter with its thresholds, from the keys of its table but for `use`."""
        over = {key: self._overrides(table, name, key) for key in OVER}
        try:
            over["by_language"] = language_keys.keyed(over["by_language"], "by_language:")
        except ValueError as error:
            raise self.fail(f"[{name}] {error}") from error
        base = self._filter(kind, table, name)
        try:
            identity(filters.measuring_parameters(base))
        except TypeError as error:
            raise self.fail(f"[{name}] a parameter of {name!r} has no form to be told by: {error}") from error
        for script in over["by_script"]:
            if script not in script_groups.known():
                raise self.fail(
                    f"[{name}] by_script names {script!r}, in which no language of ours is written: take the end of a "
                    f"language id, such as Latn or Hans, or {script_groups.UNSPACED!r}"
                )
        return Choice(
            name=name,
            base=base,
            **{key: self._thresholds(kind, table, found, f"{name}.{key}") for key, found in over.items()},
            judged=bool(kind.rules),
        )

    def _thresholds(
        self, kind: type[Filter], table: Mapping[str, Any], over: Mapping[str, Mapping[str, Any]], where: str
    ) -> dict[str, dict[str, object]]:
        """Checked as if they stood in the filter's own table, each by itself."""
        found = {}
        for which, values in over.items():
            made = self._filter(kind, {**table, **values}, f"{where}.{which}")
            found[which] = {key: getattr(made, key) for key in values}
        return found

    def _overrides(self, table: dict[str, Any], name: str, kind: str) -> dict[str, dict[str, Any]]:
        """The tables of one of OVER, taken out; they hold thresholds alone."""
        found = table.pop(kind, {})
        if not isinstance(found, dict) or not all(isinstance(values, dict) for values in found.values()):
            raise self.fail(f"[{name}] {kind} must hold tables: {kind}.<id or pattern> = {{ min_... = ... }}")
        for which, values in found.items():
            for key in values:
                if not filters.is_threshold(key):
                    raise self.fail(
                        f"[{name}.{kind}.{which}] {key} measures, it cannot differ by {kind.removeprefix('by_')}; "
                        "only min_*, max_* and keep_* can"
                    )
        return found

    def _filter(self, kind: type[Filter], table: Mapping[str, Any], where: str) -> Filter:
        """An instance; a threshold that is "off" judges nothing (TOML has no null)."""
        plain = {key: None if value == "off" and filters.is_threshold(key) else value for key, value in table.items()}
        try:
            made: Filter = files.placed(self.table(kind, plain, where), self._place)
            self._leaves_something(made, where)
            return made
        except PydanticUserError as error:  # a field whose type pydantic cannot read
            raise self.fail(f"[{where}] {str(error).splitlines()[0]}") from error

    def _place(self, named: str) -> str:
        """Of a file, from the folder of the recipe as its other inputs are."""
        placed = addresses.below(str(Path(self.path).resolve().parent), named)
        return placed if "://" in placed else os.path.normpath(placed)

    def _leaves_something(self, made: Filter, where: str) -> None:
        for name, least in vars(made).items():
            most = getattr(made, f"max_{name.removeprefix('min_')}", None) if name.startswith("min_") else None
            if least is not None and most is not None and least > most:
                raise self.fail(
                    f"[{where}] {name} is {least} and {name.replace('min_', 'max_', 1)} {most}: nothing stays"
                )

    def _in_order(self, chosen: dict[str, Choice]) -> tuple[Choice, ...]:
        """Recipe order, but for a filter after those whose signals it reads."""
        ordered: dict[str, Choice] = {}

        def place(name: str, above: tuple[str, ...]) -> None:
            if name in above:
                raise self.fail(f"filters read each other in a circle: {', '.join(above)}")
            for needed in chosen[name].base.reads:
                if needed not in chosen:
                    chosen[needed] = self._read(needed, name)
                if needed not in ordered:
                    place(needed, (*above, name))
            ordered.setdefault(name, chosen[name])

        for name in list(chosen):
            place(name, ())
        return tuple(ordered.values())

    def _read(self, name: str, reader: str) -> Choice:
        """A filter that the recipe does not name and another reads."""
        try:
            kind = filters.load(name)
        except ValueError as error:
            raise self.fail(f"filter {reader!r} reads {name!r}: {error}") from error
        return Choice(name=name, base=self._filter(kind, {}, name), judged=False)
