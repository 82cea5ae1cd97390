"""Corpus to tokenizer: words counted over the weighted sample, byte-level BPE learned from the counts.

Reads: `corpus`. Writes: the folder `tokenizer`. Cost: one reading of the sample, one shuffle of distinct words, then
learning on the driver.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as f

from corpus import ledger, manifest, storage
from corpus.errors import RecipeError
from corpus.manifest import FileEntry, Receipt
from corpus.plan import Stage
from corpus.sampling import WEIGHT_ONE, Rate, chosen, rates
from corpus.shards.order import order_keys
from corpus.table import Table
from jobs import given, tasks
from jobs.run import Run
from tokenizer.bpe import learn_merges
from tokenizer.counts import count_pretokens
from tokenizer.save import SPECIALS, save

MAX_WORDS = 4_000_000  # distinct, by count: 1 GB on the driver; rarer words decide no merge of a 250,000 vocabulary
_BYTES = 256


def build(run: Run, stage: Stage) -> str:
    """Count, learn, save."""
    table = run.plan.recipe.tokenizer
    if table.path:
        return given.build(run, stage)
    corpus = run.table("release", "corpus")
    sizes = {
        name.removeprefix("bytes."): count
        for name, count in run.manifest("release").counts.items()
        if name.startswith("bytes.")
    }
    by_language = rates(sizes, table.alpha, table.sample_bytes)
    emit = CountWords(corpus=corpus, rates=by_language, seed=run.plan.recipe.seed)
    spark = run.session.shuffle_for(corpus.rows)
    counted = tasks.over_parts(spark, corpus.parts, emit.__call__, "word binary, count long")
    total = counted.groupBy("word").agg(f.sum("count").alias("count"))
    most = total.orderBy(f.desc("count"), "word").limit(MAX_WORDS)
    with tasks.watching(spark, "train", corpus.parts):
        words = tasks.execute(most.toArrow)
    words = words.sort_by("word")
    counts = words.column("count").to_numpy()
    wanted = table.vocab_size - _BYTES - len(SPECIALS)
    merges = learn_merges(
        words.column("word").combine_chunks().cast(pa.binary()), counts, wanted, min_pair_count=2 * WEIGHT_ONE
    )
    receipt = publish(
        stage.folder, merges, {"words": words.num_rows, "merges": len(merges), "weighted": int(counts.sum())}
    )
    manifest.publish_receipt(stage.folder, receipt)
    run.finish(stage, 1, lambda written: ledger.equal("train", "merges", written.counts["merges"], len(merges)))
    return f"{words.num_rows:,} distinct words, {len(merges):,} merges of {wanted:,}"


def publish(folder: str, merges: list[tuple[int, int]], counts: Mapping[str, int]) -> Receipt:
    """The tokenizer's files under `<folder>/tokenizer/`."""
    entries = []
    with TemporaryDirectory() as scratch:
        try:
            save(scratch, merges)
        except ValueError as error:
            raise RecipeError(f"[tokenizer] {error}") from error
        for file in sorted(Path(scratch).iterdir()):
            with storage.publish(storage.join(folder, "tokenizer"), file.name) as sink:
                sink.write(file.read_bytes())
            entries.append(FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256))
    return Receipt(task=0, files={"tokenizer": entries}, counts=dict(counts))


@dataclass(frozen=True, kw_only=True)
class CountWords:
    """Weighted counts of the words of one part's sampled documents."""

    corpus: Table
    rates: Mapping[str, Rate]
    seed: int

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for batch in self.corpus.batches(part, ["id", "language", "text"]):
            keys = order_keys(batch.column("id"), self.seed)
            languages = np.array(batch.column("language").to_pylist(), object)
            for language in sorted(set(languages.tolist())):
                rate = self.rates[language]
                rows = np.flatnonzero((languages == language) & chosen(keys, rate.below))
                if len(rows):
                    words, counts = count_pretokens(batch.column("text").take(pa.array(rows)))
                    yield pa.RecordBatch.from_arrays(
                        [words.cast(pa.binary()), pa.array(counts * rate.weight)], names=["word", "count"]
                    )
