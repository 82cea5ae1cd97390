"""Fill-in-the-middle: a piece of a document as its prefix, its suffix and then its middle (Bavarian et al. 2022).

As StarCoder was trained (Li et al. 2023; `permute` in megatron/data/gpt_dataset.py of bigcode's Megatron-LM): a share
of the pieces is cut at two places between code points, each as likely as any; each of the three texts is encoded by
itself; half of these come as prefix, suffix, middle (PSM), half as suffix, prefix, middle (SPM, the second variant of
the paper).

    PSM  [prefix] prefix [suffix] suffix [middle] middle
    SPM  [prefix] [suffix] suffix [middle] prefix middle

Nothing is cut off to make an example fit: a piece that would not, or would not come back letter for letter, stays as it
is, and is counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np

from corpus.views import draws
from corpus.views.recipe_table import View

PLAIN, PSM, SPM = range(3)  # how an example of a piece is arranged
KINDS = ("plain", "psm", "spm")
# Tokens of a row left free for three marks, the end, and what is encoded longer because it is cut: at most the tokens
# that a cut falls into are encoded otherwise, and pieces that still do not fit stay as they are.
_ROOM = 16
_NEAR = 8  # tokens looked back for a place between two code points, which have at most four bytes


class Coder(Protocol):
    """A tokenizer, both ways; names of special tokens in a text are text."""

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]: ...

    def decode(self, ids: Sequence[np.ndarray]) -> list[str]: ...


@dataclass(frozen=True, kw_only=True)
class Infilling:
    """What pieces are rearranged by; the ids of the three marks."""

    view: View
    prefix: int
    middle: int
    suffix: int
    end: int
    coder: Coder


class Piece(NamedTuple):
    """Tokens start..stop-1 of a document of the block; `last`: the document ends with it."""

    document: int
    start: int
    stop: int
    last: bool


class Infilled(NamedTuple):
    """An example: how its piece is arranged, its ids, and whether it was to be rearranged and could not be."""

    piece: Piece
    kind: int
    ids: np.ndarray
    unfit: bool


def infilled(
    documents: Iterator[tuple[int, np.ndarray]], keys: np.ndarray, copies: np.ndarray, how: Infilling
) -> list[Infilled]:
    """Examples of documents (number, tokens without the end) in order."""
    pieces: list[tuple[Piece, np.ndarray]] = []
    for number, tokens in documents:
        bounds = _bounds(tokens, how.view.sequence_length - _ROOM, how.coder)
        for start, stop in pairwise(bounds):
            pieces.append((Piece(number, start, stop, stop == len(tokens)), tokens[start:stop]))
    plans = _plans(pieces, keys, copies, how)
    texts = how.coder.decode([ids for _, ids in pieces])
    wanted = [(number, *plans[number].parted(text)) for number, text in enumerate(texts) if plans[number].kind != PLAIN]
    parts = how.coder.encode([text for _, *three in wanted for text in three])
    back = how.coder.decode(parts)
    arranged: dict[int, np.ndarray] = {}
    for place, (number, *three) in enumerate(wanted):
        own = slice(3 * place, 3 * place + 3)
        piece = pieces[number][0]
        size = sum(len(ids) for ids in parts[own]) + 3 + piece.last
        if back[own] == three and "".join(three) == texts[number] and size <= how.view.sequence_length:
            arranged[number] = _arranged(plans[number].kind, parts[own], how)
    found = []
    for number, (piece, ids) in enumerate(pieces):
        made = arranged.get(number)
        kind = PLAIN if made is None else plans[number].kind
        whole = ids if made is None else made.astype(ids.dtype)
        whole = np.append(whole, np.array([how.end], ids.dtype)) if piece.last else whole
        found.append(Infilled(piece, kind, whole, made is None and plans[number].kind != PLAIN))
    return found


class _Plan(NamedTuple):
    """What is drawn for a piece."""

    kind: int
    cuts: draws.Draws

    def parted(self, text: str) -> tuple[str, str, str]:
        first, second = sorted(self.cuts.below(len(text) + 1) for _ in range(2))
        return text[:first], text[first:second], text[second:]


def _plans(
    pieces: Sequence[tuple[Piece, np.ndarray]], keys: np.ndarray, copies: np.ndarray, how: Infilling
) -> list[_Plan]:
    found: list[_Plan] = []
    number, document = 0, -1
    for piece, _ in pieces:
        number = number + 1 if piece.document == document else 0
        document = piece.document
        own = draws.of(int(keys[document]), int(copies[document]), number)
        rearranged, suffix_first = own.share() < how.view.rate, own.share() < how.view.spm_rate
        found.append(_Plan((SPM if suffix_first else PSM) if rearranged else PLAIN, own))
    return found


def _arranged(kind: int, parts: Sequence[np.ndarray], how: Infilling) -> np.ndarray:
    prefix, middle, suffix = parts
    if kind == SPM:
        return np.concatenate([[how.prefix, how.suffix], suffix, [how.middle], prefix, middle])
    return np.concatenate([[how.prefix], prefix, [how.suffix], suffix, [how.middle], middle])


def _bounds(tokens: np.ndarray, size: int, coder: Coder) -> list[int]:
    """Where pieces of at most `size` tokens begin and end: between two code points, if there is such a place near."""
    bounds = [0]
    while len(tokens) - bounds[-1] > size:
        bounds.append(_between(tokens, bounds[-1] + size, coder))
    return [*bounds, len(tokens)]


def _between(tokens: np.ndarray, at: int, coder: Coder) -> int:
    """The last place of the _NEAR up to `at` whose two sides are decoded alone as they are together."""
    near = tokens[at - _NEAR : at + _NEAR]
    places = range(_NEAR, 0, -1)
    whole, *sides = coder.decode([near, *(side for place in places for side in (near[:place], near[place:]))])
    for number, place in enumerate(places):
        if sides[2 * number] + sides[2 * number + 1] == whole:
            return at - _NEAR + place
    return at
