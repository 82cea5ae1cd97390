"""Which cases a recipe is tried on: the same every time, and none for what the recipe does not ask for."""

import importlib.machinery
import importlib.util
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from corpus.canaries import make, personal
from corpus.canaries.case import Case
from corpus.canaries.items import FORMS
from corpus.canaries.recipe_table import Canaries
from corpus.canaries.request import Original, Tried
from corpus.contamination.items import Item
from corpus.duplicates.passages import Passages
from corpus.texts.pii_policy import Policy, Rule
from corpus.texts.repeated_lines import LineRule

ROOT = Path(__file__).parents[3]
WHOLE = Tried(
    table=Canaries(cases=4),
    seed=1,
    ngram=5,
    threshold=0.8,
    sources=("web", "code"),
    rules={"length": ("few_words",), "language": ("uncertain",)},
    keep_labels=(),
    modelled=(),
    domains=(),
    words=(),
    suites=10,
    code=("code_*",),
    lines=(LineRule(rule="keep-none-above", max_documents=9, max_words=5), LineRule(rule="keep-first")),
    passages=Passages(),
    pii=Policy(),
)
QUESTION = "Which of the {} old bridges over the long canal was shut again?"
ITEMS = [Item(suite="s", task="t", id=str(number), question=QUESTION.format(number)) for number in range(40)]


def kinds(cases: list[Case], stage: str) -> Counter[str]:
    return Counter(check.kind for case in cases for check in case.checks if check.stage == stage)


def test_same_seed_gives_the_same_cases_and_another_others() -> None:
    assert make.cases(WHOLE, [], ITEMS) == make.cases(WHOLE, [], ITEMS)
    assert make.cases(WHOLE, [], ITEMS) != make.cases(replace(WHOLE, seed=2), [], ITEMS)


def test_names_are_unlike_and_sources_are_the_recipes() -> None:
    found = make.cases(WHOLE, [], ITEMS)
    assert len({case.name for case in found}) == len(found)
    assert {case.source for case in found} == set(WHOLE.sources)


def test_every_kind_has_its_cases() -> None:
    found = make.cases(WHOLE, [], ITEMS)
    assert kinds(found, "decide") == {"clean text": 4, "too short": 4, "no language": 4}
    assert kinds(found, "contamination") == {**dict.fromkeys(FORMS, 4), "text without items": 4}
    dedup = ["Jaccard 0.9", "Jaccard 0.8", "Jaccard 0.7", "Jaccard 0.5", "other case and blanks"]
    assert kinds(found, "dedup") == dict.fromkeys(dedup, 4)
    assert kinds(found, "code") == {"functions of another file": 4}
    assert kinds(found, "passages") == {"passage of another document": 4, "text of one document": 4}
    lines = kinds(found, "lines")
    assert lines["template line (keep-none-above)"] == 10  # one more than may have it
    assert lines["template line (keep-first)"] == 4
    release = kinds(found, "release")
    assert release.keys() == {*Policy().kinds, "what only looks like personal data"}
    assert min(release.values()) >= 4


def test_models_and_lists_of_addresses_have_their_cases() -> None:
    more = replace(
        WHOLE, modelled=("deu_Latn", "zho_Hans"), domains=("Bad.example", "worse.test"), words=("free money",)
    )
    found = make.cases(more, [], ITEMS)
    own = kinds(found, "decide") - kinds(make.cases(WHOLE, [], ITEMS), "decide")
    assert own == {
        "letters in no order": 4,
        "listed domain": 4,
        "domain that ends as a listed one": 4,
        "listed words in the address": 4,
    }
    assert {case.language for case in found if "letters in no order" in case.name} == {"deu_Latn"}
    urls = {case.url for case in found if case.url}
    assert len(urls) == 12
    assert {"https://canary.Bad.example/page/0", "https://xworse.test/page/1"} < urls
    assert "https://canary.example/free-money/2" in urls


def test_recipe_that_asks_for_less_is_tried_on_less() -> None:
    less = replace(WHOLE, rules={}, suites=0, code=None, lines=(), passages=None, pii=Policy(action="flag"))
    stages = {check.stage for case in make.cases(less, [], []) for check in case.checks}
    assert stages == {"ingest", "signals.language", "decide", "dedup", "release"}
    assert kinds(make.cases(less, [], []), "release").keys() == {"what only looks like personal data"}


def test_languages_that_are_not_kept_are_to_go_and_no_text_of_another_stage_is_in_one() -> None:
    found = make.cases(replace(WHOLE, keep_labels=("deu_Latn", "fra_Latn")), [], ITEMS)
    assert kinds(found, "decide")["another language"] == 4
    own = {
        case.name.split("/")[1] for case in found if case.name.startswith("release/") and "negative" not in case.name
    }
    assert own == {"deu_Latn", "fra_Latn"}


@pytest.mark.parametrize(("threshold", "goes"), [(0.6, {0.9, 0.8, 0.7}), (0.8, {0.9, 0.8}), (0.95, {0.9})])
def test_what_is_a_copy_follows_the_recipe_but_for_what_is_one_for_all(threshold: float, goes: set[float]) -> None:
    found = make.cases(replace(WHOLE, threshold=threshold), [], [])
    wanted = {check.kind for case in found for check in case.checks if check.stage == "dedup" and check.wanted}
    assert wanted == {f"Jaccard {one}" for one in goes} | {"other case and blanks"}


def test_copies_are_of_the_corpus_where_it_has_documents() -> None:
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]
    texts = [" ".join(Random(n).sample(words, len(words))) for n in range(40)]
    originals = [Original(text=text, language="eng_Latn", source="code") for text in texts]
    found = [case for case in make.cases(WHOLE, originals, []) if case.name.startswith("dedup/")]
    assert {(case.language, case.source) for case in found} == {("eng_Latn", "code")}
    assert Counter(case.planted for case in found) == {True: 20, False: 20}


def test_documents_whose_heads_are_alike_are_not_copied_twice() -> None:
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]
    heads = [Original(text=" ".join(words), language="eng_Latn", source="code") for _ in range(40)]
    found = [case for case in make.cases(WHOLE, heads, []) if case.name.startswith("dedup/") and not case.planted]
    assert sum(case.text.startswith(words[0]) for case in found) == 1


def test_kind_that_is_replaced_in_some_countries_only_is_not_tried() -> None:
    german = Rule(action="keep", kinds=("PHONE",), countries=("DE",))
    policy = Policy(rules=(german, Rule(action="keep", kinds=("KEY",))))
    found = kinds([*personal.cases(Random(1), replace(WHOLE, pii=policy))], "release")
    assert "EMAIL" in found
    assert not {"PHONE", "KEY"} & found.keys()


def test_text_of_canaries_is_that_of_the_labelled_set() -> None:
    path = ROOT / "scripts" / "make_canary_texts"
    loader = importlib.machinery.SourceFileLoader("make_canary_texts", str(path))
    spec = importlib.util.spec_from_loader("make_canary_texts", loader)
    assert spec
    script = importlib.util.module_from_spec(spec)
    loader.exec_module(script)
    assert script.packed() == script.TARGET.read_bytes(), "run scripts/make_canary_texts"
