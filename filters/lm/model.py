"""A trained language model as a folder: `model.json` says what it is, and scoring goes by it.

`docs/data-format.md` has the files and every key.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from filters.lm import normaliser, score_table
from filters.lm.normaliser import Text
from filters.lm.pieces import Pieces
from filters.lm.score_table import Table
from filters.lm.vocabulary import SPECIALS, Vocabulary, numbered
from filters.models import verified

DESCRIPTION, ARPA, TABLE, WORDS, PIECES = "model.json", "model.arpa", "model.table", "words.txt", "pieces.model"
FORMAT, VERSION = "gristmill-lm", 1
MOST_ORDER = 6  # words of an n-gram: KenLM's own limit, and what train-lm takes
BUCKETS, UNMODELLED = ("head", "middle", "tail"), "unmodelled"
PERCENTILES = (30, 60)  # CCNet's (Wenzek et al. 2020, section 4.3): below the first is head, above the second tail

# What the numbers are; the same for every model, said in every model.
UNITS = {
    "logarithm": 10,
    "perplexity": "10 ** (-log10 p / tokens), of a text",
    "tokens": "words or pieces, and an end of sentence for each line that holds any; beginnings are context alone",
    "sentence": "a line",
}


@dataclass(frozen=True)
class Scorer:
    """A loaded model. `limits`: perplexities that part head, middle and tail, or None."""

    order: int
    table: Table
    words: tuple[np.ndarray, np.ndarray]  # hash table of the vocabulary
    pieces: Pieces | None
    piece_numbers: np.ndarray  # int32 by SentencePiece's number; empty without
    limits: tuple[float, float] | None

    def score(self, text: Text) -> tuple[np.ndarray, np.ndarray]:
        """log10 of each text's probability (float64[rows]) and its tokens (int64[rows])."""
        tokens, rows = self.pieces.numbered(text, self.piece_numbers) if self.pieces else numbered(text, self.words)
        return self.table.score(tokens, rows, self.order), np.diff(rows)


def perplexity(logarithm: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """float64: 10 ** (-log10 p / tokens), at most 1e300; 0 for a text without tokens."""
    each = -logarithm / np.maximum(tokens, 1)
    return np.where(tokens > 0, 10.0 ** np.minimum(each, 300.0), 0.0)  # 300: a float's range


def bucket(found: np.ndarray, tokens: np.ndarray, limits: tuple[float, float] | None) -> np.ndarray:
    """`head`, `middle` or `tail` for each perplexity; `unmodelled` without tokens, or if the model has no limits."""
    if limits is None:
        return np.full(len(found), UNMODELLED, object)
    named = np.array(BUCKETS, object)[(found > limits[0]).astype(np.int64) + (found > limits[1])]
    return np.where(tokens > 0, named, UNMODELLED)


def is_folder(path: str) -> bool:
    """Whether a recipe's path names a model of this kind and not a bare ARPA or KenLM file."""
    return os.path.isdir(path)


@cache
def load(path: str, sha256: str) -> Scorer:
    """The model of a folder whose model.json has that digest; its other files must have the digests that stand there.

    Raises ValueError, one line with the next action.
    """
    found = _description(verified(os.path.join(path, DESCRIPTION), sha256), path)
    return opened(path, found)


def _description(file: str, path: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = orjson.loads(Path(file).read_bytes())
        kind, version, own = found["format"], found["version"], found["normaliser"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"model {path}: {DESCRIPTION} describes no language model; train it with train-lm") from error
    if (kind, version) != (FORMAT, VERSION):
        raise ValueError(f"model {path} is {kind} {version}, not {FORMAT} {VERSION}: train it again")
    if own != {"name": normaliser.NAME, "version": normaliser.VERSION}:
        raise ValueError(f"model {path} was trained on text of another normaliser ({own}): train it again")
    if not _is_whole(found):
        raise ValueError(f"model {path}: {DESCRIPTION} is damaged, or lacks what says its files: train it again")
    return found


def _is_whole(found: Mapping[str, Any]) -> bool:
    """Whether what scoring goes by is there: order, slots, digests of files, and limits or none."""
    try:
        limits, files = found["buckets"], found["files"]
        whole = [found["order"], found["table"]["slots"]]
        numbers = [limits["head"], limits["tail"]] if limits else []
        digests = [files[name]["sha256"] for name in files]
    except (KeyError, TypeError, IndexError):
        return False
    return (
        all(type(one) is int for one in whole)
        and 1 <= whole[0] <= MOST_ORDER
        and 1 <= whole[1] <= score_table.LIMIT
        and all(type(one) in (int, float) for one in numbers)
        and all(isinstance(one, str) for one in digests)
        and {TABLE, WORDS} <= set(files)
    )


def opened(path: str, found: Mapping[str, Any]) -> Scorer:
    """The model of a folder by its description. Raises ValueError."""
    for name in sorted({TABLE, WORDS, PIECES} & set(found["files"])):
        verified(os.path.join(path, name), found["files"][name]["sha256"])
    lines = Path(path, WORDS).read_bytes().split(b"\n")[len(SPECIALS) : -1]
    vocabulary = Vocabulary.of(pa.array(lines, pa.large_binary()))
    pieces = Pieces.load(os.path.join(path, PIECES)) if PIECES in found["files"] else None
    limits = found["buckets"]
    return Scorer(
        order=found["order"],
        table=score_table.load(os.path.join(path, TABLE), len(vocabulary), found["table"]["slots"]),
        words=vocabulary.table,
        pieces=pieces,
        piece_numbers=vocabulary.numbers_of(pieces.names) if pieces else np.empty(0, np.int32),
        limits=(limits["head"], limits["tail"]) if limits else None,
    )


def limits(perplexities: np.ndarray) -> tuple[float, float] | None:
    """CCNet's 30th and 60th percentile of held-out documents; None if there are none.

    A percentile is a document's own value (nearest rank), so that no arithmetic stands between it and the comparison.
    """
    if not len(perplexities):
        return None
    low, high = np.percentile(perplexities, PERCENTILES, method="inverted_cdf")
    return float(low), float(high)


def digest_of(path: str) -> str:
    """sha256 of a model folder's description: what a recipe names."""
    return hashlib.sha256(Path(path, DESCRIPTION).read_bytes()).hexdigest()
