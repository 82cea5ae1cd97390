"""Names of users: `@name` where a network or an invitation to follow stands before it, `@name@host` anywhere."""

from collections.abc import Iterator

import re2

from filters.pii.mail import domain_length
from filters.pii.spans import NAMED, PROVED, Span
from filters.pii.window import Window

_FULL = re2.compile(r"@([A-Za-z0-9_]{1,30})@([A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4})")
_SHORT = re2.compile(r"@[A-Za-z_][A-Za-z0-9_.]{1,29}")
_NAMES = (
    r"(?i)(?:twitter|instagram|insta\b|telegram|tiktok|threads|mastodon|bluesky|snapchat|youtube|facebook|\bvk\b|"
    r"weibo|微博|line id|github|follow|folge|suivez|sigue|síguenos|siga|segui|подпис|твиттер|телеграм|инстаграм|关注|"
    r"フォロー|팔로우|تابع|تويتر|फॉलो|ikuti|takip|obserwuj|volg|följ|\brt)"
)
_NAME = re2.compile(_NAMES + r"[^@\n]{0,24}$")
WORTH = rf"{_NAMES}[^@\n]*\x01|\x01@\x02[A-Za-z0-9_]+@"
_ANONYMOUS = re2.compile(r"@anon_[a-z]{10}$")  # as pseudonyms are
_ANNOTATIONS = frozenset({"override", "param", "return", "media", "import", "property", "deprecated", "todo", "types"})


def find(window: Window) -> Iterator[Span]:
    """The handle that begins at an @."""
    text, start = window.text, window.start
    before = text[start - 1 : start] if start else ""
    if before and (before.isalnum() or before in "@./\\_-"):
        return
    full = _FULL.match(text, start)
    if full:
        size = domain_length(full.group(2))
        if size:
            end = full.start(2) + size
            yield Span(start=start, end=end, kind="HANDLE", detector="handle.full", confidence=PROVED)
        return
    short = _SHORT.match(text, start)
    if not short:
        return
    name = short.group().rstrip("._")
    if len(name) < 3 or _ANONYMOUS.match(name) or name[1:].lower() in _ANNOTATIONS or not _NAME.search(window.before):
        return
    end = start + len(name)
    if text[end : end + 1] in ("/", "(", "@"):  # a package of a scope, a decorator's call
        return
    yield Span(start=start, end=end, kind="HANDLE", detector="handle.named", confidence=NAMED)
