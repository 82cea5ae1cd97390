"""Shares as areas: a squarified treemap (Bruls, Huizing and van Wijk 2000)."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDE, HIGH = 1000.0, 320.0
_HUES = 8  # classes of colours in style.css
_CHAR = 8.2  # width of a character at the size of its labels
_MOST = 60  # rectangles; what is left is one


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A rectangle."""

    name: str
    value: float
    x: float
    y: float
    wide: float
    high: float


def drawn(rows: Sequence[tuple[str, float]], what: str) -> Markup:
    """Names and what they weigh, as one drawing; `what` says of what the areas are shares."""
    total = sum(value for _, value in rows)
    order = sorted((row for row in rows if row[1] > 0), key=lambda row: (-row[1], row[0]))
    shown = [*order[:_MOST]]
    if len(order) > _MOST:
        shown.append((f"{len(order) - _MOST:,} more", sum(value for _, value in order[_MOST:])))
    parts = [_tile(i, tile, total) for i, tile in enumerate(tiles(shown))]
    return Markup(
        f'<svg viewBox="0 0 {WIDE:.0f} {HIGH:.0f}" class="treemap" role="img" aria-label="{escape(what)}">'
        f"{''.join(parts)}</svg>"
    )


def _tile(number: int, one: Tile, total: float) -> str:
    share = f"{100 * one.value / total:.1f} %"
    fits = int((one.wide - 8) / _CHAR)
    label = one.name if len(one.name) <= fits else one.name[: max(fits - 1, 0)] + "…"
    texts = (
        f'<text x="{one.x + 5:.1f}" y="{one.y + 17:.1f}">{escape(label)}</text>' if fits > 2 and one.high > 20 else ""
    )
    if texts and one.high > 38 and len(share) <= fits:
        texts += f'<text x="{one.x + 5:.1f}" y="{one.y + 33:.1f}">{share}</text>'
    return (
        f'<g class="hue{number % _HUES}"><rect x="{one.x:.1f}" y="{one.y:.1f}" width="{one.wide:.1f}" '
        f'height="{one.high:.1f}"><title>{escape(one.name)}: {share}</title></rect>{texts}</g>'
    )


def tiles(rows: Sequence[tuple[str, float]]) -> list[Tile]:
    """Rectangles that fill the drawing, areas as the values, which descend; near to squares."""
    total = sum(value for _, value in rows)
    left = [(name, value, value / total * WIDE * HIGH) for name, value in rows] if total else []
    found: list[Tile] = []
    x, y, wide, high = 0.0, 0.0, WIDE, HIGH
    while left:
        side = min(wide, high)
        count = 1
        while count < len(left) and _worst(left[: count + 1], side) <= _worst(left[:count], side):
            count += 1
        row, left = left[:count], left[count:]
        depth = min(sum(area for *_, area in row) / side, max(wide, high))  # what is left is rounded
        along = 0.0
        for name, value, area in row:
            length = area / depth
            if wide >= high:
                found.append(Tile(name=name, value=value, x=x, y=y + along, wide=depth, high=length))
            else:
                found.append(Tile(name=name, value=value, x=x + along, y=y, wide=length, high=depth))
            along += length
        x, y = (x + depth, y) if wide >= high else (x, y + depth)
        wide, high = (wide - depth, high) if wide >= high else (wide, high - depth)
    return found


def _worst(row: Sequence[tuple[str, float, float]], side: float) -> float:
    """The largest ratio of sides in a row along a side."""
    areas = [area for *_, area in row]
    whole = sum(areas)
    return max(max(side * side * area / whole**2, whole**2 / (side * side * area)) for area in areas)
