"""Fertility of tokenizers on a sample of the released corpus, by language and source, and the gate that stands on it.

The sample is chosen by the documents' ids, so it is the same whatever the parts, and every tokenizer is measured on the
same documents.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.shards.order import order_keys
from corpus.store import addresses, storage, tally
from corpus.store.manifest import Manifest
from corpus.store.table import Table
from corpus.store.tally import Row
from corpus.vocabulary import tokenizer_file
from corpus.vocabulary.recipe_tables import Fertility
from corpus.vocabulary.sampling import chosen
from filters.arrow import string_array, strings
from filters.kernels.buffers import buffers
from filters.kernels.text import index_text
from tokenizer.encode import Encoder
from tokenizer.fertility import Size, Worse, compare, fallback, parity
from tokenizer.parallel import declaration

OURS, PREVIOUS = "this", "previous"
_SAMPLE_SEED = -2  # a key of the ids that neither the order nor the judged sample of `encode` goes by
_SPAN = 1 << 64


@dataclass(frozen=True, kw_only=True)
class Sampled(Row):
    """The sample."""

    NAME: ClassVar[str] = "sample"
    language: str
    source: str
    documents: int = 0
    bytes: int = 0
    chars: int = 0
    words: int = 0


@dataclass(frozen=True, kw_only=True)
class Encoded(Row):
    """What a tokenizer makes of the sample."""

    NAME: ClassVar[str] = "tokens"
    tokenizer: str  # its number: 0 is ours
    language: str
    source: str
    tokens: int = 0
    fallen: int = 0  # bytes whose token is one byte of a longer character


@dataclass(frozen=True, kw_only=True)
class Parallel(Row):
    """What a tokenizer makes of the parallel text."""

    NAME: ClassVar[str] = "parallel"
    tokenizer: str
    language: str
    tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Vocabulary(Row):
    """How many tokens a tokenizer has."""

    NAME: ClassVar[str] = "vocabularies"
    tokenizer: str
    size: int = 0


TALLIES = (Sampled, Encoded, Parallel, Vocabulary)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A tokenizer that is measured: how it is called and where its tokenizer.json lies."""

    name: str
    address: str


def others(table: Fertility, base: str, stage: str) -> list[Named]:
    """The tokenizers beside the corpus's own, the previous one last; paths are relative to the recipe's folder `base`.
    `stage` is the one that writes a run's tokenizer."""
    found = [Named(name=path, address=tokenizer_file.address(base, path, stage)) for path in table.against]
    if table.previous:
        found.append(Named(name=PREVIOUS, address=tokenizer_file.address(base, table.previous, stage)))
    return found


def parallel(table: Fertility, base: str) -> dict[str, str]:
    """One text by language. Raises RecipeError for a folder without any."""
    if not table.parallel:
        return declaration()
    folder = addresses.below(base, table.parallel)
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


def sample(corpus: Table, sizes: Mapping[str, int], most: int) -> Sample:
    """About `most` bytes of each language; `sizes`: bytes of each in the corpus."""
    below = {name: min(_SPAN, most * _SPAN // max(size, 1)) for name, size in sizes.items()}
    return Sample(corpus=corpus, below=below)


def measure(sample: Sample, part: int, encoders: Sequence[Encoder]) -> list[Row]:
    """Sizes of a part by language and source, and of each tokenizer the tokens and the bytes that fell back."""
    tables = [fallback(encoder) for encoder in encoders]
    rows: list[Row] = []
    for batch in sample.batches(part):
        texts = string_array(batch.column("text"))
        sizes = {"documents": np.ones(len(texts), np.int64), **_lengths(texts)}
        made = []
        for encoder, table in zip(encoders, tables, strict=True):
            ids, offsets = encoder.encode(texts)
            fallen = np.diff(np.searchsorted(np.flatnonzero(table[ids]), offsets))  # few of them
            made.append({"tokens": np.diff(offsets), "fallen": fallen})
        for (language, source), here in _places(batch).items():
            rows.append(Sampled(language=language, source=source, **_summed(sizes, here)))
            rows += [
                Encoded(tokenizer=str(number), language=language, source=source, **_summed(columns, here))
                for number, columns in enumerate(made)
            ]
    return rows


def _places(batch: pa.RecordBatch) -> dict[tuple[str, str], list[int]]:
    """Rows of each language and source."""
    found: dict[tuple[str, str], list[int]] = {}
    pairs = zip(*(strings(batch.column(name)) for name in ("language", "source")), strict=True)
    for row, pair in enumerate(pairs):
        found.setdefault(pair, []).append(row)
    return found


def _summed(columns: Mapping[str, np.ndarray], rows: Sequence[int]) -> dict[str, int]:
    return {name: int(values[rows].sum()) for name, values in columns.items()}


def _lengths(texts: pa.StringArray) -> dict[str, np.ndarray]:
    index = index_text(*buffers(texts))
    sizes = pc.binary_length(texts).to_numpy().astype(np.int64)
    return {"bytes": sizes, "chars": index.chars.astype(np.int64), "words": index.words.astype(np.int64)}


def measure_parallel(texts: Mapping[str, str], encoders: Sequence[Encoder]) -> list[Row]:
    """Tokens of the parallel text by tokenizer and language, and the size of each vocabulary."""
    rows: list[Row] = []
    names = sorted(texts)
    for number, encoder in enumerate(encoders):
        _, offsets = encoder.encode(pa.array([texts[name] for name in names], pa.string()))
        rows += [
            Parallel(tokenizer=str(number), language=name, tokens=tokens)
            for name, tokens in zip(names, np.diff(offsets).tolist(), strict=True)
        ]
        rows.append(Vocabulary(tokenizer=str(number), size=encoder.vocab_size))
    return rows


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The tallies of the stage."""

    sampled: tuple[Sampled, ...]
    encoded: tuple[Encoded, ...]
    parallels: tuple[Parallel, ...]
    vocabularies: tuple[Vocabulary, ...]

    @staticmethod
    def of(rows: Iterable[Row]) -> "Measured":
        """Rows of all kinds, of one part or several."""
        every = list(rows)
        return Measured(
            sampled=tally.added(Sampled, [row for row in every if isinstance(row, Sampled)]),
            encoded=tally.added(Encoded, [row for row in every if isinstance(row, Encoded)]),
            parallels=tally.added(Parallel, [row for row in every if isinstance(row, Parallel)]),
            vocabularies=tally.added(Vocabulary, [row for row in every if isinstance(row, Vocabulary)]),
        )

    @staticmethod
    def read(written: Manifest) -> "Measured":
        """Of a finished stage."""
        return Measured.of(row for kind in TALLIES for row in written.tally(kind))

    def languages(self, number: int) -> dict[str, Size]:
        """By language, for a tokenizer: 0 is ours."""
        return self._sizes(number, lambda row: row.language)

    def sources(self, number: int) -> dict[str, Size]:
        """By source, for a tokenizer."""
        return self._sizes(number, lambda row: row.source)

    def _sizes(self, number: int, key: Callable[[Sampled | Encoded], str]) -> dict[str, Size]:
        found: dict[str, Counter[str]] = {}
        mine = [row for row in self.encoded if row.tokenizer == str(number)]
        rows: list[Sampled | Encoded] = [*self.sampled, *mine]
        for row in rows:
            sums = {name: value for name, value in vars(row).items() if isinstance(value, int)}
            found.setdefault(key(row), Counter()).update(sums)
        return {name: Size(**own) for name, own in sorted(found.items())}

    def parity(self, number: int, reference: str) -> dict[str, float]:
        """By language, on the parallel text."""
        mine = {row.language: row.tokens for row in self.parallels if row.tokenizer == str(number)}
        return parity(mine, reference)

    def vocabulary(self, number: int) -> int:
        return sum(row.size for row in self.vocabularies if row.tokenizer == str(number))

    def worse(self, number: int) -> list[Worse]:
        """Our tokens beside those of another tokenizer by language, the worst first."""
        return list(compare(self.languages(0), self.languages(number)))


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
