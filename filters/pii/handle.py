"""Names of users: `@name` where a network or a word of contact stands before it, `@name@host` anywhere."""

from collections.abc import Iterator

import re2

from filters.pii.automaton import compiled
from filters.pii.listed import listed
from filters.pii.mail import domain_length
from filters.pii.spans import NAMED, PROVED, Span
from filters.pii.window import Window

_FULL = re2.compile(r"@([A-Za-z0-9_]{1,30})@([A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4})")
_SHORT = re2.compile(r"@[A-Za-z0-9_][A-Za-z0-9_.\-]{1,38}")
# Networks, and words that invite: they may stand some words before.
_NETWORKS = (
    r"twitter|tweet|instagram|insta\b|telegram|tiktok|threads|mastodon|bluesky|snapchat|youtube|facebook|"
    r"\bvk\b|discord|"
    r"twitch|pinterest|tumblr|github|gitlab|weibo|微博|wechat|ツイッター|インスタ|트위터|인스타|텔레그램|"
    r"follow|folge|suivez|sigue|síguenos|siga\b|segui|подпис|твиттер|телеграм|инстаграм|ютуб|\bтг\b|\bинст|"
    r"关注|フォロー|팔로우|"
    r"تابع|تويتر|انستغرام|إنستغرام|انستقرام|تلگرام|اینستاگرام|تلجرام|फॉलो|ट्विटर|इंस्टाग्राम|টুইটার|"
    r"ইনস্টাগ্রাম|ทวิตเตอร์|ไอจี|"
    r"ikuti|takip|obserwuj|volg\b|följ\b|retrouvez|find me|find us|\breach me|\bcontact|\bcontatt|\bcontato|"
    r"\bcontacto|"
    r"\bkontakt|liên hệ|связ|контакт|писать|пишите|по вопросам|канал|канал:|зв'яз|متابعة|حساب|联系|聯絡|連絡|"
    r"문의|संपर्क"
)
# Words that stand right before it.
_NEAR = (
    r"\brt|\bvia|\bby|\bcc|\bdm|\big|\btg|\bsc|\btw|\bh/t|\bhat tip|\bthanks|\bthank you|\bthx|\bping|"
    r"\bphotos?|\bcredits?|"
    r"\bfoto|\bfotos|\bphoto par|\bpor|\bvon|\bpar|\bask|\bmessage|\bsay hi to|\bsigned|\bauthor|\bautor|\bauteur|"
    r"\breply to|\breplying to|\ben respuesta a|\bantwort an|\ben réponse à|в ответ|ответ для|фото|автор|от|"
    r"返信先|作者|\bhandle|"
    r"\bline|\bline id|\busername|\buser|\bnick"
)
_NAME = compiled(rf"(?i)(?:(?:{_NETWORKS})[^@\n]{{0,24}}|(?:{_NEAR})[ :：\-–—(|]{{1,3}})$")
_NAMED_CODE = compiled(rf"(?i)(?:{_NETWORKS})[^@\n]{{0,24}}$")
WORTH = rf"(?i)(?:{_NETWORKS}|{_NEAR})[^@\n]*\x01|\x01@\x02[A-Za-z0-9_]+@"
_ANONYMOUS = re2.compile(r"@anon_[a-z]{10}$")  # as pseudonyms are
# What follows an @ in code, style sheets and documentation.
_ANNOTATIONS = frozenset(
    listed(
        """
        override param params return returns media import property deprecated todo types type charset
        font-face keyframes include mixin extend supports page namespace layer container apply tailwind
        component injectable input output ngmodule directive pipe see since throws exception author version
        example link inheritdoc private public protected static abstract class function method module
        staticmethod classmethod dataclass abstractmethod cached contextmanager pytest fixture app router
        decorator autowired bean service repository controller restcontroller entity table column id test
        before after beforeeach aftereach suppresswarnings functionalinterface nonnull nullable notnull
        getter setter data builder interface objc selector available main escaping autoclosure published
        state binding observedobject environmentobject viewbuilder discardableresult everyone here channel
        all home title gmail hotmail yahoo outlook interactive memoize njit jit cache lru_cache wraps typing
        end implementation synthesize protocol includedir context graph value list language optional
        required dynamic weak strong codeowners latest next beta alpha canary 2x 3x 1x
        """,
        " ",
    )
)


def find(window: Window) -> Iterator[Span]:
    """The handle that begins at an @."""
    text, start = window.text, window.start
    before = text[start - 1 : start] if start else ""
    if text[start] != "@" or (before and ((before.isascii() and before.isalnum()) or before in "@./\\_-'`=<>+*#&%$")):
        return
    full = _FULL.match(text, start)
    if full:
        size = domain_length(full.group(2))
        if size:
            end = full.start(2) + size
            yield _span(start, end, "handle.full", PROVED)
        return
    short = _SHORT.match(text, start)
    if not short:
        return
    name = short.group().rstrip("._-")
    if len(name) < 4 or name[1:].isdigit() or _ANONYMOUS.match(name) or name[1:].lower() in _ANNOTATIONS:
        return
    end = start + len(name)
    if text[end : end + 1] in ("/", "(", "@", "{", "[", "=", "<") or text[end : end + 2] in (" {", "::"):
        return  # a package of a scope, a decorator's call, a rule of a style sheet
    before = window.before
    if before.endswith(("BY ", "FROM ")):  # variables of SQL
        return
    if (_NAMED_CODE if window.language.startswith("code") else _NAME).search(before):
        yield _span(start, end, "handle.named", NAMED)


def _span(start: int, end: int, detector: str, confidence: float) -> Span:
    return Span(start=start, end=end, kind="HANDLE", detector=detector, confidence=confidence, version=2)
