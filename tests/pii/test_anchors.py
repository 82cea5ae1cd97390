"""The compiled pass against a twin that says what each shape is."""

import re

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from filters.batch import buffers
from filters.kernels import anchors

_DIGIT = "[0-9٠-٩۰-۹०-९০-৯０-９]"
_JOINT = "[ ()\\-./\u00a0\u2009\u2010-\u2013\u202f（）－]"
_NUMBER = re.compile(f"{_DIGIT}(?:{_JOINT}{{0,2}}{_DIGIT})*")
_DOTTED = re.compile("[0-9][0-9.]*")
_TOKEN = re.compile("[A-Za-z0-9_\\-+/=.~]+")
_WORD = re.compile("[A-Za-z0-9]")
_HEX = "0123456789abcdefABCDEF"


def twin(text: str) -> set[tuple[int, str]]:
    """(shape, what it is) with where it begins in code points."""
    found: set[tuple[int, int, str]] = set()
    for match in _NUMBER.finditer(text):
        if len(re.findall(_DIGIT, match.group())) >= 7 and len(match.group().encode()) <= 192:
            found.add((anchors.NUMBER, match.start(), match.group()))
    for match in _DOTTED.finditer(text):
        run = match.group().removesuffix(".")
        if run.count(".") == 3 and len(run) <= 15:
            found.add((anchors.DOTTED, match.start(), run))
    for match in _TOKEN.finditer(text):
        run = match.group()
        mixed = re.search("[0-9]", run) and re.search("[A-Za-z]", run) and len(run) >= 12
        if len(run) <= 4096 and (mixed or (len(run) >= 37 and "hf_" in run)):
            found.add((anchors.TOKEN, match.start(), run))
    until = 0
    for i, c in enumerate(text):
        if c == ":" and i >= until:
            start, until = i, i
            while start and i - start < 4 and text[start - 1] in _HEX:
                start -= 1
            while until < len(text) and text[until] in _HEX + ":.":
                until += 1
            if text[i:until].count(":") >= 2 and until - start <= 48:
                found.add((anchors.COLONS, start, text[start:until]))
        word_before = i > 0 and (bool(_WORD.match(text[i - 1])) or ord(text[i - 1]) > 127)
        if c == "@" and i + 1 < len(text) and (_WORD.match(text[i + 1]) or ord(text[i + 1]) > 127):
            behind = re.match("(?:[A-Za-z0-9\\-]|[^\x00-\x7f])+(.?)", text[i + 1 :], re.DOTALL)
            if not word_before or behind is None or behind.group(1) != "@":
                found.add((anchors.AT, i, "@"))
        if not (i and _WORD.match(text[i - 1])):
            head = re.match("[A-Z]{2}[0-9]{2}(?:[ \\-]|\u00a0)?[A-Z0-9]{4}", text[i:])
            if head and len(text[i:].encode()) >= 15:
                found.add((anchors.GROUPED, i, text[i : i + 4]))
        if text.startswith("-----BEGIN", i) and text[i - 1 : i] != "-":
            found.add((anchors.PEM, i, "-----BEGIN"))
    return {(shape, f"{start}:{run}") for shape, start, run in found}


def kernel(texts: list[str]) -> list[set[tuple[int, str]]]:
    data, offsets = buffers(pa.array(texts, pa.string()))
    found: list[set[tuple[int, str]]] = [set() for _ in texts]
    table = anchors.anchors(data, offsets)
    assert np.all(np.diff(table[:, 0]) >= 0)
    for row, shape, start, end, points in table.tolist():
        assert points == len(data[offsets[row] : start].tobytes().decode())
        found[row].add((shape, f"{points}:{data[start:end].tobytes().decode()}"))
    return found


_PIECES = st.sampled_from(
    [*"0123456789 ()-./:@_=+~abfXZ\n", "DE89", " 3704", "12345678", "::", "1.2.3.4", "٤٢", "۷", "९", "৩", "４"]
    + ["\u00a0", "\u2013", "（", "）", "é", "字", "🙂", "hf_", "x" * 40, "-----BEGIN", "@a", "fe80", "AB12 CD34EFGH1"]
)
TEXTS = st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.text(st.characters(codec="utf-8"), max_size=60))


@given(st.lists(TEXTS, max_size=4))
def test_pass_finds_what_its_twin_finds(texts: list[str]) -> None:
    assert kernel(texts) == [twin(text) for text in texts]


def test_more_candidates_than_there_was_room_for_are_all_found() -> None:
    texts = ["1.2.3.4 " * 1000]
    assert kernel(texts) == [twin(texts[0])]
