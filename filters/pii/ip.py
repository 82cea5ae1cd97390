"""IP addresses: global ones, which may be a person's, told apart from private, loopback and documentation ranges."""

import ipaddress
from collections.abc import Iterator, Sequence
from functools import lru_cache

import re2

from filters.pii.spans import SHAPED, Span
from filters.pii.window import Window, joins_left

# IANA's special-purpose registries (RFC 6890), as tables: Python's own `is_global` differs from release to release.
_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_SPECIAL_V6 = tuple(ipaddress.IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_LOCAL_V6 = tuple(ipaddress.IPv6Network(block) for block in ("fc00::/7", "fe80::/10", "2001:db8::/32", "3fff::/20"))
_ALLOCATED = ipaddress.IPv6Network("2000::/3")  # global unicast (RFC 4291; IANA allots from no other block)
_GROUPS = 3  # of an IPv6 address that are written out: `d::e` is code
_CONTEXT = 16
# What has four numbers with dots between and is no address. Object identifiers of X.500 begin with 2.5.
_OTHER = re2.compile(
    r"(?i)(?:version|\bver\.?|\bv\.?|release|\brev\.?|revision|section|§|chapter|build|update|firmware|\boid\b|clause|"
    r"figure|table|appendix|versión|versão|versione|versie|wersja|verze|versio|sürüm|версия|версии|верс\.|versij|版本|"
    r"バージョン|버전|الإصدار|إصدار|נרסה|phiên bản|संस्करण|έκδοση|abschnitt|kapitel|sección|seção|раздел|пункт|§§)"
    r"[\s\"'=:.>(]{0,4}$|[A-Za-z]/$|[A-Za-z][=:]?[\"']?[vV]$"
)

# Four numbers head sections and name releases more often than hosts (359 of 359 with all under 32 in 225 MB of text).
# Parts of releases are small: one in sixteen of random octets lie so low that only a word says what they are.
_SMALL = 32
_LARGE = 100
_NAMED = re2.compile(
    r"(?i)(?:\bips?\b|\bipv4\b|\bip[:\-_]|addr|adres|host|\bserver|serveur|servidor|gateway|\bping|\bdns\b|"
    r"\bnameserver|\b(?:login|logged|"
    r"connect(?:ed|ion|ing)?|request|received|access(?:ed)?|visit(?:or|ed)?|traffic|attack|packet|anmeldung|"
    r"client|peer|"
    r"remote|attempts?)\b[^\n]{0,12}\bfrom\b|://|\blogin|\bclient\b|\bpeer\b|\bremote|\bx-forwarded-for|"
    r"\bblock(?:ed|ing)\b|\bban(?:ned)?\b|"
    r"\bwhois\b|\btraceroute|\bssh\b|\bcurl\b|\bsubnet|\bproxy|\bnetwork|\bnetz|"
    r"адрес|сервер|地址|服务器|アドレス|サーバ|주소|서버|عنوان|خادم|כתובת|שרת|διεύθυνση|"
    r"सर्वर|সার্ভার|máy chủ|địa chỉ|เซิร์ฟเวอร์|"
    r"دخول|ورود|লগইন|διακομιστ|σύνδεσ|anmeldung|logowan|sesión|connexion|acesso|giriş|вход|вхід|登录|登入|"
    r"ログイン|로그인|masuk|kirjaut|"
    r"inlog|innlogg|bejelentkez|autentific|đăng nhập|เข้าสู่ระบบ|כניסה|लॉगिन|accesso|přihláš|prijav|ingia|"
    r"osoit|palvelim|címe|indirizzo|endereço|dirección|alamat|anwani|sunucu)[^\n]{0,24}$"
)
# Headers of mail: a host's name and its address in brackets.
_HEADER = re2.compile(r"(?:\(\[|[A-Za-z0-9\-]+\.[A-Za-z]{2,}\s{0,8}\[|\S@\S+ \[)$")
_RELAY = re2.compile(r"\]?\)\s+by\b|\]\)")
# What stands right behind an address alone: a port, a network's size, a server's log.
_PORT = re2.compile(r"^(?::[0-9]{2,5}\b(?:[^.]|$)|/(?:[89]|[12][0-9]|3[0-2])\b(?:[^.]|$)| - - \[)")
# A name of something released: a word with a capital or of a package's form, right before the number.
_PRODUCT = re2.compile(r"(?:\b[A-Z][A-Za-z+#]+[ /]|[A-Za-z0-9)\]][/=@~^:]{1,2}|[a-z0-9]+[-_][a-z0-9]+ )$")
_COMPARED = re2.compile(r"[<>=~^]=?\s?$")
_CHANGES = re2.compile(
    r"(?i)(?:upgrad|updat|downgrad|migrat|bump|changelog|changes|release|version|обнов|升级|更新)[^\n]*$"
)
_DATED = re2.compile(r"^[\])]?[ \-–—:,(]{1,4}(?:19|20)[0-9]{2}[\-./][01]?[0-9]")


def find_dotted(window: Window) -> Iterator[Span]:
    """IPv4: four octets that are no version, section or part of a name."""
    text, start, end = window.text, window.start, window.end
    octets = window.candidate.split(".")
    if any(not octet or (len(octet) > 1 and octet[0] == "0") or len(octet) > 3 or int(octet) > 255 for octet in octets):
        return
    # Four single digits are a version or section far more often than an address, and those there are serve the public.
    if all(len(octet) == 1 for octet in octets) or octets[:2] == ["2", "5"]:
        return
    after = text[end : end + 1]
    if (
        joins_left(text, start)
        or (after.isascii() and (after.isalnum() or after == "_"))
        or text[end : end + 2] in ("-r", "-b", "-a", "-d")
    ):
        return
    if _OTHER.search(text[max(start - _CONTEXT, 0) : start]) or not _address(
        [int(octet) for octet in octets], text, start, end
    ):
        return
    address = ipaddress.IPv4Address(window.candidate)
    special = any(address in block for block in _SPECIAL_V4)
    yield Span(
        start=start,
        end=end,
        kind="IP_RESERVED" if special else "IP_ADDRESS",
        detector="ip.v4",
        confidence=SHAPED,
        version=4,
    )


def _address(octets: Sequence[int], text: str, start: int, end: int) -> bool:
    """Whether the octets or what stands beside them are more of an address than of a release.

    Of random octets six in ten have three digits; of parts of releases behind the first hardly one.
    """
    before, after = text[:start], text[end:]
    large = sum(octet >= _LARGE for octet in octets[1:])
    if _CHANGES.search(before) and not (_NAMED.search(before) and large):
        return False
    if _PORT.search(after) and (large or not _PRODUCT.search(before)):
        return True
    if _NAMED.search(before) or (after[:1] == "]" and _HEADER.search(before)) or (large and _RELAY.match(after)):
        return True
    if _DATED.search(after) or (_COMPARED.search(before) and large < 2):
        return False
    if _PRODUCT.search(before):
        return large >= 1 and large + (octets[0] >= _LARGE) >= 2 and octets[1] > 0
    return large >= 2 or (large == 1 and octets[0] >= _SMALL and octets[1] > 0)


def find_colons(window: Window) -> Iterator[Span]:
    """IPv6 (RFC 4291 2.2), global unicast or one that only its own network knows."""
    text, start, end = window.text, window.start, window.end
    candidate = window.candidate.rstrip(".")
    if candidate.endswith(":") and not candidate.endswith("::"):
        candidate = candidate[:-1]
    end = start + len(candidate)
    kind = _kind_v6(candidate)
    after = text[end : end + 1]
    if kind is None or joins_left(text, start, "_.-:") or (after.isascii() and (after.isalnum() or after == "_")):
        return
    yield Span(start=start, end=end, kind=kind, detector="ip.v6", confidence=SHAPED, version=3)


@lru_cache(1024)  # code repeats its own `std::` and times; the answer depends on the candidate alone
def _kind_v6(candidate: str) -> str | None:
    if len([group for group in candidate.split(":") if group]) < _GROUPS:
        return None
    try:
        address = ipaddress.IPv6Address(candidate)
    except ipaddress.AddressValueError:
        return None
    if any(address in block for block in _LOCAL_V6):
        return "IP_RESERVED"
    if address in _ALLOCATED and not any(address in block for block in _SPECIAL_V6):
        return "IP_ADDRESS"
    return None
