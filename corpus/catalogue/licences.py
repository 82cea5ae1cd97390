"""Licences of entries: SPDX expressions, and whether a recipe's list allows them.

`A OR B` is allowed where one of them is, `A AND B` and several expressions where all are. An exception (`WITH`) only
permits more, so its licence's name is enough.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from filters.meant import nearest

_CHARS: Final = 500  # of an expression: the longest in use have some 200
_SHOWN: Final = 60  # of one in a message
_NO_LICENCE: Final = ("other", "unknown")  # words of the BigScience catalogue for terms that SPDX has no id for
_REFERENCE: Final = "licenseref-"  # a licence of one's own (SPDX 3, annex B)


@cache
def _spdx() -> Any:
    from license_expression import get_spdx_licensing  # noqa: PLC0415  (reads its index when made: a second)

    return get_spdx_licensing()


def head(item: str) -> str:
    """The expression of an item of license_list, without its title.

    >>> head("cc-by-nc-2.0: Creative Commons"), head("MIT OR Apache-2.0")
    ('cc-by-nc-2.0', 'MIT OR Apache-2.0')
    """
    return item.partition(": ")[0].strip()


def expression(item: str) -> str:
    """An item of license_list as SPDX writes it. Raises ValueError, one line, for what is no expression of known ids.

    >>> expression("cc-by-nc-2.0: Creative Commons"), expression("apache-2.0 or mit"), expression("other: x")
    ('CC-BY-NC-2.0', 'Apache-2.0 OR MIT', 'other')
    """
    found = head(item)
    if found.lower() in _NO_LICENCE:
        return found.lower()
    return str(_parsed(found).render("{symbol.key}"))


def joined(items: Iterable[str]) -> str:
    """Items of license_list as one expression; "" for none. Raises ValueError as `expression` does."""
    found = list(dict.fromkeys(map(expression, items)))
    return " AND ".join(f"({one})" if len(found) > 1 and " OR " in one else one for one in found)


def allowed(item: str, patterns: Sequence[str]) -> bool:
    """Whether a list of SPDX ids, or patterns of them (`CC-*`), allows an item. What is no SPDX licence must be named
    without a pattern. Raises ValueError as `expression` does."""
    found = head(item)
    if found.lower() in _NO_LICENCE:
        return found.lower() in patterns
    return _allows(_parsed(found), [pattern.lower() for pattern in patterns])


def ids(item: str) -> list[str]:
    """SPDX ids in an item of license_list. Raises ValueError as `expression` does, also for terms without an id.

    >>> ids("Apache-2.0 OR MIT")
    ['Apache-2.0', 'MIT']
    """
    found = head(item)
    if found.lower() in _NO_LICENCE:
        raise ValueError(f"{found!r} is no SPDX id")
    return _symbols(_parsed(found))


def misspelt(patterns: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Patterns that no licence fits, of SPDX's list or of one's own, each with one that is near, or ""."""
    names = [str(key) for key in _spdx().known_symbols]
    for pattern in patterns:
        small = pattern.lower()
        own = small in _NO_LICENCE or small.startswith(_REFERENCE)
        if not own and not any(_names(small, name.lower()) for name in names):
            yield pattern, nearest(pattern, names)


def fits(pattern: str, items: Iterable[str]) -> bool:
    """Whether a pattern is one of the licences in these items of license_list. What is no expression fits nothing."""
    for item in items:
        found = head(item)
        if found.lower() in _NO_LICENCE:
            fitting = found.lower() == pattern
        else:
            try:
                fitting = any(_names(pattern.lower(), name.lower()) for name in _symbols(_parsed(found)))
            except ValueError:
                fitting = False
        if fitting:
            return True
    return False


def _symbols(tree: Any) -> list[str]:
    return [str(symbol.key) for symbol in _spdx().license_symbols(tree)]


@cache
def _parsed(text: str) -> Any:
    from license_expression import ExpressionError, LicenseSymbol  # noqa: PLC0415

    if len(text) > _CHARS:
        raise ValueError(f"an SPDX expression of {len(text):,} characters, {_CHARS} at most: shorten it")
    try:
        tree = _spdx().parse(text)
    except ExpressionError as error:
        raise ValueError(f"{text[:_SHOWN]!r} is no SPDX expression: see spdx.org/licenses") from error
    if tree is None:
        raise ValueError("an empty SPDX expression: name a licence, or take it out")
    known = _spdx().known_symbols
    for symbol in _spdx().license_symbols(tree):
        if (
            isinstance(symbol, LicenseSymbol)
            and symbol.key not in known
            and not symbol.key.lower().startswith(_REFERENCE)
        ):
            raise ValueError(f"{symbol.key[:_SHOWN]!r} is no SPDX id: see spdx.org/licenses, or name it LicenseRef-...")
    return tree


def _allows(tree: Any, patterns: Sequence[str]) -> bool:
    parts = getattr(tree, "args", ())
    if parts and type(tree).__name__ in ("AND", "OR"):
        found = [_allows(part, patterns) for part in parts]
        return any(found) if type(tree).__name__ == "OR" else all(found)
    names = {str(tree.render("{symbol.key}")).lower(), str(getattr(tree, "license_symbol", tree).key).lower()}
    return any(_names(pattern, name) for pattern in patterns for name in names)


def _names(pattern: str, name: str) -> bool:
    if name.startswith(_REFERENCE) and not pattern.startswith(_REFERENCE):
        return False  # "*" is any licence of SPDX's list, and whatever terms somebody has given a name are not on it
    if pattern == "*":
        return True
    # Within a pattern a star takes no hyphen: CC-BY-* is CC-BY-4.0, and must not let CC-BY-NC-4.0 in.
    return re.fullmatch("[^-]*".join(map(re.escape, pattern.split("*"))), name) is not None
