"""Corpus to token parts: every released document encoded, sorted by language and order.

Reads: `corpus`, the tokenizer. Writes: `tokens`. Cost: one reading of the corpus at the speed of the encoder.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus import ledger, storage
from corpus.errors import DataError
from corpus.manifest import Receipt
from corpus.plan import Stage
from corpus.shards.layout import token_type
from corpus.shards.order import order_keys
from corpus.shards.prompted import halves, joined
from corpus.shards.tokens import schema, write_token_part
from corpus.table import Table
from jobs import tasks
from jobs.run import Run
from jobs.tokenizers import local_copy


def build(run: Run, stage: Stage) -> str:
    """Encode the corpus."""
    corpus = run.table("release", "corpus")
    folder = storage.join(run.plan["train"].folder, "tokenizer")
    recipe = run.plan.recipe
    task = EncodePart(folder=stage.folder, corpus=corpus, tokenizer=folder, seed=recipe.seed, prompted=recipe.prompted)
    tasks.run(run.session, "encode", [stage.folder], corpus.parts, task)
    run.finish(stage, corpus.parts, lambda written: ledger.encode(written, corpus.rows))
    counts = run.manifest("encode").counts
    return f"{counts['tokens']:,} tokens, {counts['bytes'] / max(counts['tokens'], 1):.2f} bytes a token"


@dataclass(frozen=True, kw_only=True)
class EncodePart:
    """The task: one part of the corpus."""

    folder: str
    corpus: Table
    tokenizer: str
    seed: int
    prompted: bool = False  # whether a source has inputs and targets

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        encoder = local_copy(self.tokenizer)
        kind = token_type(encoder.vocab_size)
        written = schema(kind, prompted=self.prompted)
        batches = []
        counts: Counter[str] = Counter(documents=0, tokens=0, bytes=0, prompted=0)
        for batch in self.corpus.batches(part, ["id", "row", "source", "language", "text", "targets_at"]):
            pieces = halves(batch.column("text"), batch.column("targets_at"))
            try:
                ids, bounds = encoder.encode(pieces.texts)
            except ValueError as error:
                raise DataError(str(error)) from error
            offsets, targets_at = joined(pieces, bounds)
            lists = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(ids.astype(kind.to_pandas_dtype())))
            columns = {
                "language": batch.column("language"),
                "order": pa.array(order_keys(batch.column("id"), self.seed)),
                "id": batch.column("id"),
                "source": batch.column("source"),
                "row": batch.column("row"),
                "tokens": lists.cast(written.field("tokens").type),
                "targets_at": targets_at,
            }
            batches.append(pa.RecordBatch.from_arrays([columns[f.name] for f in written], schema=written))
            counts["prompted"] += batch.num_rows - targets_at.null_count
            counts.update(documents=batch.num_rows, tokens=len(ids), bytes=int(batch.column("text").nbytes))
            names = (batch.column(name).to_pylist() for name in ("source", "language"))
            for source, language, length in zip(*names, np.diff(offsets).tolist(), strict=True):
                for what in (f".{language}", f"\t{source}\t{language}"):
                    counts[f"documents{what}"] += 1
                    counts[f"tokens{what}"] += length
        table = pa.Table.from_batches(batches, schema=written)
        entry = write_token_part(self.folder, f"part-{part:05d}", table)
        return {self.folder: Receipt(task=part, files={"tokens": [entry]}, counts=dict(sorted(counts.items())))}
