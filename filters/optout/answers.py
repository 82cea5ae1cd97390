"""What headers of an answer and elements of its page say of training: a line each, as ingest keeps them.

`header tdm-reservation: 1`, `page robots: noai`. Content-Usage, Content-Signal, TDMRep (W3C community group, 2024),
`noai` in X-Robots-Tag and meta elements, links to RSL 1.0, whose terms stand in another file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from filters.optout import preferences
from filters.optout.statement import ALLOW, DISALLOW, RAW_CHARS, UNKNOWN, Preference, Statement

RSL: Final = "rsl"  # of a page: the name of a link of this type
RSL_TYPE: Final = "application/rsl+xml"
CUT: Final = "cut"  # the name under which a record says that it said more than is kept
_LINK: Final = re.compile(r"<([^<>]*+)>([^<>]*+)")
_LINE: Final = re.compile(r"(header|page) ([^:\s]++): (.*+)")
_TOKEN: Final = re.compile(r"[^\s,:;=]++")
_NO: Final = frozenset(("0", "false", "no", "off"))
_NO_AI: Final = ("x-no-ai", "x-noai", "noai", "no-ai")  # headers that speak of AI alone
_RIGHTS: Final = frozenset(
    ("license", "licence", "copyright", "rights", "dc.rights", "dcterms.rights", "dcterms.license", "dc.rights.license")
)


def statements(rights: str, date: str) -> Iterator[Statement]:
    """Of the lines of one document that speak of training; `date` is when it was fetched."""
    for line in rights.split("\n"):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        place, name, value = found.groups()
        said = _said(name, value)
        if said:
            preference, protocol, unread = said
            yield Statement(preference, protocol, place, date, f"{name}: {value}"[:RAW_CHARS], unread)


def terms(rights: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Lines that name terms in RSL: place, the line as its statement has it, and the addresses as they stand there.

    >>> list(terms('header link: </a>; rel=license; type="application/rsl+xml", </b>; rel=next\\npage rsl: /c.xml'))
    [('header', 'link: </a>; rel=license; type="application/rsl+xml", </b>; rel=next', ('/a',)), \
('page', 'rsl: /c.xml', ('/c.xml',))]
    """
    for line in rights.split("\n"):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        place, name, value = found.groups()
        linked = (one[1].strip() for one in _LINK.finditer(value) if RSL_TYPE in one[2].lower())
        named = (value.strip(),) if name == RSL else tuple(linked) if name == "link" else ()
        if named:
            yield place, f"{name}: {value}"[:RAW_CHARS], named


def _said(name: str, value: str) -> tuple[Preference, str, bool] | None:
    """Preference, protocol, and whether terms are named that are not here; None if it does not speak of training."""
    if name in _READ:
        return _READ[name](value), _PROTOCOLS.get(name, name), False
    if name in (CUT, RSL) or (name == "link" and RSL_TYPE in value.lower()):
        return UNKNOWN, CUT if name == CUT else RSL, True
    if name.startswith(_NO_AI):
        return UNKNOWN if value.strip().lower() in _NO else DISALLOW, "noai", False
    names_ai = name != "link" and name not in _RIGHTS and "noai" in map(str.lower, _TOKEN.findall(value))
    return (DISALLOW, "noai", False) if names_ai else None


def _reservation(value: str) -> Preference:
    return DISALLOW if value.strip() == "1" else ALLOW if value.strip() == "0" else UNKNOWN


def _unknown(_: str) -> Preference:
    return UNKNOWN


_READ: Final[Mapping[str, Callable[[str], Preference]]] = {
    "content-usage": preferences.usage,
    "content-signal": preferences.signal,
    "tdm-reservation": _reservation,
    "tdm-policy": _unknown,  # where terms are to be had for what is reserved
}
_PROTOCOLS: Final = {"tdm-reservation": "tdmrep", "tdm-policy": "tdmrep"}
