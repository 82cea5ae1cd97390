"""A second detector: what it is sure of counts against what is detected, what it does not know counts for nothing."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from filters import second_opinion
from filters.contract import documents, measured
from filters.language import Filter
from tests.filters.strategies import HOSTILE

ENGLISH = "All human beings are born free and equal in dignity and rights."


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stands in for pycld2: answers what a text begins with, `!` before it if it is sure."""

    class Refused(Exception):
        pass

    def detect(text: str) -> tuple[bool, int, tuple[tuple[str, str, int, float], ...]]:
        if "\x01" in text or text == "refused":
            raise Refused
        said = text.split(" ", 1)[0]
        return said.startswith("!"), len(text), (("X", said.lstrip("!"), 99, 1.0),)

    second_opinion._library.cache_clear()
    monkeypatch.setitem(sys.modules, "pycld2", SimpleNamespace(detect=detect, error=Refused))
    monkeypatch.setattr("importlib.metadata.version", lambda name: second_opinion.VERSION)
    yield
    second_opinion._library.cache_clear()


def test_what_it_is_sure_of_is_an_id(library: None) -> None:
    texts = ["!iw x", "!zh-Hant x", "!un x", "en x", "refused", "\x01!no x"]
    assert second_opinion.opinions(texts) == ["heb_Hebr", "zho_Hant", None, None, None, "nob_Latn"]


def test_another_language_contests_what_is_detected(library: None) -> None:
    texts = [f"!de {ENGLISH}", f"!en {ENGLISH}", f"de {ENGLISH}", "!de " + "ߊ߬ ߘߌ߫ ߞߍ߫ ߛߓߍ ߟߊ߫ " * 9]
    rows = measured(Filter(agree="cld2"), documents(texts)).to_pylist()
    assert [row["contested"] for row in rows] == [1, 0, 0, 0]
    assert [row["contested"] for row in measured(Filter(), documents(texts)).to_pylist()] == [0, 0, 0, 0]


def test_library_that_is_missing_or_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    second_opinion._library.cache_clear()
    monkeypatch.setitem(sys.modules, "pycld2", None)
    with pytest.raises(ValueError, match=r"pip install 'gristmill\[cld2\]'"):
        second_opinion.opinions(["a"])
    monkeypatch.setitem(sys.modules, "pycld2", SimpleNamespace())
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.1")
    with pytest.raises(ValueError, match=r"needs pycld2 0\.42, not 0\.1"):
        second_opinion.opinions(["a"])


def test_the_library_itself_takes_every_text() -> None:
    pytest.importorskip("pycld2")
    second_opinion._library.cache_clear()
    assert second_opinion.opinions([ENGLISH * 3]) == ["eng_Latn"]
    every = "".join(chr(code) for code in range(0x3000) if not 0xD800 <= code < 0xE000)
    second_opinion.opinions([*HOSTILE, every, "\ufdd0\ufffe\U0010ffff\ue000\U000e0001"])
