"""What a reader says of bytes that became text, and what a page says to a reader."""

from collections.abc import Iterator

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from corpus.charset.choice import Decoded
from corpus.sources.record import Note


def notes(found: Decoded) -> Iterator[Note]:
    """In what a text was read, and what that cost."""
    yield Note(kind="encoding", detail=f"{found.encoding}, {found.how}")
    if found.replaced:
        yield Note(kind="repaired", detail="bytes that mean nothing to U+FFFD", count=found.replaced)


def page_text(markup: str, *, main_content: bool) -> str:
    """The text of an HTML page, a block a line (resiliparse; Bevendorff et al. 2018, 2021)."""
    tree = HTMLTree.parse(markup)
    return str(extract_plain_text(tree, main_content=main_content, alt_texts=False, preserve_formatting=True))
