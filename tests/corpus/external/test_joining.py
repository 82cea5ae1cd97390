"""The join in one process against a dictionary: every rule for labels of one key, nulls, counts of both sides."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.external import joining, keys
from corpus.external.recipe_table import External
from filters.arrow import integers

LABELS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 2), st.booleans(), st.sampled_from([0.0, 0.5, 1.0])),
    max_size=20,
)
DOCUMENTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abcdxyz")), max_size=20)
Label = tuple[str, int, bool, float]  # key, file, whether it has no null, score


def table(**keys_: Any) -> External:
    return External(name="labels", path="-", columns={"score": "float"}, **keys_)


def arrow(labels: Sequence[Label]) -> pa.Table:
    high, low = keys.halves(key for key, *_ in labels)
    return pa.table(
        {
            "high": high,
            "low": low,
            "file": np.array([file for _, file, *_ in labels], np.int32),
            "at": np.arange(len(labels)),
            "whole": pa.array([whole for *_, whole, _ in labels], pa.bool_()),
            "own_score": pa.array([score if whole else None for *_, whole, score in labels], pa.float64()),
        }
    )


def places(documents: Sequence[tuple[int, str]]) -> pa.Table:
    high, low = keys.halves(key for _, key in documents)
    parts = np.array([part for part, _ in documents], np.int32)
    return pa.table({"high": high, "low": low, "part": parts, "row": np.arange(len(documents), dtype=np.int32)})


@given(LABELS, DOCUMENTS, st.sampled_from(["first", "last"]), st.randoms())
def test_first_and_last_go_by_file_and_row(
    labels: list[Label], documents: list[tuple[int, str]], rule: str, chance: Any
) -> None:
    rows = arrow(labels)
    order = list(range(len(labels)))
    chance.shuffle(order)
    found = joining.joined(
        rows.take(np.array(order, np.int64)), places(documents), table(duplicates=rule, nulls="unlabelled")
    )
    whole = sorted(
        ((file, at, key, score) for at, (key, file, good, score) in enumerate(labels) if good), reverse=rule == "first"
    )
    known = {key: score for _, _, key, score in whole}  # the last that is put in stays
    expected = {row: known[key] for row, (_, key) in enumerate(documents) if key in known}
    assert dict(zip(*(found.rows.column(name).to_pylist() for name in ("row", "own_score")), strict=True)) == expected
    where = [documents[row][0] for row in integers(found.rows.column("row"))]
    assert integers(found.rows.column("part")) == where
    used = {key for _, key in documents} & set(known)
    assert found.counts == {
        "labels": len(labels),
        "label_nulls": len(labels) - len(whole),
        "label_duplicates": len(whole) - len(known),
        "label_keys": len(known),
        "label_keys_used": len(used),
        "label_keys_unused": len(known) - len(used),
    }


@given(LABELS)
def test_same_takes_what_says_the_same_and_refuse_takes_nothing_twice(labels: list[Label]) -> None:
    said: dict[str, set[float]] = {}
    for key, _, whole, score in labels:
        if whole:
            said.setdefault(key, set()).add(score)
    count = sum(whole for _, _, whole, _ in labels)
    for rule, refused in (("same", any(len(own) > 1 for own in said.values())), ("refuse", count > len(said))):
        asked = table(duplicates=rule, nulls="unlabelled")
        if refused:
            with pytest.raises(RecipeError, match="mend them, or say duplicates = 'first' or 'last'"):
                joining.joined(arrow(labels), places([]), asked)
        else:
            assert joining.joined(arrow(labels), places([]), asked).counts["label_keys"] == len(said)


def test_nulls_are_refused_with_the_first_of_them() -> None:
    labels: list[Label] = [("a", 1, False, 0.0), ("b", 0, True, 0.0), ("c", 0, False, 0.5)]
    with pytest.raises(RecipeError, match="2 labels have a null, .* the first in file 1, row 3"):
        joining.joined(arrow(labels), places([]), table())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"columns": {}}, "columns names none"),
        ({"columns": {"label-0": "float"}}, "`fields` says what a column is called in the files"),
        ({"columns": {"labelled": "bool"}}, "call yours otherwise"),
        ({"default": {"topic": "a"}}, "default names 'topic', which is not among columns: score"),
        ({"default": {"score": "a"}}, "default of 'score' is 'a', and its type is float"),
        ({"default": {"score": True}}, "default of 'score' is True, and its type is float"),
        ({"fields": {"topic": "a"}}, "fields names 'topic'"),
        ({"name": "a.b"}, "'a.b' is to be in names of signals"),
    ],
)
def test_tables_that_say_nothing_sensible_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        External(**{"name": "labels", "path": "-", "columns": {"score": "float"}, **more})
