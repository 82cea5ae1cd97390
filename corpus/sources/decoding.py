"""What a reader says of bytes that became text."""

from collections.abc import Iterator

from corpus.charset.choice import Decoded
from corpus.sources.record import Note


def notes(found: Decoded) -> Iterator[Note]:
    """In what a text was read, and what that cost."""
    yield Note(kind="encoding", detail=f"{found.encoding}, {found.how}")
    if found.replaced:
        yield Note(kind="repaired", detail="bytes that mean nothing to U+FFFD", count=found.replaced)
