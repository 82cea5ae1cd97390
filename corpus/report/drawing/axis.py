"""The axis of a measurement: linear for what lies in [0, 1], logarithmic for counts, cut to what occurs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2

from corpus.report.drawing import bins
from corpus.report.words import edge

SENTINEL = 2**31 - 1  # what a filter measures where it has nothing to measure with: drawn nowhere, counted apart
_RATIO_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
_TICKS = 6
_LEAST_RATIO = 9  # bins of a linear axis: to 0.2 at least, or a single bar would fill it


@dataclass(frozen=True, kw_only=True)
class Axis:
    """From bin `first` to the end of bin `last` of `bins.RATIO` or `bins.LOG`."""

    kind: str  # of Bins
    first: int
    last: int

    def place(self, value: float) -> float:
        """Where a value lies: 0 at the left end, 1 at the right."""
        found = (position(self.kind, value) - self.first) / (self.last + 1 - self.first)
        return min(max(found, 0.0), 1.0)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places and labels."""
        scale = bins.RATIO if self.kind == bins.RATIO.kind else bins.LOG
        low, high = scale.edges[self.first], scale.edges[self.last + 1]
        values = _linear(low, high) if self.kind == bins.RATIO.kind else _decades(low, high)
        return [(self.place(value), edge(value)) for value in values]

    @property
    def said(self) -> str:
        return "linear" if self.kind == bins.RATIO.kind else "logarithmic"


def position(kind: str, value: float) -> float:
    """In bins; within a bin as the scale goes."""
    if kind == bins.RATIO.kind:
        return value * bins.RATIO.count
    return value if value < 1 else 1 + bins.PER_OCTAVE * log2(value)


def of(kind: str, counts: Sequence[int], values: Iterable[float]) -> Axis:
    """An axis that has every bin with a count, and these values."""
    most = (bins.RATIO if kind == bins.RATIO.kind else bins.LOG).count - 1
    used = [i for i, count in enumerate(counts) if count] or [0]
    inside = [min(int(position(kind, value)), most) for value in values if 0 <= value < SENTINEL]
    low, high = min(used + inside), max(used + inside)
    if kind == bins.RATIO.kind:
        return Axis(kind=kind, first=0, last=max(high, _LEAST_RATIO))
    return Axis(kind=kind, first=max(low - 1, 0), last=min(high + 1, most))


def _linear(low: float, high: float) -> list[float]:
    step = next((step for step in _RATIO_STEPS if (high - low) / step <= _TICKS), _RATIO_STEPS[-1])
    return [round(low + i * step, 4) for i in range(int((high - low) / step + 1e-9) + 1)]


def _decades(low: float, high: float) -> list[float]:
    """0 if it is there, powers of ten; of a short axis their double and fivefold too."""
    powers = [10.0**i for i in range(13)]
    found = [value for value in powers if low <= value <= high]
    if len(found) < 3:
        found = [n * value for value in powers for n in (1, 2, 5) if low <= n * value <= high]
    every = max(1, -(-len(found) // _TICKS))
    return [*([0.0] if low == 0 else []), *found[::every]]
