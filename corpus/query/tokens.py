"""The words of a condition: numbers, texts, names, signs."""

import re
from typing import Final, cast

from corpus.errors import RecipeError

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z_0-9.])
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"[^"]+")
    | (?P<name>[A-Za-z_]\w*(?:\.\w+)*)
    | (?P<sign><=|>=|<>|!=|==|[=<>(),+\-*/])
    )""",
    re.VERBOSE | re.ASCII,
)
_WORDS: Final = frozenset({"and", "or", "not", "in", "is", "null", "like", "between", "true", "false"})
_SAME: Final = {"<>": "!=", "==": "="}
_LONGEST = 10_000  # characters of a condition


def tokens(text: str) -> list[tuple[str, str]]:
    """Kind (number, string, quoted, name, word, sign) and text of each, then one of kind "end". Raises RecipeError."""
    if len(text) > _LONGEST:
        raise RecipeError(f"--where has {len(text):,} characters: at most {_LONGEST:,} are read")
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise RecipeError(
                f"--where cannot be read from {text[at : at + 20].strip()!r} on: texts stand in single quotes, "
                "names in double quotes or in none"
            )
        kind = cast("str", match.lastgroup)
        word = match.group(kind)
        if kind == "name" and word.lower() in _WORDS:
            kind, word = "word", word.lower()
        found.append((kind, _SAME.get(word, word)))
        at = match.end()
    return [*found, ("end", "")]
