"""What pages of the web have that nobody wrote as text, made of the words of clean text: the same for the same seed.

Five kinds: lists of words that a search is to find, menus, lists of goods, teasers that are cut off, and one phrase
over and over. They stand in for labels of people where there are none; what no rule can find, words in a wrong order,
is left out.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random

CHARS = 1000  # of a text
_COMMON = 60  # words of a language that lists and menus do without


def _keywords(_: Sequence[str], rare: Sequence[str], chance: Random) -> Iterator[str]:
    own = [chance.choice(rare) for _ in range(chance.randrange(30, 90))]
    between = chance.choice([", ", " | ", " ", "\n"])
    while True:
        yield chance.choice(own) + between


def _menu(_: Sequence[str], rare: Sequence[str], chance: Random) -> Iterator[str]:
    while True:
        entry = " ".join(chance.choice(rare).capitalize() for _ in range(chance.randrange(1, 4)))
        yield f"{entry} ({chance.randrange(1, 400)})\n" if chance.random() < 0.15 else f"{entry}\n"


def _goods(_: Sequence[str], rare: Sequence[str], chance: Random) -> Iterator[str]:
    while True:
        model = f"{chance.choice('ABCDXZ')}{chance.randrange(10, 9999)}-{chance.randrange(1, 99)}"
        price = f"{chance.randrange(1, 900)},{chance.randrange(10, 99)} €"
        yield f"{chance.choice(rare).capitalize()} {chance.choice(rare)} {model} {price} ★★★☆\n"


def _teasers(words: Sequence[str], _: Sequence[str], chance: Random) -> Iterator[str]:
    while True:
        first = chance.randrange(max(1, len(words) - 8))
        yield " ".join(words[first : first + chance.randrange(4, 9)]) + chance.choice([" ...\n", "…\n"])


def _repeated(words: Sequence[str], _: Sequence[str], chance: Random) -> Iterator[str]:
    first = chance.randrange(max(1, len(words) - 12))
    phrase = " ".join(words[first : first + chance.randrange(4, 12)])
    yield " ".join(words[: chance.randrange(10, 40)]) + " "
    while True:
        yield f"{phrase} "


KINDS: dict[str, Callable[[Sequence[str], Sequence[str], Random], Iterator[str]]] = {
    "keywords": _keywords,
    "menu": _menu,
    "goods": _goods,
    "teasers": _teasers,
    "repeated": _repeated,
}


def made(texts: Sequence[str], seed: int) -> Iterator[tuple[str, str]]:
    """For each text of a language a kind, and a text of that kind of CHARS characters or a little more."""
    counted = Counter(word.strip(".,;:!?()\"'«»").lower() for text in texts for word in text.split())
    common = {word for word, _ in counted.most_common(_COMMON)}
    rare = sorted(word for word in counted if word not in common and len(word) > 1) or sorted(counted)
    for number, text in enumerate(texts):
        chance = Random(f"{seed}/{number}")
        kind = list(KINDS)[number % len(KINDS)]
        found = ""
        for piece in KINDS[kind](text.split(), rare, chance):
            found += piece
            if len(found) >= CHARS:
                break
        yield kind, found
