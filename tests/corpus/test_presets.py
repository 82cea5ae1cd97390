"""Presets destroy no language: what they drop of clean text is on a page, and bounded; roots tells text from junk."""

from collections.abc import Iterable

import pytest

from benchmarks import presets, unnatural
from corpus.judging import matrix, strings
from corpus.judging.matrix import Cell
from tests.conftest import ROOT

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
    ],
)
def test_no_language_is_destroyed(name: str, declared: bool, most: float, least_languages: int) -> None:
    found = matrix.dropped(presets.presets()[name], CLEAN, declared=declared)
    assert len(found) >= least_languages
    lost = {language: (round(cell.share, 2), dict(cell.rules)) for language, cell in found.items() if cell.share > most}
    assert {language: why for language, why in lost.items() if declared or language not in OTHER_SCRIPT} == {}


@pytest.mark.parametrize("name", ["gopher", "fineweb", "c4", "roots"])
def test_source_code_is_not_judged_as_prose(name: str) -> None:
    found = matrix.dropped(presets.presets()[name], presets.code(), declared=True)
    assert len(found) == 13
    assert share(found.values()) <= 0.1, found


def test_the_stack_judges_source_code_alone() -> None:
    preset = matrix.preset(ROOT / "recipes" / "the-stack.toml")
    found = matrix.dropped(preset, presets.code(), declared=True)
    assert len(found) == 13
    assert share(found.values()) <= 0.1, found
    assert share(matrix.dropped(preset, CLEAN, declared=True).values()) == 0
    minified, brackets, prose = "a1=b2+" * 400, "\n".join(["{}()[];;" * 5] * 9), "x" * 2000
    for text, language, rules in (
        (minified, "code_JavaScript", ["lines.long_mean", "lines.long"]),
        (brackets, "code_C", ["symbols.few_alnum"]),
        (prose, "eng_Latn", []),
    ):
        [verdict] = strings.judge([text], "the-stack", language=language)
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
