"""Keys of the mixture: which (source, language) pairs each names.

A key is `SOURCE`, or `SOURCE:LANGUAGE`, each side a pattern of fnmatch or several with `|` between: `web`, `news-*`,
`*:eng_Latn`, `web:code_*`, `*:yor_Latn|zul_Latn`. The last colon parts them, so a source `a:b` is the key `a:b:*`.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

from filters import language_keys

V = TypeVar("V")

ANY = "*"


def sides(key: str) -> tuple[str, str]:
    """The patterns of source and language."""
    source, colon, language = key.rpartition(":")
    return (source, language) if colon else (language, ANY)


def with_ids(values: Mapping[str, V], where: str) -> dict[str, V]:
    """The values by keys whose languages are ids or patterns, `web:zh` as `web:zho_Hans|zho_Hant|zho_Hani`. Raises
    ValueError, one line, for a language that is none, and where two keys say the same."""
    found: dict[str, V] = {}
    said: dict[str, str] = {}
    for key, value in values.items():
        source, language = sides(key)
        own = f"{source}:{'|'.join(language_keys.listed(language.split('|')))}" if ":" in key else key
        if own in found:
            raise ValueError(f"{where}: {said[own]!r} and {key!r} are one key ({own}): join the two")
        found[own], said[own] = value, key
    return found


def fits_source(key: str, source: str) -> bool:
    return _fits(sides(key)[0], source)


def fits(key: str, source: str, language: str) -> bool:
    return fits_source(key, source) and _fits(sides(key)[1], language)


def chosen(keys: Iterable[str], source: str, language: str) -> str | None:
    """The one key that a pair belongs to: of those that fit it one that names both sides wins over one that names the
    source, that over one that names the language; then exact names win over patterns, and the longer pattern."""
    return max((key for key in keys if fits(key, source, language)), key=_rank, default=None)


def _rank(key: str) -> tuple[int, bool, bool, int, str]:
    source, language = sides(key)
    named = (source != ANY, language != ANY)
    exact = not any(sign in key for sign in "*?[|")
    return sum(named), named[0], exact, len(key), key


def _fits(pattern: str, name: str) -> bool:
    return pattern == name or any(fnmatchcase(name, one) for one in pattern.split("|"))  # a name may have signs in it
