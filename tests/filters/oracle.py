"""Naive twins of the kernels in plain Python integers, strings and sets: slow, short, and written from the definitions.

The constants are spelled out again on purpose: a hash that changes makes every table that was written before worthless.
"""

import hashlib
import math
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from filters import unicode

_T = TypeVar("_T", bound=Hashable)

MASK = (1 << 64) - 1
SEED = 0x243F6A8885A308D3
STEP = 0x9E3779B97F4A7C15
BASE = 0xD6E8FEB86659FD93


def flags(character: str) -> int:
    """Kind and flags of a character, by the committed table."""
    tables, code = unicode.tables(), ord(character)
    return int(tables.classes[int(tables.class_blocks[code >> 8]) * 256 + code % 256])


def kind(character: str) -> int:
    return flags(character) & unicode.KIND


def lower(character: str) -> int:
    """Code point of the simple lower case."""
    tables, code = unicode.tables(), ord(character)
    return code + int(tables.lower[int(tables.lower_blocks[code >> 8]) * 256 + code % 256])


def words(text: str) -> list[str]:
    """Runs of letters, marks and digits, lower-cased, joiners in them left out; a letter of an unspaced script stands
    alone with its marks."""
    found: list[str] = []
    current = ""
    alone = False
    for character in text:
        here, unspaced = kind(character), bool(flags(character) & unicode.UNSPACED)
        belongs = here in (unicode.LETTER, unicode.MARK, unicode.DIGIT)
        if current and flags(character) & unicode.JOINER:
            continue
        if current and (not belongs or (here != unicode.MARK and (alone or unspaced))):
            found.append(current)
            current = ""
        if belongs:
            if not current:
                alone = unspaced
            current += chr(lower(character))
    return [*found, current] if current else found


def lines(text: str) -> list[str]:
    """Lines that hold more than white space; white space stripped at the ends and collapsed within; case kept."""
    plain = ("".join(" " if kind(c) == unicode.SPACE else c for c in line) for line in text.split("\n"))
    return [collapsed for line in plain if (collapsed := " ".join(part for part in line.split(" ") if part))]


def kinds(text: str) -> list[int]:
    counts = Counter(map(kind, text))
    return [counts[k] for k in range(8)]


def upper(text: str) -> int:
    return sum(bool(flags(c) & unicode.UPPER) for c in text)


def mix(value: int) -> int:
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def hash_of(text: str) -> int:
    """Hash of a word (as `words` gives it) or of a line (as `lines` does)."""
    state = SEED
    for character in text:
        state = (state ^ ord(character)) * STEP & MASK
        state = (state << 27 | state >> 37) & MASK
    return mix(state)


def ngrams(sequence: Sequence[_T], n: int) -> list[tuple[_T, ...]]:
    return [tuple(sequence[i : i + n]) for i in range(len(sequence) - n + 1)]


def top_share(symbols: Sequence[Hashable], n: int) -> float:
    """ROOTS' character repetition ratio."""
    counts = sorted(Counter(ngrams(symbols, n)).values(), reverse=True)
    repeated = sum(count > 1 for count in counts)
    return sum(counts[: min(math.isqrt(len(counts)), repeated)]) / max(sum(counts), 1)


def repeated_share(symbols: Sequence[Hashable], n: int) -> float:
    """ROOTS' word repetition ratio."""
    counts = Counter(ngrams(symbols, n)).values()
    return sum(count for count in counts if count > 1) / max(sum(counts), 1)


def paragraphs(text: str) -> list[tuple[str, ...]]:
    """Runs of lines between blank lines."""
    found: list[tuple[str, ...]] = []
    blank = True
    for line in text.split("\n"):
        own = lines(line)
        if own and blank:
            found.append(())
        if own:
            found[-1] += (own[0],)
        blank = not own
    return found


def repeat_shares(units: Sequence[Hashable], sizes: Sequence[int]) -> tuple[float, float]:
    """Shares of units that repeat an earlier one, and of their characters."""
    again = [i for i, unit in enumerate(units) if unit in units[:i]]
    return len(again) / max(len(units), 1), sum(sizes[i] for i in again) / max(sum(sizes), 1)


def line_shares(text: str) -> tuple[float, float, float, float]:
    """`repeat_shares` of lines, then of paragraphs."""
    own, blocks = lines(text), paragraphs(text)
    sizes = [len("".join(block).replace(" ", "")) for block in blocks]
    return (*repeat_shares(own, [len(line.replace(" ", "")) for line in own]), *repeat_shares(blocks, sizes))


def gopher_shares(text: str) -> list[float]:
    """Table A1: the most frequent 2-, 3- and 4-gram, and 5- to 10-grams that occurred before, over code points."""
    own = words(text)
    found = []
    for n in (2, 3, 4):
        counts = Counter(ngrams(own, n))
        repeated = [(often, len(" ".join(ngram))) for ngram, often in counts.items() if often > 1]
        most = max((often for often, _ in repeated), default=0)
        found.append(max((often * size for often, size in repeated if often == most), default=0) / max(len(text), 1))
    for n in range(5, 11):
        seen, covered, place = set(), 0, 0
        while place + n <= len(own):
            ngram = tuple(own[place : place + n])
            if ngram in seen:
                covered += len("".join(ngram))
                place += n
            else:
                seen.add(ngram)
                place += 1
        found.append(covered / max(len(text), 1))
    return found


def folded(text: str) -> str:
    """The declared normaliser of duplicates, of a text in NFC as ingest writes it."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def shingles(text: str, n: int) -> list[tuple[str, ...]]:
    """n words each; all words of a text that has fewer; none of a text without words."""
    own = words(text)
    return ngrams(own, min(n, len(own))) if own else []


def shingle_hash(shingle: Iterable[str]) -> int:
    state = 0
    for word in shingle:
        state = (state * BASE + hash_of(word)) & MASK
    return mix(state)


def coefficients(permutations: int, seed: int) -> tuple[list[int], list[int]]:
    """splitmix64 (Steele, Lea & Flood 2014)."""
    made = []
    for i in range(1, 2 * permutations + 1):
        z = (seed + i) * STEP & MASK
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
        made.append(z ^ z >> 31)
    return [a | 1 for a in made[:permutations]], made[permutations:]


def signature(text: str, n: int, permutations: int, seed: int) -> list[int]:
    """Least (a x + b) >> 32 over the shingles, a permutation each; all ones without words."""
    hashes = [shingle_hash(shingle) for shingle in set(shingles(text, n))]
    pairs = zip(*coefficients(permutations, seed), strict=True)
    return [min(((a * x + b & MASK) >> 32 for x in hashes), default=0xFFFFFFFF) for a, b in pairs]


def content_key(text: str) -> bytes:
    own = [hash_of(word) for word in words(text)]
    if not own:
        return bytes(16)
    high, low = STEP, BASE
    for value in own:
        high = mix(high ^ value)
        low = ((low ^ low >> 29) * BASE + value) & MASK
    return mix(high).to_bytes(8, "big") + mix(low ^ STEP).to_bytes(8, "big")


def wordless_key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16, person=b"no words").digest() if text else bytes(16)


def jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return len(one & other) / max(len(one | other), 1)
