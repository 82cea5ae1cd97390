"""Character references: the names of the HTML standard, as Python has them, and numbers (WHATWG HTML, 13.2.5.72)."""

from html.entities import html5

import numpy as np

from corpus.html import names

_REPLACEMENT = 0xFFFD


def _windows_1252() -> np.ndarray:
    """int32 of 32: what numbers 0x80 to 0x9F mean, which is what windows-1252 has there, or themselves."""
    return np.array([ord(bytes([n]).decode("cp1252", "replace")) for n in range(0x80, 0xA0)], np.int32)


def _mended(codes: np.ndarray) -> np.ndarray:
    """The five numbers that windows-1252 leaves free stay what they are."""
    own = np.arange(0x80, 0xA0, dtype=np.int32)
    return np.where(codes == _REPLACEMENT, own, codes).astype(np.int32)


WINDOWS_1252 = _mended(_windows_1252())

# A value holds two code points, the second from bit 32; 0 is none.
HASHES, CODES = names.table(
    {
        names.hashed(name, names.REFERENCE): ord(text[0]) | (ord(text[1]) << 32 if len(text) > 1 else 0)
        for name, text in html5.items()
    }
)
LONGEST = max(len(name) for name in html5)
LONGEST_BARE = max(len(name) for name in html5 if not name.endswith(";"))
