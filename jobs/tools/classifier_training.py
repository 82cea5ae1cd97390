"""Documents of several kinds to a fastText classifier, by the library `floret`.

`floret` is fastText 0.9 with its own hashing beside; other builds of fastText train on memory that is not initialised
when they have fewer than ten threads. One thread: more would give other bytes each time.
"""

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.planning import inputs
from corpus.sources import inventory
from corpus.sources.inventory import SourceFile
from corpus.sources.record import Note, Reject, SiteFile
from corpus.sources.source import Source
from corpus.sources.units import read_unit
from filters import classifier
from filters.kernels.buffers import buffers
from filters.kernels.classify import classify
from jobs.engine.progress import Progress
from jobs.tools import classifier_shape
from jobs.tools.classifier_shape import Size
from jobs.tools.classifier_verdict import shares, verdict

_UNIT_BYTES = 64 << 20  # of input files read at a time
_HELD_OUT = 26  # of 256 values of a digest's first byte: a tenth of the texts
_EXTRA = slice(52, 60)  # two numbers of floret's own among the parameters of the file; without them it is fastText's
_FILES = ("model.bin", "model.ftz")  # dense, quantised
_BATCH = 1000  # held-out texts scored at a time
_LEAST = 10  # texts a label
_QUANTISED = {"retrain": True, "epoch": 1, "thread": 1, "verbose": 0, "dsub": 2, "qnorm": True}  # as lid.176.ftz is
_UNLABELLED = "no label"  # beside the reasons of rejects

_Listed = tuple[str, Source, list[SourceFile]]  # with the label, and the files digested


@dataclass(frozen=True, kw_only=True)
class Request:
    """Sources by label, or one whose records name their language, and the shape of the model."""

    sources: Sequence[tuple[str, Source]]  # label "" takes the record's language
    out: str
    dim: int
    epochs: int | None  # None: by the texts that there are
    word_ngrams: int
    subwords: tuple[int, int]  # lengths of character n-grams, from and to; (0, 0) for none
    limit: int = 8_000_000  # bytes from which the model is quantised
    keep_rows: int = 0  # rows that stay when it is; 0: by the limit, and only a larger model is quantised
    loss: str = "softmax"  # softmax, hs (a tree of labels), ova (each label for itself)
    learning_rate: float = 0.5
    least_words: int = 1  # texts' words that come less often have no vector of their own
    buckets: int = 0  # rows for n-grams; 0: by the texts that there are
    temperature: float = 1.0  # what the output is divided by: above 1.0 scores are less sure, in the same order

    def parameters(self, size: Size, labels: int) -> dict[str, int | float | str]:
        minn, maxn = self.subwords
        return {
            "dim": self.dim,
            "epoch": self.epochs or classifier_shape.epochs(size, labels),
            "wordNgrams": self.word_ngrams,
            "minn": minn,
            "maxn": maxn,
            "bucket": (self.buckets if maxn or self.word_ngrams > 1 else 0)
            or classifier_shape.buckets(size, self.word_ngrams, self.subwords),
            "minCount": self.least_words,
            "loss": self.loss,
            "lr": self.learning_rate,
            "thread": 1,
            "seed": 1,
        }

    @property
    def file(self) -> str:
        """fastText's names: .ftz is quantised."""
        return "model.ftz" if self.keep_rows else "model.bin"


def labelled(given: Sequence[str], text_field: str, language_field: str) -> list[tuple[str, Source]]:
    """Sources of `LABEL=SOURCE`, or of `SOURCE` where `language_field` is named. Raises RecipeError for any other."""
    sources = []
    for number, one in enumerate(given):
        label, equals, path = one.partition("=")
        if not equals and not language_field:
            raise RecipeError(f"--from {one}: write LABEL=SOURCE, or name the field of labels by --language-field")
        if equals and (not label or len(label.split()) != 1):
            raise RecipeError(f"--from {one}: a label is a word without white space")
        source = Source(
            name=f"source-{number}",
            path=os.path.abspath(path if equals else one),
            text_field=text_field,
            language_field=language_field,
        )
        sources.append((label if equals else "", source))
    return sources


def train(request: Request) -> str:
    """Train, judge the held-out tenth, write `model.bin` or, quantised, `model.ftz`, and `model.json`; returns what to
    put into a recipe, and whether to.

    Raises RecipeError: no library, no text, or labels with fewer than ten texts.
    """
    try:
        import floret  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise RecipeError("train-classifier needs the package floret: pip install 'gristmill[train]'") from error
    with tempfile.TemporaryDirectory() as folder:
        left_out: Counter[str] = Counter()
        listed = [
            (label, source, inputs.digested(inventory.list_files(source, ""))) for label, source in request.sources
        ]
        text = os.path.join(folder, "train.txt")
        held, counts, size = _prepare(listed, text, left_out)
        parameters = request.parameters(size, len(counts))
        with Progress("train", 1, int):
            model = floret.train_supervised(input=text, verbose=0, **parameters)
            whole = _saved(model, folder)
            quantised = bool(request.keep_rows) or len(whole) > request.limit
            if quantised:
                kept = request.keep_rows or classifier_shape.kept_rows(request.limit, request.dim)
                model.quantize(input=text, cutoff=kept, **_QUANTISED, lr=request.learning_rate / 2)
                whole = _saved(model, folder)
    whole = _cooled(whole, len(counts) * request.dim, request.temperature)
    os.makedirs(request.out, exist_ok=True)
    for name in _FILES:  # the other one of an earlier training
        with suppress(FileNotFoundError):
            os.remove(os.path.join(request.out, name))
    path, digest = os.path.join(request.out, _FILES[quantised]), hashlib.sha256(whole).hexdigest()
    with open(path, "wb") as out:
        out.write(whole)
    judged = _judged(path, digest, held)
    about = {
        "labels": {label: {"texts": counts[label], **judged.get(label, {})} for label in sorted(counts)},
        "left_out": dict(sorted(left_out.items())),
        "bytes": len(whole),
        "quantised": quantised,
        "verdict": verdict(judged, len(counts)),
        "parameters": {**parameters, "keep_rows": request.keep_rows, "temperature": request.temperature},
        "sha256": digest,
        "sources": [
            {"label": label, "file": file.file, "sha256": file.sha256} for label, _, files in listed for file in files
        ],
    }
    with open(os.path.join(request.out, "model.json"), "wb") as out:
        out.write(orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    lines = [f"{label:<16} {counts[label]:>9,} texts   {shares(judged.get(label))}" for label in sorted(counts)]
    lines += [f"left out {count:>16,} records   {reason}" for reason, count in sorted(left_out.items())]
    kind = ", quantised" if quantised else ""
    made = f"{len(whole):,} bytes{kind}, {parameters['epoch']} passes over {size.texts:,} texts"
    return "\n".join(
        [
            *lines,
            "",
            made,
            verdict(judged, len(counts)),
            "",
            f'model = "{os.path.abspath(path)}"',
            f'sha256 = "{digest}"',
        ]
    )


def _saved(model: Any, folder: str) -> bytes:
    """The file of a model, as fastText has it."""
    path = os.path.join(folder, "model")
    model.save_model(path)
    with open(path, "rb") as file:
        data = file.read()
    return data[: _EXTRA.start] + data[_EXTRA.stop :]


def _cooled(whole: bytes, numbers: int, temperature: float) -> bytes:
    """The file with the matrix of its labels, which is its end, divided by the temperature."""
    if temperature == 1.0:
        return whole
    output = np.frombuffer(whole[-4 * numbers :], "<f4") / np.float32(temperature)
    return whole[: -4 * numbers] + output.astype("<f4").tobytes()


def _prepare(
    listed: Sequence[_Listed], path: str, left_out: Counter[str]
) -> tuple[list[tuple[str, str]], Counter[str], Size]:
    """Write fastText's training file; the held-out texts with their labels, texts by label, and what the file holds."""
    counts: Counter[str] = Counter()
    size = Size()
    held: list[tuple[str, str]] = []
    with open(path, "w", encoding="utf-8") as file:
        for label, text in _texts(listed, left_out):
            counts[label] += 1
            if hashlib.blake2b(text.encode(), digest_size=1).digest()[0] < _HELD_OUT:
                held.append((label, text))
            else:
                words = text.split()
                size.add(words)
                file.write(f"__label__{label} {' '.join(words)}\n")
    if len(counts) < 2:
        raise RecipeError(f"a classifier tells labels apart, and the sources hold {len(counts)}: give --from twice")
    small = [f"{label!r} {count}" for label, count in sorted(counts.items()) if count < _LEAST]
    if small:
        raise RecipeError(f"labels with too few texts ({', '.join(small)}): give each at least {_LEAST}")
    return held, counts, size


def _texts(listed: Sequence[_Listed], left_out: Counter[str]) -> Iterator[tuple[str, str]]:
    """Labels and texts; adds to `left_out`, by reason, the records that give none."""
    done = [0]
    units = [
        (label, source, unit) for label, source, files in listed for unit in inventory.plan_units(files, _UNIT_BYTES)
    ]
    with Progress("read", len(units), lambda: done[0]):
        for label, source, unit in units:
            for item in read_unit(unit, source):
                if isinstance(item, Note | SiteFile):
                    continue
                if isinstance(item, Reject):
                    left_out[item.reason] += 1
                elif found := label or item.language:
                    yield found, item.text
                else:
                    left_out[_UNLABELLED] += 1
            done[0] += 1


def _judged(path: str, digest: str, held: Sequence[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Precision and recall by label on texts that the model has not seen."""
    model = classifier.load(path, digest)
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for first in range(0, len(held), _BATCH):
        some = held[first : first + _BATCH]
        texts = pa.array([text for _, text in some], pa.string())
        best = classify(*buffers(texts), len(model.labels), model.words, model.net, 1_000_000)[0][:, 0]
        for (label, _), found in zip(some, best.tolist(), strict=True):
            name = model.labels[found] if found >= 0 else ""
            said[name] += 1
            right[label] += name == label
    there = Counter(label for label, _ in held)
    return {
        label: {
            "held_out": there[label],
            "precision": right[label] / max(said[label], 1),
            "recall": right[label] / there[label],
        }
        for label in sorted(there)
    }
