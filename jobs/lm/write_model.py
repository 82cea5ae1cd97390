"""The model's folder out of its counted n-grams: weights, ARPA, table, percentiles, and last the description."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import orjson
import pyarrow as pa

from corpus.store import manifest, storage
from filters.arrow import binaries, typed
from filters.lm import arpa, kneser_ney, model, normaliser
from filters.lm.kneser_ney import Discount, Weights
from filters.lm.normaliser import of_strings
from filters.lm.score_table import Builder
from filters.lm.suffixes import Level
from filters.lm.vocabulary import SPECIALS, Vocabulary
from jobs.engine.progress import Progress
from jobs.lm.read_text import HELD_OUT
from jobs.lm.step import Stage


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What is known before anything is estimated. `pieces`: path of the SentencePiece model, "" for words."""

    language: str
    identity: object
    read: Stage
    unknown: int
    vocabulary: Vocabulary
    tree: Sequence[Level]
    pieces: str


def write(out: str, counted: Counted) -> tuple[None, str]:
    """Write every file of the model; `model.json` comes last and makes it one."""
    found = kneser_ney.discounts(counted.tree)
    files = {model.WORDS: _publish(out, model.WORDS, _words(counted.vocabulary))}
    if counted.pieces:
        data = storage.read_bytes(counted.pieces) or b""
        files[model.PIECES] = _publish(out, model.PIECES, [data])
    total = sum(map(len, counted.tree))
    slots = _weigh(out, counted, found, files, total)
    description = _described(counted, found, files, slots)
    scorer = model.opened(out, description)
    perplexities = _heldout(scorer, counted.read)
    limits = model.limits(perplexities)
    if limits:
        low, high = model.PERCENTILES
        description["buckets"] = {
            "head": limits[0],
            "tail": limits[1],
            "percentiles": [low, high],
            "documents": len(perplexities),
        }
    data = orjson.dumps(description, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    storage.publish_bytes(out, model.DESCRIPTION, data)
    fallen = [str(n) for n, one in enumerate(found, 1) if one.fallback]
    note = f"; lmplz's fallback discounts for order {', '.join(fallen)}" if fallen else ""
    return None, f"{total:,} n-grams{note}"


def _publish(out: str, name: str, blocks: Iterable[bytes]) -> dict[str, object]:
    with storage.publish(out, name) as sink:
        for block in blocks:
            sink.write(block)
    return {"bytes": sink.bytes, "sha256": sink.sha256}


def _words(vocabulary: Vocabulary) -> Iterator[bytes]:
    """A line each, in the order of their numbers."""
    for batch in range(0, len(vocabulary), 1 << 16):
        yield b"".join(word + b"\n" for word in binaries(vocabulary.words[batch : batch + (1 << 16)]))


def _weigh(
    out: str, counted: Counted, found: Sequence[Discount], files: dict[str, dict[str, object]], total: int
) -> int:
    """Weights go through the table into the ARPA file, one length at a time; returns the slots of the table."""
    builder = Builder(counted.tree)
    weighted: Iterator[Weights] = builder.through(kneser_ney.weights(counted.tree, found))
    done = 0

    def counting() -> Iterator[bytes]:
        nonlocal done
        for block in arpa.blocks(counted.tree, weighted, counted.vocabulary):
            done += block.count(b"\n")
            yield block

    with Progress("estimate", total, lambda: done):
        files[model.ARPA] = _publish(out, model.ARPA, counting())
    table = builder.table()
    files[model.TABLE] = _publish(out, model.TABLE, table.blocks())
    return table.slots


def _heldout(scorer: model.Scorer, read: Stage) -> np.ndarray:
    """Perplexities (float64) of the held-out documents."""
    texts = read.table("heldout")
    found = [np.empty(0)]
    with Progress("percentiles", texts.rows, lambda: sum(map(len, found))):
        for part in range(texts.parts):
            for batch in texts.batches(part):
                logarithm, tokens = scorer.score(of_strings(typed(batch.column("text"), pa.LargeStringArray)))
                found.append(model.perplexity(logarithm, tokens))
    return np.concatenate(found)


def _described(
    counted: Counted, found: Sequence[Discount], files: dict[str, dict[str, object]], slots: int
) -> dict[str, object]:
    """All of model.json but the buckets."""
    sums = counted.read.counts
    digest = hashlib.sha256()
    digests = counted.read.table("digest")
    for part in range(digests.parts):
        digest.update(b"".join(binaries(digests.read(part).column("sha256"))))
    return {
        "format": model.FORMAT,
        "version": model.VERSION,
        "fingerprint": manifest.fingerprint(counted.identity),
        "language": counted.language,
        "order": len(counted.tree),
        "estimator": "interpolated modified Kneser-Ney",
        "normaliser": {"name": normaliser.NAME, "version": normaliser.VERSION},
        "token": "piece" if counted.pieces else "word",
        "units": model.UNITS,
        "text": {
            "sha256": digest.hexdigest(),
            "documents": sums["documents"] - sums["heldout"],
            "bytes": sums["bytes"],
            "lines": sums["lines"],
            "tokens": sums["tokens"],
            "held_out": f"1 document in {HELD_OUT}, by the digest of its text",
        },
        "identity": counted.identity,
        "vocabulary": {
            "words": len(counted.vocabulary) - len(SPECIALS),
            "sha256": counted.vocabulary.digest,
            "unknown_tokens": counted.unknown,
        },
        "ngrams": [len(level) for level in counted.tree],
        "discounts": [asdict(one) for one in found],
        "buckets": None,
        "table": {"slots": slots},
        "files": files,
    }
