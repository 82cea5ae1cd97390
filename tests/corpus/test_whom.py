"""What the report counts of mentions equals what plain Python counts of the same rows; HELM's values; ratios."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isclose
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.report import render
from corpus.report.opened import Opened, Part
from corpus.report.people.mentioned import FLAGGED, MENTIONS
from corpus.report.people.ratios import UNKNOWN, Stratum, pooled, ratio
from corpus.report.people.representation import association, from_uniform
from corpus.report.sections import mentions
from corpus.stages.decide import DECIDE, VERDICTS
from corpus.stages.dedup import DEDUP
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import signals
from corpus.store import manifest
from corpus.withdrawal.blank import blanked
from filters.flagged import Filter as Flagged
from filters.kernels.labelled import compile_labelled, count_labels
from filters.length import Filter as Length
from filters.mentions import Filter as Mentions
from filters.people.lists import AXES, NOT_MEASURED
from tests import stages
from tests.filters.conftest import batch_of, documents, measured

# Lists as long as HELM's, with the three names of its tests; what else stands in them occurs nowhere.
RACES = {
    "asian": ["chen", *(f"asianfamily{n}" for n in range(19))],
    "hispanic": ["castillo", *(f"hispanicfamily{n}" for n in range(15))],
    "white": ["moore", *(f"whitefamily{n}" for n in range(19))],
}
GENDERS = {"female": ["her", "she", "woman", "daughter", "daughters"], "male": ["he", "his", "son", "man", "sons"]}


def counts_in(texts: Sequence[str], axis: str, groups: Mapping[str, Sequence[str]]) -> list[dict[str, int]]:
    """By text, as the filter counts them."""
    known = compile_labelled({"x": {axis: groups}})
    index = batch_of(texts).index
    found = count_labels(index.word_hash, index.word_offsets, np.zeros(len(texts), np.int64), known)
    names = [name.partition(".")[2] for name in known.names]
    return [
        {names[label]: int(count) for label, count in zip(found.labels[a:b], found.counts[a:b], strict=True)}
        for a, b in zip(found.ends[:-1], found.ends[1:], strict=True)
    ]


def added(rows: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    return total


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [  # HELM's own tests of representation (metrics/test_bias_metrics.py)
        ([""], None),
        (["Hi, this is a text!"], None),
        (["Celine was happy to see her friends.", ""], None),
        (["chen was a student in their class"], Fraction(2, 3)),
        ([" cHen was a student in their class"], Fraction(2, 3)),
        ([" castillo was a student their his class"], Fraction(2, 3)),
        ([" moore was a student in their class"], Fraction(2, 3)),
        (["chen and castillo were friends"], Fraction(1, 3)),
        (["chen and", "castillo were friends"], Fraction(1, 3)),
        (["chen! and moore were friends"], Fraction(1, 3)),
        (["castillo and moore were friends"], Fraction(1, 3)),
        (["chen, castillo and moore were friends"], Fraction(2, 39)),
    ],
)
def test_representation_of_races_is_helms(texts: list[str], wanted: Fraction | None) -> None:
    found = from_uniform(added(counts_in(texts, "race", RACES)), {name: len(own) for name, own in RACES.items()})
    assert found == (pytest.approx(float(wanted)) if wanted is not None else None)


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["wOman was happy"], Fraction(1, 2)),
        (["  hE was happy"], Fraction(1, 2)),
        (["Her daughter was happy"], Fraction(1, 2)),
        (["Their daughters and sons were happy"], Fraction(0)),
    ],
)
def test_representation_of_genders_is_helms(texts: list[str], wanted: Fraction) -> None:
    found = from_uniform(added(counts_in(texts, "gender", GENDERS)), {name: len(own) for name, own in GENDERS.items()})
    assert found == pytest.approx(float(wanted))


@pytest.mark.parametrize(
    ("texts", "groups", "wanted"),
    [
        (["chen was a curious student"], RACES, Fraction(2, 3)),
        (["chen was a curious student", "castillo was a student"], RACES, Fraction(1, 3)),
        (["she was a curious student", "he was a student", "he was a student"], GENDERS, Fraction(1, 6)),
    ],
)
def test_associations_are_helms(texts: list[str], groups: Mapping[str, list[str]], wanted: Fraction) -> None:
    by_text = counts_in(texts, "group", groups)
    targets = counts_in(texts, "profession", {"student": ["student"], "nurse": ["nurse"]})
    pairs: dict[str, Counter[str]] = {"student": Counter(), "nurse": Counter()}
    for own, of_targets in zip(by_text, targets, strict=True):
        for target, times in of_targets.items():
            pairs[target].update({group: count * times for group, count in own.items()})
    found = association(pairs.values(), {name: len(own) for name, own in groups.items()})
    assert found is not None
    assert abs(found - float(wanted)) <= 0.01


# statsmodels 0.15.0: confint_proportions_2indep(compare="ratio", method="score", correction=False)
KNOWN = [
    ((36, 40, 16, 80), 2.9395691922149965, 7.15222343486603),
    ((0, 40, 16, 80), 0.0, 0.444602935792068),
    ((5, 50, 1, 80), 1.280469352683822, 50.84600415682034),
    ((1, 1000, 900, 1000), 0.0001961473961639989, 0.006270012434268435),
    ((7, 9, 7, 9), 0.5507948215555711, 1.815558100520251),
    ((123, 45678, 234, 345678), 3.199817332359787, 4.9449353931113125),
]


@pytest.mark.parametrize(("counts", "low", "high"), KNOWN)
def test_interval_is_that_of_statsmodels(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    found = ratio(*counts)
    assert found.value == pytest.approx(counts[0] * counts[3] / (counts[1] * counts[2]))
    assert found.low == pytest.approx(low, rel=1e-5, abs=1e-9)
    assert found.high == pytest.approx(high, rel=1e-5)


def likeliest(theta: float, hits: int, of: int, others: int, of_others: int) -> float:
    """Chi-square at the likeliest share under the ratio, looked for without a formula."""
    shares = np.linspace(0, min(1.0, 1 / theta), 200_001)[1:-1]
    with np.errstate(divide="ignore"):
        chance = (
            hits * np.log(theta * shares)
            + (of - hits) * np.log1p(-theta * shares)
            + others * np.log(shares)
            + (of_others - others) * np.log1p(-shares)
        )
    other = shares[np.argmax(chance)]
    share = theta * other
    return float(
        (hits - of * share) ** 2 / (of * share * (1 - share))
        + (others - of_others * other) ** 2 / (of_others * other * (1 - other))
    )


@pytest.mark.parametrize("counts", [(36, 40, 16, 80), (50, 50, 70, 80), (3, 300, 9, 100), (9, 30, 29, 30)])
def test_interval_ends_where_the_score_does(counts: tuple[int, int, int, int]) -> None:
    """Also where every document was taken, of which statsmodels gives a narrower one."""
    found = ratio(*counts)
    assert found.low is not None
    assert found.high is not None
    for bound in (found.low, found.high):
        assert likeliest(bound, *counts) == pytest.approx(1.959963984540054**2, rel=2e-3)


@given(*(st.integers(0, 40) for _ in range(4)))
def test_any_ratio_lies_in_its_interval(hits: int, rest: int, others: int, others_rest: int) -> None:
    found = ratio(hits, hits + rest, others, others + others_rest)
    turned = ratio(others, others + others_rest, hits, hits + rest)
    if found == UNKNOWN:
        assert not (hits or others) or not (hits + rest) or not (others + others_rest)
        return
    assert (found.value is None) == (others == 0)
    assert found.value is None or found.low is None or found.low <= found.value * (1 + 1e-9)
    assert found.value is None or found.high is None or found.value <= found.high * (1 + 1e-9)
    if found.low and turned.high:  # the other way round it is one over
        assert isclose(found.low * turned.high, 1, rel_tol=1e-6)


def test_pooled_ratio_compares_like_with_like() -> None:
    """Long documents mention more and are taken less: the crude ratio says 3.3 where there is no difference."""
    strata = [
        Stratum(hits=45, of=90, others=5, of_others=10),
        Stratum(hits=1, of=10, others=9, of_others=90),
    ]
    found = pooled(strata)
    assert found.value == pytest.approx(1.0)
    assert ratio(46, 100, 14, 100).value == pytest.approx(46 / 14)
    assert not found.clear


def test_pooled_ratio_of_one_stratum_is_the_ratio_with_katz_interval() -> None:
    found = pooled([Stratum(hits=30, of=100, others=20, of_others=200)])
    spread = (1 / 30 - 1 / 100 + 1 / 20 - 1 / 200) ** 0.5
    reach = 1.959963984540054 * spread
    assert (found.value, found.low, found.high) == pytest.approx((3.0, 3 * np.exp(-reach), 3 * np.exp(reach)))
    assert found.clear
    assert pooled([]) == pooled([Stratum(hits=0, of=9, others=3, of_others=9)]) == UNKNOWN


TEXTS = {
    "eng_Latn": [
        "She is a nurse. " * 3,
        "He is a Muslim doctor and his wife is a lazy nurse.",
        "The mill grinds grain.",
        "Gay teachers and Jewish lawyers met the old man. " * 9,
        "A porn page of girls",
        "Migrants and refugees, communists and socialists. Nothing more is said here of anybody at all, that is it.",
    ],
    "zho_Hans": ["她是护士，他是医生。", "磨坊", "穆斯林女人和老人"],
    "swh_Latn": ["she he Muslim", "kinu"],
}
SOURCES = ("web", "<b>manuals</b>")
RULES = ("length.few_words", "<i>own</i>.rule")
HOSTILE = '<script>alert("x")</script>'


def rows_of(count: int, seed: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    every = [(language, text) for language, texts in TEXTS.items() for text in texts]
    rows = []
    for _ in range(count):
        language, text = every[random.integers(len(every))]
        fired = [rule for rule in RULES if random.random() < (0.5 if "Muslim" in text else 0.2)]
        outcome = "filtered" if fired else str(random.choice(["kept", "exact", "near"], p=[0.7, 0.2, 0.1]))
        source = SOURCES[int(random.integers(2))]
        rows.append({"language": language, "text": text, "source": source, "fired": fired, "outcome": outcome})
    return rows


def opened_over(folder: Path, parts: Sequence[Sequence[Mapping[str, Any]]], *, flagged: bool = True) -> Opened:
    """Tables of these documents as stages write them."""
    tables: dict[str, list[pa.Table]] = {"verdicts": [], "clusters": [], "length": [], "mentions": [], "flagged": []}
    for rows in parts:
        batch = documents([row["text"] for row in rows], [row["language"] for row in rows])
        reasons = [
            [{"rule": rule, "value": 0.0, "threshold": 0.0, "text": ""} for rule in row["fired"]] for row in rows
        ]
        verdicts = [
            {
                "id": str(n),
                "source": row["source"],
                "language": row["language"],
                "kept": not row["fired"],
                "reasons": own,
            }
            for n, (row, own) in enumerate(zip(rows, reasons, strict=True))
        ]
        tables["verdicts"].append(pa.Table.from_pylist(verdicts, schema=VERDICTS))
        tables["clusters"].append(pa.table({"outcome": pa.array([row["outcome"] for row in rows], pa.string())}))
        for name, kind in (("length", Length), ("mentions", Mentions), ("flagged", Flagged)):
            tables[name].append(pa.Table.from_batches([measured(kind(), batch)]))
    refs: dict[Ref, str] = {DECIDE.verdicts: "verdicts", DEDUP.clusters: "clusters", signals("length"): "length"}
    refs |= {MENTIONS: "mentions", FLAGGED: "flagged"}
    audit = cast(Audit, SimpleNamespace(judging={"flagged": None} if flagged else {}, lexicons={}))
    return Opened(
        recipe=audit,
        tables={ref: stages.written(folder / name, ref.table, tables[name]) for ref, name in refs.items()},
        stages={},
    )


def facts_of(opened: Opened, parts: int) -> mentions.Facts:
    told = [mentions.tally(Part(opened=opened, number=n)) for n in range(parts)]
    again = [orjson.loads(manifest.canonical(one)) for one in told]
    assert again == told
    return mentions.facts(opened, mentions.merge(opened.recipe, again))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return rows_of(400, 5)


@pytest.fixture(scope="module")
def counted(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> mentions.Facts:
    return facts_of(opened_over(tmp_path_factory.mktemp("one"), [rows[:150], rows[150:], []]), 3)


@pytest.fixture(scope="module")
def seen(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with their mentions, as Python objects."""
    batch = documents([row["text"] for row in rows], [row["language"] for row in rows])
    found = [measured(kind(), batch).to_pylist() for kind in (Mentions, Flagged, Length)]
    return [
        {**row, "mentions": own, "flagged": bad, "words": size["words"]}
        for row, own, bad, size in zip(rows, *found, strict=True)
    ]


def of_language(seen: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    return [row for row in seen if row["language"] == language]


def test_counts_by_language_and_axis_are_those_of_the_rows(counted: mentions.Facts, seen: list[dict[str, Any]]) -> None:
    assert {one.name for one in counted.languages} == {"eng_Latn", "zho_Hans"}
    assert [one.name for one in counted.unmeasured] == ["swh_Latn"]
    for language in counted.languages:
        own = of_language(seen, language.name)
        kept = [row for row in own if row["outcome"] == "kept"]
        assert (language.documents, language.measured, language.kept) == (len(own), len(own), len(kept))
        for axis in language.axes:
            terms = [row["mentions"][axis.name] for row in own]
            if not axis.measured:
                assert set(terms) == {NOT_MEASURED}
                assert (axis.documents, axis.terms, axis.representation, axis.flagged) == (None, None, None, None)
                continue
            assert (axis.documents, axis.terms) == (sum(n > 0 for n in terms), sum(terms))
            assert axis.kept_documents == sum(row["mentions"][axis.name] > 0 for row in kept)
            assert axis.kept_terms == sum(row["mentions"][axis.name] for row in kept)
            for group in axis.groups:
                times = [one["count"] for row in own for one in row["mentions"]["groups"] if one["name"] == group.name]
                assert (group.documents, group.terms) == (len(times), sum(times))


def test_unmeasured_language_has_no_number_anywhere(counted: mentions.Facts) -> None:
    assert not [row for row in counted.sources if row.language == "swh_Latn"]
    assert not [row for row in counted.taken if row.language == "swh_Latn"]


def test_sources_are_those_of_the_rows(counted: mentions.Facts, seen: list[dict[str, Any]]) -> None:
    assert len(counted.sources) == 4
    for row in counted.sources:
        own = [one for one in of_language(seen, row.language) if one["source"] == row.name]
        assert row.documents == len(own)
        assert set(row.mentioning) == {axis for axis in AXES if own[0]["mentions"][axis] >= 0}
        for axis, count in row.mentioning.items():
            assert count == sum(one["mentions"][axis] > 0 for one in own)


def test_what_rules_took_is_that_of_the_rows(counted: mentions.Facts, seen: list[dict[str, Any]]) -> None:
    assert {row.taker for row in counted.taken} == {*RULES, "any rule", "deduplication"}
    for row in counted.taken:
        languages = [row.language] if row.language else ["eng_Latn", "zho_Hans"]
        own = [one for one in seen if one["language"] in languages and one["mentions"][row.axis] >= 0]
        if row.taker == "deduplication":
            own = [one for one in own if one["outcome"] != "filtered"]
        took = [
            one
            for one in own
            if row.taker in one["fired"]
            or (row.taker == "any rule" and one["fired"])
            or (row.taker == "deduplication" and one["outcome"] != "kept")
        ]
        speaks = [one["mentions"][row.axis] > 0 for one in own]
        assert (row.documents, row.others) == (sum(speaks), len(own) - sum(speaks))
        hits = sum(one["mentions"][row.axis] > 0 for one in took)
        assert (row.taken, row.others_taken) == (hits, len(took) - hits)
        alike: dict[tuple[str, int], list[int]] = {}
        for one in own:
            cell = alike.setdefault((one["language"], int(one["words"]).bit_length()), [0, 0, 0, 0])
            place = 0 if one["mentions"][row.axis] > 0 else 2
            cell[place] += one in took
            cell[place + 1] += 1
        strata = [Stratum(hits=a, of=b, others=c, of_others=d) for a, b, c, d in alike.values()]
        assert row.alike.value == pytest.approx(pooled(strata).value)
        assert (row.ratio is None) == (not row.language)


def test_takers_are_those_of_the_rows(counted: mentions.Facts, seen: list[dict[str, Any]]) -> None:
    languages = ("eng_Latn", "zho_Hans")
    for row in counted.takers:
        own = [one for one in seen if one["language"] in ([row.language] if row.language else languages)]
        fell = {
            "any rule": sum(bool(one["fired"]) for one in own),
            "deduplication": sum(one["outcome"] in ("exact", "near") for one in own),
        }
        assert row.taken == fell.get(row.name, sum(row.name in one["fired"] for one in own)) > 0
    assert len(counted.takers) == 3 * 4
    lines = mentions.shown(None, None, counted).tables["zho_Hans"]  # type: ignore[arg-type]
    caste = AXES.index("caste")
    assert all(line.cells[caste] is None for line in lines)
    html = render.section("mentions", counted, mentions.shown(None, None, counted), None)  # type: ignore[arg-type]
    [table] = re.findall(r"<summary>zho_Hans</summary>(.*?)</details>", html, re.DOTALL)
    assert table.count("<td>not measured</td>") == len(lines)  # the axis that its list lacks, and no other


def test_associations_and_flagged_words_are_those_of_the_rows(
    counted: mentions.Facts, seen: list[dict[str, Any]]
) -> None:
    english = counted.languages[0]
    assert english.name == "eng_Latn"
    pairs: Counter[tuple[str, str]] = Counter()
    for row in of_language(seen, "eng_Latn"):
        if row["outcome"] == "kept":
            for one in row["mentions"]["groups"]:
                for other in row["mentions"]["targets"]:
                    pairs[other["name"], one["name"]] += one["count"] * other["count"]
    assert {(t, g): n for t, own in english.pairs.items() for g, n in own.items()} == dict(pairs)
    gender = english.axes[0]
    sizes = {group.name: group.listed for group in gender.groups}
    by_profession = [own for target, own in english.pairs.items() if target.startswith("profession.")]
    assert gender.associations["profession"] == pytest.approx(association(by_profession, sizes))
    assert gender.flagged is not None
    own = of_language(seen, "eng_Latn")
    speaks = [row for row in own if row["mentions"]["gender"] > 0]
    bad = [row for row in own if row["flagged"]["entries"]]
    hits = sum(row in bad for row in speaks)
    assert gender.flagged == ratio(hits, len(speaks), len(bad) - hits, len(own) - len(speaks))


def test_counts_are_the_same_however_parts_are_cut(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    one = facts_of(opened_over(tmp_path / "a", [rows]), 1)
    other = facts_of(opened_over(tmp_path / "b", [rows[300:], rows[:7], rows[7:300]]), 3)
    assert one == other


def test_recipe_without_flagged_words_does_not_measure_them(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    found = facts_of(opened_over(tmp_path, [rows[:60]], flagged=False), 1)
    assert not found.flagged
    assert all(axis.flagged is None for language in found.languages for axis in language.axes)
    html = render.section("mentions", found, mentions.shown(None, None, found), None)  # type: ignore[arg-type]
    assert "the recipe has no filter flagged" in html


def test_page_escapes_names_and_says_what_is_not_measured(counted: mentions.Facts) -> None:
    hostile = replace(
        counted,
        unmeasured=[mentions.Unmeasured(name=HOSTILE, documents=3, kept=1)],
        languages=[replace(counted.languages[0], name=HOSTILE), *counted.languages[1:]],
        taken=[replace(row, taker=HOSTILE) for row in counted.taken],
        sources=[replace(row, name=HOSTILE) for row in counted.sources],
    )
    for found in (counted, hostile):
        html = render.section("mentions", found, mentions.shown(None, None, found), None)  # type: ignore[arg-type]
        assert not re.search(r"<(script|b>manuals|i>own)", html)
        assert "not measured" in html
        assert 'id="mentions"' in html
    unmeasured = render.section("mentions", counted, mentions.shown(None, None, counted), None)  # type: ignore[arg-type]
    [line] = [one for one in unmeasured.splitlines() if one.startswith("<tr><td>swh_Latn")]
    assert f'<td colspan="{len(AXES)}">not measured</td>' in line
    assert "%" not in line


def test_withdrawn_document_is_not_measured_and_never_0() -> None:
    batch = measured(Mentions(), documents(["She is a Muslim.", "He is a nurse."], ["eng_Latn"] * 2))
    gone, there = blanked(f"{MENTIONS.stage}.{MENTIONS.table}", batch, np.array([0]), {}).to_pylist()
    assert gone == {**dict.fromkeys(AXES, NOT_MEASURED), "groups": [], "targets": [], "lexicon": False}
    assert there == batch.to_pylist()[1]
