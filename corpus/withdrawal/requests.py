"""Requests for removal: JSON Lines, one a line, each with one way of saying what is to go."""

import datetime
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from corpus.errors import RecipeError
from corpus.store import storage

WAYS: Final = ("id", "url", "url_prefix", "domain", "source", "licence", "span", "identifier", "digest")
ROLES: Final = ("data_subject", "author", "rights_holder", "custodian", "publisher", "authority", "operator")
BASES: Final = ("gdpr_17", "copyright", "dmca", "tdm_opt_out", "licence", "contract", "court_order", "other")
GO, STAY = "go", "stay"
COPIES: Final = (GO, STAY)  # what becomes of copies that no request names
_SPAN_CHARS = 20  # code points: what is shorter stands in texts of others too
_IDENTIFIER_CHARS = 5
_OTHERS: Final = ("role", "basis", "date", "copies")
_DIGEST_CHARS = 32  # hexadecimal, as in `redactions`


@dataclass(frozen=True, kw_only=True)
class Request:
    """A line of the file. `value` is never written down."""

    line: int  # from 1
    by: str  # one of WAYS
    value: str
    role: str
    basis: str
    date: str
    copies: str = GO  # one of COPIES

    @property
    def text(self) -> str:
        """What its digest is taken of."""
        return f"{self.by}\n{self.value}"

    def __str__(self) -> str:
        return f"request {self.line} ({self.by}, {self.role}, {self.basis}, {self.date})"


def load(address: str) -> tuple[Request, ...]:
    """All requests of a file. Raises RecipeError: line, what is wrong, what is known."""
    data = storage.read_bytes(address)
    if data is None:
        raise RecipeError(f"{address} is not there: name a file of requests, one JSON object a line")
    found = tuple(
        parsed(f"{address}, line {number}", number, line)
        for number, line in enumerate(data.splitlines(), 1)
        if line.strip()
    )
    if not found:
        raise RecipeError(f"{address} holds no request: write one JSON object a line")
    return found


def parsed(where: str, number: int, line: bytes) -> Request:
    """One line. Raises RecipeError: what is wrong, what is known."""
    try:
        raw: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise RecipeError(f"{where} is no JSON: {error}") from error
    if not isinstance(raw, dict):
        raise RecipeError(f"{where} is no JSON object")
    unknown = sorted(set(raw) - {*WAYS, *_OTHERS})
    if unknown:
        raise RecipeError(f"{where}: unknown key {unknown[0]!r}; known: {', '.join((*WAYS, *_OTHERS))}")
    ways = [name for name in WAYS if name in raw]
    if len(ways) != 1:
        raise RecipeError(f"{where} must have one of {', '.join(WAYS)}; it has {', '.join(ways) or 'none'}")
    if wrong := sorted(name for name, value in raw.items() if not isinstance(value, str) or not value.strip()):
        raise RecipeError(f"{where}: {wrong[0]} must be a text that is not empty")
    for name, known in (("role", ROLES), ("basis", BASES), ("copies", COPIES)):
        if raw.get(name, GO if name == "copies" else None) not in known:
            raise RecipeError(f"{where}: {name} must be one of {', '.join(known)}")
    by = ways[0]
    return Request(
        line=number,
        by=by,
        value=_value(where, by, raw[by]),
        role=raw["role"],
        basis=raw["basis"],
        date=_date(where, raw.get("date", "")),
        copies=raw.get("copies", GO),
    )


def _date(where: str, value: str) -> str:
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise RecipeError(f"{where}: date must be the day of the request, as 2026-08-02") from error


def _value(where: str, by: str, value: str) -> str:
    """In one form, so that the same request has the same digest."""
    plain = unicodedata.normalize("NFC", value).strip()
    if by in ("id", "digest", "domain"):
        plain = plain.lower()
    if by in ("id", "digest") and (len(plain) != _DIGEST_CHARS or set(plain) - set("0123456789abcdef")):
        raise RecipeError(f"{where}: {by} must be {_DIGEST_CHARS} hexadecimal digits")
    if by == "identifier":
        plain = plain.casefold()
    least = {"span": _SPAN_CHARS, "identifier": _IDENTIFIER_CHARS}.get(by, 1)
    if len(plain) < least:
        raise RecipeError(f"{where}: {by} has fewer than {least} characters, which stand in texts of others too")
    return plain


def latest(requests: Sequence[Request]) -> str:
    """The latest day of these."""
    return max(request.date for request in requests)
