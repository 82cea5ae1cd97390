"""UTF-8 that was once read as windows-1252 comes back; what never was stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.charset.mojibake import repaired


def misread(text: str) -> str:
    """As browsers read the bytes of UTF-8 in windows-1252."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())


@pytest.mark.parametrize(
    "text",
    ["café “au lait”", "привет, мир", "日本語です", "Zażółć gęślą jaźń", "😀 ok", "à la carte", "ε", "½ · ©", "أهلا"],
)
def test_a_line_comes_back(text: str) -> None:
    assert repaired(f"first\n{misread(text)}\n{text}") == (f"first\n{text}\n{text}", 1)
    assert repaired(text.encode().decode("latin-1")) == (text, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Das macht Spaß“, sagte er.",
        "viel Spaß» und",
        "«été» «Äß»",
        "IRMÃ”",
        "Groß\u00adstadt, Spaß\u00a0haben",
        "NÃO É SÓ ISSO",
        "ça Ã©tÃ© dit",  # a letter of its own beside them: not certain
        "Ã© and ő",
        "CAFÉ” Ü…",
        "plain ASCII",
    ],
)
def test_what_is_not_certain_stays(text: str) -> None:
    assert repaired(text) == (text, 0)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60))
def test_what_was_misread_is_text_again_or_stays(text: str) -> None:
    wrong = misread(text)
    found, lines = repaired(wrong)
    assert found == (text if lines else wrong)
    assert lines <= 1
