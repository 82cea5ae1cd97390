"""What an answer says of what may be done with it, kept as it was said.

X-Robots-Tag; Content-Usage (draft-ietf-aipref-attach); Content-Signal; TDM-Reservation and TDM-Policy (TDMRep); Link
with rel=license (RFC 8288); headers that speak of AI alone.
"""

from collections.abc import Iterable
from typing import Final

_NAMES: Final = frozenset(
    {"x-robots-tag", "content-usage", "content-signal", "tdm-reservation", "tdm-policy", "x-no-ai", "noai", "no-ai"}
)
_MOST = 4 << 10  # bytes of what is kept of one record


def of_headers(headers: Iterable[tuple[str, str]]) -> str | None:
    """A "name: value" a line, in order; None if nothing is said.

    >>> of_headers([("server", "x"), ("tdm-reservation", "1"), ("link", "<https://a.test/l>; rel=license")])
    'tdm-reservation: 1\\nlink: <https://a.test/l>; rel=license'
    """
    return joined([f"{name}: {value}" for name, value in headers if name in _NAMES or _is_licence(name, value)])


def of_page(statements: Iterable[tuple[str, str]]) -> str | None:
    """The same of what elements of a page state."""
    return joined(f"{name}: {' '.join(value.split())}" for name, value in statements)


def joined(lines: Iterable[str | None]) -> str | None:
    """What header and page say, in one; not more than 4 kB, in whole lines."""
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode("utf-8", "replace")) + 1 if line else 0
        if line and size <= _MOST:
            kept.append(line)
    return "\n".join(kept) or None


def _is_licence(name: str, value: str) -> bool:
    """Whether a Link says which licence holds; or a header names AI (X-No-AI-Training and its like)."""
    if name == "link":
        return "license" in value.lower()
    return name.startswith(("x-no-ai", "x-noai"))
