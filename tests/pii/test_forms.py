"""The bars by kind on forms that were drawn anew and on lines written by hand, and what must never be found."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from random import Random

import pyarrow as pa
import pytest

from benchmarks.labelled import card, forms, hand
from filters.pii.detect import detect
from filters.pii.spans import DEFAULT

_SEED = 41
_PRECISION, _RECALL = 0.95, 0.85
_LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "spa_Latn", "rus_Cyrl", "zho_Hans", "und_Zzzz", "nob_Latn")


def groups(documents: Sequence[card.Document]) -> dict[str, card.Score]:
    """By what stands in `id` before the scheme of an identifier."""
    labelled: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for one in card.judge(documents):
        group = "NATIONAL_ID" if one.document.id.startswith("NATIONAL_ID") else one.document.id
        labelled[group] += len(one.document.spans)
        found[group] += len(one.document.spans) - len(one.missed)
        wrong[group] += len(one.wrong)
    return {g: card.Score(labelled=labelled[g], found=found[g], wrong=wrong[g]) for g in labelled}


@cache
def drawn() -> dict[str, card.Score]:
    random = Random(_SEED)
    made = [*forms.telephones(random, 15), *forms.cards(random, 150), *forms.identifiers(random, 2)]
    return groups(made)


@pytest.mark.parametrize(
    "group", ["PHONE, beside a word", "PHONE, in a closed form", "CREDIT_CARD, beside a word", "NATIONAL_ID"]
)
def test_drawn_forms_are_found_as_well_as_promised(group: str) -> None:
    score = drawn()[group]
    assert score.labelled >= 150
    assert score.precision >= _PRECISION
    assert score.recall >= _RECALL


def test_bare_national_numbers_are_left_rather_than_guessed() -> None:
    score = drawn()["PHONE, bare"]
    assert score.labelled >= 30
    assert score.wrong <= 2


@cache
def judged() -> list[card.Judged]:
    return card.judge(hand.load())


def test_lines_by_hand_are_found_as_well_as_promised_in_each_kind() -> None:
    scores = card.of_kinds(card.scores(judged()))
    assert {"PHONE", "NATIONAL_ID", "HANDLE", "PROFILE", "KEY", "EMAIL", "IBAN"} <= scores.keys()
    for kind in scores.keys() & set(DEFAULT):  # of optional kinds no line has any
        score = scores[kind]
        assert score.labelled >= 8, kind
        assert score.precision >= _PRECISION, kind
        assert score.recall >= _RECALL, kind


def test_lines_by_hand_that_hold_nobody_are_left() -> None:
    negatives = [one for one in judged() if one.document.negative]
    assert len(negatives) >= 150
    assert sum(bool(one.wrong) for one in negatives) <= len(negatives) * 0.02


@pytest.mark.parametrize("name", sorted(forms.NEGATIVES))
def test_none_of_ten_thousand_is_personal(name: str) -> None:
    random = Random(_SEED)
    texts = [forms.NEGATIVES[name](random) for _ in range(10_000)]
    found = detect(pa.array(texts), [_LANGUAGES[i % len(_LANGUAGES)] for i in range(len(texts))], DEFAULT)
    assert [(texts[row], spans[0].detector) for row, spans in found.items()] == []
