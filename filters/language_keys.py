"""Languages as people write them in recipes: tags become the ids that documents have, and what is neither is refused.

A tag that says no script means the language in every script that it is written in: `zh` is `zho_Hans`, `zho_Hant` and
`zho_Hani`. A pattern (`zho_*`, `*_Arab`) stays one; it must fit an id.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from typing import TypeVar

from filters import languages, programming, scripts

V = TypeVar("V")

_WILD = frozenset("*?[")


def is_pattern(key: str) -> bool:
    return not _WILD.isdisjoint(key)


def ids(key: str) -> tuple[str, ...]:
    """The ids, or the one pattern, that a key of a recipe means. Raises ValueError in one line: what may be meant.

    >>> ids("en"), ids("zh-TW"), ids("sr"), ids("code_*"), ids("arb_*")
    (('eng_Latn',), ('zho_Hant',), ('srp_Cyrl', 'srp_Latn'), ('code_*',), ('ara_*',))
    """
    if is_pattern(key):
        return (_pattern(key),)
    found = languages.language_id(key)
    if found is None and (read := languages.parse(key)) and read.script and read.code in languages.known():
        raise ValueError(_unwritten(read.code, read.script, key))
    if found is None or _misspelt(key):
        raise ValueError(f"{key!r} is no language{_meant(key)}; `gristmill languages` lists them")
    if not _open(key):
        return (found,)
    language = languages.known()[found.partition("_")[0]]
    return tuple(f"{language.code}_{script}" for script in language.scripts) or (found,)


def exact(keys: Iterable[str]) -> tuple[str, ...]:
    """`listed`, with the ids that patterns fit."""
    found: list[str] = []
    for one in listed(keys):
        found += sorted(id_ for id_ in _all_ids() if fnmatchcase(id_, one)) if is_pattern(one) else (one,)
    return tuple(dict.fromkeys(found))


def only(key: str) -> str:
    """The one id that a key means: the usual script where it says none. Raises ValueError as `ids` does."""
    found = ids(key)
    if is_pattern(key):
        raise ValueError(f"{key!r} is a pattern: name one language")
    return found[0]


def listed(keys: Iterable[str]) -> tuple[str, ...]:
    """All that the keys mean, each once, in their order. Raises ValueError as `ids` does."""
    return tuple(dict.fromkeys(one for key in keys for one in ids(key)))


def keyed(values: Mapping[str, V], where: str) -> dict[str, V]:
    """The values by id or pattern; what a tag with a script says stands over what one without it says.

    Raises ValueError as `ids` does, and where two keys say the same.
    """
    found: dict[str, V] = {}
    said: dict[str, str] = {}
    for key in sorted(values, key=lambda key: len(ids(key)) == 1):  # the sort is stable
        for one in ids(key):
            other = said.get(one)
            if other is not None and (len(ids(other)) == 1 or len(ids(key)) > 1):
                raise ValueError(f"{where} {other!r} and {key!r} are one language ({one}): join the two")
            found[one], said[one] = _over(found.get(one), values[key]), key
    return found


def _over(under: V | None, value: V) -> V:
    """A table over a more general one keeps what it does not say itself."""
    return {**under, **value} if isinstance(under, dict) and isinstance(value, dict) else value  # type: ignore[return-value]


def _open(key: str) -> bool:
    """Whether a key names a language and no script of it; `zht` and `cpp` mean one id."""
    if is_pattern(key):
        return False
    found, read = languages.language_id(key), languages.parse(key)
    if found is None or read is None or read.script is not None or read.code not in languages.known():
        return False
    return found.partition("_")[0] == read.code and not key.strip().lower().endswith("_zzzz")


def _misspelt(key: str) -> bool:
    """Whether what stands where an id has its script is written like one and is none: `eng_Cyrll`."""
    tag, _, script = key.strip().partition("_")
    return (
        tag != "code"
        and script.isalpha()
        and script.istitle()
        and scripts.code_of(script) is None
        and not script.startswith("Z")
    )


@cache
def _all_ids() -> frozenset[str]:
    natural = {
        f"{language.code}_{script}"
        for language in languages.known().values()
        for script in (*language.scripts, *(() if language.scripts else (scripts.UNKNOWN,)))
    }
    unknown = {f"und_{script}" for script in scripts.letters().codes if script}
    return frozenset({*natural, *unknown, *programming.IDS, languages.UNKNOWN, languages.NO_LANGUAGE})


@cache
def _pattern(key: str) -> str:
    """The pattern, its language by the code that ids have."""
    tag, line, rest = key.partition("_")
    if line and not is_pattern(tag) and (read := languages.parse(tag)) and read.script is None:
        key = f"{read.code}_{rest}"
    if not any(fnmatchcase(id_, key) for id_ in _all_ids()):
        raise ValueError(f"pattern {key!r} fits no language; `gristmill languages` lists them")
    return key


def _unwritten(code: str, script: str, key: str) -> str:
    language = languages.known()[code]
    own = " or ".join(f"{code}_{one}" for one in language.scripts)
    return f"{key!r}: {language.name} is not known to be written in {scripts.table().names[script]}; take {own}"


def _meant(key: str) -> str:
    """`; did you mean deu_Latn (German)?`, or nothing."""
    plain = key.strip().lower().replace("-", "_")
    tag, _, script = plain.partition("_")
    named = {language.name.lower(): language.code for language in languages.known().values()}
    by_tag = {tag: language.code for language in languages.known().values() for tag in (language.code, *language.tags)}
    code = named.get(plain) or by_tag.get(tag)
    others = {one.lower(): id_ for id_ in programming.IDS for one in (id_, id_.removeprefix(programming.PREFIX))}
    if code is None and (near := get_close_matches(plain, [*others, *named], 1, 0.8)):
        if near[0] in others:
            return f"; did you mean {others[near[0]]}?"
        code = named[near[0]]
    if code is None and len(tag) == 3 and (near := get_close_matches(tag, [c for c in by_tag if len(c) == 3], 1, 0.6)):
        code = by_tag[near[0]]
    if code is None:
        return ""
    written = scripts.code_of(script) or languages.usual_script(code)
    return f"; did you mean {code}_{written} ({languages.known()[code].name})?"
