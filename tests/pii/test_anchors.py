"""The compiled pass against a twin that says what each shape is."""

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from filters.kernels import anchors
from filters.kernels.buffers import buffers

_DIGIT = "[0-9٠-٩۰-۹०-९০-৯０-９]"
_JOINT = "[ \\-./\u00a0\u2009\u2010-\u2013\u202f（）－]"
_JOINTS = f"(?:{_JOINT}{{0,3}}|[()]{_JOINT}?|{_JOINT}[()])"
_NUMBER = re.compile(f"{_DIGIT}(?:{_JOINTS}{_DIGIT})*")
_DOTTED = re.compile("[0-9][0-9.]*")
_TOKEN = re.compile("[A-Za-z0-9_\\-+/=.~]+")
_WORD = re.compile("[A-Za-z0-9]")
_HEX = "0123456789abcdefABCDEF"


Found = Iterator[tuple[int, int, str]]  # shape, first code point, what it is


def numbers(text: str) -> Found:
    for match in _NUMBER.finditer(text):
        if len(re.findall(_DIGIT, match.group())) >= 7 and len(match.group().encode()) <= 192:
            yield anchors.NUMBER, match.start(), match.group()
    for match in _DOTTED.finditer(text):
        run = match.group().removesuffix(".")
        if run.count(".") == 3 and len(run) <= 15:
            yield anchors.DOTTED, match.start(), run


def tokens(text: str) -> Found:
    for match in _TOKEN.finditer(text):
        run = match.group()
        mixed = re.search("[0-9]", run) and re.search("[A-Za-z]", run) and len(run) >= 12
        if len(run) <= 4096 and (mixed or (len(run) >= 37 and "hf_" in run)):
            yield anchors.TOKEN, match.start(), run


def colons(text: str) -> Found:
    until = 0
    for i, c in enumerate(text):
        if c == ":" and i >= until:
            start, until = i, i
            while start and i - start < 4 and text[start - 1] in _HEX:
                start -= 1
            while until < len(text) and text[until] in _HEX + ":.":
                until += 1
            run = text[i:until]
            if (run.count(":") >= 5 or "::" in run) and until - start <= 48:
                yield anchors.COLONS, start, text[start:until]


def _name(c: str) -> bool:
    return bool(_WORD.match(c)) or c > "\x7f"


def signs(text: str) -> Found:
    for match in re.finditer("@", text):
        i = match.start()
        if not _name(text[i + 1 : i + 2]):
            continue
        behind = re.match("(?:[A-Za-z0-9\\-]|[^\x00-\x7f])+(.?)", text[i + 1 :], re.DOTALL)
        if not (i and _name(text[i - 1])) or behind is None or behind.group(1) != "@":
            yield anchors.AT, i, "@"


def heads(text: str) -> Found:
    for i in range(len(text)):
        if not (i and _WORD.match(text[i - 1])):
            head = re.match("[A-Z]{2}[0-9]{2}(?:[ \\-]|\u00a0)?[A-Z0-9]{4}", text[i:])
            if head and len(text[i:].encode()) >= 15:
                yield anchors.GROUPED, i, text[i : i + 4]
        if text.startswith("-----BEGIN", i) and text[i - 1 : i] != "-":
            yield anchors.PEM, i, "-----BEGIN"


def twin(text: str) -> set[tuple[int, str]]:
    """(shape, "first code point:what it is")."""
    every = (numbers(text), tokens(text), colons(text), signs(text), heads(text))
    return {(shape, f"{start}:{run}") for found in every for shape, start, run in found}


def kernel(texts: list[str]) -> list[set[tuple[int, str]]]:
    data, offsets = buffers(pa.array(texts, pa.string()))
    found: list[set[tuple[int, str]]] = [set() for _ in texts]
    table = anchors.anchors(data, offsets)
    assert np.all(np.diff(table[:, 0]) >= 0)
    for row, shape, start, end, points, _ in table.tolist():
        assert points == len(data[offsets[row] : start].tobytes().decode())
        found[row].add((shape, f"{points}:{data[start:end].tobytes().decode()}"))
    return found


_PIECES = st.sampled_from(
    [
        *"0123456789 ()-./:@_=+~abfXZ\n٤۷९৩４（）é字🙂\u00a0\u2013",
        *("DE89", " 3704", "12345678", "::", "1.2.3.4", "hf_", "x" * 40, "-----BEGIN", "@a", "fe80", "AB12 CD34EFGH1"),
    ]
)
TEXTS = st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.text(st.characters(codec="utf-8"), max_size=60))


@given(st.lists(TEXTS, max_size=4))
def test_pass_finds_what_its_twin_finds(texts: list[str]) -> None:
    assert kernel(texts) == [twin(text) for text in texts]


def test_more_candidates_than_there_was_room_for_are_all_found() -> None:
    texts = ["1.2.3.4 " * 1000]
    assert kernel(texts) == [twin(texts[0])]
