"""Text for the language model: what readers find in files, how it is labelled and cleaned, and what is made of it."""

import struct
from pathlib import Path

import pytest

from benchmarks.languages_gold import means, one, wrongly_sure
from benchmarks.languages_text import compose, noise
from benchmarks.languages_text.labels import label_of, language_of
from benchmarks.languages_text.pieces import cleaned, looks_english
from benchmarks.languages_text.readers import READERS
from benchmarks.languages_text.sources import listed

LISTS = Path(compose.__file__).parent


def mo(pairs: dict[str, str]) -> bytes:
    """A GNU .mo file: header, tables of lengths and places, strings."""
    texts = [("", "header"), *pairs.items()]
    place = 28 + 16 * len(texts)
    tables: list[list[bytes]] = [[], []]
    strings = b""
    for number in (0, 1):
        for pair in texts:
            data = pair[number].encode()
            tables[number].append(struct.pack("<2I", len(data), place + len(strings)))
            strings += data + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    return head + b"".join(tables[0]) + b"".join(tables[1]) + strings


@pytest.mark.parametrize(
    ("reader", "path", "data", "parameter", "expected"),
    [
        ("gettext", "./usr/share/locale/xh/LC_MESSAGES/a.mo", mo({"Open": "Vula", "Web": "Web"}), "", [("xh", "Vula")]),
        ("messages", "i18n/zu.json", b'{"@metadata": {"a": 1}, "a": "Vula"}', "", [("zu", "Vula")]),
        ("fluent", "af/a.ftl", b"# no\na = Maak oop\n    en weer\n-b = { $c }\n", "0",
         [("af", "Maak oop"), ("af", "en weer"), ("af", "{ $c }")]),
        ("page", "help/de/a.html", b"<style>x</style><p>Ein <b>Wort</b></p>", "1",
         [("de", ""), ("de", "Ein Wort"), ("de", "")]),
        ("lines", "data/lug/a.txt", b"Ente\n", "1", [("lug", "Ente")]),
        ("column", "g/ar-MA_en.tsv", b"a\tb\nwakha\tyes\n", "0 _", [("ar-MA", "wakha")]),
        ("column", "d/nusa_x-bug-test.csv", b"id,text\n1,\"a, b\"\n", "1 @2", [("bug", "a, b")]),
        ("columns", "a.csv", b",aa,bb\n0,x,y\n", "aa=ace", [("ace", "x")]),
        ("android", "res/values-b+sr+Latn/strings.xml", b'<string name="a">Otvori</string>', "",
         [("sr-Latn", "Otvori")]),
        ("tagged", "a.txt", b"ka ba\tBHO\n", "", [("bho", "ka ba")]),
        ("conllu", "a.conllu", b"# text = Bawo ni\n1\tBawo\n", "yor", [("yor", "Bawo ni")]),
        ("story", "lg/1.md", b"# T\n\n##\nEmbwa\nentono.\n\n##\n* License: [CC-BY]\n", "",
         [("lg", "Embwa entono."), ("lg", "")]),
        ("story", "lg/1.md", b"# T\n\n##\nEmbwa.\n\n##\n* License: [CC-BY-NC]\n", "", []),
    ],
)  # fmt: skip
def test_readers_find_locales_and_texts(
    reader: str, path: str, data: bytes, parameter: str, expected: list[tuple[str, str]]
) -> None:
    assert list(READERS[reader](path, data, parameter)) == expected


@pytest.mark.parametrize(
    ("locale", "text", "label"),
    [
        ("sr@latin", "Otvori datoteku", "srp_Latn"),
        ("sr", "Отвори датотеку", "srp_Cyrl"),
        ("zh_TW", "開啟檔案", "zho_Hant"),
        ("zh-CN", "打开文件", "zho_Hans"),
        ("ja", "ファイルを開く", "jpn_Jpan"),
        ("ja", "Open", ""),
        ("pa_PK", "فائل کھولو", "pan_Arab"),
        ("ckb", "کردنەوەی پەڕگە", "ckb_Arab"),
        ("sh", "Otvori datoteku", ""),
        ("de", "12 34", ""),
    ],
)
def test_a_label_has_the_script_of_the_text(locale: str, text: str, label: str) -> None:
    assert label_of(locale, text) == label


def test_pieces_are_freed_of_what_is_no_language() -> None:
    assert cleaned("_Open file &amp; %s {{PLURAL:$1|a}} [[a|link]] in <b>x</b>") == "Open file & link in x"
    assert cleaned("12.3 %") == cleaned("{0}: %d") == ""
    assert looks_english("the name of the file is not known to this")
    assert not looks_english("le nom du fichier est inconnu")


def test_text_is_the_same_each_time_and_sources_share_a_label() -> None:
    words = [f"ibhola{n} lezinyawo{n}" for n in range(4000)]
    found = {
        "zul_Latn": {"small": dict.fromkeys(words[:900]), "large": dict.fromkeys(words[500:])},
        "zul_Cyrl": {"small": dict.fromkeys(["зулу"])},
        "tum_Latn": {"small": {"chuchoko": None}},
    }
    texts, counts = compose.rows(found)
    assert (texts, counts) == compose.rows({label: dict(reversed(found[label].items())) for label in reversed(found)})
    assert {label for label, _ in texts} == {"zul_Latn", compose.OTHER, noise.LABEL}
    chars = {source: count for label, source, count in counts if label == "zul_Latn"}
    assert chars["small"] == sum(map(len, words[:900]))  # a small source whole, a large one to what is left
    assert chars["large"] == compose.FIRST_SHARE + compose.OTHER_SHARE - chars["small"]
    assert all(len(text) < 450 for label, text in texts if label == "zul_Latn")


def test_what_judges_is_not_trained_on() -> None:
    trained, judged = (
        {(row.name, row.files, row.parameter) for row in listed(LISTS / name)}
        for name in ("sources.tsv", "held_out.tsv")
    )
    assert not trained & judged
    shared = {name for name, _, _ in trained} & {name for name, _, _ in judged}
    assert shared == {"christos-c/bible-corpus", "kmi-linguistics/vardial2018"}  # other files, other languages
    names = " ".join(f"{name} {files}".lower() for name, files, _ in trained)
    assert not any(
        judge in names.replace("(?i:tatoeba", "") for judge in ("flores", "ntrex", "tatoeba", "hplt", "udhr")
    )


def test_means_are_over_languages_and_their_sources() -> None:
    rows = [
        {"language": language, "source": source, "form": form, "text": ""}
        for language, source, form in (
            ("zsm_Latn", "a", "sentence"), ("zsm_Latn", "a", "sentence"), ("zsm_Latn", "b", "sentence"),
            ("zul_Latn", "a", "sentence"), ("zxx_Code", "c", "code"),
        )
    ]  # fmt: skip
    answers = [("msa", 0.9), ("ind", 0.9), ("msa", 0.2), ("xho", 0.7), ("eng", 0.6)]
    assert means(rows, answers) == {"sentence": {"msa": 0.75, "zul": 0.0}}
    assert one("prs") == "fas"
    assert wrongly_sure(rows, answers, frozenset({"msa", "ind"})) == {"unknown languages": (1, 1.0), "code": (1, 1.0)}
    assert language_of("be-tarask") == "bel"
