"""Bytes to text: the declared charset, then the page's own, then detection; and what a page says to a reader."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5
from resiliparse.parse.html import HTMLTree

from corpus.sources.record import Note

_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BOM_NAMES = ("utf-8-sig", "utf-16", "utf-16")
_MOST_REPLACED = 0.01  # of characters: a stray byte in a page is mended as browsers do, more is another encoding


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A text, and how it was found."""

    text: str
    encoding: str  # its name in the WHATWG Encoding standard, in small letters
    how: str  # what said so: "mark", "declared", "page", "utf-8" or "detected"
    replaced: int = 0  # sequences of bytes that mean nothing in it: each is U+FFFD in the text

    def notes(self) -> Iterator[Note]:
        """What a reader says of it beside the text."""
        yield Note(kind="encoding", detail=f"{self.encoding}, {self.how}")
        if self.replaced:
            yield Note(kind="repaired", detail="bytes that mean nothing to U+FFFD", count=self.replaced)


def decode(data: bytes, declared: str | None, *, html: bool) -> Decoded | None:
    """The text, or None if no encoding fits. A byte order mark wins, as in the WHATWG encoding standard."""
    for mark, encoding in zip(_BOMS, _BOM_NAMES, strict=True):
        if data.startswith(mark):
            return _decoded(data, encoding, "mark")
    tries = [
        ("declared", map_encoding_to_html5(declared, fallback_utf8=False) if declared else None),
        ("page", detect_encoding(data, from_html_meta=html)),  # servers declare what the page's author does not know of
        ("utf-8", "utf-8"),
        ("detected", detect_encoding(data)),
    ]
    for how, name in tries:
        found = _decoded(data, name, how) if name else None
        if found is not None:
            return found
    return None


def _decoded(data: bytes, name: str, how: str) -> Decoded | None:
    try:
        return Decoded(text=data.decode(name), encoding=name, how=how)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        bad = text.count("\ufffd")
        return Decoded(text=text, encoding=name, how=how, replaced=bad) if bad <= _MOST_REPLACED * len(text) else None
    except LookupError:
        return None


def page_text(markup: str, *, main_content: bool) -> str:
    """The text of an HTML page, a block a line (resiliparse; Bevendorff et al. 2018, 2021)."""
    tree = HTMLTree.parse(markup)
    return str(extract_plain_text(tree, main_content=main_content, alt_texts=False, preserve_formatting=True))
