"""IP addresses that may belong to a person: global ones, not private, loopback or documentation ranges."""

import ipaddress
from collections.abc import Iterator

import re2

from filters.pii.spans import Span

CANDIDATE = (
    r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{3}|[0-9A-Fa-f]{4}::"
)
_V4 = re2.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_V6 = re2.compile(r"[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{3,34}[0-9A-Fa-f]")
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
_ALLOCATED = ipaddress.IPv6Network("2000::/3")  # global unicast (RFC 4291; IANA allots from no other block)
_GROUPS = 3  # of an IPv6 address that are written out: `d::e` is code
_CONTEXT = 12
_JOINS = "_.-"  # what makes a number part of a longer name
_VERSION = re2.compile(r"(?i)(?:version|ver\.?|v\.?|release|rev\.?|section|§|chapter|build)\s*$")


def find(text: str, _: str) -> Iterator[Span]:
    for match in _V4.finditer(text):
        start, end = match.span()
        if (
            _free(text, start, end)
            and _personal_v4(match.group())
            and not _VERSION.search(text[max(start - _CONTEXT, 0) : start])
        ):
            yield Span(start=start, end=end, kind="IP_ADDRESS", detector="ip.v4")
    for match in _V6.finditer(text):
        start, end = match.span()
        if _free(text, start, end) and _personal_v6(match.group()):
            yield Span(start=start, end=end, kind="IP_ADDRESS", detector="ip.v6")


def _free(text: str, start: int, end: int) -> bool:
    """Not part of a longer number, word or dotted sequence."""
    before, after = text[start - 1 : start], text[end : end + 2]
    if before.isascii() and (before.isalnum() or (before != "" and before in _JOINS)):
        return False
    if after[:1].isascii() and (after[:1].isalnum() or after[:1] == "_"):
        return False
    return not (after[:1] == "." and after[1:].isdigit())


def _personal_v4(candidate: str) -> bool:
    octets = candidate.split(".")
    if any((len(octet) > 1 and octet[0] == "0") or int(octet) > 255 for octet in octets):
        return False
    # Four single digits are a version or section far more often than an address, and those there are serve the public.
    if all(len(octet) == 1 for octet in octets):
        return False
    address = ipaddress.IPv4Address(candidate)
    return not any(address in block for block in _SPECIAL_V4)


def _personal_v6(candidate: str) -> bool:
    if len([group for group in candidate.split(":") if group]) < _GROUPS:
        return False
    try:
        address = ipaddress.IPv6Address(candidate)
    except ipaddress.AddressValueError:
        return False
    return address in _ALLOCATED and not any(address in block for block in _SPECIAL_V6)
