"""Spans of code points cut out of texts, in one pass."""

import numpy as np

from filters.jit import int64, njit


@njit(cache=True, nogil=True)
def cut_spans(
    data: np.ndarray, offsets: np.ndarray, firsts: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Valid UTF-8 without the spans: bytes, and offsets (int32[rows + 1]).

    `firsts` (int64[rows + 1]) cuts `starts` and `ends` (code points, half-open) into texts; those of one text come in
    order of start and may overlap. What lies beyond the text is not there to be cut.
    """
    rows = len(offsets) - 1
    out = np.empty(offsets[rows] - offsets[0], np.uint8)
    new = np.zeros(rows + 1, np.int32)
    size = 0
    for row in range(rows):
        span, last = firsts[row], firsts[row + 1]
        until, code = int64(0), int64(-1)
        dropping = False
        for place in range(offsets[row], offsets[row + 1]):
            byte = data[place]
            if byte & 0xC0 != 0x80:  # the first byte of a character
                code += 1
                while span < last and starts[span] <= code:
                    until = max(until, int64(ends[span]))
                    span += 1
                dropping = code < until
            if not dropping:
                out[size] = byte
                size += 1
        new[row + 1] = size
    return out[:size], new


@njit(cache=True, nogil=True)
def span_bytes(
    data: np.ndarray, offsets: np.ndarray, rows: np.ndarray, starts: np.ndarray, ends: np.ndarray, found: np.ndarray
) -> None:
    """The bytes of each span, into `found`; spans are code points of text `rows`, by row and start, and apart."""
    span = 0
    while span < len(rows):
        row = rows[span]
        code = int64(-1)
        for place in range(offsets[row], offsets[row + 1]):
            code += data[place] & 0xC0 != 0x80
            while span < len(rows) and rows[span] == row and ends[span] <= code:
                span += 1
            if span == len(rows) or rows[span] != row:
                break
            if starts[span] <= code:
                found[span] += 1
        while span < len(rows) and rows[span] == row:  # the last one ends with its text
            span += 1
