"""Every encoding of the WHATWG standard, against Python's codecs where the two agree, and the standard's own rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.charset import tables
from corpus.charset.decoders import decoded

# Python's codec, and bytes that the standard reads otherwise: (encoding, codec).
CODECS = {
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "gbk": "gb18030",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "windows-1251": "cp1251",
    "windows-1255": "cp1255",
    "iso-8859-2": "iso8859_2",
    "koi8-u": "koi8_u",
    "ibm866": "cp866",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-8": "utf-8",
}
SAMPLES = {
    "euc-kr": "오늘은 날씨가 좋다. 뷁 쀍",
    "shift_jis": "今日は天気が良い。ｶﾅ ①髙㈱",
    "big5": "今天天氣很好，我們去散步。",
    "gbk": "今天天气很好，我们去散步。€𠀀",
    "euc-jp": "今日は天気が良い。ｶﾅ",
    "iso-2022-jp": "今日は天気が良い。abc",
    "windows-1251": "Сегодня хорошая погода",
    "windows-1255": "היום מזג האוויר יפה",
    "iso-8859-2": "Dziś jest ładna pogoda, győr",
    "koi8-u": "Сьогодні гарна погода, ґанок",
    "ibm866": "Сегодня хорошая погода",
    "utf-16le": "天気 🌦",
    "utf-16be": "天気 🌦",
    "utf-8": "天気 🌦",
}


@pytest.mark.parametrize("name", CODECS)
def test_texts_come_back(name: str) -> None:
    assert decoded(SAMPLES[name].encode(CODECS[name]), name) == (SAMPLES[name], 0)


@pytest.mark.parametrize("name", ["euc-kr", "shift_jis", "big5", "gbk", "euc-jp"])
def test_every_pair_of_bytes_that_both_know_is_the_same_character(name: str) -> None:
    alike = total = 0
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            pair = bytes((first, second))
            try:
                wanted = pair.decode(CODECS[name])
            except UnicodeDecodeError:
                continue
            total += 1
            alike += decoded(pair, name) == (wanted, 0)
    # What differs: JIS X 0208's signs of full width, and characters that Python leaves in the private area.
    assert alike >= 0.9 * total


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("shift_jis", b"\x81\x20", "\ufffd "),  # an ASCII byte that ends nothing is read again
        ("shift_jis", b"\x81", "\ufffd"),
        ("shift_jis", b"\xf0\x40\x80\xa0", "\ue000\x80\ufffd"),  # the private area; 0x80; a byte that begins nothing
        ("euc-jp", b"\x8e\xb1\x8f\xb0\xa1\xa1\xc1", "ｱ丂～"),
        ("euc-jp", b"\xa4\x41\xa4", "\ufffdA\ufffd"),
        ("euc-kr", b"\xb0\xa1\xb0\x20\x80", "가\ufffd \ufffd"),
        ("big5", b"\x88\x62\x88\xa5\x81\x40", "\xca\u0304\xea\u030c\ufffd@"),  # a pointer of two characters
        ("gb18030", b"\x81\x30\x81\x30\x84\x32\xa4\x37\x80", "\x80\ufffd€"),
        ("gb18030", b"\x81\x35\xf4\x37\x90\x30\x81\x30", "\ue7c7\U00010000"),
        ("gb18030", b"\x81\x30\x30a\x81\x30\x81", "\ufffd00a\ufffd"),
        ("gb18030", b"\xa3\xa0\xff", "\u3000\ufffd"),
        ("iso-2022-jp", b'\x1b$B$"\x1b(J\\~\x1b(I1\x1b(Ba', "あ¥‾ｱa"),
        ("iso-2022-jp", b"\x1b(B\x1b(Ba\x0e\x1b$B$", "\ufffda\ufffd\ufffd"),
        ("iso-8859-8-i", b"\xe0", "א"),
        ("windows-874", b"\xa1\xdb", "ก\ufffd"),
        ("x-user-defined", b"a\x80\xff", "a\uf780\uf7ff"),
        ("utf-8", b"\xf0\x9f\x8c\xe2\x82 \xef\xbf\xbd", "\ufffd\ufffd \ufffd"),
        ("utf-16le", b"a\0\x00\xd8b\0", "a\ufffdb"),
    ],
)
def test_rules_of_the_standard(name: str, data: bytes, expected: str) -> None:
    text, bad = decoded(data, name) or ("", -1)
    assert text == expected
    assert bad == expected.count("\ufffd") - data.count(b"\xef\xbf\xbd")


def test_replacement_means_no_text() -> None:
    assert decoded(b"anything", "replacement") is None


@given(st.binary(max_size=40), st.sampled_from(sorted(CODECS)))
def test_any_bytes_give_a_text_and_bytes_of_ascii_themselves(data: bytes, name: str) -> None:
    text, bad = decoded(data, name) or ("", -1)
    assert 0 <= bad <= text.count("\ufffd")
    assert len(text) <= len(data)
    plain = bytes(c for c in data if 0x20 <= c < 0x5C)
    if not name.startswith("utf-16"):
        assert decoded(plain, name) == (plain.decode(), 0)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_utf8_is_python_s(text: str) -> None:
    assert decoded(text.encode(), "utf-8") == (text, 0)


def test_labels_are_those_of_the_standard() -> None:
    known = {"latin1": "windows-1252", "ascii": "windows-1252", "gb2312": "gbk", "ks_c_5601-1987": "euc-kr"}
    known |= {"csisolatin2": "iso-8859-2", "x-sjis": "shift_jis", "ms932": "shift_jis", "unicode": "utf-16le"}
    known |= {"\tUTF8\n": "utf-8", "tis-620": "windows-874", "iso-2022-kr": "replacement", "big5-hkscs": "big5"}
    assert {label: tables.named(label) for label in known} == known
    assert tables.named("utf-7") is None
