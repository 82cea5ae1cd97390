"""Fingerprints of code against a naive twin, and what winnowing promises."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.arrow import integers
from filters.batch import Batch
from filters.code import Filter, without_comments
from filters.kernels.code_tokens import NUMBER, START, STRING, WORD, lex
from filters.kernels.code_winnow import fingerprints
from filters.kernels.code_words import DIRECTIVES, KEYWORDS, word_symbol
from filters.kernels.hashing import BASE
from tests.filters.oracle import mix
from tests.filters.strategies import HOSTILE, TEXT

_PIECES = (
    *("'", '"', "`", "'''", '"""', "/*", "*/", "//", "#", "#include", "#[", "#![", "--", "--[[", "]]", "-- ", "\\"),
    *(
        "\n",
        "\n",
        " ",
        "\t",
        "if",
        "return",
        "naïve",
        "x",
        "$y",
        "字",
        "1'000",
        "0x1f",
        "1.5",
        "1..2",
        "7",
        "<'a",
        "&'b",
    ),
    *("(", ")", "{", "}", ";", "=", "-", "/", "*", "i--", "a // b", "f('x')", '"a\\"b"', "\\\n", "\x00", "]"),
)
CODE = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=60).map("".join), TEXT)

_QUOTED = {
    quote: re.compile(f"{quote}(?:\\\\[\\s\\S]|[^{quote}\\\\{'' if quote == '`' else chr(10)}])*({quote})?".encode())
    for quote in "'\"`"
}
_TRIPLE = {
    quote: re.compile(f"{quote * 3}(?:\\\\[\\s\\S]|(?!{quote * 3})[^\\\\])*{quote * 3}".encode()) for quote in "'\""
}
_NAME = re.compile(rb"[A-Za-z_$\x80-\xff][A-Za-z0-9_$\x80-\xff]*")
_NUMBER = re.compile(rb"[0-9](?:[A-Za-z0-9_$\x80-\xff]|[.'](?=[0-9]))*")
_SPACE = re.compile(rb"[\x00-\x20\x7f]+")
_COMMENTS = (
    re.compile(rb"//[^\n]*"),
    re.compile(rb"/\*[\s\S]*?\*/"),
    re.compile(
        rb"(?<![^\x00-\x20\x7f])#(?!\[|!\[)(?!(?:"
        + "|".join(sorted(DIRECTIVES)).encode()
        + rb")(?![\w$\x80-\xff]))[^\n]*"
    ),
    re.compile(rb"(?<![\w$\x80-\xff)\]])--\[\[[\s\S]*?\]\]"),
    re.compile(rb"(?<![\w$\x80-\xff)\]])--(?=[\x00-\x20\x7f\-\[]|\Z)[^\n]*"),
)


def naive_tokens(text: bytes) -> list[int]:
    return [symbol for symbol, _ in naive_spans(text)]


def naive_spans(text: bytes) -> list[tuple[int, bytes]]:
    """The lexer by regular expressions, one token at a time, with what each is written as."""
    found: list[tuple[int, bytes]] = []
    place, fresh, barred = 0, True, {"'": 0, '"': 0, "`": 0}
    while place < len(text):
        if space := _SPACE.match(text, place):
            fresh |= b"\n" in space[0]
            place = space.end()
            continue
        if comment := next((c for c in (p.match(text, place) for p in _COMMENTS) if c), None):
            place = comment.end()
            continue
        quote = chr(text[place])
        symbol, end, begin = text[place], place + 1, place
        if name := _NAME.match(text, place):
            kept = name[0].decode("utf-8", "replace") in KEYWORDS
            symbol, end = word_symbol(name[0]) if kept else WORD, name.end()
        elif number := _NUMBER.match(text, place):
            symbol, end = NUMBER, number.end()
        elif quote in _TRIPLE and (triple := _TRIPLE[quote].match(text, place)):
            place = triple.end()
            if fresh:
                continue
            symbol, end = STRING, triple.end()
        elif (
            quote in _QUOTED
            and place >= barred[quote]
            and not (quote == "'" and text[place - 1 : place] in (b"<", b"&"))
        ):
            quoted = _QUOTED[quote].match(text, place)
            assert quoted
            if quoted[1]:
                symbol, end = STRING, quoted.end()
            else:
                barred[quote] = quoted.end()
        found.append((symbol, text[begin:end]))
        place, fresh = end, False
    return found


def naive_fingerprints(text: str, k: int, w: int) -> list[int]:
    """Definition 1 of the paper, read off its words."""
    tokens = naive_tokens(text.encode())
    hashes = []
    for start in range(len(tokens) - k + 1):
        state = 0
        for symbol in tokens[start : start + k]:
            state = (state * int(BASE) + symbol + 1) % 2**64
        hashes.append(mix(state) >> 1)
    windows = [hashes[i : i + w] for i in range(max(len(hashes) - w + 1, min(len(hashes), 1)))]
    return sorted({min(window) for window in windows})


def tokens_of(text: str, room: int = 1 << 16) -> list[int]:
    data = np.frombuffer(text.encode(), np.uint8)
    state, out, spans, found = START.copy(), np.empty(room, np.uint64), np.empty((room, 2), np.int64), []
    while True:
        count = lex(data, 0, len(data), state, out, spans)
        found += out[:count].tolist()
        if count < room:
            return [int(symbol) for symbol in found]


def measured(*texts: str, **parameters: int) -> list[set[int]]:
    documents = pa.record_batch(
        {"text": pa.array(texts, pa.string()), "language": pa.array(["code_C"] * len(texts), pa.string())}
    )
    found = Filter(**parameters).measure(Batch(documents=documents))  # type: ignore[arg-type]
    return [set(one.as_py()) for one in found.column("fingerprints")]


@given(CODE, st.integers(1, 9))
def test_tokens_equal_those_of_the_naive_lexer_whatever_the_buffer(text: str, room: int) -> None:
    assert tokens_of(text) == naive_tokens(text.encode())
    assert tokens_of(text, room) == naive_tokens(text.encode())


@given(st.lists(CODE, max_size=4), st.integers(1, 6), st.integers(1, 5))
def test_fingerprints_equal_the_naive_ones(texts: list[str], k: int, w: int) -> None:
    assert [sorted(found) for found in measured(*texts, kgram=k, window=w)] == [
        naive_fingerprints(text, k, w) for text in texts
    ]


@given(CODE, CODE, st.integers(1, 4), st.integers(1, 4))
def test_any_shared_run_of_w_plus_k_minus_1_tokens_shares_a_fingerprint(
    before: str, after: str, k: int, w: int
) -> None:
    run = " ; ".join(f"if ( x{i} = {i} )" for i in range(k + w))
    one, two = measured(f"{run}\n{after}", f"{re.sub(r'[^a-z ]', '', before)}\n{run}", kgram=k, window=w)
    assert one & two


def test_words_kept_are_told_apart() -> None:
    symbols = {word_symbol(word.encode()) for word in KEYWORDS}
    assert len(symbols) == len(KEYWORDS)
    assert not symbols & set(range(259))


def lexed(text: str) -> str:
    """Tokens for people: v a name, n a number, s a string; operators and kept words as they are."""
    names = {word_symbol(word.encode()): word for word in KEYWORDS} | {WORD: "v", NUMBER: "n", STRING: "s"}
    return " ".join(names.get(symbol) or chr(symbol) for symbol in tokens_of(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int x = 1'000; // one\n/* two\nlines */ x--;", "int v = n ; v - - ;"),
        ("# a comment\nx = 1  # another\n", "v = n"),
        ("#include <a.h>\n#define N 3", "# v < v . v > # v v n"),
        ("#[derive(Debug)]\nfn f<'a>(x: &'a str)", "# [ v ( v ) ] fn v < ' v > ( v : & ' v v )"),
        ("#!/usr/bin/env python\nprint('#')", "v ( s )"),
        ("-- said in Lua\nlocal x = 1 --[[ long\nlong ]] return x", "local v = n return v"),
        ("while (--i) { j-- ; }", "while ( - - v ) { v - - ; }"),
        ('def f():\n    """Says\n    so."""\n    return """a\nb"""', "def v ( ) : return s"),
        ("`a\n${b}` + 'c\\'d'", "s + s"),
        ("it's broken\nx = 'y'", "v ' v v v = s"),
        ("/* never closed", "/ * v v"),
        ("$名前 = 0x1F + 1.5e3 + a.b", "v = n + n + v . v"),
    ],
)
def test_lexer_knows_the_comments_and_strings_of_all_languages(text: str, expected: str) -> None:
    assert lexed(text) == expected


FUNCTIONS = [
    f"""
int {name}(int *values, int count) {{
    int total = {i};  /* starts here */
    for (int i = {i}; i < count; i++) {{
        if (values[i] {operator} total) {{ total {assignment} values[i]; }} else {{ return {tail}; }}
    }}
    while (total {operator} count) {{ total = total {operator} 2 ? count : {tail}; }}
    return total {operator} {tail};
}}
"""
    for i, (name, operator, assignment, tail) in enumerate(
        [
            ("sum", ">", "+=", "values[0]"),
            ("mask", "&", "|=", "-1"),
            ("most", "<", "=", "count * 2 + total"),
            ("turn", "^", "^=", "!count"),
            ("rest", "%", "-=", "(count - 1) / total"),
            ("shift", "<<", ">>=", "values[count - 1] & 7"),
        ]
    )
]
LICENCE = "/*\n" + " * Licensed under one licence, as is, without warranty of any kind.\n" * 12 + " */\n"


def contained(inner: str, outer: str) -> float:
    b, a = measured(inner, outer)
    return len(a & b) / len(b)


def test_renamed_and_recommented_copy_has_the_same_fingerprints() -> None:
    original = "".join(FUNCTIONS)
    renamed = re.sub(r"\b(values|count|total|sum|mask|most)\b", lambda m: f"my_{m[0]}", original)
    recommented = renamed.replace("/* starts here */", "// begins\n").replace("    ", "\t")
    one, two = measured(original, recommented)
    assert one == two


@given(st.lists(CODE, max_size=4))
def test_code_without_comments_is_its_tokens_as_they_are_written(texts: list[str]) -> None:
    languages = pa.array(["code_C"] * len(texts), pa.string())
    bare = without_comments(pa.record_batch({"text": pa.array(texts, pa.string()), "language": languages}))
    for text, found in zip(texts, bare.to_pylist(), strict=True):
        assert (found or "").encode() == b"".join(written + b" " for _, written in naive_spans(text.encode()))


def keys(*texts: str, language: str = "code_C") -> list[bytes]:
    documents = pa.record_batch({"text": [*texts], "language": [language] * len(texts)})
    return [key.as_py() for key in Filter().measure(Batch(documents=documents)).column("key")]


def test_key_is_of_the_code_and_not_of_comments_and_layout() -> None:
    original = "".join(FUNCTIONS)
    laid_out = original.replace("    ", "\t").replace("{\n", "\n{\n").replace("/* starts here */", "// begins\n")
    one, copy, licensed = keys(original, laid_out, LICENCE + original)
    assert one == copy == licensed != bytes(16)
    changes = (("total", "sum"), ("2 ?", "3 ?"), ("-1", "+1"), ("return", "return\n return"))
    assert len({one, *keys(*(original.replace(old, new) for old, new in changes))}) == 5
    assert keys("int x;", "") == [bytes(16), bytes(16)]  # below a k-gram there is too little to say


def test_what_divides_is_no_comment() -> None:
    text = "def f(a, b):\n" + "    a = a // b + (b // 2) * g(a)\n" * 8
    assert len({*keys(text, text.replace("b + ", "a + "), language="code_Python")}) == 2
    assert len({*keys(text, text.replace("b + ", "a + "))}) == 1  # in C it is one
    lua = "local n = 0\n" + "n = n + #rows // 2 + # names\n" * 8
    assert len({*keys(lua, lua.replace("names", "lines"), language="code_Lua")}) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LICENCE + "int x;", len(LICENCE)),
        ("#!/bin/sh\n# Copyright 2020 A. Author\n\nx=1", 38),
        ("// SPDX-License-Identifier: MIT\nint x;", 32),
        ("/* Sorts a list. */\nint x;", 0),
        ("int x; // licence\n", 0),
        ("", 0),
    ],
)
def test_comment_at_the_head_that_speaks_of_a_licence_is_measured(text: str, expected: int) -> None:
    documents = pa.record_batch({"text": [text], "language": ["code_C"]})
    assert Filter().measure(Batch(documents=documents)).column("licence").to_pylist() == [expected]


def test_reordered_functions_are_still_contained() -> None:
    assert contained("".join(reversed(FUNCTIONS)), "".join(FUNCTIONS)) > 0.6


def test_a_file_is_contained_in_one_that_includes_it_and_not_the_other_way_round() -> None:
    inner, outer = "".join(FUNCTIONS[2:4]), "".join(FUNCTIONS)
    assert contained(inner, outer) > 0.9
    assert contained(outer, inner) < 0.6


def test_files_with_only_a_licence_in_common_share_nothing() -> None:
    one, two = measured(
        LICENCE + FUNCTIONS[1], LICENCE + "package main\n\nfunc main() {\n\tfmt.Println(1, 2, 3)\n}\n" * 5
    )
    assert one
    assert two
    assert not one & two


def test_a_document_that_is_not_code_has_no_fingerprints_and_sources_can_say_that_it_is() -> None:
    text = "".join(FUNCTIONS)
    documents = pa.record_batch(
        {
            "text": pa.array([text] * 4),
            "language": pa.array(["code_C", "eng_Latn", None, None], pa.string()),
            "source": pa.array(["web", "web", "web", "github-c"]),
        }
    )
    batch = Batch(documents=documents)
    assert [n > 0 for n in integers(Filter().measure(batch).column("tokens"))] == [True, False, False, False]
    named = Filter(languages=(), sources=("github-*",)).measure(batch)
    assert [n > 0 for n in integers(named.column("tokens"))] == [False, False, False, True]
    assert [len(f.as_py()) > 0 for f in named.column("fingerprints")] == [False, False, False, True]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_measure_as_the_twin_says(text: str) -> None:
    assert sorted(measured(text)[0]) == naive_fingerprints(text, 23, 17)


@pytest.mark.timeout(60)  # 5 to 30 ms; a quadratic search takes minutes
@pytest.mark.parametrize(
    "piece", ['"', "'", "\\'", '\\"', "/*", " --[[", "`\\", "'''\\", '"""\\', " #", "'\"", "#if", "-"]
)
def test_a_megabyte_of_what_opens_and_never_closes_ends(piece: str) -> None:
    data = np.frombuffer((piece * (1_000_000 // len(piece))).encode(), np.uint8)
    offsets, wanted = np.array([0, len(data)], np.int32), np.ones(1, bool)
    found = fingerprints(data, offsets, wanted, np.zeros(1, np.uint8), 23, 17)
    assert found.offsets.tolist() == [0, len(found.values)]


def test_fingerprints_are_the_same_in_every_process() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); from tests.filters.test_code import FUNCTIONS, measured;"
        "print(sorted(measured(''.join(FUNCTIONS))[0]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {f"{sorted(measured(''.join(FUNCTIONS))[0])}\n"}
