"""A recipe is refused with one line that says what and what to do; a good one is read into what it says."""

from pathlib import Path
from typing import Any

import pytest

from corpus.errors import RecipeError
from corpus.planning import plan, recipe
from corpus.stages.recipe import Recipe
from filters import Filter

SOURCE = '[[sources]]\nname = "a"\npath = "a.jsonl"\n'


def own(found: Filter) -> Any:
    """A filter with the thresholds that it alone has."""
    return found


def load(folder: Path, text: str) -> Recipe:
    path = folder / "r.toml"
    path.write_text(text, "utf-8")
    return recipe.load(str(path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no [[sources]]"),
        ("[[sources]\n", "not valid TOML"),
        (SOURCE + "colour = 1\n", "unknown key 'colour' at [sources.1]; known:"),
        ("colour = 1\n" + SOURCE, "unknown key 'colour' at the top level; known:"),
        ("seed = '1'\n" + SOURCE, "seed must be int, not '1'"),
        ("[[sources]]\nname = 'a'\n", "[sources.1] needs a value for 'path'"),
        (SOURCE + "format = 'docx'\n", "format"),
        (SOURCE + SOURCE, "two sources are named 'a'"),
        ("[[sources]]\nname = ''\npath = 'x'\n", "[sources.1] name: "),
        ("[[sources]]\nname = ' \u3000'\npath = 'x'\n", "[sources.1] name ' \\u3000' is blank: give the source a name"),
        ('[[sources]]\nname = "a\\tb"\npath = "x"\n', r"[sources.1] name 'a\tb' holds '\t': name it without control"),
        ('[[sources]]\nname = "a\\n"\npath = "x"\n', r"[sources.1] name 'a\n' holds '\n': name it without control"),
        ('[[sources]]\nname = "a\\u2028b"\npath = "x"\n', r"holds '\u2028': name it without control characters"),
        (SOURCE + "[[filters]]\nuse = 'lenght'\n", "unknown filter 'lenght'; did you mean 'length'?; known:"),
        (SOURCE + "[[filters]]\nmin_words = 3\n", 'needs use = "<filter>"'),
        (SOURCE + "[[filters]]\nuse = 'length'\nmin_words = '7'\n", "min_words"),
        (SOURCE + "[[filters]]\nuse = 'length'\nmin_words = true\n", "min_words"),
        (SOURCE + "[[filters]]\nuse = 'symbols'\nmax_digit_ratio = 1.5\n", "max_digit_ratio"),
        (SOURCE + "[[filters]]\nuse = 'length'\nwords = 3\n", "unknown key 'words' at [length]; did you mean "),
        (SOURCE + "[[filters]]\nuse = 'length'\n[[filters]]\nuse = 'length'\n", "used twice"),
        (
            SOURCE + "[[filters]]\nuse = 'repetition'\nby_language.eng_Latn = { word_ngram = 3 }\n",
            "cannot differ by language",
        ),
        (SOURCE + "[[filters]]\nuse = 'length'\nby_source.a = { words = 3 }\n", "cannot differ by source"),
        (SOURCE + "[[filters]]\nuse = 'length'\nby_language = 3\n", "by_language must hold tables"),
        (SOURCE + "[[filters]]\nuse = 'length'\nby_script.thai = { min_words = 1 }\n", "by_script names 'thai'"),
        (SOURCE + "[decide]\nallow_vanish = ['wbee']\n", "'wbee', which is no source and no language id"),
        (SOURCE + "[[filters]]\nuse = 'length'\nby_source.a = { min_words = 'x' }\n", "[length.by_source.a] min_words"),
        (SOURCE + "[dedup]\nprefer_sources = ['b']\n", "which is no source; known: a"),
        (SOURCE + "[dedup]\nbands = 30\nrows = 6\n", "raise permutations or lower bands"),
        (SOURCE + "[dedup]\nrows = 20\n", "find a pair of similarity 0.8 with probability 0.998: raise permutations"),
        (SOURCE + "[dedup]\nrecall = 1.0\n", "recall"),
        (SOURCE + "[dedup]\nallow_vanish = ['b']\n", "allow_vanish names 'b', which is no source; known: a"),
        (SOURCE + "[dedup]\nmax_loss_share = 1.5\n", "max_loss_share"),
        (SOURCE + "[dedup]\nthreshold = 0.0\n", "threshold"),
        (SOURCE + "[dedup]\nurl = 'first'\n", "[dedup] url"),
        (SOURCE + "[dedup]\nprefer = ['wrods']\n", "[dedup] prefer: unknown filter 'wrods'"),
        (SOURCE + "[dedup]\nprefer = ['-perplexity']\n", "add [[filters]] use = 'perplexity'"),
        (SOURCE + "[dedup]\nprefer = ['-licence']\n", "ordered by prefer_licences"),
        (SOURCE + "[code]\ncontainment = 1.5\n", "[code] containment"),
        (SOURCE + "[code]\n[[filters]]\nuse = 'code'\nsources = ['a']\n", "take sources out of the filter's table"),
        (SOURCE + "[pii]\nkinds = ['SHOE_SIZE']\n", "unknown kind 'SHOE_SIZE'; known:"),
        (SOURCE + "[pii]\nplaceholder = 'x'\n", "placeholder must hold {kind}"),
        (SOURCE + "[tokenizer]\nvocab_size = 65510\n", "vocab_size"),
        (SOURCE + "[tokenizer]\nvocab_size = 259\nreserved = ['<|a|>', '<|b|>']\n", "special tokens alone are 260"),
        (SOURCE + "[tokenizer]\nreserved = ['<|padding|>']\n", "reserved name '<|padding|>' is there twice"),
        (SOURCE + "[tokenizer]\npreset = 'gpt5'\n", "[tokenizer] preset"),
        (SOURCE + "[tokenizer]\ncode_share = 1.5\n", "[tokenizer] code_share"),
        (SOURCE + "[ingest]\nmax_reject_share = 2\n", "max_reject_share"),
        (
            SOURCE + "[[filters]]\nuse = 'length'\nmin_words = 9\nmax_words = 3\n",
            "min_words is 9 and max_words 3: nothing",
        ),
        (
            SOURCE + "[[filters]]\nuse = 'length'\nby_language.de = { max_words = 3 }\n",
            "[length.by_language.deu_Latn] min_words is 10 and max_words 3: nothing stays",
        ),
        (SOURCE + "language = 'en'\n[mixture]\nweights = { 'a:de' = 1 }\n", "not of: 'a' is eng_Latn"),
    ],
)
def test_recipe_with_a_mistake_is_refused_in_one_line(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load(tmp_path, text)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "r.toml" in str(caught.value)


def test_recipe_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot read the recipe"):
        recipe.load(str(tmp_path / "none.toml"))


def test_override_of_a_language_falls_back_to_pattern_then_base(tmp_path: Path) -> None:
    text = SOURCE + (
        "[[filters]]\nuse = 'length'\nmin_words = 5\n"
        "by_language.'code_*' = { min_words = 2 }\nby_language.code_Go = { max_words = 9 }\n"
    )
    choice = next(c for c in load(tmp_path, text).choices if c.name == "length")
    assert own(choice.for_language("eng_Latn")).min_words == 5
    assert own(choice.for_language("code_C")).min_words == 2
    assert (own(choice.for_language("code_Go")).min_words, own(choice.for_language("code_Go")).max_words) == (2, 9)


def test_thresholds_of_a_script_stand_under_those_of_the_language(tmp_path: Path) -> None:
    text = SOURCE + (
        "[[filters]]\nuse = 'length'\nmin_words = 5\nmax_words = 90\nby_language.tha_Thai = { max_words = 9 }\n"
        "by_script.unspaced = { min_words = 30, max_words = 'off' }\nby_script.Jpan = { min_words = 40 }\n"
        "by_language.'*_Han?' = { max_words = 8 }\nby_source.a = { max_words = 7 }\n"
    )
    choice = next(c for c in load(tmp_path, text).choices if c.name == "length")
    for language, expected in (
        ("eng_Latn", (5, 90)),
        ("code_Go", (5, 90)),
        ("khm_Khmr", (30, None)),
        ("und_Khmr", (30, None)),
        ("jpn_Jpan", (40, None)),
        ("tha_Thai", (30, 9)),
        ("zho_Hant", (30, 8)),
    ):
        found = own(choice.for_language(language))
        assert (found.min_words, found.max_words) == expected, language
    assert own(choice.for_document("khm_Khmr", "a")).max_words == 7


def test_filter_stands_after_the_filters_that_it_reads(tmp_path: Path) -> None:
    names = [c.name for c in load(tmp_path, SOURCE + "[[filters]]\nuse = 'stopwords'\n").choices]
    assert names.index("language") < names.index("stopwords")
    assert {"language", "length", "content", "minhash"} <= set(names)


def test_filter_that_is_only_needed_judges_nothing(tmp_path: Path) -> None:
    read = load(tmp_path, SOURCE + "[[filters]]\nuse = 'stopwords'\n")
    assert [c.name for c in read.judged] == ["stopwords"]


def test_recipe_extends_another_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "base.toml").write_text(
        "seed = 7\n[dedup]\nthreshold = 0.7\nbands = 9\nrows = 2\n"
        "[[filters]]\nuse = 'length'\nmin_words = 5\nmax_words = 50\n"
        "by_language.fra_Latn = { min_words = 4, max_words = 40 }\n[[filters]]\nuse = 'symbols'\n",
        "utf-8",
    )
    text = (
        "extends = 'presets/base.toml'\n[dedup]\nbands = 3\n"
        "[[filters]]\nuse = 'url'\n[[filters]]\nuse = 'length'\nmin_words = 8\nmax_chars = 1\n"
        "by_language.fra_Latn = { min_words = 'off' }\nby_language.deu_Latn = { max_words = 20 }\n" + SOURCE
    )
    read = load(tmp_path, text)
    length = next(c for c in read.choices if c.name == "length")
    assert (read.seed, read.dedup.threshold, read.dedup.bands) == (7, 0.7, 3)
    assert [c.name for c in read.judged] == ["length", "symbols", "url"]
    assert (own(length.base).min_words, own(length.base).max_words, own(length.base).max_chars) == (8, 50, 1)
    french = own(length.for_language("fra_Latn"))
    assert (french.min_words, french.max_words) == (None, 40)
    assert (own(length.for_language("deu_Latn")).min_words, own(length.for_language("deu_Latn")).max_words) == (8, 20)


@pytest.mark.parametrize(
    ("extends", "expected"),
    [
        ("'r.toml'", "which extends it in turn"),
        ("'b.toml'", "which extends it in turn"),
        ("'none.toml'", "extends .*none.toml, which cannot be read"),
        ("3", "extends must be the path of a recipe, not 3"),
    ],
)
def test_recipe_that_cannot_be_extended_is_named(tmp_path: Path, extends: str, expected: str) -> None:
    (tmp_path / "b.toml").write_text("extends = 'r.toml'\n", "utf-8")
    with pytest.raises(RecipeError, match=expected):
        load(tmp_path, f"extends = {extends}\n" + SOURCE)


@pytest.mark.parametrize("preset", ["roots", "gopher", "c4", "fineweb"])
def test_presets_are_recipes_once_they_have_a_source(tmp_path: Path, preset: str) -> None:
    path = Path(__file__).parents[2] / "recipes" / f"{preset}.toml"
    read = load(tmp_path, f"extends = '{path}'\n" + SOURCE)
    assert read.judged
    with pytest.raises(RecipeError, match=r"no \[\[sources\]\]"):
        recipe.load(str(path))


def test_roots_preset_has_the_rows_of_its_languages(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "recipes" / "roots.toml"
    choices = {c.name: c for c in load(tmp_path, f"extends = '{path}'\n" + SOURCE).choices}
    english, chinese = "eng_Latn", "zho_Hans"
    assert own(choices["length"].for_language(english)).min_words == 20
    assert own(choices["repetition"].for_language("por_Latn")).max_char_ratio == 0.25
    assert own(choices["repetition"].for_language("tha_Thai")).max_word_ratio == 0.96
    assert own(choices["stopwords"].for_language(english)).min_ratio == 0.14
    assert own(choices["stopwords"].for_language("und_Latn")).min_ratio is None
    assert own(choices["flagged"].for_language("por_Latn")).max_ratio == 0.007
    assert own(choices["language"].for_language("ben_Beng")).max_disagrees == 0
    assert own(choices["language"].for_language("yor_Latn")).max_disagrees is None  # lid.176 has not got it
    assert own(choices["length"].for_language(chinese)).max_words == 1_000_000
    assert own(choices["length"].for_language("swh_Latn")).min_words == 10


def test_source_sets_thresholds_over_those_of_the_language(tmp_path: Path) -> None:
    wikis = "".join(f"[[sources]]\nname = '{name}'\npath = 'a.jsonl'\n" for name in ("wiki_en", "wiki_fr"))
    text = (
        SOURCE
        + wikis
        + (
            "[[filters]]\nuse = 'length'\nmin_words = 5\nmax_words = 90\nby_language.code_Go = { max_words = 9 }\n"
            "by_source.'wiki_*' = { min_words = 3 }\nby_source.wiki_fr = { min_words = 'off' }\n"
        )
    )
    choice = next(c for c in load(tmp_path, text).choices if c.name == "length")
    thresholds = {
        pair: (own(choice.for_document(*pair)).min_words, own(choice.for_document(*pair)).max_words)
        for pair in (("code_Go", "a"), ("code_Go", "wiki_en"), ("eng_Latn", "wiki_fr"))
    }
    assert thresholds == {("code_Go", "a"): (5, 9), ("code_Go", "wiki_en"): (3, 9), ("eng_Latn", "wiki_fr"): (None, 90)}


@pytest.mark.parametrize(
    ("table", "banding"),
    [
        ("", (21, 6)),
        ("threshold = 0.95\n", (21, 6)),
        ("threshold = 0.7\nrecall = 0.9\n", (19, 6)),
        ("rows = 5\n", (16, 5)),
        ("bands = 12\n", (12, 4)),
        ("bands = 3\nrows = 9\n", (3, 9)),
    ],
)
def test_banding_is_solved_from_threshold_and_recall_unless_it_is_given(
    tmp_path: Path, table: str, banding: tuple[int, int]
) -> None:
    dedup = load(tmp_path, SOURCE + "[dedup]\n" + table).dedup
    assert (dedup.bands, dedup.rows) == banding


def test_code_is_a_stage_only_where_the_recipe_asks_and_thresholds_compare_nothing_again(tmp_path: Path) -> None:
    def marks(table: str) -> dict[str, str]:
        return {s.name: s.fingerprint for s in plan.build(load(tmp_path, SOURCE + table), []).stages.values()}

    without, plain = marks(""), marks("[code]\n")
    assert set(plain) - set(without) == {"code", "signals.code"}
    assert plain["pairs"] == without["pairs"]
    moved = marks("[code]\ncontainment = 0.9\nwords = 0.8\n")
    assert moved["code"] == plain["code"]
    assert moved["dedup"] != plain["dedup"] != without["dedup"]
    fewer = marks("[code]\nmax_documents = 5\n")
    assert fewer["signals.code"] == plain["signals.code"]
    assert fewer["code"] != plain["code"]
    assert marks("[code]\nlanguages = []\nsources = ['a*']\n")["signals.code"] != plain["signals.code"]
    longer = marks("[code]\n[[filters]]\nuse = 'code'\nkgram = 30\n")
    assert longer["signals.code"] != plain["signals.code"]
