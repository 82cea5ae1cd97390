"""The languages there are, and what each has: a label of the model, word lists, thresholds of a recipe."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import RecipeError
from corpus.planning import layers, presets
from corpus.store import addresses
from filters import flagged, language, language_keys, languages, programming, script_groups, scripts, stopwords
from filters.arrow import strings
from filters.labels import Labels

_HEAD = ("id", "name", "other tags", "model", "stop words", "flagged words", "thresholds of", "by script")
_YES, _NO = "yes", "-"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Which languages, and whose thresholds and model."""

    wanted: Sequence[str]  # ids, tags, patterns, or parts of English names; none: what has something
    recipe: str | None
    every: bool  # those that have nothing too


@dataclass(frozen=True)
class _Row:
    id: str
    name: str
    tags: tuple[str, ...]
    model: bool
    stopwords: bool
    flagged: bool
    thresholds: tuple[str, ...]  # filters
    by_script: tuple[str, ...]  # the same, for its script

    @property
    def has_something(self) -> bool:
        return self.model or self.stopwords or self.flagged or bool(self.thresholds)

    def cells(self) -> tuple[str, ...]:
        said = (_YES if has else _NO for has in (self.model, self.stopwords, self.flagged))
        return (
            self.id,
            self.name,
            " ".join(self.tags) or _NO,
            *said,
            *(", ".join(uses) or _NO for uses in (self.thresholds, self.by_script)),
        )


def listed(request: Request) -> str:
    """The table. Raises RecipeError: a recipe that cannot be read, or a wanted language that is none."""
    rows = list(_rows(request.recipe))
    if request.wanted:
        shown = _wanted(rows, request.wanted)
    else:
        shown = [row for row in rows if request.every or row.has_something]
    table = [_HEAD, *(row.cells() for row in shown)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in table
    ]
    return "\n".join([*lines, "", _summary(rows, shown, request)])


def _summary(rows: Sequence[_Row], shown: Sequence[_Row], request: Request) -> str:
    whose = f"of {request.recipe}" if request.recipe else "none: name a recipe or preset to see its"
    rest = "" if request.wanted or request.every else "; --all shows those that have none of these"
    return f"{len(shown):,} of {len(rows):,} ids{rest}. Thresholds {whose}."


def _rows(recipe: str | None) -> Iterator[_Row]:
    path = presets.path_of(recipe) if recipe else Path()
    raw = layers.read(str(path)) if recipe else {}
    model, thresholds, for_scripts = _model(raw, path), _thresholds(raw), _for_scripts(raw)
    known = _of_model(model)
    lists = set(stopwords.lexicons().languages), set(flagged.lexicons().languages)
    for id_, name, tags in _ids():
        own = tuple(sorted({use for key, uses in thresholds.items() if fnmatchcase(id_, key) for use in uses}))
        groups = script_groups.groups(script_groups.script_of(id_))
        scripted = tuple(sorted({use for group in groups for use in for_scripts.get(group, ())}))
        yield _Row(id_, name, tags, id_ in known, id_ in lists[0], id_ in lists[1], own, scripted)


def _ids() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for row in sorted(languages.known().values()):
        for script in row.scripts or (scripts.UNKNOWN,):
            yield f"{row.code}_{script}", row.name, row.tags
    for id_ in programming.IDS:
        yield id_, id_.removeprefix(programming.PREFIX), ()


def _model(raw: Mapping[str, Any], path: Path) -> Labels:
    table = next((one for one in _filters(raw) if one["use"] == "language"), {})
    model = table.get("model", "")
    if model not in ("", language.OWN):
        model = addresses.below(str(path.resolve().parent), model)
    try:
        return language.labels_of(model, table.get("sha256", ""))
    except (OSError, ValueError) as error:
        raise RecipeError(str(error)) from error


def _of_model(labels: Labels) -> frozenset[str]:
    """All ids that the model may say."""
    codes, number = labels.fits.shape
    places = [label * codes + script for script, label in np.argwhere(labels.fits).tolist()]
    return frozenset(strings(labels.ids.take(places))) if number else frozenset()


def _thresholds(raw: Mapping[str, Any]) -> dict[str, set[str]]:
    """Filters by the id or pattern that they have thresholds of their own for."""
    found = defaultdict(set)
    for table in _filters(raw):
        tables = table.get("by_language", {})
        try:
            for key in language_keys.keyed(tables, "by_language:") if isinstance(tables, dict) else ():
                found[key].add(table["use"])
        except ValueError as error:
            raise RecipeError(f"[{table['use']}] {error}") from error
    return found


def _for_scripts(raw: Mapping[str, Any]) -> dict[str, set[str]]:
    """Filters by the script or group of scripts that they have thresholds of their own for."""
    found = defaultdict(set)
    for table in _filters(raw):
        tables = table.get("by_script", {})
        for key in tables if isinstance(tables, dict) else ():
            if key not in script_groups.known():
                raise RecipeError(f"[{table['use']}] by_script: {key!r} is no script: name one as Thai, or unspaced")
            found[key].add(table["use"])
    return found


def _filters(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    tables = raw.get("filters", [])
    return [one for one in tables if isinstance(one, dict) and isinstance(one.get("use"), str)]


def _wanted(rows: Sequence[_Row], wanted: Sequence[str]) -> list[_Row]:
    taken: set[str] = set()
    for one in wanted:
        plain = one.lower()
        named = {row.id for row in rows if plain in (row.id.partition("_")[0], *row.tags)}
        named |= {row.id for row in rows if len(plain) > 3 and plain in row.name.lower()}
        if not named:
            try:
                patterns = language_keys.ids(one)
            except ValueError as error:
                raise RecipeError(str(error)) from error
            named = {row.id for row in rows if any(fnmatchcase(row.id, pattern) for pattern in patterns)}
        taken |= named
    return [row for row in rows if row.id in taken]
