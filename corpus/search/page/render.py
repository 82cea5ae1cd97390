"""Answers as HTML. Everything that comes from a corpus or a person is text to it, and is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from corpus.search.hits import Hit
from corpus.search.ranked.hits import PassageHit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The form as it was sent, or as it begins."""

    q: str = ""
    how: str = "exact"
    lang: str = ""
    source: str = ""
    n: int = 10


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A place or a passage."""

    id: str
    proof: str  # that this id was shown here
    pieces: Sequence[tuple[str, bool]]  # text, and whether it is marked
    facts: Sequence[str]
    score: str  # "" of a place
    redacted: bool


@dataclass(frozen=True, kw_only=True)
class View:
    """All that the page says."""

    name: str  # of the release
    sources: Sequence[str]
    ranked: bool  # whether there is an index for it
    counts: Sequence[int]
    most_chars: int
    roles: Sequence[str]
    bases: Sequence[str]
    footer: str
    notes: Sequence[str] = ()
    errors: Sequence[str] = ()
    sums: Sequence[str] = ()
    hits: Sequence[Shown] = ()


def html(view: View, asked: Asked, base: str, token: str) -> bytes:
    """`base`: the address that all others begin with; `token`: what its forms send back."""
    return (_template().render(view=view, asked=asked, base=base, token=token).lstrip() + "\n").encode()


def place(hit: Hit, proof: str) -> Shown:
    """A place where a phrase stands."""
    one = hit.snippet
    pieces = [(one.before, False), (one.match, bool(one.before or one.after or not one.redacted)), (one.after, False)]
    return Shown(
        id=hit.id,
        proof=proof,
        pieces=[one for one in pieces if one[0]],
        facts=_facts(hit, hit.bytes[0]),
        score="",
        redacted=one.redacted,
    )


def passage(hit: PassageHit, proof: str) -> Shown:
    """A whole passage."""
    pieces: list[tuple[str, bool]] = []
    last = 0
    for start, end in hit.marks:
        pieces += [(hit.text[last:start], False), (hit.text[start:end], True)]
        last = end
    pieces.append((hit.text[last:], False))
    return Shown(
        id=hit.id,
        proof=proof,
        pieces=[one for one in pieces if one[0]],
        facts=_facts(hit, hit.bytes[0]),
        score=f"{hit.score:.3f}",
        redacted=hit.redacted,
    )


def _facts(hit: Hit | PassageHit, first: int) -> list[str]:
    known = [hit.source, hit.language, hit.licence, hit.url, f"byte {first:,}", hit.id]
    return [one for one in known if one]


@cache
def style() -> bytes:
    """The style sheet."""
    return (files("corpus.search.page") / "style.css").read_bytes()


@cache
def _template() -> Template:
    text = (files("corpus.search.page") / "page.html").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)
