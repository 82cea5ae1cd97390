"""What another detector says: CLD2 (Google, Apache-2.0) by the package pycld2, an extra.

Its tables are part of the package, so the version is a part of what is measured: one is known here.
"""

from collections.abc import Sequence
from functools import cache
from importlib import metadata
from typing import Any

from filters.languages import language_id

VERSION = "0.42"
# CLD2 refuses text with these, which are valid UTF-8: controls, and code points that are no characters.
_REFUSED = dict.fromkeys([*range(9), *range(11, 32), *range(0x7F, 0xA0), *range(0xFDD0, 0xFDF0)]) | dict.fromkeys(
    plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)
)


@cache
def _library() -> Any:
    try:
        import pycld2  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise ValueError("agree = \"cld2\" needs the package pycld2: pip install 'gristmill[cld2]'") from error
    if metadata.version("pycld2") != VERSION:
        raise ValueError(f'agree = "cld2" needs pycld2 {VERSION}, not {metadata.version("pycld2")}: install that')
    return pycld2


def opinions(texts: Sequence[str]) -> list[str | None]:
    """The id of the language with most of each text; None where CLD2 does not know or is not sure.

    Raises ValueError, one line: the package is not there, or of another version.
    """
    library = _library()
    return [_opinion(library, text.translate(_REFUSED)) for text in texts]


def _opinion(library: Any, text: str) -> str | None:
    try:
        reliable, _, found = library.detect(text)
    except library.error:  # what it takes for broken UTF-8
        return None
    return language_id(found[0][1]) if reliable and found[0][1] != "un" else None
