"""The figure of a rule: a measurement of all documents as bars, and over it what the threshold would keep.

Everything that comes in is a number or a name of ours; `scripts/chart.js` draws the same for one language.
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

from corpus.report.drawing import bins
from corpus.report.drawing.axis import Axis
from corpus.report.words import edge

# Of the drawing, in its own units: scripts/chart.js has the same numbers.
WIDE, HIGH = 340, 150
LEFT, RIGHT, TOP, BASE = 38, 42, 8, 110


def of_rule(
    counts: Sequence[int], axis: Axis, unit: str, curve: Sequence[tuple[float, int]], free: int, threshold: float | None
) -> Markup:
    """Bars over fixed bins, heights by square root; the curve as a share of `free`; a line where the threshold is."""
    scale = bins.RATIO if axis.kind == bins.RATIO.kind else bins.LOG
    parts = [_frame(axis, unit, max(*counts, 1))]
    bars = (_bar(scale, axis, i, count, max(*counts, 1)) for i, count in enumerate(counts) if count)
    parts.append(f'<g class="bars">{"".join(bars)}</g>')
    points = " ".join(f"{_x(axis, at):.1f},{_y(kept / max(free, 1)):.1f}" for at, kept in curve)
    parts.append(f'<polyline class="kept" points="{points}"/>')
    if threshold is not None:
        x = _x(axis, threshold)
        parts.append(f'<line class="cut" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{BASE}"/>')
    said = f"{unit}, {axis.said} axis; threshold {'off' if threshold is None else edge(threshold)}"
    return Markup(
        f'<svg viewBox="0 0 {WIDE} {HIGH}" class="chart" role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>'
    )


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.place(value) * (WIDE - LEFT - RIGHT)


def _y(share: float) -> float:
    return BASE - share * (BASE - TOP)


def _bar(scale: bins.Bins, axis: Axis, place: int, count: int, most: int) -> str:
    x, end = _x(axis, scale.edges[place]), _x(axis, scale.edges[place + 1])
    height = max(1.5, (count / most) ** 0.5 * (BASE - TOP))
    said = f"{edge(scale.edges[place])} to {edge(scale.edges[place + 1])}: {count:,}"
    return (
        f'<rect x="{x:.1f}" y="{BASE - height:.1f}" width="{max(end - x - 0.6, 0.6):.1f}" height="{height:.1f}">'
        f"<title>{said}</title></rect>"
    )


def _frame(axis: Axis, unit: str, most: int) -> str:
    """Axes with their ticks. Heights are square roots: half way up stands a quarter."""
    end = WIDE - RIGHT
    lines = [f'<path class="axis" d="M{LEFT} {TOP}V{BASE}H{end}V{TOP}"/>']
    for place, label in axis.ticks:
        x = LEFT + place * (end - LEFT)
        lines.append(f'<path class="axis" d="M{x:.1f} {BASE}v4"/><text x="{x:.1f}" y="{BASE + 14}">{label}</text>')
    lines += [
        f'<text class="y" x="{LEFT - 4}" y="{_y(share) + 4:.0f}">{_count(most * share * share)}</text>'
        for share in (1.0, 0.5)
    ]
    lines += [
        f'<text class="z" x="{end + 4}" y="{_y(share) + 4:.0f}">{100 * share:.0f} %</text>' for share in (1, 0.5, 0)
    ]
    lines.append(f'<text x="{(LEFT + end) / 2}" y="{HIGH - 6}">{escape(unit)} ({axis.said})</text>')
    return "".join(lines)


def _count(value: float) -> str:
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.0f}"
