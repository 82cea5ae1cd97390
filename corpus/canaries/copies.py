"""Near copies whose Jaccard similarity is known to the last shingle, and exact ones that only look otherwise."""

from dataclasses import dataclass
from random import Random

import numpy as np
import pyarrow as pa

from filters.batch import Batch
from filters.kernels.boundaries import places
from filters.kernels.buffers import buffers
from filters.kernels.minhash import content_keys, shingle_sets

_MOST = 240  # shingles of a copy: a page's head; the longer, the likelier it says something twice
_TRIED = 4  # lengths of a text


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A text and its copy."""

    text: str
    copy: str


def near(random: Random, text: str, ngram: int, percent: int) -> Pair | None:
    """A head of a text and a copy with some words changed: of their distinct shingles of `ngram` words exactly
    `percent` % are shared. None for a text that is too short, or says something twice.

    k words that stand `ngram` or more apart change x = k * ngram of A shingles, (A - x) / (A + x) are shared.
    """
    where = _places(text)
    most = min(where.shape[1] - ngram + 1, _MOST)
    sizes = (divmod(changed * ngram * (100 + percent), 100 - percent) for changed in range(1, most // ngram))
    fitting = [(changed, size) for changed, (size, rest) in enumerate(sizes, 1) if not rest and size <= most]
    for changed, size in fitting[-1 : -_TRIED - 1 : -1]:
        words = size + ngram - 1
        head = text[: where[1, words - 1]] + "."
        # Each changed word has ngram - 1 words on both sides, so that it is in ngram shingles, and none is in two's.
        slack = words - (changed + 1) * ngram + 1
        gaps = sorted(random.randint(0, slack) for _ in range(changed))
        chosen = [ngram - 1 + number * ngram + gap for number, gap in enumerate(gaps)]
        copy = _changed(random, head, where[:, :words], chosen)
        if _similarity(head, copy, ngram) == (size, percent):
            return Pair(text=head, copy=copy)
    return None


def _changed(random: Random, text: str, where: np.ndarray, chosen: list[int]) -> str:
    """With another word of the text in these places."""
    words = [text[start:end] for start, end in where.T.tolist()]
    pieces, last = [], 0
    for place in chosen:
        start, end = where[:, place].tolist()
        own = text[start:end].casefold()
        other = next((word for word in random.choices(words, k=4) if word.casefold() != own), own)
        pieces += [text[last:start], other]
        last = end
    return "".join([*pieces, text[last:]])


def _similarity(one: str, other: str, ngram: int) -> tuple[int, float]:
    """Distinct shingles of the first, and the similarity in percent; (0, 0) if the second has not as many."""
    batch = _batch([one, other])
    offsets, values = shingle_sets(batch.folded.word_hash, batch.folded.word_offsets, np.arange(2), ngram)
    first, second = (values[offsets[row] : offsets[row + 1]] for row in range(2))
    shared = len(np.intersect1d(first, second))
    union = len(first) + len(second) - shared
    found = 100 * shared / union if union and len(first) == len(second) else 0.0
    return len(first), found


def distinct(text: str, ngram: int) -> frozenset[int]:
    """Hashes of the shingles of a text."""
    folded = _batch([text]).folded
    _, values = shingle_sets(folded.word_hash, folded.word_offsets, np.arange(1), ngram)
    return frozenset(values.tolist())


def _places(text: str) -> np.ndarray:
    """int32[2, words]; none for a text whose folding has other words, for these could not be told apart."""
    batch = _batch([text])
    data, offsets = buffers(batch.text)
    found = places(data, int(offsets[0]), int(offsets[1]), int(batch.index.words[0]))
    return found if found.shape[1] == int(batch.folded.words[0]) else found[:, :0]


def _batch(texts: list[str]) -> Batch:
    return Batch(documents=pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], names=["text"]))


def exact(random: Random, text: str) -> Pair | None:
    """The same words in other letters and with other blanks; None for a text whose words would not be the same."""
    recased = random.choice((str.upper, str.title, str.swapcase, str.lower))(text)
    copy = recased.replace("\n", random.choice(("\n\n", "\n", " \n "))).replace(" ", random.choice(("  ", " ")))
    folded = _batch([text, copy]).folded
    keys = content_keys(folded.word_hash, folded.word_offsets)
    same = copy != text and bool((keys[0] == keys[1]).all()) and int(folded.words[0]) > 0
    return Pair(text=text, copy=copy) if same else None
