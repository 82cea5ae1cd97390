"""Encodings that a source may declare, and how rows in them are read piece by piece."""

import codecs

from corpus.charset import tables

# Those of the WHATWG standard whose decoders Python has under another name; escapes and UTF-16 are not read in pieces.
_PYTHON = {
    **{"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030", "big5": "big5hkscs", "windows-874": "cp874"},
    **{"macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "iso-8859-8-i": "iso8859_8", "ibm866": "cp866"},
    "utf-8": "utf-8-sig",
}
_UNREAD = ("replacement", "iso-2022-jp", "utf-16le", "utf-16be", "x-user-defined")


def known(label: str) -> str:
    """The encoding that a label means. Raises ValueError for one that means none, or that is not read in pieces."""
    name = tables.named(label)
    if name is None:
        raise ValueError(f"encoding {label!r} is no label of an encoding: write it as windows-1252 or shift_jis")
    if name in _UNREAD:
        raise ValueError(
            f"encoding {label!r} cannot be declared: make UTF-8 of the files first (iconv -f {label} -t UTF-8)"
        )
    return name


def decoder(label: str) -> codecs.IncrementalDecoder:
    """Of a label, "" for UTF-8; bytes that mean nothing become lone surrogates."""
    name = known(label) if label else "utf-8"
    return codecs.getincrementaldecoder(_PYTHON.get(name, name))("surrogateescape")
