"""What is cut around matches."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.contamination.cutting import AROUND, LEAST, MOST, cuts


def _janitor(chars: int, spans: list[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """A naive twin: a flag for each character."""
    gone = [False] * chars
    for start, end in spans:
        for place in range(max(0, start - AROUND), min(chars, end + AROUND)):
            gone[place] = True
    pieces, first = [], None
    for place in range(chars + 1):
        if place < chars and not gone[place]:
            first = place if first is None else first
        elif first is not None:
            pieces.append((first, place))
            first = None
    pieces = [(a, b) for a, b in pieces if b - a > LEAST]
    return None if not pieces or len(pieces) > MOST else pieces


SPANS = st.lists(st.tuples(st.integers(0, 8000), st.integers(1, 300)), max_size=20)


@given(st.integers(1, 8000), SPANS)
def test_beside_a_naive_twin(chars: int, drawn: list[tuple[int, int]]) -> None:
    spans = [(min(start, chars - 1), min(start + size, chars)) for start, size in drawn]
    found = cuts(chars, spans)
    wanted = _janitor(chars, spans)
    if wanted is None:
        assert found is None
        return
    assert found is not None
    edges = [0, *(place for span in found for place in span), chars]
    assert [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a] == wanted


def test_as_the_janitor_of_lm_eval_cuts() -> None:
    """Its own test: six lines of 76 characters, "FILTH. ", seven lines; pieces of 256 and 333 characters are left."""
    before, filth, after = 6 * 76, len("FILTH."), 1 + 7 * 76
    chars = before + filth + after
    (cut,) = cuts(chars, [(before, before + filth)]) or []
    assert (cut[0], chars - cut[1]) == (256, 333)
