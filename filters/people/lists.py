"""Lists of terms by which texts of a language speak of people: files that say who made them, of what, for whom.

A file is TOML. `languages` are ids; `version`, `variety`, `author`, `source`, `licence` and `limits` say where it is
from and what it lacks. Each axis is a table of groups, each group a list of terms; forms of one term stand in one
string, parted by `/`. What `apart` lists holds a term of the axis and does not speak of the group ("Indian Ocean").
`[profession]` and `[adjective]` have a term with its forms under the name that it has in every language. `prefixes` are
written in front of a term without a space (Arabic "and", "the").
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from filters.languages import language_id
from filters.models import verified
from filters.people.term_file import TermFile

AXES = ("gender", "religion", "origin", "age", "disability", "orientation", "caste", "class", "politics")
TARGETS = ("profession", "adjective")
NOT_MEASURED = -1  # mentions of an axis in a text of whose language no list has it
APART = "apart"
_FORMS = "/"
_ABOUT = ("variety", "author", "source", "licence", "limits")


@dataclass(frozen=True, kw_only=True)
class TermList:
    """A file, read: terms by axis and group, as they are written."""

    name: str
    languages: tuple[str, ...]
    version: int
    variety: str
    author: str
    source: str
    licence: str
    limits: str
    prefixes: tuple[str, ...]
    axes: Mapping[str, Mapping[str, tuple[str, ...]]]
    apart: Mapping[str, tuple[str, ...]]
    targets: Mapping[str, Mapping[str, str]]

    def words(self) -> dict[str, dict[str, list[str]]]:
        """Every form by axis and group, those of `apart` under ""; of targets by kind and name."""
        groups: dict[str, dict[str, tuple[str, ...]]] = {
            axis: {**own, "": self.apart.get(axis, ())} for axis, own in self.axes.items()
        }
        groups |= {kind: {name: (term,) for name, term in own.items()} for kind, own in self.targets.items()}
        return {
            axis: {group: [form for term in terms for form in self.forms(term)] for group, terms in own.items()}
            for axis, own in groups.items()
        }

    def forms(self, term: str) -> list[str]:
        """A term as texts write it: its forms, each as it is and behind every prefix."""
        own = term.split(_FORMS)
        return [*own, *(prefix + form for prefix in self.prefixes for form in own)]


def parse(raw: Mapping[str, Any], name: str) -> TermList:
    """What a file holds. Raises ValueError, one line: which key is wrong, and what is expected."""
    known = {"languages", "version", *_ABOUT, "prefixes", *AXES, *TARGETS}
    stray = sorted(raw.keys() - known)
    if stray:
        raise ValueError(f"{name}: {stray[0]!r} is no key: known are {', '.join(sorted(known))}")
    lacking = [key for key in ("languages", "version", *_ABOUT) if not raw.get(key)]
    if lacking:
        raise ValueError(f"{name} does not say {lacking[0]!r}: a list says what it is of, and by whom")
    for key in _ABOUT:
        if not isinstance(raw[key], str):
            raise ValueError(f"{name}: {key} must be a text")
    if type(raw["version"]) is not int or raw["version"] < 1:
        raise ValueError(f"{name}: version must be a whole number from 1")
    for id_ in _texts(raw["languages"], f"{name}: languages"):
        if language_id(id_) != id_:
            raise ValueError(f"{name}: {id_!r} is no language id: write one as `gristmill languages` has them")
    tables = {axis: _groups(raw[axis], f"{name}: {axis}") for axis in AXES if axis in raw}
    if not tables:
        raise ValueError(f"{name} has no axis: write a table for one of {', '.join(AXES)}")
    return TermList(
        name=name,
        languages=tuple(raw["languages"]),
        version=raw["version"],
        **{key: raw[key] for key in _ABOUT},
        prefixes=tuple(_texts(raw.get("prefixes", []), f"{name}: prefixes")),
        axes={axis: {group: own for group, own in found.items() if group != APART} for axis, found in tables.items()},
        apart={axis: found[APART] for axis, found in tables.items() if APART in found},
        targets={kind: _terms(raw[kind], f"{name}: {kind}") for kind in TARGETS if kind in raw},
    )


def _groups(table: object, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict) or not table.keys() - {APART}:
        raise ValueError(f"{where} must be a table of groups, each with a list of terms")
    return {_named(group, where): tuple(_texts(terms, f"{where}.{group}")) for group, terms in table.items()}


def _terms(table: object, where: str) -> dict[str, str]:
    if not isinstance(table, dict):
        raise ValueError(f"{where} must be a table of names, each with a term and its forms")
    return {_named(name, where): _texts([term], f"{where}.{name}")[0] for name, term in table.items()}


def _named(name: str, where: str) -> str:
    if not (name.isascii() and name.replace("_", "a").isalnum()):
        raise ValueError(f"{where}: {name!r} must be of ASCII letters, digits and _")
    return name


def _texts(found: object, where: str) -> Sequence[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
        raise ValueError(f"{where} must be a list of texts, none of them empty")
    return found


def ours() -> Iterator[TermList]:
    """The lists that come along (filters/data/mentions), in order of name."""
    found = [one for one in (files("filters.data") / "mentions").iterdir() if one.name.endswith(".toml")]
    for one in sorted(found, key=lambda one: one.name):
        yield parse(tomllib.loads(one.read_text("utf-8")), one.name)


def _read(name: str, path: str, sha256: str) -> TermList:
    with open(verified(path, sha256, "list"), "rb") as file:
        try:
            return parse(tomllib.load(file), name)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"{name} ({path}) is no TOML: {error}") from error


@cache
def by_language(own: tuple[tuple[str, str, str], ...] = ()) -> Mapping[str, TermList]:
    """Lists by language id: ours, and in their place those of a recipe, given as (name, path, sha256).

    Raises ValueError, one line, for a file that is missing, changed or no list, and for two of one language.
    """
    found = {id_: one for one in ours() for id_ in one.languages}
    said: dict[str, str] = {}
    for one in (_read(*each) for each in own):
        for id_ in one.languages:
            if said.setdefault(id_, one.name) != one.name:
                raise ValueError(f"lexicons {said[id_]!r} and {one.name!r} are both of {id_}: take one of them out")
            found[id_] = one
    return dict(sorted(found.items()))


def files_of(lexicons: Mapping[str, TermFile]) -> tuple[tuple[str, str, str], ...]:
    """Files of a recipe as `by_language` takes them."""
    return tuple((name, one.path, one.sha256) for name, one in sorted(lexicons.items()))
