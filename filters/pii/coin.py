"""Addresses of cryptocurrencies: base58check and bech32 carry their own checksum, Ethereum's form is its own."""

import hashlib
import re
from collections.abc import Iterator

from stdnum import bitcoin

from filters.pii.spans import PROVED, SHAPED, Span
from filters.pii.window import Window, joins_left

_BASE58 = {c: i for i, c in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
# Version byte -> coin: Bitcoin, Litecoin, Dogecoin, Tron, Dash (each project's chain parameters).
_VERSIONS = {0x00: "bitcoin", 0x05: "bitcoin", 0x30: "litecoin", 0x32: "litecoin", 0x1E: "dogecoin"} | {
    0x16: "dogecoin",
    0x41: "tron",
    0x4C: "dash",
    0x10: "dash",
}
_CHECKED = re.compile(r"(?:^|[^A-Za-z0-9])([13LMDATX9][1-9A-HJ-NP-Za-km-z]{25,34})(?:$|[^A-Za-z0-9])")
_SEGWIT = re.compile(r"(?:^|[^A-Za-z0-9])(bc1[02-9ac-hj-np-z]{11,71})(?:$|[^A-Za-z0-9])")
_ETHEREUM = re.compile(r"(?:^|[^A-Za-z0-9])(0x[0-9A-Fa-f]{40})(?:$|[^A-Za-z0-9])")
WORTH = r"[13LMDATX9][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{11}|0x[0-9A-Fa-f]{40}"
_MIN_DISTINCT = 6  # hexadecimal digits: addresses of code are mostly zeros


def find(window: Window) -> Iterator[Span]:
    """Addresses within a token."""
    token = window.candidate
    for pattern, check in ((_CHECKED, _base58check), (_SEGWIT, _segwit), (_ETHEREUM, _ethereum)):
        for match in pattern.finditer(token):
            name = check(match.group(1))
            start, end = window.start + match.start(1), window.start + match.end(1)
            if name and not joins_left(window.text, start, "_"):
                confidence = SHAPED if name == "ethereum" else PROVED
                yield Span(start=start, end=end, kind="CRYPTO_ADDRESS", detector=f"coin.{name}", confidence=confidence)


def _base58check(address: str) -> str | None:
    number = 0
    for c in address:
        number = number * 58 + _BASE58[c]
    if number.bit_length() > 200:
        return None
    raw = number.to_bytes(25, "big")
    check = hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4]
    return _VERSIONS.get(raw[0]) if check == raw[21:] else None


def _segwit(address: str) -> str | None:
    return "bitcoin" if bitcoin.is_valid(address) else None


def _ethereum(address: str) -> str | None:
    return "ethereum" if len(set(address[2:].lower())) >= _MIN_DISTINCT else None
