"""Ids by tags, labels of other models, and what agrees with what."""

import re
from importlib.resources import files

import pytest

from filters import languages, scripts
from filters.languages import agree, known, language_id, of_label, of_lid176, written_in


@pytest.mark.parametrize(
    ("tag", "id_"),
    [
        ("en", "eng_Latn"),
        ("eng", "eng_Latn"),
        ("pt-BR", "por_Latn"),
        ("zh-Hant", "zho_Hant"),
        ("zh_TW", "zho_Hant"),
        ("zh-yue", "yue_Hant"),
        ("zh-min-nan", "nan_Hans"),
        ("zht", "zho_Hant"),
        ("zhs", "zho_Hans"),
        ("iw", "heb_Hebr"),
        ("tgl", "fil_Latn"),
        ("npi", "nep_Deva"),
        ("prs", "prs_Arab"),
        ("cmn_Hani", "zho_Hani"),
        ("kor_Hang", "kor_Kore"),
        ("ja-Hira", "jpn_Jpan"),
        ("de-Latf", "deu_Latn"),
        ("sr@latin", "srp_Latn"),
        ("sr_RS.UTF-8@latin", "srp_Latn"),
        ("de_DE@euro", "deu_Latn"),
        ("uz-AF", "uzb_Arab"),
        ("pa-PK", "pan_Arab"),
        ("nqo", "nqo_Nkoo"),
        ("und_Nkoo", "und_Nkoo"),
        ("ger", "deu_Latn"),
        ("ajp", "apc_Arab"),
        ("C++", "code_Cpp"),
        ("cpp", "code_Cpp"),
        ("lua", "lua_Latn"),
        ("eng-zzzz", "eng_Latn"),
        ("eng-Abcd", None),
        ("eng-\u00c4\u00d6\u00dc\u00df", None),
        ("mul", None),
        ("English", None),
        ("", None),
        ("-", None),
        ("\u0130", None),
    ],
)
def test_tags_as_people_write_them(tag: str, id_: str | None) -> None:
    assert language_id(tag) == id_


@pytest.mark.parametrize(
    ("label", "id_"),
    [
        ("ory_Orya", "ori_Orya"),
        ("npi_Deva", "nep_Deva"),
        ("als_Latn", "sqi_Latn"),
        ("als", "gsw_Latn"),
        ("plt_Latn", "mlg_Latn"),
        ("kmr_Latn", "kur_Latn"),
        ("lvs_Latn", "lav_Latn"),
        ("zsm_Latn", "msa_Latn"),
        ("gaz_Latn", "orm_Latn"),
        ("ekk_Latn", "est_Latn"),
        ("khk_Cyrl", "mon_Cyrl"),
        ("azj_Latn", "aze_Latn"),
        ("uzn_Latn", "uzb_Latn"),
        ("ydd_Hebr", "yid_Hebr"),
        ("arb_Arab", "ara_Arab"),
        ("arb_Latn", "ara_Latn"),
        ("ary_Arab", "ary_Arab"),
        ("pbt_Arab", "pbt_Arab"),
        ("cmn_Hans", "zho_Hans"),
        ("fuv_Latn", "fuv_Latn"),
        ("taq_Tfng", "taq_Tfng"),
        ("zxx_Zxxx", "zxx_Zzzz"),
        ("und_Aghb", "und_Aghb"),
        ("noise", "und_Zzzz"),
    ],
)
def test_labels_of_other_models(label: str, id_: str) -> None:
    assert of_label(f"__label__{label}") == id_


def test_labels_of_lid176_are_ids_of_the_table() -> None:
    assert {language_id(id_) for id_ in of_lid176().values()} == set(of_lid176().values())


def test_every_code_of_the_table_is_an_id_of_its_own() -> None:
    for code in known():
        id_ = language_id(code)
        if code in ("lua", "cpp"):
            continue
        assert id_ is not None
        assert id_ == f"{code}_{languages.usual_script(code)}"
        assert language_id(id_) == id_


def test_no_tag_is_of_two_languages() -> None:
    tags = [tag for language in known().values() for tag in (language.code, *language.tags)]
    assert len(tags) == len(set(tags))


def test_scripts_of_languages_are_of_iso_15924() -> None:
    written = {script for language in known().values() for script in language.scripts}
    assert written <= set(scripts.table().names)
    assert all(scripts.table().stands[script] == script for script in written)


def test_lists_of_words_are_by_ids() -> None:
    text = (files("filters.data") / "flagged.json").read_text("utf-8")
    for id_ in re.findall(r'^"([a-z]{3}_[A-Z][a-z]{3})": \[', text, re.MULTILINE):
        assert language_id(id_) == id_


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ara_Arab", "arz_Arab", True),
        ("arz_Arab", "ara_Arab", True),
        ("arz_Arab", "ary_Arab", False),
        ("fas_Arab", "prs_Arab", True),
        ("zho_Hans", "zho_Hant", True),
        ("nob_Latn", "nno_Latn", True),
        ("srp_Cyrl", "hbs_Latn", True),
        ("deu_Latn", "eng_Latn", False),
        ("code_C", "code_Cpp", False),
        ("code_C", "code_C", True),
        ("und_Zzzz", "eng_Latn", False),
    ],
)
def test_agreement(one: str, other: str, same: bool) -> None:
    assert agree(one, other) is same
    assert agree(other, one) is same


@pytest.mark.parametrize(
    ("id_", "script", "found"),
    [
        ("srp_Cyrl", "Latn", "srp_Latn"),
        ("zho_Hans", "Hant", "zho_Hant"),
        ("zho_Hant", "Hani", "zho_Hant"),
        ("jpn_Jpan", "Hani", "jpn_Jpan"),
        ("deu_Latn", "Cyrl", None),
        ("swl_Zzzz", "Latn", "swl_Latn"),
        ("code_C", "Latn", "code_C"),
        ("und_Zzzz", "Latn", "und_Zzzz"),
    ],
)
def test_id_in_the_script_of_a_text(id_: str, script: str, found: str | None) -> None:
    assert written_in(id_, script) == found
