"""What a recipe may hold at most: far more than anybody writes, and little enough that no parser ends or message fills
a screen."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

_BYTES: Final = 4 << 20  # of a file: ten thousand sources have 1 MB
_DEPTH: Final = 32  # tables and lists within each other; recipes have five
_CHARS: Final = 4096  # of a key or value: Linux's PATH_MAX, and no name or pattern is longer
_WHOLE: Final = 1 << 63  # what TOML's whole numbers hold
_SHOWN: Final = 1000  # characters of a message

_WORD = re.compile(r"""[\w-]+|"[^"\n]*"|'[^'\n]*'""")
# tomllib keeps every beginning of a dotted key: one of 40 kB takes 1.6 GB before anything can be counted.
_DOTTED = re.compile(rf"(?:a[ \t]*\.[ \t]*){{{_DEPTH}}}")


def parsed(data: bytes, what: str = "recipe", chars: int = _CHARS) -> dict[str, Any]:
    """The tables of a TOML file, whose values have at most so many characters. Raises ValueError, one line, for what is
    none or passes these bounds."""
    if len(data) > _BYTES:
        raise ValueError(f"is {len(data):,} bytes, a {what} has at most {_BYTES:,}: give a {what}")
    text = data.decode()
    if any(line.count(".") >= _DEPTH and _DOTTED.search(_WORD.sub("a", line)) for line in text.splitlines()):
        raise ValueError(f"holds a key of more than {_DEPTH} parts: take it out")
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_deep()) from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not valid TOML: {short(str(error))}") from error
    except ValueError as error:  # Python makes no number of more than 4,300 digits
        raise ValueError(f"is not valid TOML: {str(error).split(';', maxsplit=1)[0]}") from error
    for value in _within(found):
        _check(value, chars)
    return found


def short(message: str) -> str:
    """A message whose middle is left out where it is too long to be read."""
    if len(message) <= _SHOWN:
        return message
    return f"{message[: _SHOWN * 3 // 4]} ... {message[-_SHOWN // 4 :]}"


def printable(text: str) -> str:
    """Text out of a file as a line of a terminal may hold it: what could end the line or move the cursor is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _deep() -> str:
    return f"has more than {_DEPTH} tables and lists within each other: take them out"


def _within(table: dict[str, Any]) -> Iterator[Any]:
    """Every key and value. Raises ValueError where they nest too deeply."""
    waiting: list[tuple[Any, int]] = [(table, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _DEPTH:
            raise ValueError(_deep())
        yield value
        if isinstance(value, dict):
            yield from value
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [(one, depth + 1) for one in inner]


def _check(value: Any, chars: int) -> None:
    if isinstance(value, str) and len(value) > chars:
        raise ValueError(f"holds a key or value of {len(value):,} characters, {chars:,} at most: shorten it")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("holds a key or value with the character U+0000: take it out")
    if type(value) is int and not -_WHOLE <= value < _WHOLE:
        raise ValueError("holds a whole number of more than 64 bits: make it smaller")
