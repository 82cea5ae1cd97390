"""Five faults in a run, and the warnings at the head of its report: each names the source, language or rule."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks import report_made
from benchmarks.report_made import Plan

LANGUAGES = ["eng_Latn", "zho_Hans", "fra_Latn", "deu_Latn"]
SOURCES = ["web", "news", "books", "forum"]
SOUND = Plan(languages=LANGUAGES, sources=SOURCES, each=4)


def said(plan: Plan, folder: Path) -> list[dict[str, Any]]:
    files = report_made.files(plan, folder)
    found: list[dict[str, Any]] = orjson.loads(files["facts.json"])["warnings"]
    page = files["index.html"].decode()
    assert all(f'id="{one["at"]}"' in page for one in found)  # it leads somewhere
    return found


FAULTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "gone": ({"erased": "zho_Hans", "rule": "length.few_words"}, ["Language zho_Hans", "100.0 %", "length.few_words"]),
    "damage": ({"damaged": "books"}, ["source books", "10.0 %", "were not read"]),
    "copied": ({"doubled": ("forum", "web")}, ["Source forum", "copies of documents that stay in web"]),
    "licence": ({"unlicensed": "news"}, ["have no licence", "all of 1 source: news"]),
    "rule": ({"decides": "symbols.many_specials"}, ["Rule symbols.many_specials", "max_special_ratio = 0.4"]),
}


def test_a_sound_run_has_none_of_these_warnings(tmp_path: Path) -> None:
    assert {one["kind"] for one in said(SOUND, tmp_path)} & FAULTS.keys() == set()


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_named_with_its_rule_or_source(kind: str, tmp_path: Path) -> None:
    planted, words = FAULTS[kind]
    plan = Plan(languages=LANGUAGES, sources=SOURCES, each=4, **planted)
    (found,) = [one for one in said(plan, tmp_path) if one["kind"] == kind]
    assert all(word in found["words"] for word in words), found["words"]


def test_all_at_once_are_all_said_worst_first(tmp_path: Path) -> None:
    planted: dict[str, Any] = {name: value for given, _ in FAULTS.values() for name, value in given.items()}
    kinds = [one["kind"] for one in said(Plan(languages=LANGUAGES, sources=SOURCES, each=4, **planted), tmp_path)]
    assert [kind for kind in dict.fromkeys(kinds) if kind in FAULTS] == [
        *("gone", "damage", "rule", "copied", "licence"),
    ]
