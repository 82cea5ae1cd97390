"""Presets destroy no language: what they drop of clean text is on a page, and bounded; roots tells text from junk."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from benchmarks import presets, unnatural
from corpus.errors import RecipeError
from corpus.judging import matrix, strings
from corpus.judging.matrix import Cell
from corpus.planning import presets as planning_presets
from corpus.planning.recipe import load

CLEAN = matrix.clean()
OTHER_SCRIPT = {"aze_Cyrl", "jav_Java"}  # the model calls them languages in other scripts


def share(cells: Iterable[Cell]) -> float:
    found = list(cells)
    return sum(one.dropped for one in found) / sum(one.documents for one in found)


def test_page_is_that_of_the_presets() -> None:
    assert presets.PAGE.read_text("utf-8") == presets.page(), "run scripts/make_preset_docs"


@pytest.mark.parametrize(
    ("name", "declared", "most", "least_languages"),
    [
        ("gopher", True, 0.0, 94),
        ("gopher", False, 0.2, 94),
        ("fineweb", True, 0.5, 94),
        ("c4", True, 0.2, 94),
        ("roots", True, 0.0, 94),
        ("roots", False, 0.2, 94),
        ("refinedweb", True, 0.0, 94),
        ("redpajama-v2", True, 0.0, 94),
        ("redpajama-v2", False, 0.2, 94),
        ("common-pile", True, 0.0, 94),
        ("fineweb-2", True, 0.2, 94),
        ("fineweb-2", False, 0.2, 94),
    ],
)
def test_no_language_is_destroyed(name: str, declared: bool, most: float, least_languages: int) -> None:
    found = matrix.dropped(presets.presets()[name], CLEAN, declared=declared)
    assert len(found) >= least_languages
    lost = {language: (round(cell.share, 2), dict(cell.rules)) for language, cell in found.items() if cell.share > most}
    assert {language: why for language, why in lost.items() if declared or language not in OTHER_SCRIPT} == {}


@pytest.mark.parametrize("name", presets.PRESETS)
def test_source_code_is_not_judged_as_prose(name: str) -> None:
    found = matrix.dropped(presets.presets()[name], presets.code(), declared=True)
    assert len(found) == 13
    assert share(found.values()) <= 0.1, found


@pytest.mark.parametrize("name", presets.OF_CODE)
def test_the_stack_judges_source_code_alone(name: str) -> None:
    preset = presets.preset(name)
    found = matrix.dropped(preset, presets.code(), declared=True)
    assert len(found) == 13
    assert share(found.values()) <= 0.1, found
    assert share(matrix.dropped(preset, CLEAN, declared=True).values()) == 0
    minified, brackets, prose = "a1=b2+" * 400, "\n".join(["{}()[];;" * 5] * 9), "x" * 2000
    for text, language, rules in (
        (minified, "code_JavaScript", ["lines.long_mean", "lines.long"]),
        (brackets, "code_C", [{"the-stack": "symbols.few_alnum", "the-stack-v2": "symbols.few_letters"}[name]]),
        (prose, "eng_Latn", []),
    ):
        [verdict] = strings.judge([text], name, language=language)
        assert [reason.rule for reason in verdict.reasons] == rules


@pytest.mark.parametrize("declared", [True, False])
def test_roots_drops_what_is_no_text_and_keeps_what_is(declared: bool) -> None:
    preset = presets.presets()["roots"]
    good, bad = (matrix.dropped(preset, texts, declared=declared) for texts in presets.paired(CLEAN))
    assert share(good.values()) <= 0.05
    assert {name for name, cell in good.items() if cell.share > 0.1} <= (set() if declared else OTHER_SCRIPT)
    assert share(bad.values()) >= max(0.5, 5 * share(good.values()))


def test_unnatural_texts_are_the_same_for_the_same_seed() -> None:
    texts = ["the mill ground the grain of the valley " * 9] * 5
    made = list(unnatural.made(texts, 1))
    assert made == list(unnatural.made(texts, 1))
    assert made != list(unnatural.made(texts, 2))
    assert [kind for kind, _ in made] == list(unnatural.KINDS)
    assert all(len(text) >= unnatural.CHARS for _, text in made)


def test_dclm_has_the_rules_of_refinedweb() -> None:
    assert presets.preset("dclm") == presets.preset("refinedweb")


def test_every_preset_is_on_the_page_and_says_what_it_is_of() -> None:
    on_page = {*presets.PRESETS, *presets.OF_CODE, "dclm"}
    assert set(planning_presets.presets()) == on_page
    for name in on_page:
        said = planning_presets.preset(name).read_text("utf-8")
        assert re.search(r"et al\. 20\d\d|README", said), name
        assert f'extends = "{name}' in said
        assert "Difference" in said or name == "roots"


def test_published_numbers_are_those_of_their_sources() -> None:
    many = "word " * 12_000
    [verdict] = strings.judge([many], "redpajama-v2", language="en")
    assert ("length.many_words", 10_000.0) in [(one.rule, one.threshold) for one in verdict.reasons]
    choices = {one.name: one for one in presets.preset("fineweb-2").choices}
    finnish = choices["repetition"].for_language("fin_Latn")
    assert vars(finnish)["max_duplicate_5_ratio"] == 0.153  # configs/fin_Latn.yml
    assert vars(finnish)["max_top_2_ratio"] == 0.253
    lines = choices["lines"].for_language("fin_Latn")
    assert (vars(lines)["min_finished_ratio"], vars(lines)["max_feeds_per_word"]) == (0.114, 0.161)


def test_common_pile_asks_for_a_catalogue(tmp_path: Path) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text('extends = "common-pile"\n[[sources]]\nname = "a"\npath = "a.jsonl"\n', "utf-8")
    with pytest.raises(RecipeError, match=r"\[catalogue\] needs a value for 'path'"):
        load(str(recipe))
