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
# Local parts in scripts with blanks between words (RFC 6531), Latin letters and digits among them; and in others, where
# the sentence before may be written on: names and roles have few characters.
_SPACED = re.compile(r"[\u0370-\u0dff\u10a0-\u10ff\uac00-\ud7afA-Za-z0-9._%+\-]+")
_UNSPACED = re.compile(r"[\u0e01-\u0e5b\u3041-\u30ff\u3400-\u9fff]+")
_FEW, _NAME = 10, 3  # characters of a whole run that is taken, and of its end where it is longer
_DOMAIN = re.compile(r"[A-Za-z0-9\u00c0-\u024f\-]{1,63}(?:\.[A-Za-z0-9\u00c0-\u024f\-]{1,63}){1,8}")
_NATIVE_DOMAIN = re.compile(
    r"[\u0370-\u0dff\u4e00-\u9fff0-9\-]{1,63}(?:\.[\u0370-\u0dff\u4e00-\u9fff0-9\-]{1,63}){1,8}"
)
_ESCAPES = re.compile(r"%[0-9A-Fa-f]{2}")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORTH = r"[^\s@]\x01(?:@|%40)\x02[^\s@]+\.[^\s@]"
_MAX_LOCAL = 64
# RFC 2606: names that no mailbox has; pseudonyms end in one of them. example.com is not: people write it as theirs.
_NOWHERE = frozenset({"test", "example", "invalid", "localhost", "local"})
_BEFORE = frozenset("@\\")  # handles and escapes: user@host behind them is no mailbox
_USERINFO = re2.compile(r"(?i)(?:://[^/\s]*|message-id:\s*<?|in-reply-to:\s*<?|references:\s*<?)$")
_NUMBERS = frozenset({"126", "139", "163", "189"})  # hosts of mailboxes in China
_PATH = re.compile(
    r"(?:^|[\s\"'(>=])(?:/[A-Za-z0-9_.\-]+)*/$"
)  # of files; in addresses of the web they are message ids
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
    """Code points of the longest beginning of dotted labels that ends in a top-level domain; 0 if none does.

    The next word may be written on (`mail.comTel`, `mail.com.The`): a domain in lower case ends before a capital.
    """
    labels = domain.split(".")
    while len(labels) > 1:
        last, before = labels[-1], "".join(labels[:-1])
        glued = _GLUED.split(last, maxsplit=1)[0]
        if glued != last and glued.islower() and known_top(glued):
            labels[-1] = glued
        capital = last[:1].isupper() and not last.isupper() and before.islower() and len(labels) > 2
        if known_top(labels[-1]) and not (capital and known_top(labels[-2])):
            break
        labels.pop()
    if len(labels) < 2 or any(not label or label[0] == "-" or label[-1] == "-" for label in labels):
        return 0
    return len(".".join(labels))


def find(window: Window) -> Iterator[Span]:
    """The address around an @, or around what stands for it in addresses of the web (`%40`)."""
    sign, behind = window.start, window.end
    text, before = window.text, window.before
    name, domain = _local(before), _DOMAIN.match(text, behind)
    if not domain:
        domain = _NATIVE_DOMAIN.match(text, behind)
    if not name or not domain:
        return
    name = _ESCAPES.split(name)[-1]
    if name.startswith("3D") and before[: sign - len(name)].endswith("="):  # quoted-printable for =
        name = name[2:]
    size = domain_length(domain.group())
    if (
        not name
        or not size
        or len(name) > _MAX_LOCAL
        or ".." in name
        or name[-1] in ".'"
        or _priced(name, domain.group())
    ):
        return
    start, end = sign - len(name), behind + size
    after = text[end : end + 1]
    if after != "@" and not (after == ":" and name in _SERVICES) and not _within(before[:start]):
        yield Span(start=start, end=end, kind="EMAIL", detector="mail.address", confidence=PROVED, version=3)


def _priced(name: str, domain: str) -> bool:
    """A price in Chinese or Japanese, as `价格@100.com`; some hosts of mailboxes are numbers too."""
    return bool(_UNSPACED.match(name)) and domain.partition(".")[0].isdigit() and domain[:3] not in _NUMBERS


def _within(before: str) -> bool:
    """Whether what follows is part of a handle, a message id or the user of an address of the web."""
    last = before[-1:]
    if last and (last in _BEFORE or (last == "/" and not _PATH.search(before))):
        return True
    return last in ("/", ":", "<", " ") and last != "" and bool(_USERINFO.search(before))


def _local(before: str) -> str:
    """The local part that `before` ends with, or ""."""
    end = before[::-1]
    latin = _LOCAL.match(end)
    found = latin.group()[::-1] if latin else ""
    if not found or (found[0] in "._-+0123456789" and _SPACED.match(end[len(found) : len(found) + 1])):
        spaced = _SPACED.match(end)
        found = spaced.group()[::-1] if spaced else found
    if not found:
        run = _UNSPACED.match(end)
        found = run.group()[::-1] if run else ""
        return found if len(found) <= _FEW else found[-_NAME:]
    return found.lstrip("._-+%'")


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
