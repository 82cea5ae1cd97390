"""UTF-8 that was once read as windows-1252, put right where that is certain.

A line is put right whole or not at all: each of its characters is one of windows-1252, and the bytes that they stand
for are valid UTF-8. That alone proves little: "Spaß“" is valid too, as a letter of N'Ko. So at least one sequence must
be no capital or ß before a quotation mark, a no-break space or a soft hyphen.
"""

import re

import re2

from corpus.charset import tables

_TABLE = tables.single_byte("windows-1252") or ""
_BYTE_OF = {
    ord(character): byte for byte, character in enumerate(_TABLE) if byte > 0x7F
} | {  # and as Latin-1 reads them
    byte: byte for byte in range(0x80, 0xA0)
}
_FOLLOWS = "".join(sorted({chr(code) for code, byte in _BYTE_OF.items() if byte < 0xC0}))
_MAYBE = re2.compile(f"[\u00c2-\u00f4][{re.escape(_FOLLOWS)}]")
_CLOSING = "\u00a0\u00ad\u00ab\u00bb‘’‚“”„‹›…–—•™†‡"  # what follows a capital or ß in texts as they should be
_SURE = re.compile(f"[\u00e0-\u00f4]|[\u00c2\u00c3][^‘’‚“”„‹›…–—•™†‡]|[\u00c4-\u00df][^{_CLOSING}]")


def repaired(text: str) -> tuple[str, int]:
    """The text, and how many of its lines were put right.

    >>> repaired("cafÃ© â€œau laitâ€\x9d\\nGroßes „Spaß“"), repaired("Spaß“"), repaired("«été»")
    (('café “au lait”\\nGroßes „Spaß“', 1), ('Spaß“', 0), ('«été»', 0))
    """
    if text.isascii() or not _MAYBE.search(text):
        return text, 0
    lines = text.split("\n")
    count = 0
    for number, line in enumerate(lines):
        found = _line(line)
        if found is not None:
            lines[number] = found
            count += 1
    return ("\n".join(lines), count) if count else (text, 0)


def _line(line: str) -> str | None:
    if line.isascii() or not _SURE.search(line):
        return None
    try:
        return line.translate(_BYTE_OF).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
