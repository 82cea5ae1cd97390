"""What a page's head says of rights: robots, reservations of text and data mining, licences, RSL."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import numpy as np

from corpus.html import elements, words
from corpus.html.tree import Tree

_MOST_ELEMENTS, _MOST_STATEMENTS = 512, 64  # of a page that are looked at, and that are kept
_MOST_BYTES, _MOST_CHARS = 4096, 1024  # of an element's attributes, and of a statement
_ATTRIBUTE = re.compile(r"""([^\s=/>"']{1,64})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")

# The names of robots that read for search or for models, as they stand in meta elements; robots is for all of them.
_ROBOTS = frozenset(
    [
        "robots",
        "googlebot",
        "googlebot-news",
        "google-extended",
        "bingbot",
        "msnbot",
        "slurp",
        "duckduckbot",
        "baiduspider",
        "yandex",
        "gptbot",
        "oai-searchbot",
        "chatgpt-user",
        "ccbot",
        "claudebot",
        "anthropic-ai",
        "perplexitybot",
        "bytespider",
        "amazonbot",
        "applebot",
        "applebot-extended",
        "meta-externalagent",
        "facebookbot",
        "cohere-ai",
        "diffbot",
    ]
)
_RESERVATIONS = frozenset(("tdm-reservation", "tdm-policy", "content-usage", "content-signal"))
_LICENCES = frozenset(
    ("license", "licence", "copyright", "rights", "dc.rights", "dcterms.rights", "dcterms.license", "dc.rights.license")
)
_NAMES = _ROBOTS | _RESERVATIONS | _LICENCES
_RSL = "application/rsl+xml"  # the type of a link to terms in RSL 1.0
_LICENCE_TYPES = frozenset(("license", "cc:license", "dct:license", "dcterms:license", "schema:license"))


@dataclass(frozen=True, kw_only=True)
class Head:
    """What elements of a page state, in its order."""

    rights: tuple[tuple[str, str], ...]
    """(name, content): the name of a meta element, "license" or "rsl", in small letters, and what it says, as it
    stands; at the end ("cut", "") where a page says more than is kept."""


def head(page: Tree) -> Head:
    """The statements of a page: of meta, link and links to licences, wherever they stand. Bounded for any page."""
    tags, bits = page.nodes.tag[: page.count], page.nodes.bits[: page.count]
    wanted = (tags == elements.NUMBER["meta"]) | (tags == elements.NUMBER["link"]) | (bits & words.LICENCE != 0)
    found: dict[tuple[str, str], None] = {}
    for node in np.flatnonzero(wanted)[:_MOST_ELEMENTS]:
        first = int(page.nodes.start[node])
        last = min(int(page.nodes.stop[node]), first + _MOST_BYTES)
        own = page.data[first:last].tobytes().decode("utf-8", "replace")
        if tags[node] == elements.NUMBER["a"]:
            found.setdefault(("license", unescape(own).strip()[:_MOST_CHARS]))
            continue
        for statement in _statements(_attributes(own)):
            found.setdefault(statement)
    stated = tuple(found)[:_MOST_STATEMENTS]
    more = len(found) > _MOST_STATEMENTS or int(np.count_nonzero(wanted)) > _MOST_ELEMENTS
    return Head(rights=(*stated, ("cut", "")) if more else stated)


def _attributes(markup: str) -> dict[str, str]:
    """Attributes by name in small letters; the first of a name counts."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(markup):
        found.setdefault(name.lower(), unescape("".join(values)).strip()[:_MOST_CHARS])
    return found


def _statements(attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    name = (attributes.get("name") or attributes.get("property") or attributes.get("http-equiv") or "").lower()
    if name in _NAMES or name in _LICENCE_TYPES:
        yield name, attributes.get("content", "")
    if "href" in attributes and not _LICENCE_TYPES.isdisjoint(attributes.get("rel", "").lower().split()):
        rsl = attributes.get("type", "").strip().lower() == _RSL
        yield "rsl" if rsl else "license", attributes["href"]
