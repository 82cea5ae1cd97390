"""What filters and deduplication took of a source or language is counted, warned of, and refused if it is all."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.losses import alarm, deduplicated, filtered
from corpus.losses.alarm import Loss
from corpus.losses.filtered import Fired, Judged
from corpus.stages.decide import VERDICTS
from corpus.store import tally
from corpus.store.table import Table, write_whole

OUTCOMES = ("kept", "filtered", "exact", "near", "contained")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b = c", "ä.\u202e", "x:y z", "a.kept"]),
        st.sampled_from(["eng_Latn", "zho_Hans"]),
        st.sampled_from(OUTCOMES),
    ),
    max_size=60,
)
RULES = ("language.uncertain", "language.not_wanted", "length.few_words", "length.short_words")
JUDGED = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["eng_Latn", "zho_Hans", "und_Zzzz"]),
        st.booleans(),  # declared
        st.lists(st.sampled_from(RULES), unique=True, max_size=3).map(tuple),
    ),
    max_size=60,
)
Document = tuple[str, str, bool, tuple[str, ...]]  # source, language, declared, rules that fired


def table(folder: Path, name: str, parts: list[dict[str, list[object]]]) -> Table:
    written = [write_whole(str(folder), name, f"part-{i:05d}", pa.table(part)) for i, part in enumerate(parts)]
    return Table(folder=str(folder), name=name, files=tuple(written))


def verdicts(rows: list[Document]) -> pa.RecordBatch:
    found = [
        {
            "id": "",
            "source": source,
            "language": language,
            "kept": not rules,
            "reasons": [{"rule": rule, "value": 0.0, "threshold": 0.0, "text": ""} for rule in rules],
        }
        for source, language, _, rules in rows
    ]
    return pa.RecordBatch.from_pylist(found, schema=VERDICTS)


def sifted(rows: list[Document]) -> list[Loss]:
    counted = tally.cells(filtered.counted(verdicts(rows), np.array([row[2] for row in rows], bool)))
    judged, fired = (tally.read(kind, counted.get(kind.NAME, [])) for kind in (Judged, Fired))
    return filtered.of(judged, fired)  # type: ignore[arg-type]


@given(ROWS, st.floats(0, 1))
def test_losses_of_any_outcomes_add_up(rows: list[tuple[str, str, str]], share: float) -> None:
    counted = deduplicated.counted(*([row[i] for row in rows] for i in range(3)))
    found = deduplicated.of(counted)
    for loss in found:
        own = [row[2] for row in rows if row[alarm.KINDS.index(loss.kind)] == loss.name and row[2] != "filtered"]
        assert (loss.documents, loss.lost) == (len(own), len([o for o in own if o != "kept"]))
    for kind in alarm.KINDS:
        assert sum(loss.documents for loss in found if loss.kind == kind) == sum(o != "filtered" for *_, o in rows)
    gone = [f for f in found if f.kind == "source" and f.documents and f.lost == f.documents]
    large = [f for f in found if f.documents >= 20 and f.lost > share * f.documents]
    assert alarm.alarms(found, share) == [f for f in found if f in gone or f in large]


@given(JUDGED)
def test_what_filters_took_equals_a_count_by_hand(rows: list[Document]) -> None:
    for loss in (found := sifted(rows)):
        own = [row for row in rows if row[alarm.KINDS.index(loss.kind)] == loss.name]
        if loss.kind == "language":
            own = [row for row in own if "language.not_wanted" not in row[3]]
        lost = [row for row in own if row[3]]
        assert (loss.documents, loss.lost) == (len(own), len(lost))
        if loss.kind == "language":
            guesses = [row for row in lost if not row[2] and any(rule.startswith("language.") for rule in row[3])]
            assert loss.sure == len(lost) - len(guesses)
        if not any("language.not_wanted" in row[3] for row in rows):
            assert loss.rules == Counter(rule for row in lost for rule in row[3])
    assert {loss.name for loss in found if loss.kind == "source"} == {row[0] for row in rows}
    assert "und_Zzzz" not in {loss.name for loss in found}
    assert (filtered.nothing_left(found) is None) == (not rows or any(not row[3] for row in rows))


def test_source_vanishes_if_deduplication_took_all_that_filters_kept() -> None:
    rows = [("gone", "exact"), ("gone", "near"), ("gone", "filtered"), ("sifted", "filtered"), ("half", "kept")]
    counted = deduplicated.counted([r[0] for r in rows], ["und_Zzzz"] * 5, [r[1] for r in rows])
    assert [loss.name for loss in alarm.vanished(deduplicated.of(counted), (), 1)] == ["gone"]
    assert alarm.vanished(deduplicated.of(counted), ("gone",), 1) == []


@pytest.mark.parametrize(
    ("documents", "rules", "declared", "vanished"),
    [
        (20, ("length.short_words",), False, ["zho_Hans"]),
        (19, ("length.short_words",), False, []),  # a handful that a model took for a language
        (30, ("language.uncertain",), False, []),
        (30, ("language.not_declared",), True, ["zho_Hans"]),
        (30, ("language.not_wanted", "length.short_words"), True, []),  # as the recipe asked
        (30, (), False, []),
    ],
)
def test_language_vanishes_if_filters_dropped_all_that_is_surely_in_it(
    documents: int, rules: tuple[str, ...], declared: bool, vanished: list[str]
) -> None:
    rows: list[Document] = [("web", "zho_Hans", declared, rules)] * documents + [("web", "eng_Latn", False, ())]
    assert [loss.name for loss in alarm.vanished(sifted(rows), (), alarm.FEWEST)] == vanished
    assert alarm.vanished(sifted(rows), ("zho_Hans",), alarm.FEWEST) == []


def test_source_vanishes_by_filters_if_it_is_no_handful() -> None:
    for documents, stops in ((19, []), (20, ["gone"])):
        rows: list[Document] = [("gone", "eng_Latn", False, ("language.uncertain",))] * documents
        found = sifted([*rows, *[("web", "eng_Latn", False, ())] * 99])
        assert [loss.name for loss in alarm.vanished(found, (), alarm.FEWEST)] == stops
        assert [loss.name for loss in alarm.alarms(found, 0.5)] == ["gone"]  # said, whatever its size


def test_warning_names_share_and_limit_and_rules() -> None:
    counted = deduplicated.counted(["a"] * 40, ["eng_Latn"] * 20 + ["fra_Latn"] * 20, ["exact"] * 19 + ["kept"] * 21)
    assert list(alarm.warnings(deduplicated.TAKER, deduplicated.of(counted), 0.5)) == [
        "WARNING language 'eng_Latn' lost 95.0 % of its 20 documents to deduplication ([dedup] max_loss_share is "
        "0.5): look at its pairs in the report"
    ]
    rules: list[tuple[str, ...]] = [("length.short_words", "length.few_words")] * 4 + [("length.short_words",)] * 15
    rows: list[Document] = [("a", "jpn_Jpan", False, fired) for fired in (*rules, ())]
    assert list(alarm.warnings(filtered.TAKER, sifted([*rows, *[("a", "eng_Latn", False, ())] * 20]), 0.5)) == [
        "WARNING language 'jpn_Jpan' lost 95.0 % of its 20 documents to filters ([decide] max_loss_share is 0.5): "
        "by length.short_words (19), length.few_words (4)"
    ]


def test_warnings_of_many_are_the_largest_and_a_count() -> None:
    losses = [Loss(kind="language", name=f"l{i:02}", documents=100, lost=100 - i) for i in range(30)]
    lines = list(alarm.warnings(filtered.TAKER, losses, 0.5))
    assert [line.split("'")[1] for line in lines[:-1]] == [f"l{i:02}" for i in range(20)]
    assert lines[-1] == "WARNING 10 languages more lost over 0.5 to filters: the report has all"


def test_refusal_says_into_whose_documents_a_source_went(tmp_path: Path) -> None:
    judged = table(
        tmp_path,
        "verdicts",
        [
            {"id": ["1", "2", "3"], "source": ["gone", "gone", "web"]},
            {"id": ["4", "5", "3"], "source": ["books", "gone", "web"]},
        ],
    )
    clusters = table(
        tmp_path,
        "clusters",
        [
            {"outcome": ["near", "filtered", "kept"], "kept_id": ["3", None, None]},
            {"outcome": ["kept", "exact", "exact"], "kept_id": [None, "3", "4"]},
        ],
    )
    taken = deduplicated.keepers(clusters, judged, "gone")
    assert taken == Counter({"web": 2})
    line = deduplicated.refusal("gone", 2, taken)
    assert "all of the 2 documents" in line
    assert "of 'web' (2)" in line
    assert 'allow_vanish = ["gone"]' in line


def test_what_keep_labels_did_not_ask_for_is_said() -> None:
    judged = [
        filtered.Judged(source="a", language="deu_Latn", outcome="unwanted", documents=40),
        filtered.Judged(source="b", language="deu_Latn", outcome="unwanted", documents=2),
        filtered.Judged(source="a", language="eng_Latn", outcome="kept", documents=9),
        *(filtered.Judged(source="a", language=f"x{n}", outcome="unwanted", documents=1) for n in range(9)),
    ]
    line = filtered.unwanted(judged)
    assert line.startswith("keep_labels did not ask for 51 documents: deu_Latn (42), x0 (1), ")
    assert line.endswith(" and 2 more languages")
    assert filtered.unwanted(judged[2:3]) == ""
