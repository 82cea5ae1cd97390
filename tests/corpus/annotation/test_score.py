"""Shares, averages, what is wrong with corpora, the language model and gates, by counting by hand."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.annotation.schemes import QUALITY
from corpus.annotation.scoring import answer, score, shares
from corpus.annotation.scoring.consensus import said
from corpus.annotation.scoring.judgments import Sheet, read
from corpus.annotation.scoring.score import Score
from tests.corpus.annotation.made import item, judgment, key_of, sheet
from tests.corpus.annotation.test_judgments import INSPECTED


def _scored(*sheets: Sheet) -> Score:
    return score.score(read(sheets), sheets)[0]


@given(st.integers(0, 60), st.integers(0, 60))
def test_bounds_are_the_roots_of_wilsons_equation(count: int, others: int) -> None:
    judged = count + others
    found = shares.share(count, judged)
    if not judged:
        assert (found.low, found.high) == (0.0, 1.0)
        return
    z2 = 1.959963984540054**2
    for bound in (found.low, found.high):  # (p - x)^2 = z^2 x (1 - x) / n
        assert (found.share - bound) ** 2 == pytest.approx(z2 * bound * (1 - bound) / judged, abs=1e-9)
    assert found.low <= found.share <= found.high


@given(st.integers(0, 60), st.integers(1, 60))
def test_bounds_are_those_of_statsmodels(count: int, others: int) -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    found = shares.share(count, count + others)
    low, high = proportion.proportion_confint(count, count + others, alpha=0.05, method="wilson")
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)


def _many(source: str, codes: str, documents: int, of: str = "kept") -> tuple[list, list]:  # type: ignore[type-arg]
    items = [item(f"{source}-{of}-{n}", source=source, of=of, documents=documents) for n in range(len(codes.split()))]
    return items, [{"item": one.item, "code": code} for one, code in zip(items, codes.split(), strict=True)]


@pytest.fixture
def scored() -> Score:
    parts = [
        _many("good", "CC CC CB CS", 1000),
        _many("empty", "NL NL WL", 10),
        _many("foreign", "WL WL WL CC", 90),
        _many("half", "CC X", 100),
        _many("good", "NL CC", 500, "dropped"),
    ]
    own = key_of(*(one for items, _ in parts for one in items), item("lost", source="lost", documents=5))
    return _scored(sheet(own, [row for _, rows in parts for row in rows]))


def test_shares_and_averages(scored: Score) -> None:
    by_name = {(one.stratum.source, one.stratum.of): one for one in scored.corpora}
    assert {name: one.acceptable.share for name, one in by_name.items()} == {
        ("good", "kept"): 1.0,
        ("empty", "kept"): 0.0,
        ("foreign", "kept"): 0.25,
        ("half", "kept"): 0.5,
        ("lost", "kept"): 0.0,
        ("good", "dropped"): 0.5,
    }
    assert {value: one.count for value, one in by_name["good", "kept"].values["code"].items()} == {
        **{"CC": 2, "CB": 1, "CS": 1},
        **{"X": 0, "WL": 0, "NL": 0},
    }
    kept, dropped = scored.every
    assert (kept.corpora, kept.judged) == (4, 13)
    assert kept.macro == pytest.approx((1 + 0 + 0.25 + 0.5) / 4)
    assert kept.micro == pytest.approx((1000 * 1 + 10 * 0 + 90 * 0.25 + 100 * 0.5) / 1200)
    assert kept.low < kept.micro < kept.high
    assert (dropped.of, dropped.macro) == ("dropped", 0.5)
    assert {one.name for one in scored.sources if one.of == "kept"} == {"good", "empty", "foreign", "half"}


def test_what_is_wrong_with_corpora_is_counted_of_kept_texts_that_were_judged(scored: Score) -> None:
    found = {name: [one.source for one in own] for name, own in vars(scored.flagged).items()}
    assert found == {
        "none_acceptable": ["empty"],
        "under_half": ["empty", "foreign"],
        "mostly_no_language": ["empty"],
        "mostly_wrong_language": ["foreign"],
    }
    assert scored.missing == 1
    text = "\n".join(answer.as_text(scored))
    assert "1 texts of the sample are in no sheet that was given" in text
    assert "corpora with no text judged: 1 (deu_Latn/lost)" in text
    assert "corpora with C = 0: 1 (deu_Latn/empty)" in text


def test_a_gate_names_what_is_below_it_and_what_nobody_judged(scored: Score) -> None:
    assert score.gate(scored, 0.5) == (
        "--min-c 0.5 is not met by 3 of 5 corpora: deu_Latn/empty 0.000 of 3, deu_Latn/foreign 0.250 of 4, "
        "deu_Latn/lost not judged"
    )
    own = key_of(item("a"), item("b", of="dropped"))
    assert score.gate(_scored(sheet(own, [{"item": "a", "code": "CC"}, {"item": "b", "code": "NL"}])), 1.0) == ""
    only = key_of(item("b", of="dropped"))
    assert "no text that was kept" in score.gate(_scored(sheet(only, [{"item": "b", "code": "CC"}])), 0.0)


_CODES = st.lists(
    st.lists(st.sampled_from(list(QUALITY.nominal.values)), min_size=1, max_size=5), min_size=1, max_size=8
)


@given(_CODES)
def test_most_annotators_decide_and_a_tie_is_not_acceptable(texts: list[list[str]]) -> None:
    judgments = [judgment(f"{n}", f"a{i}", code) for n, own in enumerate(texts) for i, code in enumerate(own)]
    found = said(QUALITY, judgments)
    assert len(found) == len(texts)
    for one in found:
        own = texts[int(one.item)]
        counts = Counter(own)
        most = [code for code, count in counts.items() if count == max(counts.values())]
        assert one.values["code"] == (most[0] if len(most) == 1 else "")
        assert one.acceptable == (sum(code in ("CC", "CB", "CS") for code in own) > len(own) / 2)


def test_the_language_model_is_held_against_people() -> None:
    own = key_of(
        item("1"),
        item("2", detected="nld_Latn"),
        item("3"),
        item("4"),
        item("5", detected="nld_Latn"),
    )
    rows = [
        {"item": "1", "code": "CC"},
        {"item": "2", "code": "CB"},
        {"item": "3", "code": "WL"},
        {"item": "4", "code": "NL"},
        {"item": "5", "code": "WL", "is": "nl"},
    ]
    found = _scored(sheet(own, rows)).confusion
    (label,) = found.by_label
    assert (label.label, dict(label.said)) == ("deu_Latn", {"another": 1, "nld_Latn": 1, "no language": 1, "right": 2})
    assert label.right.share == 0.4
    assert {row.label: dict(row.said) for row in found.by_model} == {
        "deu_Latn": {"another": 1, "no language": 1, "right": 1},
        "nld_Latn": {"deu_Latn": 1, "right": 1},
    }
    assert (found.score_right, found.score_wrong) == (0.75, 0.75)


def test_labels_are_of_documents_that_were_judged_whole() -> None:
    items = [item("1"), item("2", of="dropped"), item("3", of="cut")]
    rows = [{"item": "1", "code": "CC"}, {"item": "2", "code": "NL"}, {"item": "3", "code": "NL"}]
    sheets = [sheet(key_of(*items), rows)]
    _, texts = score.score(read(sheets), sheets)
    assert score.labels(texts, {one.item: one for one in items}) == [("id of 1", True), ("id of 2", False)]


def test_inspection_of_hplt_is_scored_without_a_key() -> None:
    found = _scored(Sheet(name="deu_Latn/batch0.tsv", folder="deu_Latn", data=INSPECTED, key=None))
    (corpus,) = found.corpora
    assert (corpus.stratum.language, corpus.size, corpus.judged, corpus.acceptable.share) == ("deu_Latn", 4, 4, 0.25)
    assert corpus.values["unnatural"]["1"].count == 2
    assert corpus.values["language_correct"]["0"].count == 1
    assert score.gate(found, 0.5) == "--min-c 0.5 is not met by 1 of 1 corpora: deu_Latn 0.250 of 4"
    assert not math.isnan(found.every[0].micro)
    assert "2 marks are shares of a text" in "\n".join(answer.as_text(found))
