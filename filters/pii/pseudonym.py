"""Stand-ins of the same shape, the same for the same value and key, in ranges that nobody can have.

E-mail under .invalid (RFC 2606), addresses of the documentation ranges (RFC 5737, RFC 3849, RFC 7042), telephones of
the country code 999 or with the trunk 000, cards of no issuer, accounts of the country XX
(ISO 3166 leaves it to users).
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b

from stdnum import luhn
from stdnum.iban import calc_check_digits

_DOCUMENTATION = ("192.0.2", "198.51.100", "203.0.113")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def normal(kind: str, value: str) -> str:
    """What counts as one value: case and the joints of numbers do not."""
    if kind in ("EMAIL", "HANDLE", "EMAIL_OBFUSCATED", "PROFILE"):
        return value.casefold()
    if kind in ("KEY", "CRYPTO_ADDRESS", "COORDINATES", "IP_ADDRESS", "IP_RESERVED"):
        return value
    return "".join(c for c in value.casefold() if c.isalnum() or c == "+")


def digest(kind: str, value: str, key: bytes, size: int = 16) -> bytes:
    """BLAKE2b of the value under the key (at most 64 bytes), apart for each kind."""
    return blake2b(normal(kind, value).encode(), digest_size=size, key=key, person=kind.encode()).digest()


def pseudonym(kind: str, value: str, key: bytes) -> str | None:
    """A stand-in; None for kinds whose shape would say nothing (keys, coins, places, addresses of profiles)."""
    make = _MAKERS.get(kind)
    return make(value, _Stream(digest(kind, value, key, 64))) if make else None


class _Stream:
    """Numbers out of a digest, in order."""

    def __init__(self, raw: bytes) -> None:
        self._number = int.from_bytes(raw, "big")

    def below(self, limit: int) -> int:
        self._number, found = divmod(self._number, limit)
        return found

    def letters(self, count: int) -> str:
        return "".join(_LETTERS[self.below(26)] for _ in range(count))


def _mail(_: str, stream: _Stream) -> str:
    return f"{stream.letters(10)}@{stream.letters(8)}.invalid"


def _spelt(_: str, stream: _Stream) -> str:
    return f"{stream.letters(10)} (at) {stream.letters(8)} (dot) invalid"


def _ip(value: str, stream: _Stream) -> str:
    if ":" in value:
        return "2001:db8:" + ":".join(f"{stream.below(1 << 16):x}" for _ in range(6))
    return f"{_DOCUMENTATION[stream.below(3)]}.{1 + stream.below(254)}"


def _mac(value: str, stream: _Stream) -> str:
    digits = f"00005e0053{stream.below(256):02x}"
    return _filled(value, iter(digits.upper() if value.upper() == value else digits))


def _phone(value: str, stream: _Stream) -> str:
    lead = "999" if "+" in value[:3] else "000"
    return _filled(value, _digits(lead, stream))


def _card(value: str, stream: _Stream) -> str:
    size = sum(c.isdigit() for c in value)
    body = "".join(next_digit for next_digit, _ in zip(_digits("0000", stream), range(size - 1), strict=False))
    return _filled(value, iter(body + luhn.calc_check_digit(body)))


def _imei(value: str, stream: _Stream) -> str:
    size = sum(c.isdigit() for c in value)
    body = "".join(next_digit for next_digit, _ in zip(_digits("00", stream), range(size - 1), strict=False))
    return _filled(value, iter(body + luhn.calc_check_digit(body)))


def _iban(value: str, stream: _Stream) -> str:
    body = "".join(str(stream.below(10)) if c.isdigit() else c for c in value if c.isalnum())[4:]
    body = "".join(c if c.isdigit() else _LETTERS[stream.below(26)].upper() for c in body)
    return _filled(value, iter("XX" + calc_check_digits("XX00" + body) + body))


def _national(value: str, stream: _Stream) -> str:
    digits = _digits("000", stream)
    return "".join(next(digits) if c.isdigit() else ("X" if c.isupper() else "x") if c.isalpha() else c for c in value)


def _handle(value: str, stream: _Stream) -> str:
    return f"@anon_{stream.letters(10)}" + (f"@{stream.letters(8)}.invalid" if value.count("@") > 1 else "")


def _digits(lead: str, stream: _Stream) -> Iterator[str]:
    yield from lead
    while True:
        yield str(stream.below(10))


def _filled(value: str, characters: Iterator[str]) -> str:
    """The value with its letters and digits replaced in order, joints kept."""
    return "".join(next(characters) if c.isalnum() else c for c in value)


_MAKERS: dict[str, Callable[[str, _Stream], str]] = {
    "EMAIL": _mail,
    "EMAIL_OBFUSCATED": _spelt,
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": _mac,
    "PHONE": _phone,
    "CREDIT_CARD": _card,
    "IMEI": _imei,
    "IBAN": _iban,
    "NATIONAL_ID": _national,
    "HANDLE": _handle,
}
