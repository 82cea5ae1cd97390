"""IP addresses: global ones, which may be a person's, told apart from private, loopback and documentation ranges."""

import ipaddress
from collections.abc import Iterator
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

# Four numbers under 32 head sections and name releases (359 of 359 such in 225 MB of text); random octets are all under
# 32 once in 4,096 addresses. So they need a word that says what they are.
_SMALL = 32
_NAMED = re2.compile(
    r"(?i)(?:\bips?\b|\bipv4\b|addr|adres|host|server|serveur|servidor|gateway|ping|\bdns\b|\bfrom\b|://|@|\blogin|"
    r"адрес|сервер|地址|服务器|アドレス|サーバ|주소|서버|عنوان|خادم|כתובת|שרת|διεύθυνση|"
    r"सर्वर|সার্ভার|máy chủ|địa chỉ|เซิร์ฟเวอร์|"
    r"osoit|palvelim|címe|indirizzo|endereço|dirección|alamat|anwani|sunucu)[^\n]{0,24}$"
)


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
        or text[end : end + 2] == "-r"
    ):
        return
    if _OTHER.search(text[max(start - _CONTEXT, 0) : start]):
        return
    if all(int(octet) < _SMALL for octet in octets) and not _NAMED.search(text[:start]):
        return
    address = ipaddress.IPv4Address(window.candidate)
    special = any(address in block for block in _SPECIAL_V4)
    yield Span(
        start=start,
        end=end,
        kind="IP_RESERVED" if special else "IP_ADDRESS",
        detector="ip.v4",
        confidence=SHAPED,
        version=3,
    )


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
