"""A candidate with a little of the text around it: all that a validator sees, so that none can be slow."""

from dataclasses import dataclass

# Digits of other scripts, full-width signs and odd spaces as ASCII, code point for code point: offsets stay.
_PLAIN = {
    **{base + digit: ord("0") + digit for base in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for digit in range(10)},
    **dict.fromkeys((0xA0, 0x2009, 0x202F), ord(" ")),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0xFF0D), ord("-")),
    0xFF08: ord("("),
    0xFF09: ord(")"),
    0xFF0B: ord("+"),
}
BEFORE = 120  # bytes: 40 letters of the widest scripts, where a word that names the candidate stands
AFTER = 64  # bytes: a group, an extension, or the word behind


@dataclass(frozen=True, slots=True)
class Window:
    """Code points start..end (half-open) of `text` are the candidate; `at` is where `text` begins in the document."""

    text: str
    start: int
    end: int
    at: int
    language: str  # id, or ""
    country: str  # ISO 3166-1 alpha-2 of the document's address, or ""

    @property
    def candidate(self) -> str:
        return self.text[self.start : self.end]

    @property
    def before(self) -> str:
        return self.text[: self.start]

    @property
    def after(self) -> str:
        return self.text[self.end :]


def plain(text: str) -> str:
    """Of the same length, with ASCII digits, spaces, hyphens and brackets."""
    return text if text.isascii() else text.translate(_PLAIN)


def joins_left(text: str, start: int, joints: str = "_.-") -> bool:
    """Whether what begins at `start` is the rest of a longer ASCII name or number."""
    before = text[start - 1 : start] if start else ""
    return before.isascii() and (before.isalnum() or (before != "" and before in joints))


def joins_right(text: str, end: int) -> bool:
    """Whether what ends at `end` goes on as an ASCII name, a decimal or a dotted sequence."""
    after = text[end : end + 2]
    if after[:1].isascii() and (after[:1].isalnum() or after[:1] == "_"):
        return True
    return after[:1] in (".", ",", "-", "/", ":") and after[1:].isascii() and after[1:].isdigit()
