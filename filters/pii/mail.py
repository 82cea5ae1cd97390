"""E-mail addresses (RFC 5321 mailboxes as people write them), and addresses spelt to hide from programs."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import re2
from publicsuffixlist import PublicSuffixList

from filters.pii.spans import NAMED, PROVED, Span
from filters.pii.window import Window

BEFORE, AFTER = 200, 280  # bytes: 64 characters of a local part (RFC 5321 4.5.3.1), 255 of a domain, and one more each
# Python's own expressions, for a call of RE2 costs ten times as much and windows are short; none of these can backtrack
# beyond the window's length. The local part is matched from its end, on the text reversed.
_LOCAL = re.compile(r"[A-Za-z0-9\u00c0-\u024f._%+'\-]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff0-9._%+\-]+")
_DOMAIN = re.compile(r"[A-Za-z0-9\u00c0-\u024f\-]{1,63}(?:\.[A-Za-z0-9\u00c0-\u024f\-]{1,63}){1,8}")
_CYRILLIC_DOMAIN = re.compile(r"[\u0400-\u04ff0-9\-]{1,63}(?:\.[\u0400-\u04ff0-9\-]{1,63}){1,8}")
WORTH = r"[^\s@]\x01@\x02[^\s@]+\.[^\s@]"
_MAX_LOCAL = 64
# RFC 2606: names that no mailbox has; pseudonyms end in one of them. example.com is not: people write it as theirs.
_NOWHERE = frozenset({"test", "example", "invalid", "localhost", "local"})
_BEFORE = frozenset("@/\\=")  # handles, paths and keys of maps: user@host inside them is no mailbox
_USERINFO = re2.compile(r"(?i)(?:://[^/\s]*|message-id:\s*<?|in-reply-to:\s*<?|references:\s*<?)$")
_SERVICES = frozenset({"git", "hg", "svn"})  # accounts of version control that nobody owns


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)


@lru_cache(4096)  # labels; there are 1,500 top-level domains
def known_top(label: str) -> bool:
    """Whether a domain may end so: by the public suffix list, which is bundled and dated (publicsuffix.org)."""
    lower = label.lower()
    return lower not in _NOWHERE and _suffixes().publicsuffix(lower) is not None


def domain_length(domain: str) -> int:
    """Code points of the longest beginning of dotted labels that ends in a top-level domain; 0 if none does."""
    labels = domain.split(".")
    while len(labels) > 1 and not known_top(labels[-1]):
        labels.pop()
    if len(labels) < 2 or any(not label or label[0] == "-" or label[-1] == "-" for label in labels):
        return 0
    return len(".".join(labels))


def find(window: Window) -> Iterator[Span]:
    """The address around an @."""
    sign = window.start
    text, before = window.text, window.before
    local, domain = _LOCAL.match(before[::-1]), _DOMAIN.match(text, sign + 1)
    if not local:
        local, domain = _CYRILLIC.match(before[::-1]), _CYRILLIC_DOMAIN.match(text, sign + 1)
    if not local or not domain:
        return
    size = domain_length(domain.group())
    name = local.group()[::-1].lstrip("._-+%'")
    start, end = sign - len(name), sign + 1 + size
    if not size or not 0 < len(name) <= _MAX_LOCAL or ".." in name or name[-1] in ".'":
        return
    after = text[end : end + 1]
    if (start and text[start - 1] in _BEFORE) or after == "@" or (after == ":" and name in _SERVICES):
        return
    if text[start - 1 : start] in ("/", ":", "<", " ") and start and _USERINFO.search(before[:start]):
        return
    yield Span(start=start, end=end, kind="EMAIL", detector="mail.address", confidence=PROVED, version=2)


_AT_WORDS = (
    r"at|ät|aet|arroba|arobase|chiocciola|apenstaartje|snabel-?a|małpa|zavináč|собака|на|عند|ایت|एट|앳|골뱅이|"
    r"アット|小老鼠"
)
_DOT_WORDS = r"dot|punkt|punto|point|ponto|punt|kropka|tečka|точка|نقطة|نقطه|डॉट|점|닷|ドット|点|點"
_SIGN = (
    rf"\s?[\[({{<]\s?(?:{_AT_WORDS}|@|a)\s?[\])}}>]\s?|\s?(?:＠|&#0?64;|&#x40;|&commat;)\s?|\s(?:{_AT_WORDS})\s|\s@\s"
)
_POINT = rf"\s?[\[({{<]\s?(?:{_DOT_WORDS}|\.)\s?[\])}}>]\s?|\s(?:{_DOT_WORDS})\s|\.|\s\.\s|&#46;|．"
_BRACKET = rf"[\[({{<]\s?(?:{_AT_WORDS}|@|a)\s?[\])}}>]|＠|&#0?64;|&#x40;|&commat;"
# A row of the column is looked at if this is in it: a sign in brackets or as a reference, or words for both signs.
SPELT_ROW = (
    rf"(?i)[A-Za-z0-9]\s?(?:{_BRACKET})\s?[A-Za-z0-9]|\s(?:{_AT_WORDS})\s[a-z0-9\-]+(?:{_POINT})[a-z]"
    r"|[a-z0-9]\s@\s[a-z0-9\-]+\s?\."
)
SPELT = (
    rf"(?i)[a-z0-9](?:[a-z0-9_+\-]|{_POINT}){{0,40}}(?:{_SIGN})"
    rf"[a-z0-9\-]+(?:(?:{_POINT})[a-z0-9\-]+){{1,5}}"
)
_PARTS = re2.compile(rf"(?i)^(.*?)({_SIGN})(.*)$")
_POINTS = re2.compile(f"(?i){_POINT}")
_STRONG = re2.compile(f"(?i)(?:{_BRACKET})|\\s@\\s")
_WRITTEN = re2.compile(rf"(?i)[\[({{<]\s?(?:{_DOT_WORDS}|\.)\s?[\])}}>]|\s(?:{_DOT_WORDS})\s")


def find_spelt(window: Window) -> Iterator[Span]:
    """An address whose signs are written as words or references; bare words only if both are: `at` alone is English."""
    match = _PARTS.match(window.candidate)
    if not match:
        return
    name, sign, host = match.groups()
    if not _STRONG.search(sign) and not _WRITTEN.search(host):
        return
    if name.count(" ") and not _WRITTEN.search(name):
        name = name.rsplit(" ", 1)[-1]
    # Labels from the left, as long as they end in a top-level domain: the sentence goes on behind them.
    best, place, pieces = 0, 0, []
    for joint in [*_POINTS.finditer(host), None]:
        pieces.append(host[place : joint.start()] if joint else host[place:])
        if len(pieces) > 1 and pieces[-1].isalpha() and known_top(pieces[-1]):
            best = joint.start() if joint else len(host)
        place = joint.end() if joint else place
    if not best or not name:
        return
    end = window.start + match.start(3) + best
    start = window.start + match.start(2) - len(name)
    yield Span(start=start, end=end, kind="EMAIL_OBFUSCATED", detector="mail.spelt", confidence=NAMED)
