"""Fertility of tokenizers on a sample of the released corpus, by language and source, and the gate that stands on it.

The sample is chosen by the documents' ids, so it is the same whatever the parts, and every tokenizer is measured on the
same documents.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.shards.order import order_keys
from corpus.store import storage
from corpus.store.table import Table
from corpus.vocabulary import named as tokenizers
from corpus.vocabulary.recipe_tables import Fertility
from corpus.vocabulary.sampling import chosen
from filters.arrow import string_array
from filters.kernels.buffers import buffers
from filters.kernels.text import index_text
from tokenizer.encode import Encoder
from tokenizer.fertility import Size, Worse, compare, fallback, parity
from tokenizer.parallel import declaration

OURS, PREVIOUS = "this", "previous"
_SAMPLE_SEED = -2  # a key of the ids that neither the order nor the judged sample of `encode` goes by
_SPAN = 1 << 64
_TAB = "\t"  # between measure, language and source in a count's name
_SIZES = ("documents", "bytes", "chars", "words")


@dataclass(frozen=True, kw_only=True)
class Named:
    """A tokenizer that is measured: how it is called and where its tokenizer.json lies."""

    name: str
    address: str


def others(table: Fertility, base: str, stage: str) -> list[Named]:
    """The tokenizers beside the corpus's own, the previous one last; paths are relative to the recipe's folder `base`.
    `stage` is the one that writes a run's tokenizer."""
    found = [Named(name=path, address=tokenizers.address(base, path, stage)) for path in table.against]
    if table.previous:
        found.append(Named(name=PREVIOUS, address=tokenizers.address(base, table.previous, stage)))
    return found


def parallel(table: Fertility, base: str) -> dict[str, str]:
    """One text by language. Raises RecipeError for a folder without any."""
    if not table.parallel:
        return declaration()
    folder = table.parallel if "://" in table.parallel else str(Path(base) / table.parallel)
    names = [name for name in storage.list_names(folder) if name.endswith(".txt")]
    if not names:
        raise RecipeError(f"[fertility] parallel: no <language>.txt in {folder}; eng_Latn.txt, fra_Latn.txt, ...")
    found = {}
    for name in names:
        try:
            found[name.removesuffix(".txt")] = (storage.read_bytes(storage.join(folder, name)) or b"").decode()
        except UnicodeDecodeError as error:
            raise RecipeError(f"[fertility] parallel: {folder}/{name} is not UTF-8: {error.reason}") from error
    return found


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Documents of the corpus by language; picklable."""

    corpus: Table
    below: Mapping[str, int]  # of order keys by _SAMPLE_SEED: 0..2^64

    def batches(self, part: int) -> Iterator[pa.RecordBatch]:
        """`language`, `source` and `text` of the sampled documents of a part."""
        heads = self.corpus.read(part, ["id", "language"]).combine_chunks()
        if not len(heads):
            return
        keys = order_keys(string_array(pa.concat_arrays(heads.column("id").chunks)), _SAMPLE_SEED)
        languages = np.array(heads.column("language").to_pylist(), object)
        taken = np.zeros(len(keys), bool)
        for language in set(languages.tolist()):
            taken |= (languages == language) & chosen(keys, self.below[language])
        yield from self.corpus.take(part, np.flatnonzero(taken).tolist(), ["language", "source", "text"])


def sample(corpus: Table, counts: Mapping[str, int], most: int) -> Sample:
    """About `most` bytes of each language, by the counts of stage release."""
    sizes = {name.removeprefix("bytes."): n for name, n in counts.items() if name.startswith("bytes.")}
    below = {name: min(_SPAN, most * _SPAN // max(size, 1)) for name, size in sizes.items()}
    return Sample(corpus=corpus, below=below)


def tally(sample: Sample, part: int, encoders: Sequence[Encoder]) -> Counter[str]:
    """Sizes by language and source, and of each tokenizer the tokens and the bytes that fell back."""
    tables = [fallback(encoder) for encoder in encoders]
    counts: Counter[str] = Counter()
    for batch in sample.batches(part):
        texts = string_array(batch.column("text"))
        labels = _labels(batch)
        columns = {"documents": np.ones(len(texts), np.int64), **_lengths(texts)}
        for number, (encoder, table) in enumerate(zip(encoders, tables, strict=True)):
            ids, offsets = encoder.encode(texts)
            columns[f"tokens.{number}"] = np.diff(offsets)
            columns[f"fallen.{number}"] = np.diff(np.concatenate([[0], np.cumsum(table[ids], dtype=np.int64)])[offsets])
        for name, values in columns.items():
            for label in set(labels.tolist()):
                counts[f"{name}{_TAB}{label}"] += int(values[labels == label].sum())
    return counts


def _labels(batch: pa.RecordBatch) -> np.ndarray:
    pairs = zip(batch.column("language").to_pylist(), batch.column("source").to_pylist(), strict=True)
    return np.array([f"{language}{_TAB}{source}" for language, source in pairs], object)


def _lengths(texts: pa.StringArray) -> dict[str, np.ndarray]:
    index = index_text(*buffers(texts))
    sizes = pc.binary_length(texts).to_numpy().astype(np.int64)
    return {"bytes": sizes, "chars": index.chars.astype(np.int64), "words": index.words.astype(np.int64)}


def tally_parallel(texts: Mapping[str, str], encoders: Sequence[Encoder]) -> Counter[str]:
    """Tokens of the parallel text by tokenizer and language, and the size of each vocabulary."""
    counts: Counter[str] = Counter()
    names = sorted(texts)
    for number, encoder in enumerate(encoders):
        _, offsets = encoder.encode(pa.array([texts[name] for name in names], pa.string()))
        for name, tokens in zip(names, np.diff(offsets).tolist(), strict=True):
            counts[f"parallel.{number}{_TAB}{name}"] = tokens
        counts[f"vocabulary.{number}"] = encoder.vocab_size
    return counts


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The counts of the stage, read back."""

    counts: Mapping[str, int]

    def sizes(self, number: int, field: int) -> dict[str, Size]:
        """By language (field 0) or source (1), for a tokenizer: 0 is ours."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        wanted = {**{name: name for name in _SIZES}, f"tokens.{number}": "tokens", f"fallen.{number}": "fallen"}
        for name, count in self.counts.items():
            measure, *labels = name.split(_TAB)
            if measure in wanted and len(labels) > field:
                found[labels[field]][wanted[measure]] += count
        return {name: Size(**own) for name, own in sorted(found.items())}

    def parity(self, number: int, reference: str) -> dict[str, float]:
        """By language, on the parallel text."""
        prefix = f"parallel.{number}{_TAB}"
        return parity({k.removeprefix(prefix): n for k, n in self.counts.items() if k.startswith(prefix)}, reference)

    def vocabulary(self, number: int) -> int:
        return self.counts.get(f"vocabulary.{number}", 0)

    def worse(self, number: int) -> list[Worse]:
        """Our tokens beside those of another tokenizer by language, the worst first."""
        return list(compare(self.sizes(0, 0), self.sizes(number, 0)))


def refusal(measured: Measured, table: Fertility) -> str | None:
    """The line that stops a run: the language on which ours is too much worse than the previous tokenizer."""
    if not table.previous:
        return None
    most = 1 + table.max_worse
    beyond = [one for one in measured.worse(len(table.against) + 1) if one.tokens > most * one.before]
    if not beyond:
        return None
    first = beyond[0]
    more = f" (and {len(beyond) - 1} more languages)" if len(beyond) > 1 else ""
    return (
        f"{first.language}: {first.tokens:,} tokens where the previous tokenizer takes {first.before:,}, "
        f"{100 * first.share:.1f} % more{more}; [fertility] max_worse is {table.max_worse:g}: raise it, train with a "
        "larger vocab_size or a lower alpha, or keep the tokenizer with [tokenizer] path"
    )
