"""[mixture] in a recipe: which pairs a key names, and what is refused before anything runs."""

from pathlib import Path

import pytest

from corpus.errors import RecipeError
from corpus.mixture import keys
from corpus.planning import recipe
from corpus.stages.recipe import Recipe
from tests.conftest import write_recipe


@pytest.mark.parametrize(
    ("key", "source", "language", "fits"),
    [
        ("web", "web", "eng_Latn", True),
        ("web", "website", "eng_Latn", False),
        ("news-*", "news-2020", "fra_Latn", True),
        ("*:eng_Latn", "web", "eng_Latn", True),
        ("*:eng_Latn", "web", "fra_Latn", False),
        ("*:yor_Latn|zul_Latn", "web", "zul_Latn", True),
        ("web|books:code_*", "books", "code_Rust", True),
        ("a:b:*", "a:b", "eng_Latn", True),
        ("Wikipedia (en)", "Wikipedia (en)", "eng_Latn", True),
    ],
)
def test_key_names_sources_and_languages(key: str, source: str, language: str, fits: bool) -> None:
    assert keys.fits(key, source, language) is fits


def test_pair_belongs_to_the_key_that_says_most_of_it() -> None:
    known = ["*", "*:eng_Latn", "web", "we*", "web:eng_*", "web:eng_Latn", "*:code_*"]
    for source, language, key in [
        ("books", "deu_Latn", "*"),
        ("books", "eng_Latn", "*:eng_Latn"),
        ("web", "deu_Latn", "web"),
        ("wet", "eng_Latn", "we*"),
        ("web", "eng_Latn", "web:eng_Latn"),
        ("web", "eng_Zzzz", "web:eng_*"),
    ]:
        assert keys.chosen(known, source, language) == key
        assert keys.chosen(reversed(known), source, language) == key
    assert keys.chosen(["web"], "books", "eng_Latn") is None


def read(folder: Path, table: str) -> Recipe:
    path = write_recipe(folder)
    path.write_text(f"{path.read_text('utf-8')}\n[mixture]\n{table}\n", "utf-8")
    return recipe.load(str(path))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("weights = { manuals = 0.7, broken = 0.2 }", r"\[mixture\] weights sum to 0.9, not to 1 within 0.001"),
        ("weights = { manuals = 1.2, broken = -0.2 }", r"weights.broken: Input should be greater than 0, got -0.2"),
        ("weights = { manuals = 1.0, broken = 0 }", "weights.broken: Input should be greater than 0, got 0"),
        (
            "weights = { manual = 0.7, broken = 0.3 }",
            "weights 'manual' fits no source; did you mean 'manuals'\\?; known: broken, manuals",
        ),
        ("weights = { manuals = 1.0 }", "no key of weights fits source 'broken'"),
        ("weights = { manuals = nan }", "weights.manuals"),
        ("epochs = { manuals = 5.0, broken = 1 }", "epochs of 'manuals' are 5, max_epochs is 4"),
        ("epochs = { '*' = 1 }\nalpha = 0.3", "alpha and epochs each say the whole mixture"),
        ("preset = 'pile'", "preset 'pile' has no key for source"),
        ("preset = 'dolma'", "preset: Input should be '', 'pile' or 'roots'"),
        ("tokens = -1", "tokens: Input should be greater than or equal to 0"),
        ("alpha = 1.5", "alpha: Input should be less than or equal to 1"),
        ("max_epochs = 0.5", "max_epochs: Input should be greater than or equal to 1"),
        ("temperature = 2", "unknown key 'temperature'"),
    ],
)
def test_mixture_that_cannot_be_meant_is_refused_when_it_is_read(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message) as raised:
        read(tmp_path, table)
    assert "[mixture]" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_mixture_is_read_and_a_preset_has_the_identity_of_its_table(tmp_path: Path) -> None:
    mixture = read(tmp_path, "weights = { manuals = 0.7, '*:fra_Latn' = 0.1, '*' = 0.2 }").mixture
    assert mixture is not None
    assert mixture.kind == "weights"
    assert [str(rate) for rate in mixture.rates.values()] == ["1/5", "1/10", "7/10"]
    roots = read(tmp_path, "preset = 'roots'").mixture
    assert roots is not None
    written = ", ".join(f"'{key}' = {float(rate)!r}" for key, rate in roots.rates.items())
    same = read(tmp_path, f"weights = {{ {written} }}").mixture
    assert same is not None
    assert same.identity() == roots.identity()
