"""Patterns of paths as the shell and fsspec read them."""

import re

MAGIC = "*?[{"
_STARS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def magic(path: str) -> bool:
    """Whether a path holds anything that a pattern could mean by it."""
    return any(character in path for character in MAGIC)


def compiled(pattern: str) -> re.Pattern[str]:
    """What whole paths must match: `*` and `?` stay within a name, `**` takes whole folders or none, `[a-z]` and `[!a]`
    one character, `{a,b}` one of several. A bracket that is never closed is itself.

    >>> [bool(compiled("a/**/*.{txt,md}").fullmatch(path)) for path in ("a/x.txt", "a/b/c/x.md", "a/x.rst", "ab/x.txt")]
    [True, True, False, False]
    """
    return re.compile("".join(_pieces(pattern)), re.DOTALL)


def _pieces(pattern: str) -> list[str]:
    found = []
    at = 0
    while at < len(pattern):
        piece, at = _piece(pattern, at)
        found.append(piece)
    return found


def _piece(pattern: str, at: int) -> tuple[str, int]:
    """The expression of what stands at a place, and where it ends."""
    character = pattern[at]
    for start, expression in _STARS.items():
        whole = not start.startswith("**") or at == 0 or pattern[at - 1] == "/"
        if pattern.startswith(start, at) and whole and (start != "**" or at + 2 == len(pattern)):
            return expression, at + len(start)
    if character == "[" and (end := pattern.find("]", at + 2)) > 0:
        inner = pattern[at + 1 : end]
        negated = inner[0] in "!^" and len(inner) > 1
        body = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner[1:] if negated else inner)
        found = ("[^/" if negated else "[") + body + "]"
        return (found if _compiles(found) else re.escape(character)), (end if _compiles(found) else at) + 1
    if character == "{" and (end := _closed(pattern, at)) > 0:
        choices = _split(pattern[at + 1 : end])
        if len(choices) > 1:
            return "(?:" + "|".join("".join(_pieces(choice)) for choice in choices) + ")", end + 1
    return re.escape(character), at + 1


def _compiles(expression: str) -> bool:
    """Whether no range in it goes backwards."""
    try:
        re.compile(expression)
    except re.error:
        return False
    return True


def _closed(pattern: str, at: int) -> int:
    """Where the brace that opens here is closed; -1 if nowhere."""
    depth = 0
    for place in range(at, len(pattern)):
        depth += (pattern[place] == "{") - (pattern[place] == "}")
        if not depth:
            return place
    return -1


def _split(inner: str) -> list[str]:
    """What stands between the commas that are in no inner brace."""
    found, depth = [""], 0
    for character in inner:
        depth += (character == "{") - (character == "}")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return found
