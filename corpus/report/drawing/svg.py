"""Small drawings of numbers. Everything that comes in is a number of ours; nothing of a document is ever drawn."""

from collections.abc import Sequence
from math import log2

from markupsafe import Markup

from corpus.report.drawing import bins
from corpus.report.drawing.sweep import Curve

_WIDTH, _HEIGHT = 320, 96
_FLOOR = 14  # pixels below the bars, for the axis


def histogram(counts: Sequence[int], kind: str, thresholds: Sequence[tuple[str, float]]) -> Markup:
    """Bars over fixed bins; a bar that a min_ or max_ threshold drops is drawn in the colour of what is dropped."""
    scale = bins.RATIO if kind == "ratio" else bins.LOG
    used = [i for i, count in enumerate(counts) if count]
    first, last = (min(used), max(used)) if used else (0, 0)
    inside = [_bin(scale, value) for _, value in thresholds]
    if kind == "ratio":
        first = 0
        last = max([last, *inside, 9])
    else:
        first, last = max(0, min([first, *inside]) - 1), max([last, *inside]) + 1
    last = min(last, scale.count - 1)
    most = max(*counts, 1)
    step = _WIDTH / (last - first + 1)
    parts = []
    for i in range(first, last + 1):
        if counts[i]:
            height = max(2.0, (counts[i] / most) ** 0.5 * (_HEIGHT - _FLOOR - 4))
            dropped = any(_drops(field, value, scale.edges[i], scale.edges[i + 1]) for field, value in thresholds)
            parts.append(
                f'<rect class="{"bad" if dropped else "good"}" x="{(i - first) * step:.1f}" '
                f'y="{_HEIGHT - _FLOOR - height:.1f}" '
                f'width="{max(step - 0.6, 0.6):.1f}" height="{height:.1f}"><title>{_edge(scale.edges[i])} to '
                f"{_edge(scale.edges[i + 1])}: {counts[i]:,}</title></rect>"
            )
    for _, value in thresholds:
        x = _place(scale, value, first, step)
        parts.append(f'<line class="cut" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_HEIGHT - _FLOOR}"/>')
    low, high = _edge(scale.edges[first]), _edge(scale.edges[last + 1])
    parts.append(
        f'<text x="0" y="{_HEIGHT - 2}">{low}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 2}" text-anchor="end">{high}</text>'
    )
    return Markup(f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" class="histogram">{"".join(parts)}</svg>')


def sweep(one: Curve) -> Markup:
    """Documents kept over the threshold, its steps evenly spread; dashed where the threshold of the base stands."""
    thresholds, kept, most = one.thresholds, one.kept, max(one.free, 1)
    step = _WIDTH / max(len(thresholds) - 1, 1)
    top = _HEIGHT - _FLOOR - 4
    line = " ".join(f"{i * step:.1f},{4 + (1 - count / most) * top:.1f}" for i, count in enumerate(kept))
    parts = [f'<polyline points="{line}"/>']
    if isinstance(one.value, int | float):
        above = next((i for i, edge in enumerate(thresholds) if edge >= one.value), len(thresholds) - 1)
        below = max(above - 1, 0)
        width = thresholds[above] - thresholds[below]
        within = (one.value - thresholds[below]) / width if width else 0.0
        x = (below + min(max(within, 0.0), 1.0)) * step
        parts.append(f'<line class="cut" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_HEIGHT - _FLOOR}"/>')
    low, high = _edge(thresholds[0]), _edge(thresholds[-1])
    parts.append(
        f'<text x="0" y="{_HEIGHT - 2}">{low}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 2}" text-anchor="end">{high}</text>'
    )
    return Markup(f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" class="sweep">{"".join(parts)}</svg>')


def _bin(scale: bins.Bins, value: float) -> int:
    return next((i for i in range(scale.count) if value < scale.edges[i + 1]), scale.count - 1)


def _place(scale: bins.Bins, value: float, first: int, step: float) -> float:
    i = _bin(scale, value)
    low, high = scale.edges[i], scale.edges[i + 1]
    within = (value - low) / (high - low)
    if scale.kind == "log" and low > 0 and value > 0:
        within = log2(value / low) / log2(high / low)
    return (i - first + within) * step


def _drops(field: str, value: float, low: float, high: float) -> bool:
    return high <= value if field.startswith("min_") else low >= value


def _edge(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def curve(points: Sequence[Sequence[float]], threshold: float, compared: Sequence[int]) -> Markup:
    """The S-curve of a banding: probability over similarity, the threshold, and beneath it on the same axis the pairs
    compared (counts over bins.RATIO); those below the threshold in the colour of what is refused."""
    wide, high, foot = _WIDTH, 150, 60
    path = " ".join(f"{x * wide:.1f},{(1 - y) * high:.1f}" for x, y in points)
    most, step, base = max(*compared, 1), wide / bins.RATIO.count, high + foot
    bars = []
    for i, count in enumerate(compared):
        if count:
            height = max(1.5, (count / most) ** 0.5 * (foot - 6))
            low, end = bins.RATIO.edges[i], bins.RATIO.edges[i + 1]
            bars.append(
                f'<rect class="{"good" if end > threshold else "bad"}" x="{i * step:.1f}" y="{base - height:.1f}" '
                f'width="{step - 0.6:.1f}" height="{height:.1f}"><title>{_edge(low)} to {_edge(end)}: {count:,}'
                f"</title></rect>"
            )
    return Markup(
        f'<svg viewBox="-2 -4 {wide + 4} {base + 20}" class="curve">'
        f'<rect class="frame" width="{wide}" height="{high}"/>'
        f'<polyline points="{path}"/>{"".join(bars)}'
        f'<line class="cut" x1="{threshold * wide:.1f}" x2="{threshold * wide:.1f}" y1="0" y2="{base}"/>'
        f'<text x="3" y="10">1</text><text x="3" y="{high - 3}">0</text>'
        f'<text x="0" y="{base + 12}">Jaccard 0</text><text x="{threshold * wide:.1f}" y="{base + 12}" '
        f'text-anchor="middle">{_edge(threshold)}</text><text x="{wide}" y="{base + 12}" text-anchor="end">1</text>'
        f"</svg>"
    )
