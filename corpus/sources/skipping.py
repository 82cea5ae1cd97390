"""Records that a source leaves out by name: what stops a run and cannot be mended in place."""

from collections.abc import Iterator

from corpus.sources.record import Note, Reject, reject


def name_of(file: str, offset: int) -> str:
    """As `skip` names a record: its file below the source's root, and its offset as in `documents` and `rejects`.

    >>> name_of("2024/a.warc.gz", 81)
    '2024/a.warc.gz#81'
    """
    return f"{file}#{offset}"


def left_out(file: str, offset: int) -> Iterator[Reject | Note]:
    """What stands for a record that is left out."""
    yield noted(file, offset)
    yield reject(file, offset, "skipped", "named by skip of its source")


def noted(file: str, offset: int) -> Note:
    """That a name fits."""
    return Note(kind="skipped", detail=name_of(file, offset))


def fault(name: str) -> str:
    """Why this is no name of a record; "" if it is one."""
    file, mark, record = name.rpartition("#")
    if file and mark and record.isascii() and record.isdigit() and str(int(record)) == record:
        return ""
    return f'skip {name!r} names no record: write "<file>#<offset>" as they stand in rejects, as "a/b.warc.gz#81"'
