"""The declared order of election against sorting by it in words."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates.rank import check, measured, parse, ranks
from filters.arrow import binaries

VALUE = st.one_of(st.floats(allow_infinity=True), st.sampled_from([0.0, -0.0, 1.0, math.nan]))
ROW = st.tuples(
    *(VALUE, st.booleans(), st.sampled_from(["a", "b", "c"]), st.sampled_from([None, 5, -3]), st.booleans()),
    st.booleans(),
)


@given(st.lists(ROW, min_size=1, max_size=12), st.sampled_from(["+", "-"]), st.sampled_from(["+", "-"]))
def test_ranks_sort_as_the_recipe_says(
    rows: list[tuple[float, bool, str, int | None, bool, bool]], one: str, two: str
) -> None:
    keys = [parse(f"{one}perplexity"), parse("source"), parse(f"{two}date")]
    ids = [f"{(i * 7919) % 2**32:032x}" for i in range(len(rows))]
    columns = {
        "document": pa.table(
            {
                "id": ids,
                "source": [r[2] for r in rows],
                "date": pa.array([r[3] for r in rows], pa.timestamp("s", tz="UTC")),
            }
        ),
        "perplexity": pa.table({"perplexity": [r[0] for r in rows], "modelled": [r[1] for r in rows]}),
        "content": pa.table({"capitals": [r[5] for r in rows]}),
    }
    found = binaries(ranks(keys, columns, {"source": ["b", "a"], "licence": []}, np.array([r[4] for r in rows])))

    def order(i: int) -> tuple[Any, ...]:
        value, modelled, source, date, outranked, capitals = rows[i]
        missing = not modelled or math.isnan(value)
        score = 0.0 if missing else -value if one == "+" else value
        when = 0 if date is None else -date if two == "+" else date
        return outranked, missing, score, ["b", "a", "c"].index(source), date is None, when, capitals, ids[i]

    assert sorted(range(len(rows)), key=lambda i: found[i]) == sorted(range(len(rows)), key=order)


def test_keys_name_the_filters_that_they_need() -> None:
    assert measured(["source", "+words", "-perplexity", "length", "date", "symbols.digit_ratio"]) == [
        "content",
        "perplexity",
        "length",
        "symbols",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-source", "takes no sign"),
        ("+nothing", "unknown filter 'nothing'"),
        ("language.label", "language has language.score"),
        ("--words", "one sign"),
        ("", "unknown filter"),
    ],
)
def test_key_that_is_none_says_what_there_is(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        check([text], {})
