"""What a misspelt name may mean."""

from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.6  # difflib's ratio


def hint(name: str, known: Iterable[str]) -> str:
    """For a message: the known name that is nearest, "" if none is near.

    >>> hint("lenght", ["length", "language"]), hint("colour", ["length"])
    ("; did you mean 'length'?", '')
    """
    near = nearest(name, known)
    return f"; did you mean {near!r}?" if near else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest, "" if none is near."""
    return next(iter(get_close_matches(name, list(known), 1, _ALIKE)), "")
