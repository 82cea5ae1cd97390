"""What is cut around matches: GPT-3's rule (Brown et al. 2020, appendix C; lm-eval's janitor does the same)."""

from collections.abc import Iterable
from typing import Final

AROUND: Final = 200  # characters that go on both sides of a match
LEAST: Final = 200  # characters of a piece that stays: one with as many or fewer goes
MOST: Final = 10  # pieces: a document in more is no text any more, and goes


def cuts(chars: int, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """Spans (code points, half-open) of a text of `chars` that go; None if the document goes."""
    removed: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start - AROUND), min(chars, end + AROUND)) for start, end in spans):
        if removed and start <= removed[-1][1]:
            removed[-1] = removed[-1][0], max(removed[-1][1], end)
        else:
            removed.append((start, end))
    bounds = [0, *(place for span in removed for place in span), chars]
    pieces = [(a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=True) if b - a > LEAST]
    if not pieces or len(pieces) > MOST:
        return None
    edges = [0, *(place for piece in pieces for place in piece), chars]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
