"""What a reader yields: a record, the reason why there is none, what a site says of use, or a note of what it did."""

from dataclasses import dataclass

REASONS = {
    "broken": "the record cannot be parsed",
    "corrupt": "the file's compression or framing is damaged from here on; what stood before was read",
    "truncated": "the file ends in the middle of a record; what stood before was read",
    "not_text": "neither HTML, XHTML nor plain text",
    "http_status": "a response other than 200",
    "too_large": "over the source's max_record_bytes or max_html_bytes; of Arrow a batch over 768 MiB",
    "too_complex": "more elements, or elements within elements, than trafilatura is given",
    "undecodable": "the bytes are no text in any encoding that is declared or detected",
    "missing_text": "the text field is absent, null or no string",
    "empty": "nothing is left of the text",
    "skipped": "the source leaves it out by name",
    "unwanted": "a field does not hold what the source's `where` keeps; no share of rejects counts it",
    "withdrawn": "it, or a document that it is a copy of, was withdrawn (gristmill withdraw)",
}

CODED, CUT_OFF = "language code", "cut off"
NOTES = {
    CUT_OFF: "files that end in the middle of what they hold: how much is missing is not known",
    "encoding": "pages and texts by the encoding that they were read in, and what said so",
    "passed over": "records of a kind that holds no document",
    "repaired": "changes to what was read, so that it could be read",
    "unusable": "values of a field that say nothing: of another type, or no date, or no known language",
    "skipped": "records that the source leaves out by name",
    "unwanted": "records that the source's `where` leaves out, by field",
    "withdrawn": "records that are documents which were withdrawn, or copies of these",
    CODED: "records of a declared language whose code is deprecated, ambiguous or of a macro-language",
    "found": "records in which a field that the recipe names is set",
}

# What files of a site say of its use: none is a document. A note says of each that it was passed over, by its kind.
ROBOTS, TDM_FILE, TERMS = "robots.txt", "tdmrep.json", "rsl"
SITE_FILES = (ROBOTS, TDM_FILE, TERMS)
_DETAIL_CHARS = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A document as found, before normalisation."""

    locator: str  # the record's own id, else "<file>#<offset>"
    file: str  # path below the source's root
    offset: int  # bytes into the file, decompressed for lines, of the member for WARC; or row number
    text: str  # of prompted data the inputs
    targets: str | None = None
    url: str | None = None
    licence: str | None = None
    date: int | None = None  # seconds since 1970, UTC
    language: str | None = None  # as declared, if the source is trusted for it
    rights: str | None = None  # what its answer and page say of use, a `header name: value` or `page ...` a line
    unusable: tuple[str, ...] = ()  # keys of the recipe whose fields hold what is none


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """A record that gives no document."""

    file: str
    offset: int
    reason: str  # a key of REASONS
    detail: str
    lost: int = 0  # bytes of the file, as it is stored, that were not read for it


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Something that was done to what was read, other than to take or to reject it."""

    kind: str  # a key of NOTES
    detail: str  # what of it: one of few words of the reader's own, never the input's
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFile:
    """A file that an archive holds: no document, but what is said of documents."""

    kind: str  # one of SITE_FILES
    file: str
    offset: int
    url: str
    date: int | None  # seconds since 1970, UTC
    status: int  # of the answer
    text: str  # "" of an answer without one
    cut: bool  # whether the archive has more of it than is kept


Item = Record | Reject | Note | SiteFile
"""All that a reader yields."""


def reject(file: str, offset: int, reason: str, detail: object = "", *, lost: int = 0) -> Reject:
    """A reject whose detail is short and shows no more than a glimpse of the input."""
    plain = " ".join(str(detail).split())
    return Reject(file=file, offset=offset, reason=reason, detail=plain[:_DETAIL_CHARS], lost=lost)
