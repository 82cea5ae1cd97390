"""Which documents are asked for: each condition by itself, all of them together."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.query import outcomes, parsing
from corpus.query.expressions import Column, Holds, Node, holds
from corpus.query.opened import Opened
from filters import language_keys
from filters.arrow import equal, strings, typed
from filters.meant import hint


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Conditions as they are written; "" and () for none. Lists hold if one of their entries does."""

    language: tuple[str, ...] = ()  # ids, tags or patterns
    source: tuple[str, ...] = ()  # names or patterns
    url: str = ""  # a pattern of the whole address, in any case
    since: str = ""  # the date from which on, and the one before which, as 2024-01-31
    before: str = ""
    where: str = ""  # a condition of corpus.query.parsing
    dropped_by: tuple[str, ...] = ()  # a rule, a filter, or an outcome of corpus.query.outcomes
    kept: bool = False  # both or neither: kept and dropped ones
    dropped: bool = False


class Conditions:
    """What is asked of a release, held against what it has. Raises RecipeError for what names nothing there."""

    def __init__(self, wanted: Wanted, opened: Opened) -> None:
        self._wanted = wanted
        self._languages = _languages(wanted.language)
        self._sources = _sources(wanted.source, opened.sources)
        self._takers = [_taker(name, opened.rules) for name in wanted.dropped_by]
        if wanted.kept and not wanted.dropped and wanted.dropped_by:
            raise RecipeError("--kept and --dropped-by exclude each other: what a rule dropped is not kept")
        known = opened.columns
        self._nodes: list[Node] = []
        if wanted.where:
            self._nodes.append(parsing.parse(wanted.where, known))
        for text, sign in ((wanted.since, ">="), (wanted.before, "<")):
            if text:
                self._nodes.append(parsing.parse(f"date {sign} '{_date(text)}'", known))

    def columns(self) -> list[str]:
        """That they read, sorted."""
        found: set[str] = {name for node in self._nodes for name in node.columns()}
        given = self._wanted
        named = {
            "language": self._languages,
            "source": self._sources,
            "url": given.url,
            "outcome": self._takers or given.kept != given.dropped,
            "rules": self._takers,
        }
        return sorted(found | {name for name, asked in named.items() if asked})

    def hold(self, rows: pa.Table) -> tuple[np.ndarray, np.ndarray]:
        """bool[rows] twice: where all hold, and where none fails but one is unknown, for a value that is not there."""
        found, unknown = np.ones(rows.num_rows, bool), np.zeros(rows.num_rows, bool)
        given = self._wanted
        if given.kept != given.dropped:
            found &= _equal(rows, "outcome", outcomes.KEPT) == given.kept
        if self._languages:
            found &= _fits(rows, "language", self._languages)
        if self._sources:
            found &= _fits(rows, "source", self._sources)
        if self._takers:
            found &= np.any([_taken(rows, *taker) for taker in self._takers], axis=0)
        if given.url:
            known, fits = _like(rows, given.url)
            unknown |= ~known
            found &= fits | ~known
        for node in self._nodes:
            true, open_ = holds(node, rows)
            unknown |= open_
            found &= true | open_
        return found & ~unknown, found & unknown


def _languages(keys: Iterable[str]) -> tuple[str, ...]:
    try:
        return language_keys.listed(keys)
    except ValueError as error:
        raise RecipeError(f"--language {error}") from error


def _sources(patterns: tuple[str, ...], known: list[str]) -> tuple[str, ...]:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise RecipeError(f"--source {pattern!r} fits no source{hint(pattern, known)}; there are: {_few(known)}")
    return patterns


def _taker(name: str, rules: list[str]) -> tuple[str, tuple[str, ...]]:
    """The outcome that is meant, or "" and the rules."""
    if name in outcomes.ALL and name != outcomes.KEPT:
        return name, ()
    found = tuple(rule for rule in rules if rule == name or rule.startswith(f"{name}."))
    if not found:
        known = [*rules, *sorted({rule.rpartition(".")[0] for rule in rules}), *outcomes.ALL[1:]]
        raise RecipeError(f"--dropped-by {name!r} is no rule{hint(name, known)}; there are: {', '.join(known)}")
    return "", found


def _taken(rows: pa.Table, outcome: str, rules: tuple[str, ...]) -> np.ndarray:
    if outcome:
        return _equal(rows, "outcome", outcome)
    fired = [holds(Holds(rule, Column("rules", "list")), rows)[0] for rule in rules]
    found: np.ndarray = np.any(fired, axis=0) & _equal(rows, "outcome", outcomes.FILTERED)
    return found


def _equal(rows: pa.Table, name: str, value: str) -> np.ndarray:
    return equal(rows.column(name), value)


def _fits(rows: pa.Table, name: str, patterns: tuple[str, ...]) -> np.ndarray:
    """Of a column without nulls; each value of it is compared once."""
    encoded = typed(pc.dictionary_encode(rows.column(name).combine_chunks()), pa.DictionaryArray)
    fits = [any(fnmatchcase(value, pattern) for pattern in patterns) for value in strings(encoded.dictionary)]
    return np.array(fits, bool)[np.asarray(encoded.indices)] if fits else np.zeros(rows.num_rows, bool)


def _like(rows: pa.Table, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """Where there is an address, and where it fits."""
    found = rows.column("url").to_pylist()
    lowered = pattern.lower()
    known = np.array([one is not None for one in found], bool)
    return known, np.array([one is not None and fnmatchcase(one.lower(), lowered) for one in found], bool)


def _date(text: str) -> str:
    try:
        return parsing.date(text).isoformat()
    except ValueError as error:
        raise RecipeError(f"{text!r} is no date: write one as 2024-01-31") from error


def _few(names: list[str]) -> str:
    shown = 20  # of thousands of sources an error is still a line
    return ", ".join(names[:shown]) + (f" and {len(names) - shown} more" if len(names) > shown else "")
