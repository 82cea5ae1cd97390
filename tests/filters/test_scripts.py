"""Scripts of texts equal a naive twin, and no label is in another script than its text."""

from collections import Counter
from importlib.resources import files

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from filters import scripts
from filters.contract import documents, measured
from filters.kernels.scripts import MOST, scripts_of
from filters.language import Filter
from filters.scripts import code_of, letters, table
from tests.filters.conftest import batch_of
from tests.filters.strategies import HOSTILE, TEXTS

_KANA = regex.compile(r"[\p{sc=Hira}\p{sc=Kana}]")
_LETTER = regex.compile(r"[\p{L}\p{M}]")


def twin(text: str) -> list[tuple[str, int]]:
    """Scripts by their letters, most first."""
    codes = letters().codes
    counts = Counter(_script(c) for c in text if _LETTER.match(c))
    counts.pop("", None)
    han = {code: counts.pop(code, 0) for code in ("Hani", "Hans", "Hant", "Jpan")}
    assert set(counts) <= set(codes)
    total, kana = sum(han.values()), han["Jpan"]
    if total:
        if kana * 10 >= total:
            counts["Jpan"] = total
        elif counts["Kore"] > total - kana:
            counts["Kore"] += total
        elif han["Hans"] == han["Hant"]:
            counts["Hani"] = total
        else:
            counts["Hans" if han["Hans"] > han["Hant"] else "Hant"] = total
    return sorted(((code, n) for code, n in counts.items() if n), key=lambda pair: (-pair[1], codes.index(pair[0])))[
        :MOST
    ]


def _script(c: str) -> str:
    *simplified, traditional = _han()
    if c in traditional or any(c in own for own in simplified):
        return "Hant" if c in traditional else "Hans"
    return next((code for first, last, code in table().ranges if first <= ord(c) <= last), "")


def _han() -> list[str]:
    return (files("filters.data") / "han.tsv").read_text("utf-8").splitlines()[1:]


def found(texts: list[str]) -> list[list[tuple[str, int]]]:
    there, sizes = scripts_of(*batch_of(texts).buffers, letters())
    codes = letters().codes
    return [
        [(codes[n], size) for n, size in zip(row, own, strict=True) if n]
        for row, own in zip(there.tolist(), sizes.tolist(), strict=True)
    ]


@given(TEXTS)
def test_scripts_equal_the_twin(texts: list[str]) -> None:
    assert found(texts) == [twin(text) for text in texts]


@given(st.lists(st.text(st.sampled_from("国國山かハ한ㄅaбﾊ 。")), max_size=4))
def test_scripts_of_east_asia_equal_the_twin(texts: list[str]) -> None:
    assert found(texts) == [twin(text) for text in texts]


def test_scripts_of_hostile_texts_equal_the_twin() -> None:
    texts = [text[:2000] for text in HOSTILE]
    assert found(texts) == [twin(text) for text in texts]


def test_table_says_what_unicode_says() -> None:
    for first, last, code in table().ranges:
        if code in ("Hani", "Jpan", "Kore"):
            continue
        script = regex.compile(rf"\p{{sc={code}}}")
        assert script.match(chr(first))
        assert script.match(chr(last))


@pytest.mark.parametrize(("part", "code"), [("LATN", "Latn"), ("hira", "Jpan"), ("Zyyy", None), ("qaaa", None)])
def test_code_of_iso_15924(part: str, code: str | None) -> None:
    assert code_of(part) == code


# Of the same kinds as texts that had labels of another script than their own.
_LABELS = [
    ("OUR HOUSE STANDS BY THE RIVER", "eng_Latn"),
    ("UNSERE KATZE SCHLÄFT HEUTE AUF DEM SOFA UND TRÄUMT VON MÄUSEN", "deu_Latn"),
    ("МОЯ СЕСТРА ЖИВЁТ В БОЛЬШОМ ГОРОДЕ И РАБОТАЕТ В БОЛЬНИЦЕ", "rus_Cyrl"),
    ("昨天下雨，學校沒有開門，學生們都在家裡讀書。", "zho_Hant"),
    ("昨天下雨，学校没有开门，学生们都在家里读书。", "zho_Hans"),
    ("日本国憲法", "jpn_Jpan"),
    ("ある日、犬が川を渡って森へ行きました。", "jpn_Jpan"),
    ("Juče je padala kiša i deca su ostala kod kuće da čitaju knjige.", "srp_Latn"),
    ("Јуче је падала киша и деца су остала код куће да читају књиге.", "srp_Cyrl"),
    ("ߊ߬ ߘߌ߫ ߞߍ߫ ߛߓߍ ߟߊ߫", "und_Nkoo"),
    ("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", "und_Cher"),
    ("12 345 !", "und_Zzzz"),
]


@pytest.mark.parametrize(("text", "label"), _LABELS, ids=[label for _, label in _LABELS])
def test_script_of_the_label_is_the_texts(text: str, label: str) -> None:
    (row,) = measured(Filter(), documents([text])).to_pylist()
    assert (row["label"], row["detected"]) == (label, label)


@given(st.lists(st.text(), max_size=5))
def test_no_label_is_in_a_script_that_the_text_has_not(texts: list[str]) -> None:
    for text, row in zip(texts, measured(Filter(), documents(texts)).to_pylist(), strict=True):
        there = {code for code, _ in twin(text)}
        for name in ("detected", "second"):
            script = row[name].partition("_")[2]
            if script == "Jpan" and there & set(scripts.HAN):
                continue
            assert script == "Zzzz" or script in there


def test_han_that_tells_nothing_is_neither() -> None:
    (row,) = measured(Filter(), documents(["白天人在山中走，有水有火，上下左右都是大石。"])).to_pylist()
    assert row["label"] == "zho_Hani"


@pytest.mark.parametrize(
    ("declared", "text", "label", "disagrees"),
    [
        ("zho_Hans", "昨天下雨，學校沒有開門，學生們都在家裡讀書。", "zho_Hant", 0),
        ("srp_Cyrl", "Juče je padala kiša i deca su ostala kod kuće da čitaju knjige.", "srp_Latn", 0),
        ("arz_Arab", "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.", "arz_Arab", 0),
        ("twi_Latn", "The children stayed at home and read their books.", "twi_Latn", 0),  # lid.176 has no Twi
        ("twi_Latn", "Дети остались дома и читали книги.", "twi_Latn", 1),
        ("deu_Latn", "The children stayed at home and read their books.", "deu_Latn", 1),
        ("deu_Latn", "Die Kinder blieben zu Hause und lasen ihre Bücher.", "deu_Latn", 0),
        ("prs_Arab", "همهٔ افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق برابرند.", "prs_Arab", 0),
    ],
)
def test_declared_language_takes_the_script_of_the_text(declared: str, text: str, label: str, disagrees: int) -> None:
    batch = documents([text])
    batch = batch.set_column(batch.schema.get_field_index("language"), "language", [declared])
    (row,) = measured(Filter(), batch).to_pylist()
    assert (row["label"], row["score"], row["disagrees"]) == (label, 1.0, disagrees)
