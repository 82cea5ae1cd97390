"""Two texts side by side, with what differs marked."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


def marked(one: str, other: str) -> tuple[Markup, Markup]:
    """Both texts escaped; what only one of them has stands in <mark>."""
    left, right = _PIECES.findall(one), _PIECES.findall(other)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    sides: tuple[list[Markup], list[Markup]] = ([], [])
    for operation, a, b, c, d in matcher.get_opcodes():
        for side, piece in zip(sides, ("".join(left[a:b]), "".join(right[c:d])), strict=True):
            if piece:
                side.append(escape(piece) if operation == "equal" else Markup("<mark>{}</mark>").format(piece))
    return Markup("").join(sides[0]), Markup("").join(sides[1])
