"""Bytes to text: the declared charset, then the page's own, then detection."""

import codecs

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BOM_NAMES = ("utf-8-sig", "utf-16", "utf-16")
_MOST_REPLACED = 0.01  # of characters: a stray byte in a page is mended as browsers do, more is another encoding


def decode(data: bytes, declared: str | None, *, html: bool) -> str | None:
    """The text, or None if no encoding fits. A byte order mark wins, as in the WHATWG encoding standard."""
    for mark, encoding in zip(_BOMS, _BOM_NAMES, strict=True):
        if data.startswith(mark):
            return _decoded(data, encoding)
    names = [map_encoding_to_html5(declared, fallback_utf8=False) if declared else None]
    names.append(detect_encoding(data, from_html_meta=html))  # servers declare what the page's author does not know of
    for name in (*names, "utf-8", detect_encoding(data)):
        text = _decoded(data, name) if name else None
        if text is not None:
            return text
    return None


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        return text if text.count("\ufffd") <= _MOST_REPLACED * len(text) else None
    except LookupError:
        return None
