"""What the check of each identifier proves is measured, and decides which words the identifier needs."""

from random import Random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.labelled.forms import filled
from filters.pii import national
from filters.pii.detect import detect
from filters.pii.identifiers import CHECKS
from filters.pii.schemes import SCHEMES

_DRAWS = 6_000


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_share_of_random_strings_that_a_check_accepts_is_what_the_scheme_says(name: str) -> None:
    random = Random(name)
    accepted = sum(national.check(name)(filled(random, SCHEMES[name].form)) for _ in range(_DRAWS)) / _DRAWS
    said = SCHEMES[name].accepts
    # Four standard deviations of what is counted here and of the 20,000 draws that the table was made from.
    slack = 4 * (said * (1 - said) * (1 / _DRAWS + 1 / 20_000)) ** 0.5 + 0.002
    assert abs(accepted - said) <= slack


@pytest.mark.parametrize("name", sorted(n for n, s in SCHEMES.items() if s.accepts >= 0.3))
def test_scheme_without_a_check_is_named_by_no_general_word(name: str) -> None:
    country = name[:2].upper()
    assert name not in national._OF_COUNTRY[country]
    random = Random(name)
    texts = [f"the product with id number {filled(random, SCHEMES[name].form)}" for _ in range(50)]
    wrong = [spans for spans in detect(pa.array(texts), ["eng_Latn"] * 50).values() if spans[0].detector.endswith(name)]
    assert wrong == []


@given(st.sampled_from(sorted(SCHEMES)), st.text("0123456789ABXK -./", min_size=6, max_size=24))
def test_no_check_raises(name: str, number: str) -> None:
    national.check(name)(number)


def test_hole_in_a_table_of_places_is_no_identifier() -> None:
    """cn.ric looks the place of birth up in a table that lacks some counties, and raised KeyError."""
    random = Random(5)
    for _ in range(3_000):
        assert national.check("cn.ric")("".join(str(random.randrange(10)) for _ in range(18))) in (True, False)


# Examples that the issuers or Wikipedia's pages on the numbers print, and the same with another last character.
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("gb.nino", "JG 10 37 59 A", "BG 10 37 59 A"),
        ("ru.snils", "112-233-445 95", "112-233-445 96"),
        ("ir.melli", "0499370899", "0499370898"),
        ("tw.id", "A123456789", "A123456788"),
        ("hk.hkid", "A123456(3)", "A123456(4)"),
        ("sg.nric", "S1234567D", "S1234567E"),
        ("br.pis", "120.12345.67-2", "120.12345.67-3"),
        ("sa.id", "1058529940", "1058529941"),
        ("kz.iin", "880320350018", "881320350018"),
        ("eg.nid", "29001011234567", "29013011234567"),
        ("vn.cccd", "001099012345", "099099012345"),
        ("lk.nic", "853400937V", "859000937V"),
        ("uy.ci", "1.234.567-2", "1.234.567-3"),
        ("mx.nss", "12345678903", "12345678904"),
        ("ae.eid", "784-1986-6534095-0", "784-1986-6534095-1"),
    ],
)
def test_own_check_knows_right_from_wrong(name: str, right: str, wrong: str) -> None:
    assert CHECKS[name](right)
    assert not CHECKS[name](wrong)
    assert not CHECKS[name]("")
