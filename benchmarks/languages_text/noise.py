"""Texts that are no language: rows of numbers, dates, digests, keys, letters at random. The same each time."""

import base64
import hashlib
from collections.abc import Iterator

LABEL = "zxx-noise"
_SIGNS = "-=*_#~.+|/\\<>!?:;,%&@^()[]{}•●→←★☆✓…—"
_EMOJI = "😀😂❤️🔥👍🎉😍🙏✨🌍🚀💯"
_UNITS = ("%", "kg", "USD", "€", "km", "GB", "MHz", "°C", "ms", "px", "")


def _numbers(seed: bytes) -> str:
    cells = []
    for place in range(0, 60, 4):
        value = int.from_bytes(seed[place : place + 4])
        shapes = (
            f"{value % 10_000}",
            f"{value % 100_000 / 100:.2f}",
            f"{value % 1_000_000:,}",
            f"{value % 28 + 1:02d}.{value % 12 + 1:02d}.{1950 + value % 80}",
            f"{1950 + value % 80}-{value % 12 + 1:02d}-{value % 28 + 1:02d}",
            f"{value % 24:02d}:{value // 7 % 60:02d}",
            f"{value % 900 + 1}{_UNITS[value % len(_UNITS)]}",
            f"({value % 900 + 100}) {value % 900 + 100}-{value % 9000 + 1000}",
            f"{value % 256}.{value // 3 % 256}.{value // 5 % 256}.{value // 7 % 256}",
        )
        cells.append(shapes[value // 11 % len(shapes)])
    return (" ", "\t", ", ", " | ")[seed[60] % 4].join(cells[: 2 + seed[61] % 13])


def _digests(seed: bytes) -> str:
    long = seed.hex() + hashlib.sha512(seed).hexdigest()
    return " ".join(long[start : start + 32] for start in range(0, 32 * (1 + seed[0] % 8), 32))


def _keys(seed: bytes) -> str:
    long = base64.b64encode(seed + hashlib.sha512(seed).digest()).decode()
    return long if seed[0] % 2 else " ".join(long[start : start + 19] for start in range(0, 140, 20))


def _letters(seed: bytes) -> str:
    words, word = [], ""
    for byte in seed:
        word += chr(97 + byte % 26)
        if byte > 215:
            words.append(word)
            word = ""
    return " ".join(words)


def _signs(seed: bytes) -> str:
    from_ = _EMOJI if seed[0] % 4 == 0 else _SIGNS
    return "".join(from_[byte % len(from_)] * (1 + byte % 7) + " " * (byte % 3) for byte in seed[: 10 + seed[1] % 40])


def _products(seed: bytes) -> str:
    parts = []
    for place in range(0, 48, 4):
        number = int.from_bytes(seed[place : place + 4])
        letters = "".join(chr(65 + number // 26**power % 26) for power in range(2 + number % 3))
        parts.append(f"{letters}-{number % 10_000}" if number % 2 else f"{letters}{number % 1000}")
    return " ".join(parts[: 3 + seed[60] % 9])


def texts(count: int) -> Iterator[str]:
    """So many texts, each kind in turn."""
    kinds = (_numbers, _numbers, _digests, _keys, _letters, _signs, _products)
    for number in range(count):
        yield kinds[number % len(kinds)](hashlib.sha512(f"noise {number}".encode()).digest())
