"""The fields of a JSON object that somebody reads, without a tree of all that it holds.

For lines that a strict parser refuses because of something that nobody reads (NaN, bytes that are no UTF-8), or mends
nowhere (half a surrogate pair), and for lines of so many small values that their tree would fill the memory.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"((?:[^"\\\x00-\x1f]++|\\[^\x00-\x1f])*+)"')
_BARE = re.compile(rb'[^\s,:"\[\]{}]++')
_INSIDE = re.compile(rb'[^"\[\]{}]*+')
_HALF = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd".encode()
_OPENING = {0x7B: 0x7D, 0x5B: 0x5D}  # { }, [ ]
_DEPTH = 1024  # as deep as orjson goes
_PARSED_BYTES = 1 << 20  # of a value that is no string: more cannot be a date or a number

Tree = Mapping[str, "Tree | None"]  # the names that are read; None: the value itself


@dataclass
class Skimmed:
    """What was found, and what was done to it."""

    found: dict[str, object]
    halves: int = 0  # surrogates without their other half: each is U+FFFD
    bad: int = 0  # sequences of bytes that are no UTF-8: each is U+FFFD


def tree_of(names: Iterable[str]) -> Tree:
    """Names as corpus.readers.fields.value_of looks for them: the whole, then its parts between dots.

    >>> tree_of(["text", "meta.url"])
    {'text': None, 'meta.url': None, 'meta': {'url': None}}
    """
    tree: dict[str, Tree | None] = {}
    for name in names:
        tree.setdefault(name, None)
        here = tree
        *folders, last = name.split(".")
        for folder in folders:
            inner = here.get(folder)
            below = dict(inner) if inner else {}
            here[folder] = below
            here = below
        if folders:
            here.setdefault(last, None)
    return tree


def skim(line: bytes, tree: Tree) -> Skimmed:
    """Raises ValueError for what is no object, or is nested deeper than 1,024."""
    skimmed = Skimmed({})
    end = _object(line, _past_space(line, 0), tree, skimmed, skimmed.found)
    if _past_space(line, end) != len(line):
        raise ValueError("something stands behind the object")
    return skimmed


def _object(line: bytes, at: int, tree: Tree, skimmed: Skimmed, found: dict[str, object]) -> int:
    """Fill `found` with what the object at this place has of the tree; returns where it ends."""
    if line[at : at + 1] != b"{":
        raise ValueError("the line is no JSON object")
    at = _past_space(line, at + 1)
    if line[at : at + 1] == b"}":
        return at + 1
    while True:
        key = _STRING.match(line, at)
        if key is None:
            raise ValueError(f"no name at byte {at}")
        at = _past_space(line, key.end())
        if line[at : at + 1] != b":":
            raise ValueError(f"no colon at byte {at}")
        at = _past_space(line, at + 1)
        name = _name(key[1])
        at = _value(line, at, name, tree, skimmed, found) if name in tree else _passed(line, at)
        at = _past_space(line, at)
        mark = line[at : at + 1]
        at = _past_space(line, at + 1)
        if mark == b"}":
            return at
        if mark != b",":
            raise ValueError(f"no comma at byte {at}")


def _value(line: bytes, at: int, name: str, tree: Tree, skimmed: Skimmed, found: dict[str, object]) -> int:
    inner = tree[name]
    if inner is not None and line[at : at + 1] == b"{":
        below: dict[str, object] = {}
        found[name] = below  # of keys that stand twice the last one holds, as in all parsers
        return _object(line, at, inner, skimmed, below)
    end = _passed(line, at)
    raw = line[at:end]
    found[name] = _string(raw, skimmed) if raw[:1] == b'"' else _other(raw)
    return end


def _passed(line: bytes, at: int) -> int:
    """The end of the value at this place; what is in it is not looked at."""
    mark = line[at] if at < len(line) else 0
    if mark in _OPENING:
        return _nested(line, at)
    value = _STRING.match(line, at) if mark == 0x22 else _BARE.match(line, at)
    if value is None:
        raise ValueError(f"no value at byte {at}")
    return value.end()


def _nested(line: bytes, at: int) -> int:
    open_until = bytearray()
    while True:
        at = _end(_INSIDE, line, at)
        mark = line[at] if at < len(line) else 0
        if mark == 0x22:
            inner = _STRING.match(line, at)
            if inner is None:
                raise ValueError(f"a string without an end at byte {at}")
            at = inner.end()
            continue
        if mark in _OPENING:
            open_until.append(_OPENING[mark])
            if len(open_until) >= _DEPTH:
                raise ValueError("nested deeper than 1,024")
        elif not open_until or mark != open_until.pop():
            raise ValueError(f"brackets that do not match at byte {at}")
        at += 1
        if not open_until:
            return at


def _past_space(line: bytes, at: int) -> int:
    return _end(_SPACE, line, at)


def _end(pattern: re.Pattern[bytes], line: bytes, at: int) -> int:
    found = pattern.match(line, at)
    return found.end() if found else at


def _name(raw: bytes) -> str:
    return _string(b'"' + raw + b'"', Skimmed({})) if b"\\" in raw else raw.decode("utf-8", "replace")


def _string(raw: bytes, skimmed: Skimmed) -> str:
    """Raises ValueError for an escape that there is not."""
    try:
        return str(orjson.loads(raw))
    except orjson.JSONDecodeError:
        plain = b"\\" not in raw
        text = (raw[1:-1] if plain else raw).decode("utf-8", "replace")
        skimmed.bad += text.count("\ufffd") - raw.count(_REPLACEMENT)
        if plain:
            return text
        text = str(json.loads(text))
        if _HALF.search(text):  # a text of 64 MB takes 256 MB: no copy more than must be
            text, halves = _HALF.subn("\ufffd", text)
            skimmed.halves += halves
        return text


def _other(raw: bytes) -> object:
    """A number, a word or a nested value; None for one that says nothing (NaN), an empty list for one that is too large
    to be what is asked for."""
    if len(raw) > _PARSED_BYTES:
        return []
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return [] if raw[0] in _OPENING else None
