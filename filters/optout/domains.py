"""Dated lists of domains whose holders refuse training, by files: one a line; what begins with # says nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, ClassVar, Final

from annotated_types import MinLen

from filters.files import FileName
from filters.models import verified
from filters.optout import sites
from filters.optout.registered import registered
from filters.strict import STRICT

_HOST: Final = re.compile(r"[^\s/:@?#\[\]]{1,253}")


@dataclass(frozen=True, kw_only=True)
class DomainList:
    """A text file of domains, one a line; empty lines and those that begin with # say nothing."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    path: Annotated[str, MinLen(1), FileName()]
    """The file, from the recipe's folder."""
    sha256: str
    """Its digest, hexadecimal."""
    date: str
    """The day as of which it holds: 2026-11-01."""

    def __post_init__(self) -> None:
        try:
            date.fromisoformat(self.date)
        except ValueError as error:
            raise ValueError(f"date {self.date!r} is no day: write it as 2026-11-01") from error


@cache
def refusing(lists: Sequence[tuple[str, str, str, str]]) -> dict[str, tuple[str, str, str]]:
    """Date, name of the list and its line by registered domain, the latest list first; `lists` are (name, path, sha256,
    date).

    Raises ValueError, one line, for a missing or changed file, a line that is no domain, and a public suffix, under
    which anybody can register.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for name, path, sha256, day in sorted(lists, key=lambda one: (one[3], one[0])):
        with open(verified(path, sha256, "list"), encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                listed = line.strip()
                if listed and not listed.startswith("#"):
                    found[_registered(listed, name, number)] = (day, name, listed)
    return found


def _registered(listed: str, name: str, number: int) -> str:
    host = sites.plain(listed.lstrip(".")) if _HOST.fullmatch(listed) else ""
    if not host:
        raise ValueError(f"line {number} of list {name} is no domain: {listed[:60]!r}; write a domain a line")
    domain = registered(host)
    if not domain:
        raise ValueError(
            f"line {number} of list {name} is {listed[:60]!r}, under which anybody can register: list the domains "
            "below it"
        )
    return domain
