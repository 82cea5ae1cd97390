"""Languages and sources that a recipe speaks of: tags become ids everywhere, and what is none is refused."""

from pathlib import Path
from typing import Any

import pytest

from corpus.errors import RecipeError
from corpus.planning import recipe
from corpus.stages.recipe import Recipe
from filters import language_keys, languages

SOURCE = '[[sources]]\nname = "hub"\npath = "a.jsonl"\n'


def load(folder: Path, text: str) -> Recipe:
    path = folder / "r.toml"
    path.write_text(text, "utf-8")
    return recipe.load(str(path))


def choice(read: Recipe, name: str) -> Any:
    return next(one for one in read.choices if one.name == name)


def test_tags_are_ids_wherever_a_recipe_names_a_language(tmp_path: Path) -> None:
    read = load(
        tmp_path,
        SOURCE
        + "[[filters]]\nuse = 'language'\nkeep_labels = ['en', 'zh', 'pt-BR', 'code_*']\n"
        + "[[filters]]\nuse = 'length'\nby_language.en = { min_words = 3 }\nby_language.zh = { min_words = 1 }\n"
        + "by_language.zh-Hant = { max_words = 9 }\n"
        + "[[filters]]\nuse = 'perplexity'\nmodels.de = { path = 'm', sha256 = '00' }\n"
        + "[[clean]]\nmax_word_chars = { de = 40 }\n"
        + "[[pii.rules]]\naction = 'keep'\nlanguages = ['arb', 'fr_*']\n"
        + "[code]\nlanguages = ['python', 'code_C']\n"
        + "[mixture]\nweights = { '*:zh|ja' = 0.5, '*' = 0.5 }\n"
        + "[splits]\nby_language.nb = { valid = 0.1 }\n"
        + "[fertility]\nreference = 'fr'\n",
    )
    kept = choice(read, "language").base.keep_labels
    assert kept[:5] == ("eng_Latn", "zho_Hans", "zho_Hant", "zho_Hani", "por_Latn")
    assert "code_Python" in kept
    assert choice(read, "length").by_language == {
        "eng_Latn": {"min_words": 3},
        "zho_Hans": {"min_words": 1},
        "zho_Hani": {"min_words": 1},
        "zho_Hant": {"min_words": 1, "max_words": 9},
    }
    assert list(choice(read, "perplexity").base.models) == ["deu_Latn"]
    assert dict(read.clean[0].max_word_chars) == {"deu_Latn": 40}
    assert read.pii.rules[0].languages == ("ara_Arab", "fra_*")
    assert read.code
    assert read.code.languages == ("code_Python", "code_C")
    assert read.mixture
    assert set(read.mixture.weights) == {"*:zho_Hans|zho_Hant|zho_Hani|jpn_Jpan", "*"}
    assert read.splits
    assert set(read.splits.by_language) == {"nob_Latn"}
    assert read.fertility.reference == "fra_Latn"


def test_tag_stands_over_the_id_of_a_recipe_that_is_extended(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(
        "[[filters]]\nuse = 'length'\nby_language.eng_Latn = { min_words = 4, max_words = 40 }\n", "utf-8"
    )
    text = "extends = 'base.toml'\n" + SOURCE + "[[filters]]\nuse = 'length'\nby_language.en = { min_words = 7 }\n"
    english = choice(load(tmp_path, text), "length").for_language("eng_Latn")
    assert (english.min_words, english.max_words) == (7, 40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[filters]]\nuse = 'language'\nkeep_labels = ['english']\n", "did you mean eng_Latn (English)?"),
        ("[[filters]]\nuse = 'language'\nkeep_labels = ['eng_Cyrll']\n", "did you mean eng_Latn (English)?"),
        ("[[filters]]\nuse = 'length'\nby_language.Germann = { min_words = 3 }\n", "did you mean deu_Latn (German)?"),
        ("[[filters]]\nuse = 'length'\nby_language.code_Pyhton = { min_words = 3 }\n", "did you mean code_Python?"),
        ("[[filters]]\nuse = 'length'\nby_language.'foo_*' = { min_words = 3 }\n", "pattern 'foo_*' fits no language"),
        (
            "[[filters]]\nuse = 'length'\nby_language = { en = { min_words = 3 }, eng_Latn = { min_words = 4 } }\n",
            "'en' and 'eng_Latn' are one language (eng_Latn): join the two",
        ),
        ("[[filters]]\nuse = 'length'\nby_source.hubb = { min_words = 3 }\n", "fits no source; did you mean 'hub'?"),
        ("[[filters]]\nuse = 'perplexity'\nmodels.xx = { path = 'm', sha256 = '0' }\n", "'xx' is no language"),
        ("[[clean]]\nmax_word_chars = { xx = 40 }\n", "'xx' is no language"),
        ("[[clean]]\nsources = ['hubb']\n", "[clean] sources 'hubb' fits no source; did you mean 'hub'?"),
        ("[[lines]]\nrule = 'drop-all'\nsources = ['hubb*']\n", "[lines] sources 'hubb*' fits no source"),
        ("[passages]\nsources = ['web']\n", "[passages] sources 'web' fits no source; known: hub"),
        ("[[pii.rules]]\naction = 'keep'\nlanguages = ['xx']\n", "'xx' is no language"),
        ("[code]\nlanguages = ['xx']\n", "'xx' is no language"),
        ("[code]\nsources = ['hubb']\n", "[code] sources 'hubb' fits no source"),
        ("[mixture]\nweights = { 'hub:xx' = 1.0 }\n", "'xx' is no language"),
        ("[mixture]\nepochs = { 'hub:en' = 1.0, 'hub:eng' = 1.0, '*' = 1.0 }\n", "'hub:en' and 'hub:eng' are one key"),
        ("[splits]\nby_language.xx = { valid = 0.1 }\n", "'xx' is no language"),
        ("[fertility]\nreference = 'xx'\n", "'xx' is no language"),
        ("[fertility]\nreference = 'fra_*'\n", "'fra_*' is a pattern: name one language"),
        ("[dedup]\nprefer_sources = ['hubb']\n", "did you mean 'hub'?"),
    ],
)
def test_what_is_no_language_and_no_source_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load(tmp_path, SOURCE + text)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_source_that_declares_what_is_no_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="'klingonn' is no language; did you mean tlh_Zzzz"):
        load(tmp_path, SOURCE + "language = 'klingonn'\n")


def test_script_that_is_said_stands_over_the_language(tmp_path: Path) -> None:
    assert language_keys.keyed({"sr_Latn": 1, "sr": 2}, "") == {"srp_Cyrl": 2, "srp_Latn": 1}


@pytest.mark.parametrize("tag", ["en-Thai", "eng_Thai", "nob_Cyrl"])
def test_script_that_a_language_is_not_written_in_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match=r"is not known to be written in \w+; take (eng|nob)_Latn"):
        language_keys.ids(tag)
    assert languages.language_id(tag) is None


@pytest.mark.parametrize("tag", ["ru-Latn", "ms-Arab", "ro-Cyrl", "und-Thai", "ojb_Cans", "zh-Latn", "pi-Thai"])
def test_script_that_a_language_is_written_in_is_taken(tag: str) -> None:
    assert language_keys.ids(tag) == (languages.language_id(tag),)
