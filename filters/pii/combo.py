"""Passwords in lists of accounts, a line each: `name@host.org:S0mething` above or below another such line."""

import re
from collections.abc import Iterator

from filters.pii.mail import domain_length
from filters.pii.spans import SHAPED, Span
from filters.pii.window import Window

# The line is nothing but an address, a colon and a word without blanks.
WORTH = r"(?:^|\n)[^\s@:;|,]{1,64}\x01@\x02[^\s@:;|,]{4,255}:[^\s:]{6,64}(?:\r?\n|$)"
_LINE = re.compile(r"([^\s@:;|,]{1,64})@([^\s@:;|,]{4,255}):([^\s:]{6,64})\r?")
_NEITHER = re.compile(
    r"[/\\]|\.[A-Za-z]{1,5}$|^[0-9]{2,4}[-.][0-9]{1,2}[-.]|^[a-z]+[-_.][a-z0-9\-_.]+$|^v?[0-9.]+$|PI:"
)


def find(window: Window) -> Iterator[Span]:
    """What stands behind the address, if it has letters and digits or signs and a neighbouring line has the form too.

    One line alone is left: `git@host.org:name1` and `me@host.org:port22` have the form, and stand in no list. So are
    words of letters alone, which are names as often as passwords, and what looks like a path, a file, a date or a
    version.
    """
    text = window.text
    first = text.rfind("\n", 0, window.start) + 1
    last = text.find("\n", window.end)
    own = _LINE.fullmatch(text[first:] if last < 0 else text[first:last])
    if not own or domain_length(own[2]) != len(own[2]):
        return
    above, below = (
        text[: max(first - 1, 0)].rpartition("\n")[2],
        text[last + 1 :].partition("\n")[0] if last >= 0 else "",
    )
    if not any(_LINE.fullmatch(line) for line in (above, below)):
        return
    word = own[3]
    letters, others = any(c.isalpha() for c in word), any(not c.isalpha() for c in word)
    if letters and others and not _NEITHER.search(word):
        start = first + own.start(3)
        yield Span(start=start, end=start + len(word), kind="KEY", detector="secret.combo", confidence=SHAPED)
