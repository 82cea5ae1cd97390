"""In which encoding a text is read, whatever is declared of it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.charset.choice import decode
from corpus.charset.prescan import of_page

TEXTS = {  # encoding, Python's codec: a text whose letters it needs
    (
        "windows-1252",
        "cp1252",
    ): "Der Müller mahlt das Getreide für die Bäcker, und später wäscht er Säcke am Fluß. Übrigens schön.",
    ("windows-1251", "cp1251"): "Мельник мелет зерно для пекарей, а потом моет мешки в реке и отдыхает на берегу.",
    ("koi8-r", "koi8_r"): "Мельник мелет зерно для пекарей, а потом моет мешки в реке и отдыхает на берегу.",
    (
        "iso-8859-2",
        "iso8859_2",
    ): "Młynarz miele zboże dla piekarzy, a później pierze worki w rzece i śpi na brzegu, żeby odpocząć.",
    ("windows-1253", "cp1253"): "Ο μυλωνάς αλέθει το σιτάρι για τους φούρναρηδες και μετά πλένει τα σακιά στο ποτάμι.",
    ("windows-1255", "cp1255"): "הטוחן טוחן את התבואה עבור האופים ואחר כך שוטף את השקים בנהר ונח על הגדה.",
    ("windows-1256", "cp1256"): "يطحن الطحان الحبوب للخبازين ثم يغسل الأكياس في النهر ويستريح على الضفة.",
    (
        "windows-1254",
        "cp1254",
    ): "Değirmenci fırıncılar için buğday öğütür, sonra çuvalları ırmakta yıkar ve kıyıda dinlenir.",
    ("windows-874", "cp874"): "คนสีข้าวบดเมล็ดพืชให้คนทำขนมปัง แล้วซักกระสอบในแม่น้ำ",
    ("shift_jis", "cp932"): "粉屋はパン屋のために麦を挽き、それから川で袋を洗って岸で休みます。①髙橋さんと㈱山崎です。",
    ("euc-jp", "euc_jp"): "粉屋はパン屋のために麦を挽き、それから川で袋を洗って岸で休みます。",
    ("iso-2022-jp", "iso2022_jp"): "粉屋はパン屋のために麦を挽き、それから川で袋を洗って岸で休みます。",
    ("euc-kr", "cp949"): "방앗간 주인은 빵집을 위해 곡식을 빻고 강에서 자루를 씻은 뒤 강가에서 쉽니다.",
    ("gbk", "gbk"): "磨坊主为面包师磨粮食，然后在河里洗麻袋，再到岸上休息一会儿。",
    ("big5", "big5"): "磨坊主為麵包師磨糧食，然後在河裡洗麻袋，再到岸上休息一會兒。",
}
LABELS = [None, "utf-8", "iso-8859-1", "windows-1251", "shift_jis", "gb2312", "iso-8859-2", "big5", "no-such-thing"]


def page(data: bytes, meta: str | None) -> bytes:
    head = f'<meta charset="{meta}">' if meta else "<title></title>"
    return f"<!DOCTYPE html><html><head>{head}</head><body><p>".encode() + data + b"</p></body></html>"


@pytest.mark.parametrize("text", sorted(set(TEXTS.values())))
def test_utf8_is_right_under_every_declaration(text: str) -> None:
    for header, meta in product(LABELS, LABELS):
        found = decode(page(text.encode(), meta), header, html=True)
        assert found is not None
        assert (text in found.text, found.encoding, found.how, found.replaced) == (True, "utf-8", "bytes", 0)


@pytest.mark.parametrize(("name", "codec"), sorted(TEXTS))
def test_legacy_is_right_under_none_the_right_one_or_a_wrong_header(name: str, codec: str) -> None:
    text = TEXTS[name, codec]
    data = text.encode(codec)
    cases = [(None, None), (name, None), (None, name), (name, name), ("utf-8", None), ("iso-8859-1", None)]
    for header, meta in [*cases, *((wrong, name) for wrong in LABELS)]:
        found = decode(page(data, meta), header, html=True)
        assert found is not None, (header, meta)
        assert text in found.text, (header, meta, found.encoding, found.how)
    plain = decode(data, None, html=False)
    assert plain is not None
    assert plain.text == text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"plain", ("plain", "utf-8", "bytes", 0)),
        (b"", ("", "utf-8", "bytes", 0)),
        ("We met in a café".encode(), ("We met in a café", "utf-8", "bytes", 0)),
        ("Ça et là, été".encode()[:-1], ("Ça et là, ét\ufffd", "utf-8", "bytes", 1)),  # cut by the end
        ("naïve ".encode() * 5 + b"caf\xe9", ("naïve " * 5 + "caf\ufffd", "utf-8", "bytes", 1)),  # one byte of another
        ("El año".encode("latin-1"), ("El año", "windows-1252", "detected", 0)),
        (b"\xef\xbb\xbfa", ("a", "utf-8", "mark", 0)),
        (b"\xff\xfea\0", ("a", "utf-16le", "mark", 0)),
        ("No mark, but\nspaces".encode("utf-16-le"), ("No mark, but\nspaces", "utf-16le", "detected", 0)),
        ("Без метки, но с пробелами".encode("utf-16-be"), ("Без метки, но с пробелами", "utf-16be", "detected", 0)),
    ],
)
def test_bytes_say_it(data: bytes, expected: tuple[str, str, str, int]) -> None:
    found = decode(data, None, html=False)
    assert found is not None
    assert (found.text, found.encoding, found.how, found.replaced) == expected


def test_what_is_no_text_is_none() -> None:
    assert decode(bytes(range(256)) * 20, None, html=False) is None
    assert decode(b"\0" * 50 + b"\xff" * 51, None, html=True) is None


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (b"<meta charset=utf-16>", "utf-8"),
        (b"<META HTTP-EQUIV='Content-Type' CONTENT='text/html;charset=x-sjis'>", "shift_jis"),
        (b"<!-- <meta charset=big5> --><meta name=a content=b><meta charset = 'koi8-r' >", "koi8-r"),
        (b"<?xml version='1.0' encoding='EUC-KR'?><html>", "euc-kr"),
        (b"<meta charset=nonsense><meta charset=gb2312>", "gbk"),
        (b"<p>meta charset=utf-8</p>", None),
        (b"<metal charset=utf-8>", None),
        (b"<meta charset=x-user-defined>", "windows-1252"),
        (b"<!-- never closed <meta charset=big5>", None),
    ],
)
def test_what_a_page_says(markup: bytes, expected: str | None) -> None:
    assert of_page(markup) == expected


@given(st.binary(max_size=300), st.sampled_from(LABELS), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, label: str | None, html: bool) -> None:
    found = decode(data, label, html=html)
    assert found is None or found.replaced <= found.text.count("\ufffd")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\x1b\ufeff"), min_size=1, max_size=200))
def test_utf8_always_comes_back(text: str) -> None:
    found = decode(text.encode(), None, html=False)
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1"])
def test_a_stray_nul_makes_no_utf16(label: str | None) -> None:
    text = "Plain English text, line after line.\n" * 60
    found = decode(text.encode() + b"\0\n", label, html=False)
    assert found is not None
    assert found.text.startswith(text)


def test_declared_utf16_needs_no_spaces() -> None:
    text = "日本語のテキストです。東京は大きい。"
    found = decode(text.encode("utf-16-le"), "utf-16le", html=True)
    assert found is not None
    assert (found.text, found.how) == (text, "declared")
