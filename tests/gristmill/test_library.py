"""What `import gristmill` gives: strings measured and judged, recipes planned and run, releases opened."""

import doctest
from pathlib import Path
from typing import get_type_hints

import pyarrow.dataset as ds
import pytest

import gristmill
from corpus.judging import signals
from corpus.judging.strings import documents, rules_of
from corpus.planning import opening
from filters.batch import Batch
from tests.conftest import ROOT

TEXTS = [
    "The committee met on Tuesday and approved the annual report, which the members had read. " * 4,
    "short",
    "",
    "Der Müller mahlt das Korn, und die Bäuerin bringt es in die Stadt, wo das Brot gebacken wird.\n" * 3,
    "水は低きに流れる。" * 30,
]


def test_examples_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    found = doctest.testfile(str(ROOT / "docs" / "library.md"), module_relative=False, optionflags=options)
    assert found.attempted > 10
    assert found.failed == 0


@pytest.mark.parametrize("preset", gristmill.presets())
def test_verdicts_are_those_of_a_run(preset: str) -> None:
    """What the stages compute, a batch at once, from the same signals."""
    rules = rules_of(preset)
    batch = documents(TEXTS)
    measured: dict[str, object] = {}
    for choice in rules.choices:
        measured[choice.name] = choice.base.measure(Batch(documents=batch, signals=measured))  # type: ignore[arg-type]
    expected = signals.judge([one for one in rules.choices if one.judged], measured, batch, rules.known_from)  # type: ignore[arg-type]
    found = gristmill.judge(TEXTS, preset)
    assert [one.kept for one in found] == expected.column("kept").to_pylist()
    assert [[reason.rule for reason in one.reasons] for one in found] == [
        [reason["rule"] for reason in row["reasons"]] for row in expected.to_pylist()
    ]
    assert found[2].kept == preset.startswith("the-stack")  # an empty text is no source code


def test_a_recipe_judges_by_its_own_thresholds_and_sources(tmp_path: Path) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text(
        'extends = "gopher"\n[[filters]]\nuse = "length"\nmin_words = 2\nby_source.mail = { min_words = 9 }\n', "utf-8"
    )
    for source, expected in (("", []), ("mail", ["length.few_words"])):
        [verdict] = gristmill.judge(["two words of text and the"], recipe, language="eng_Latn", source=source)
        assert [one.rule for one in verdict.reasons if one.rule.startswith("length.few")] == expected


def test_texts_are_measured_in_the_form_that_ingest_gives_them() -> None:
    table = gristmill.measure(["a\u00adb c\r\nd"], ["length"])
    assert table.column("length.chars").to_pylist() == [len("ab c\nd")]
    assert gristmill.measure([], ["length"]).num_rows == 0
    assert gristmill.judge([], "c4") == []


def test_mistakes_are_one_line() -> None:
    said = r"'gofer' is no recipe \(.toml\) and no preset; did you mean 'gopher'\?; presets: c4"
    with pytest.raises(gristmill.RecipeError, match=said):
        gristmill.judge(["a"], "gofer")
    with pytest.raises(gristmill.RecipeError, match="unknown filter 'lenght'"):
        gristmill.measure(["a"], ["lenght"])
    with pytest.raises(gristmill.RecipeError, match="'qqqq' is no language id"):
        gristmill.judge(["a"], "gopher", language="qqqq")
    with pytest.raises(TypeError, match="one string"):
        gristmill.judge("one text", "gopher")


def test_open_gives_every_table_and_output(finished: Path) -> None:
    release = gristmill.open(finished / "out")
    plan = opening.open_plan(str(finished / "tiny.toml"), str(finished / "out"))
    assert set(release.stages) == set(plan.stages)
    for name, dataset in release.items():
        stage, _, table = name.rpartition(".")
        built = plan.finished().stages[stage]
        assert isinstance(dataset, ds.Dataset)
        assert dataset.count_rows() == built.table(table).rows
    assert release["release.corpus"].schema.field("text").type == "string"
    assert Path(release.outputs["tokenizer"], "tokenizer.json").exists()
    assert "release.corpus" in release
    assert release.counts("decide")["kept"] == 243
    with pytest.raises(gristmill.RecipeError, match="no table 'corpus'; there are: ingest.documents"):
        release["corpus"]
    with pytest.raises(gristmill.RecipeError, match="no stage 'grind'; there are: ingest"):
        release.counts("grind")
    with pytest.raises(gristmill.RecipeError, match="no release"):
        gristmill.open(finished)
    assert gristmill.TokenDataset(release.outputs["shards"], sequence_length=64).tokens > 0


def test_plan_of_what_is_there_is_reuse(finished: Path) -> None:
    steps = gristmill.plan(finished / "tiny.toml", root=finished / "out")
    assert {step.state for step in steps} == {"reuse"}
    with pytest.raises(gristmill.RecipeError, match=r"cannot read the recipe"):
        gristmill.plan(finished / "none.toml")


def test_every_public_function_has_types_and_a_docstring() -> None:
    for name in ("judge", "measure", "open", "plan", "run", "preset", "presets", "main"):
        function = getattr(gristmill, name)
        assert function.__doc__, name
        assert "return" in get_type_hints(function), name
