"""Krippendorff's alpha against a twin that goes over pairs, and against the package of that name where it is there."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.annotation.schemes import QUALITY
from corpus.annotation.scoring.agreement import agreements, alpha
from tests.corpus.annotation.made import judgment

_TEXTS = st.lists(st.lists(st.sampled_from(["CC", "CB", "NL", "WL"]), max_size=4), max_size=12)


def _twin(texts: list[list[str]]) -> float | None:
    """From its definition: disagreement of pairs within texts over that of pairs of all codes that can be paired."""
    paired = [codes for codes in texts if len(codes) > 1]
    every = [code for codes in paired for code in codes]
    if len(set(every)) < 2:
        return None
    within = sum(
        sum(one != other for one, other in permutations(codes, 2)) / (len(codes) - 1) for codes in paired
    ) / len(every)
    across = sum(one != other for one, other in permutations(every, 2)) / (len(every) * (len(every) - 1))
    return 1 - within / across


@given(_TEXTS)
def test_alpha_is_that_of_its_definition(texts: list[list[str]]) -> None:
    found, twin = alpha(texts), _twin(texts)
    assert (found is None) == (twin is None)
    if found is not None:
        assert found == pytest.approx(twin, abs=1e-12)


@given(_TEXTS)
def test_alpha_is_that_of_the_package_krippendorff(texts: list[list[str]]) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    twin = _twin(texts)
    if twin is None:
        return
    codes = ["CC", "CB", "NL", "WL"]
    table = np.full((4, len(texts)), np.nan)
    for column, own in enumerate(texts):
        table[: len(own), column] = [codes.index(code) for code in own]
    assert alpha(texts) == pytest.approx(
        krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"), abs=1e-9
    )


def test_full_agreement_is_one_and_agreement_of_one_code_alone_says_nothing() -> None:
    assert alpha([["CC", "CC"], ["NL", "NL", "NL"]]) == 1.0
    assert alpha([["CC", "CC"], ["CC", "CC"]]) is None
    assert alpha([["CC"], ["NL"]]) is None


def test_agreement_is_told_of_fields_pairs_and_languages_that_were_judged_twice() -> None:
    judgments = [
        *(judgment(name, "anna", code) for name, code in (("1", "CC"), ("2", "CB"), ("3", "NL"))),
        *(judgment(name, "ben", code) for name, code in (("1", "CB"), ("2", "CB"), ("3", "NL"))),
        judgment("4", "cleo", "CC", "fra_Latn"),
    ]
    found = {one.what: (one.items, one.alpha) for one in agreements(QUALITY, judgments)}
    assert set(found) == {"code", "offensive", "pornographic", "acceptable", "code: anna, ben", "code: deu_Latn"}
    assert found["acceptable"] == (3, 1.0)
    assert found["code"][1] == pytest.approx(_twin([["CC", "CB"], ["CB", "CB"], ["NL", "NL"]]))
    assert found["offensive"] == (3, None)
    assert agreements(QUALITY, judgments[:3]) == []
