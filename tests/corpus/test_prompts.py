"""Where targets begin, through all that cuts and replaces text: a mark in the text itself is the oracle."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus.texts import cuts, prompts
from corpus.texts.cleaning import Cleaning
from corpus.texts.pii_policy import Policy
from corpus.texts.redaction import redact
from tests.filters.strategies import TEXT

FINDS = st.sampled_from([" ann.lee@mill-post.net ", " 192.0.2.5 ", " +49 30 901820 "])
HALF = TEXT.filter(lambda text: bool(text.strip()))


def test_targets_begin_with_a_blank() -> None:
    texts, at = prompts.join(pa.array(["Sum?", "翻訳:", "a "]), pa.array(["4", "\nx", " b"]))
    assert texts.to_pylist() == ["Sum? 4", "翻訳:\nx", "a  b"]
    assert at.tolist() == [4, 3, 2]


def test_places_are_a_column_and_back() -> None:
    column = prompts.column(np.array([3, -1, 0]))
    assert column.to_pylist() == [3, None, 0]
    assert prompts.places(column).tolist() == [3, -1, 0]


@given(
    inputs=HALF,
    targets=HALF,
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=5),
    more=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=3),
)
def test_cuts_move_the_boundary_to_where_it_stands(
    inputs: str, targets: str, spans: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    text = inputs + targets
    tables = []
    gone: set[int] = set()
    for found in (spans, more):
        mine = sorted({(a, min(a + n, len(text))) for a, n in found if a < len(text)})
        last, apart = 0, []
        for a, b in mine:  # the spans of one table do not overlap
            if a >= last:
                apart.append((a, b))
                last = b
        gone |= {i for a, b in apart for i in range(a, b)}
        rows = {"row": [4] * len(apart), "start": [a for a, _ in apart], "end": [b for _, b in apart]}
        tables.append(pa.table(rows, schema=pa.schema([(name, pa.int32()) for name in ("row", "start", "end")])))
    after, cut = cuts.apply(pa.array([text]), np.array([4]), tables)
    [place] = prompts.after_cuts(np.array([len(inputs)]), np.array([4]), tables, cut)
    kept = "".join(c for i, c in enumerate(inputs) if i not in gone) if cut[0] else inputs
    assert after[0].as_py()[:place] == kept


def test_half_that_is_left_blank_makes_it_ordinary_text() -> None:
    texts = pa.array(["ab cd", " \n cd", "ab  ", "ab cd"])
    assert prompts.settle(texts, np.array([2, 3, 2, -1])).tolist() == [2, -1, -1, -1]


def test_halves_are_cleaned_apart_and_neither_is_emptied() -> None:
    tables = [Cleaning(drop_words_with=("http",), drop_lines_with=("{",))]
    inputs = ["see http://a now", "keep", "a {", "plain http://x"]
    targets = [" it http://b is", " all", "b { c\nd", " text"]
    texts = pa.array([a + b for a, b in zip(inputs, targets, strict=True)])
    at = np.array([len(text) for text in inputs])
    at[3] = -1
    after, moved, changed = prompts.clean(texts, at, ["eng_Latn"] * 4, ["s"] * 4, tables)
    assert after.to_pylist() == ["see now it is", "keep all", "a { d", "plain text"]
    assert moved.tolist() == [7, 4, 3, -1]
    assert changed.tolist() == [True, False, True, True]


@given(pieces=st.lists(st.one_of(TEXT, FINDS), max_size=5), place=st.integers(1, 40))
def test_redaction_moves_the_boundary_with_the_text(pieces: list[str], place: int) -> None:
    text = "".join(pieces)
    place = min(place, len(text))
    found = redact(pa.array([text]), ["eng_Latn"], Policy(), places=np.array([place or -1]))
    after = found.texts[0].as_py()
    changed = [
        (a, b)
        for a, b, action in zip(found.spans.start.tolist(), found.spans.end.tolist(), found.spans.action, strict=True)
        if action not in ("keep", "flag")
    ]
    bound = max([place, *(b for a, b in changed if a < place)])
    tail = redact(pa.array([text]), ["eng_Latn"], Policy()).texts[0].as_py()
    assert after == tail
    if place:
        behind = [span for span in changed if span[0] >= bound]
        if not behind:
            assert after[int(found.places[0]) :] == text[bound:]
        else:
            first = behind[0][0]
            assert after[int(found.places[0]) :].startswith(text[bound:first])
