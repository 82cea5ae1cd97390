"""Texts of data as Markdown that shows them and does nothing else."""

import re
from typing import Final

_SIGNS: Final = re.compile(r"([\\`*_{}\[\]()#|~!^$=])")
_BEGINS: Final = re.compile(r"^([-+]|[0-9]+[.)](?=\s|$))")  # of a line: an item of a list, or a rule
_LINKS: Final = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|(www)(\.)")


def markdown(text: object) -> str:
    """One line: signs of Markdown and HTML are escaped, and nothing becomes a link by itself (GFM, 6.9)."""
    line = " ".join(str(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    line = _LINKS.sub(lambda found: f"{found[1] or found[3]}{'&#58;' if found[2] else '&#46;'}", line)
    line = _SIGNS.sub(r"\\\1", line).replace("&\\#", "&#")
    return _BEGINS.sub(lambda found: f"{found[1][:-1]}\\{found[1][-1]}", line)
