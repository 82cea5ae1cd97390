"""Numbers that devices carry: hardware addresses of networks (IEEE 802) and of mobile telephones (3GPP TS 23.003)."""

import re
from collections.abc import Iterator

from stdnum import imei

from filters.pii.spans import NAMED, SHAPED, Span
from filters.pii.window import Window, joins_left, joins_right, plain

_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})$")
_QUADS = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$")
WORTH = r"\x01(?:[0-9A-Fa-f]{2}-){5}|\x01[0-9a-f]{4}\.[0-9a-f]{4}\."
_RESERVED = ("00005e0053", "01005e9010")  # RFC 7042 2.1.2: for documentation; pseudonyms are taken from the first
_GROUPS = frozenset("13579bdf")  # second hexadecimal digit of a group address: of many devices, so of nobody
_MIN_DISTINCT = 4
_TEST = "00"
_IMEI = re.compile(r"[0-9]{2}[ \-]?[0-9]{6}[ \-]?[0-9]{6}[ \-]?[0-9]")
_IMEI_NAME = re.compile(r"(?i)(?<![a-z])imei(?:sv)?(?![a-z])[^0-9\n]{0,24}$")


def find_mac(window: Window) -> Iterator[Span]:
    """Six octets with colons or hyphens, or three groups with dots: of one device, not of a group of them."""
    found = window.candidate.rstrip(".")
    if not _PAIRS.match(found) and not _QUADS.match(found):
        return
    digits = "".join(c for c in found.lower() if c.isalnum())
    if digits.startswith(_RESERVED) or digits[1] in _GROUPS or len(set(digits)) < _MIN_DISTINCT:
        return
    start, end = window.start, window.start + len(found)
    after = window.text[end : end + 2]
    if joins_left(window.text, start, "_.-:") or (after[:1] in (":", "-") and after[1:].isalnum()):
        return
    yield Span(start=start, end=end, kind="MAC_ADDRESS", detector="device.mac", confidence=SHAPED)


def find_imei(window: Window) -> Iterator[Span]:
    """Fifteen digits with a check digit, where the word IMEI stands before them."""
    run = plain(window.candidate)
    for match in _IMEI.finditer(run):
        start, end = window.start + match.start(), window.start + match.end()
        if match.group().startswith(_TEST):  # reporting body 00 gives numbers to test equipment; pseudonyms begin so
            continue
        if (
            imei.is_valid(match.group())
            and _IMEI_NAME.search(window.text[:start])
            and not joins_right(window.text, end)
        ):
            yield Span(start=start, end=end, kind="IMEI", detector="device.imei", confidence=NAMED)
