"""The encoding that a page says it is in: its meta elements, or the declaration of XML (HTML Standard, 13.2.3.2)."""

import re

from corpus.charset import tables

_LOOKED_AT = 4096  # bytes: the standard asks for the first 1024, and browsers look further for the end of the head
_COMMENT = re.compile(rb"<!--.*?(-->|\Z)", re.DOTALL)
_META = re.compile(rb"<meta[\s/]([^>]*)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s\"';/>]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)


def of_page(data: bytes) -> str | None:
    """The encoding by its name, None if the page names none that is known.

    A page whose meta element can be read is in no encoding of two bytes: UTF-16 in it means UTF-8, and x-user-defined
    means windows-1252, as in the standard.

    >>> of_page(b'<meta http-equiv=Content-Type content="text/html; charset=Shift_JIS">'), of_page(b"<p>charset=utf-8")
    ('shift_jis', None)
    """
    head = _COMMENT.sub(b"", data[:_LOOKED_AT])
    labels = [one.group(1) for one in [_XML.search(head)] if one]
    for meta in _META.finditer(head):
        found = _CHARSET.search(meta.group(1))
        if found:
            labels.append(found.group(1))
    for label in labels:
        name = tables.named(label.decode("latin-1"))
        if name is not None:
            return {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}.get(name, name)
    return None
