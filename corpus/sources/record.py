"""What a reader yields: a record, or the reason why there is none."""

from dataclasses import dataclass

REASONS = {
    "broken": "the record cannot be parsed",
    "corrupt": "the file's compression or framing is damaged from here on; what stood before was read",
    "truncated": "the file ends in the middle of a record; what stood before was read",
    "not_text": "neither HTML, XHTML nor plain text",
    "http_status": "a response other than 200",
    "too_large": "over the source's max_record_bytes or max_html_bytes",
    "too_complex": "more elements, or elements within elements, than trafilatura is given",
    "undecodable": "the bytes are no text in any encoding that is declared or detected",
    "missing_text": "the text field is absent, null or no string",
    "empty": "nothing is left of the text",
}

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """A record that gives no document."""

    file: str
    offset: int
    reason: str  # a key of REASONS
    detail: str


def reject(file: str, offset: int, reason: str, detail: object = "") -> Reject:
    """A reject whose detail is short and shows no more than a glimpse of the input."""
    plain = " ".join(str(detail).split())
    return Reject(file=file, offset=offset, reason=reason, detail=plain[:_DETAIL_CHARS])
