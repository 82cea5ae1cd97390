"""Checks of languages and texts equal what plain Python counts of the same rows; codes say what they are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.report import checked, render
from corpus.report.checked import CLOSE, SIGNS
from corpus.report.documents import CLUSTERS, DOCUMENTS, LENGTHS, VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.sections import checks
from corpus.report.sections.checks import FEWEST, LIMITS
from corpus.sources.accounts import Noted
from corpus.stages.ingest import INGEST
from corpus.stages.report import Audit
from corpus.stages.stage import signals
from corpus.store import manifest
from filters import language_codes, languages
from filters.language_codes import doubt
from filters.script_groups import script_of
from filters.scripts import HAN
from tests import stages

SOURCES = ("web", '<script>alert("x")</script>')
LABELS = ("eng_Latn", "rus_Cyrl", "rus_Latn", "zho_Hans", "jpn_Jpan", "code_Python", "und_Latn")
DETECTED = ("eng_Latn", "deu_Latn", "rus_Cyrl", "zho_Hani", "jpn_Jpan", "und_Zzzz", "ara_Arab")


def rows_of(count: int, seed: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        best = float(random.choice([0.0, 0.3, 0.6, 0.99]))
        lines = int(random.integers(0, 40))
        repeated = int(random.integers(0, lines + 1))
        label = str(random.choice(LABELS))
        rows.append(
            {
                "language": label,
                "source": SOURCES[int(random.integers(2))],
                "declared": str(label) if random.random() < 0.6 else None,
                "outcome": str(random.choice(["kept", "filtered", "exact"])),
                "label": label,
                "detected": str(random.choice(DETECTED)),
                "detected_score": best,
                "second_score": best * float(random.choice([0.1, 0.7, 0.9])),
                "disagrees": int(random.integers(0, 2)),
                "chars": int(2 ** random.uniform(0, 16)),
                "lines": lines,
                "repeated": repeated,
                "line_ratio": repeated / lines if lines else 0.0,
                "digit_ratio": float(random.choice([0.0, 0.1, 0.2])),
                "symbol_ratio": float(random.choice([0.0, 0.1])),
                "entries": int(random.choice([0, 0, 3])),
                "lexicon": bool(random.random() < 0.7),
            }
        )
    return rows


def opened_over(folder: Path, parts: Sequence[Sequence[Mapping[str, Any]]], *have: str) -> Opened:
    wanted: dict[Any, dict[str, tuple[str, pa.DataType]]] = {
        DOCUMENTS: {"language": ("declared", pa.string())},
        VERDICTS: {"language": ("language", pa.string()), "source": ("source", pa.string())},
        CLUSTERS: {"outcome": ("outcome", pa.string())},
        LENGTHS: {"chars": ("chars", pa.int32()), "lines": ("lines", pa.int32())},
        signals("language"): {
            **{name: (name, pa.string()) for name in ("label", "detected")},
            **{name: (name, pa.float64()) for name in ("detected_score", "second_score")},
            "disagrees": ("disagrees", pa.int32()),
        },
        signals("repetition"): {"line_ratio": ("line_ratio", pa.float64())},
        signals("symbols"): {name: (name, pa.float64()) for name in ("digit_ratio", "symbol_ratio")},
        signals("flagged"): {"entries": ("entries", pa.int32()), "lexicon": ("lexicon", pa.bool_())},
    }
    tables = {
        ref: stages.written(
            folder / ref.stage,
            ref.table,
            [
                pa.table({name: pa.array([row[key] for row in rows], kind) for name, (key, kind) in columns.items()})
                for rows in parts
            ],
        )
        for ref, columns in wanted.items()
    }
    noted = [
        Noted(source="web", kind="language code", detail="deprecated iw", count=3),
        Noted(source=SOURCES[1], kind="language code", detail="macro-language zh", count=9),
        Noted(source="web", kind="found", detail="url_field", count=7),
    ]
    audit = cast(Audit, SimpleNamespace(judging=dict.fromkeys(have)))
    ingest = stages.built(INGEST.name, folder / "ingest", {}, {}, noted)
    return Opened(recipe=audit, tables=tables, stages={INGEST.name: ingest})


def facts_of(opened: Opened, parts: int) -> checks.Facts:
    told = [checks.tally(Part(opened=opened, number=n)) for n in range(parts)]
    again = [orjson.loads(manifest.canonical(one)) for one in told]
    assert again == told
    return checks.facts(opened, checks.merge(opened.recipe, again))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return rows_of(600, 3)


@pytest.fixture(scope="module")
def found(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> checks.Facts:
    folder = tmp_path_factory.mktemp("checks")
    return facts_of(opened_over(folder, [rows[:200], [], rows[200:]], *checked.OPTIONAL), 3)


def in_other_script(row: Mapping[str, Any]) -> bool:
    one, other = script_of(row["label"]), script_of(row["detected"])
    east = {*HAN, "Jpan", "Kore"}
    return bool(one and other and "Zzzz" not in (one, other) and one != other and not (one in east and other in east))


def expected(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """By share: how many, of how many."""
    natural = [row for row in rows if row["label"] != "code_Python"]
    declared = [row for row in natural if row["declared"]]
    scored = [row for row in natural if row["detected_score"] > 0]
    listed = [row for row in rows if row["lexicon"]]
    return {
        "disagrees": (sum(row["disagrees"] for row in declared), len(declared)),
        "wrong_script": (sum(map(in_other_script, declared)), len(declared)),
        "unusual_script": (sum(r["label"] == "rus_Latn" and not in_other_script(r) for r in rows), len(rows)),
        "close": (sum(r["detected_score"] - r["second_score"] < CLOSE for r in scored), len(scored)),
        "repeated_lines": (sum(row["repeated"] for row in rows), sum(row["lines"] for row in rows)),
        "signs": (sum(row["digit_ratio"] + row["symbol_ratio"] > SIGNS for row in rows), len(rows)),
        "flagged": (sum(row["entries"] > 0 for row in listed), len(listed)),
    }


def test_shares_are_those_of_the_rows(found: checks.Facts, rows: list[dict[str, Any]]) -> None:
    assert len(found.languages) == len(LABELS)
    assert len(found.sources) == 2 * len(LABELS)
    for place in (*found.languages, *found.sources):
        own = [r for r in rows if r["language"] == place.language and place.source in ("", r["source"])]
        assert (place.documents, place.declared) == (len(own), sum(r["declared"] is not None for r in own))
        assert place.kept == sum(row["outcome"] == "kept" for row in own)
        for name, (part, whole) in expected(own).items():
            assert place.shares[name] == (pytest.approx(part / whole) if whole else None), name
        over = [name for name, share in place.shares.items() if share is not None and share > LIMITS[name]]
        assert place.marked == (over if len(own) >= FEWEST else [])
    assert {name for place in found.sources for name in place.marked} >= {"disagrees", "close", "flagged"}


def test_lengths_are_those_of_the_rows_within_a_bin(found: checks.Facts, rows: list[dict[str, Any]]) -> None:
    for place in found.languages:
        chars = sorted(row["chars"] for row in rows if row["language"] == place.language)
        assert place.mean_chars == pytest.approx(sum(chars) / len(chars))
        for share, told in ((0.05, place.low_chars), (0.5, place.median_chars), (0.95, place.high_chars)):
            exact = next(size for n, size in enumerate(chars, 1) if n >= share * len(chars))
            assert exact < told <= max(exact * 2**0.25, exact + 1)


def test_codes_are_those_that_ingest_noted(found: checks.Facts) -> None:
    assert [(row.source, row.code, row.kind, row.id, row.records) for row in found.codes] == [
        (SOURCES[1], "zh", "macro-language", "zho_Hans", 9),
        ("web", "iw", "deprecated", "heb_Hebr", 3),
    ]


def test_what_a_recipe_lacks_is_null_and_said(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    bare = facts_of(opened_over(tmp_path, [rows]), 1)
    assert not any(bare.measured.values())
    for place in bare.languages:
        assert place.shares["repeated_lines"] is place.shares["signs"] is place.shares["flagged"] is None
    html = render.section("checks", bare, checks.shown(None, None, bare), None)  # type: ignore[arg-type]
    for name in checked.OPTIONAL:
        assert f"the recipe has no filter {name}" in html


def test_page_escapes_names(found: checks.Facts) -> None:
    html = render.section("checks", found, checks.shown(None, None, found), None)  # type: ignore[arg-type]
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert 'class="alarm"' in html
    silent = replace(found, codes=[])
    html = render.section("checks", silent, checks.shown(None, None, silent), None)  # type: ignore[arg-type]
    assert re.search("No source declares a code", html)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        (("iw", "in", "ji", "jw", "mo", "sh", "IW-il", "scc", "kzj", "drh"), language_codes.DEPRECATED),
        (("als", "als_Latn", "se", "tw", "ber", "nah"), language_codes.AMBIGUOUS),
        (("zh", "zh-TW", "zho_Hans", "ar", "fa", "per", "no", "sw", "ms", "ku", "yi", "hbs"), language_codes.MACRO),
    ],
)
def test_code_that_says_less_than_it_seems_is_told(tags: Sequence[str], kind: str) -> None:
    for tag in tags:
        told = doubt(tag)
        assert told is not None, tag
        assert told == (kind, tag.lower().replace("_", "-").partition("-")[0])


@pytest.mark.parametrize(
    "tag", ["en", "de", "nb", "nob_Latn", "swh", "arb", "cmn", "he", "id", "sr", "ron", "tl", "cls", "cze", "ger", ""]
)
def test_code_of_one_language_is_no_doubt(tag: str) -> None:
    assert doubt(tag) is None


def test_no_code_of_a_single_language_is_called_a_macro_language() -> None:
    macros = {one.macro for one in languages.known().values() if one.macro}
    for code in languages.known():
        told = doubt(code)
        if told and told[0] == language_codes.MACRO:
            assert code in macros


@given(st.text(max_size=12))
def test_any_tag_is_told_or_not(tag: str) -> None:
    told = doubt(tag)
    assert told is None or told == doubt(told[1])
