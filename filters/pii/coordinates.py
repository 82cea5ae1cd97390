"""Coordinates exact enough to be a house: an option, for most coordinates in texts are of cities and mountains."""

from collections.abc import Iterator

import re2

from filters.pii.spans import SHAPED, Span
from filters.pii.window import Window

# Four decimals of a degree are 11 m, seconds of arc 31 m; fewer say no more than the quarter of a town.
PAIR = (
    r"[+\-]?[0-9]{1,2}\.[0-9]{4,8}°?\s?[NS]?\s?[,;/ ]\s?[+\-]?[0-9]{1,3}\.[0-9]{4,8}°?\s?[EWO]?"
    r"|[0-9]{1,2}°\s?[0-9]{1,2}[′']\s?[0-9]{1,2}(?:\.[0-9]+)?[″\"]\s?[NS][,;]?\s?"
    r"[0-9]{1,3}°\s?[0-9]{1,2}[′']\s?[0-9]{1,2}(?:\.[0-9]+)?[″\"]\s?[EWO]"
)
_NUMBER = re2.compile(r"[+\-]?[0-9]+\.[0-9]+")
_NAME = re2.compile(
    r"(?i)(?:coord|gps|lat|geo|koord|координат|坐标|座標|좌표|إحداثي|निर्देशांक|map|"
    r"location)[^\n]{0,32}$"
)
_NEIGHBOUR = re2.compile(r"[0-9][\s,;|]*$")


def find(window: Window) -> Iterator[Span]:
    """A pair with its letters or signs, or beside a word that says so."""
    found = window.candidate
    if "°" not in found:
        values = [float(number) for number in _NUMBER.findall(found)]
        if len(values) != 2 or abs(values[0]) > 90 or abs(values[1]) > 180:
            return
        if not _NAME.search(window.before) or _NEIGHBOUR.search(window.before):
            return
    yield Span(start=window.start, end=window.end, kind="COORDINATES", detector="place.pair", confidence=SHAPED)
