"""What an answer and its page say of what may be done with it, kept as it was said.

X-Robots-Tag; Content-Usage (draft-ietf-aipref-attach); Content-Signal; TDM-Reservation and TDM-Policy (TDMRep); Link
with rel=license (RFC 8288); headers that speak of AI alone.
"""

from collections.abc import Iterable
from typing import Final

_NAMES: Final = frozenset(
    {"x-robots-tag", "content-usage", "content-signal", "tdm-reservation", "tdm-policy", "x-no-ai", "noai", "no-ai"}
)
_MOST = 4 << 10  # bytes of what is kept of one record
_CUT: Final = "header cut: "  # and how many lines were left out, or more


def of_headers(headers: Iterable[tuple[str, str]]) -> str | None:
    """A "header name: value" a line, in order; None if nothing is said.

    >>> of_headers([("server", "x"), ("tdm-reservation", "1"), ("link", "<https://a.test/l>; rel=license")])
    'header tdm-reservation: 1\\nheader link: <https://a.test/l>; rel=license'
    """
    return joined(
        [
            f"header {name}: {' '.join(value.split())}"
            for name, value in headers
            if name in _NAMES or _is_licence(name, value)
        ]
    )


def of_page(statements: Iterable[tuple[str, str]]) -> str | None:
    """The same of what elements of a page state, as "page name: value"."""
    return joined(f"page {name}: {' '.join(value.split())}" for name, value in statements)


def joined(lines: Iterable[str | None]) -> str | None:
    """What header and page say, in one; not more than 4 kB, in whole lines. What is left out for that is a line too: a
    reservation that stood there must not be taken for silence."""
    kept: list[str] = []
    size = left = 0
    for line in (one for several in lines if several for one in several.split("\n")):
        if line.startswith(_CUT):
            left += 1
            continue
        length = len(line.encode("utf-8", "replace")) + 1
        if size + length > _MOST - len(_CUT) - 8:
            left += 1
            continue
        size += length
        kept.append(line)
    return "\n".join([*kept, *([f"{_CUT}{left}"] if left else [])]) or None


def _is_licence(name: str, value: str) -> bool:
    """Whether a Link says which licence holds; or a header names AI (X-No-AI-Training and its like)."""
    if name == "link":
        return "license" in value.lower()
    return name.startswith(("x-no-ai", "x-noai"))
