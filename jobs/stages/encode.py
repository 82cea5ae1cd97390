"""Corpus to token parts: every released document encoded, sorted by language and order.

Reads: `corpus`, the tokenizer. Writes: `tokens`. Cost: one reading of the corpus at the speed of the encoder, one of
its ids, and of a sample of it at a twentieth of that speed, to be judged.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.shards.layout import token_type
from corpus.shards.order import order_keys
from corpus.shards.prompted import Halves, halves, joined
from corpus.shards.tallies import Encoder as By
from corpus.shards.tallies import Judged, Pair
from corpus.shards.tokens import schema, write_token_part
from corpus.stages.encode import Encoding
from corpus.stages.release import RELEASE
from corpus.stages.train import TRAIN
from corpus.store import tally
from corpus.store.manifest import Receipt
from corpus.store.table import Table
from corpus.vocabulary import judged, tokenizer_file
from corpus.vocabulary.judged import Chosen
from filters.arrow import array, large_lists, string_array, typed
from jobs.engine.job import Job
from jobs.engine.local_tokenizers import local_copy
from tokenizer.encode import DifferenceError, Encoder
from tokenizer.libraries import FAST, SLOW
from tokenizer.split_points import PIECE_BYTES


def build(job: Job[Encoding]) -> str:
    """Encode the corpus."""
    corpus, params = job.table(RELEASE.corpus), job.params
    folder = tokenizer_file.of(job.built(TRAIN).folder)
    slow = params.encoder == SLOW
    library = local_copy(folder, slow=slow).library
    if library == SLOW and not slow:
        job.say(f"{FAST} has no fast path for this tokenizer: {SLOW} encodes, at about a twentieth of the speed")
    if library == FAST:
        emit = FirstOfEach(corpus=corpus)
        schema = "source string, language string, id string"
        with job.emit(corpus.parts, emit.__call__, schema, rows=corpus.rows, reads=corpus.files) as keys:
            chosen = judged.of(corpus.rows, keys.table())
    else:
        chosen = judged.Chosen(below=0, least=frozenset())
    task = EncodePart(
        folder=job.folder,
        corpus=corpus,
        tokenizer=folder,
        seed=params.seed,
        prompted=params.prompted,
        slow=slow,
        judged=chosen,
    )
    job.run(corpus.parts, task, reads=corpus.files)
    written = job.finish(parts=corpus.parts)
    counts = written.counts
    return (
        f"{counts['tokens']:,} tokens, {counts['bytes'] / max(counts['tokens'], 1):.2f} bytes a token, by {library}; "
        f"{judgement(library, written.tally(Judged))}"
    )


def judgement(library: str, tallied: Sequence[Judged]) -> str:
    """What was compared with a second encoder, or why nothing was."""
    if library == SLOW:
        return f"no second encoder to compare with: {SLOW} is the one that others are judged by"
    texts, pairs = sum(row.judged for row in tallied), sum(row.judged > 0 for row in tallied)
    passed = sum(row.chosen for row in tallied) - texts
    longer = f"; {passed:,} passed over: {SLOW} takes up to {2 * PIECE_BYTES >> 20} MB" if passed else ""
    of = f"all {pairs:,}" if pairs == len(tallied) else f"{pairs:,} of {len(tallied):,}"
    return f"{texts:,} texts judged by {SLOW}, of {of} pairs of source and language{longer}"


@dataclass(frozen=True, kw_only=True)
class FirstOfEach:
    """What of one part is judged whatever the number of its documents."""

    corpus: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        yield judged.first_of_each(self.corpus.read(part, ["source", "language", "id"]))


@dataclass(frozen=True, kw_only=True)
class EncodePart:
    """The task: one part of the corpus."""

    folder: str
    corpus: Table
    tokenizer: str
    seed: int
    prompted: bool  # whether a source has inputs and targets
    slow: bool
    judged: Chosen

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        encoder = local_copy(self.tokenizer, slow=self.slow)
        kind = token_type(encoder.vocab_size)
        columns = schema(kind, prompted=self.prompted)
        batches = []
        counts: Counter[str] = Counter(documents=0, tokens=0, bytes=0, prompted=0)
        pairs: list[Pair] = []
        tallied: list[Judged] = []
        for batch in self.corpus.batches(part, ["id", "row", "source", "language", "text", "targets_at"]):
            texts, names = string_array(batch.column("text")), string_array(batch.column("id"))
            pieces = halves(texts, typed(batch.column("targets_at"), pa.Int32Array))
            ids, bounds = encoder.encode(pieces.texts)
            sources, languages = (string_array(batch.column(name)) for name in ("source", "language"))
            tallied += self._judged(encoder, batch, pieces, ids, bounds)
            offsets, targets_at = joined(pieces, bounds)
            found = {
                "order": array(order_keys(names, self.seed)),
                "tokens": large_lists(offsets, array(_narrow(ids, kind)), columns.field("tokens").type),
                "targets_at": targets_at,
            }
            arrays = [found[f.name] if f.name in found else batch.column(f.name) for f in columns]
            batches.append(pa.RecordBatch.from_arrays(arrays, schema=columns))
            counts["prompted"] += batch.num_rows - targets_at.null_count
            size = pc.sum(pc.binary_length(texts)).as_py() or 0
            counts.update(documents=batch.num_rows, tokens=len(ids), bytes=size)
            pairs += _by_pair(sources, languages, offsets)
        counts.update(chosen=sum(row.chosen for row in tallied), judged=sum(row.judged for row in tallied))
        table = pa.Table.from_batches(batches, schema=columns)
        entry = write_token_part(self.folder, f"part-{part:05d}", table)
        receipt = Receipt(
            task=part,
            files={"tokens": [entry]},
            counts=dict(sorted(counts.items())),
            tallies=tally.cells([*pairs, *tallied, By(library=encoder.library, documents=counts["documents"])]),
        )
        return {self.folder: receipt}

    def _judged(
        self, encoder: Encoder, documents: pa.RecordBatch, pieces: Halves, found: np.ndarray, at: np.ndarray
    ) -> list[Judged]:
        """Texts whose ids `tokenizers` makes too. `found`: ids of all pieces, piece i from at[i] on."""
        ids = string_array(documents.column("id"))
        number = np.repeat(np.arange(len(ids)), np.diff(pieces.firsts))
        rows = np.flatnonzero(np.isin(number, self.judged.rows(ids)))
        try:
            same = set(encoder.judge(pieces.texts, found, at, rows).tolist())
        except DifferenceError as error:
            raise DataError(
                f"document {ids[int(number[error.row])]}: {error}; put encoder = '{SLOW}' under [tokenizer] and run "
                "again, and report this document"
            ) from error
        names = documents.select(["source", "language"]).take(array(number[rows])).to_pylist()
        return [
            Judged(**name, chosen=1, judged=int(row in same)) for name, row in zip(names, rows.tolist(), strict=True)
        ]


def _narrow(ids: np.ndarray, kind: pa.DataType) -> np.ndarray:
    """uint32 as the token type: int32 are the same bytes, for no vocabulary has 2^31 tokens."""
    return ids.view(np.int32) if kind == pa.int32() else ids.astype(kind.to_pandas_dtype())


def _by_pair(sources: pa.StringArray, languages: pa.StringArray, offsets: np.ndarray) -> list[Pair]:
    """Documents and tokens by source and language."""
    lengths = pa.array(np.diff(offsets))
    table = pa.table({"source": sources, "language": languages, "tokens": lengths})
    sums = table.group_by(["source", "language"]).aggregate([("tokens", "sum"), ("tokens", "count")])
    return [
        Pair(source=row["source"], language=row["language"], documents=row["tokens_count"], tokens=row["tokens_sum"])
        for row in sums.to_pylist()
    ]
