"""XHTML as XML means it, written so that HTML means the same (XML 1.0, sections 2.7 and 3.1)."""

import re
from html import escape

_VOID = frozenset(  # HTML Standard, 13.1.2
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_EMPTY = re.compile(r"<([A-Za-z][\w:.-]*+)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)/>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def as_html(markup: str) -> str:
    """Elements that are closed as they open get an end tag, and character data is escaped.

    >>> as_html("<title/><p>a<br/><![CDATA[b < c]]></p>")
    '<title></title><p>a<br/>b &lt; c</p>'
    """
    text = _CDATA.sub(lambda found: escape(found[1], quote=False), markup)
    return _EMPTY.sub(
        lambda found: found[0] if found[1].lower() in _VOID else f"<{found[1]}{found[2]}></{found[1]}>", text
    )
