"""Corpus to tokenizer: words counted over the weighted sample, BPE or Unigram learned from the counts.

Reads: `corpus`. Writes: the folder `tokenizer`. Cost: one reading of the sample, the words of its parts added up, then
learning on the driver, which holds `MAX_WORDS` words of `MAX_BYTES` at the most.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.shards.order import order_keys
from corpus.stages.release import RELEASE, Released, bytes_by_language
from corpus.stages.train import Given, Training
from corpus.store import storage
from corpus.store.manifest import FileEntry, Receipt
from corpus.store.table import Table
from corpus.vocabulary.sampling import WEIGHT_ONE, Rate, chosen, rates
from filters.arrow import Array, at_least, string_array, strings
from jobs.engine import sums
from jobs.engine.job import Job
from jobs.engine.keys import Keys
from jobs.stages import given_tokenizer
from tokenizer import unigram
from tokenizer.bpe import learn_merges
from tokenizer.counts import LONGEST, WordCounter
from tokenizer.presets import PRESETS, Preset
from tokenizer.save import save
from tokenizer.specials import special_tokens, without_names

# Rarer words decide next to no merge: of 225 MB in 30 languages, 2.9 M distinct words of 55 MB, two thirds come once.
# The learner takes about 25 bytes for a byte of the words.
MAX_WORDS, MAX_BYTES = 4_000_000, 100_000_000
_BYTES = 256
_TASK_WORDS, _TASK_BYTES = 1_000_000, 64_000_000  # what a task counts before it hands over: 150 MB with the table
_ROWS = 1 << 14  # in a batch of keys


def build(job: Job[Training | Given]) -> str:
    """Count, learn, save; or check and copy the one that is there."""
    if isinstance(job.params, Given):
        return given_tokenizer.build(job, job.params)
    training = job.params
    table = training.table
    specials = special_tokens(table.reserved, table.reserved_unnamed)
    words, counts, counted = count(job, training)
    words, counts = without_names(words, counts, specials)
    counted["named"] = counted["weighted"] - int(counts.sum())
    if table.model == "unigram":
        counted["unlearned"] = unigram.unlearned(words, counts)
    wanted = training.size - len(specials)
    with TemporaryDirectory() as scratch:
        try:
            learned = _learn(scratch, words, counts, training, specials)
        except ValueError as error:
            raise RecipeError(f"[tokenizer] {error}") from error
        job.publish(publish(job.folder, scratch, {**counted, "learned": learned}))
    job.finish({"made": learned}, parts=1)
    of = "merges" if table.model == "bpe" else "pieces"
    made = f"{len(words):,} of {counted['distinct']:,} distinct words, {learned:,} {of} for {wanted:,} tokens"
    return made + left_out(counted)


def left_out(counted: Mapping[str, int]) -> str:
    """What of the sample was not learned from beside the rarest words, in occurrences; "" for nothing."""
    said = {
        "long": f"pre-tokens over {LONGEST:,} bytes",
        "named": "with the name of a special token",
        "unlearned": "beyond what Unigram takes",
    }
    found = [f"{-(-counted[name] // WEIGHT_ONE):,} {what}" for name, what in said.items() if counted.get(name)]
    return f"; left out: {', '.join(found)}" if found else ""


def _learn(folder: str, words: Array, counts: np.ndarray, training: Training, specials: tuple[str, ...]) -> int:
    """Write the tokenizer's files into a local folder: how many merges or pieces were learned."""
    table = training.table
    preset, wanted = PRESETS[table.preset], training.size - len(specials)
    if table.model == "unigram":
        pieces = unigram.learn_pieces(words, counts, wanted)
        unigram.save(folder, pieces, preset, specials)
        return len(pieces)
    merges = learn_merges(words, counts, wanted - _BYTES, min_pair_count=2 * WEIGHT_ONE)
    save(folder, merges, preset, specials)
    return len(merges)


def count(job: Job[Training | Given], training: Training) -> tuple[Array, np.ndarray, dict[str, int]]:
    """The sample's words (binary) that the driver can hold, their counts in sixteenths, and what was counted.

    Words with the smallest counts are left out, all of one count together, until the others fit.
    """
    table, corpus = training.table, job.table(RELEASE.corpus)
    sizes = bytes_by_language(job.tally(RELEASE, Released))
    emit = CountWords(
        corpus=corpus,
        rates=rates(sizes, table.alpha, table.sample_bytes, table.code_share),
        seed=training.seed,
        preset=PRESETS[table.preset],
    )
    schema = "word binary, count long"
    with job.emit(corpus.parts, emit.__call__, schema, rows=corpus.rows, reads=corpus.files) as keys:
        found, steps = _heaviest(job, keys)
        long = found.filter(pc.is_null(found.column("word")))
        found = found.filter(pc.is_valid(found.column("word"))).combine_chunks()
    counts = found.column("count").to_numpy()
    each, words = (steps.column(name).to_numpy() for name in ("count", "words"))
    counted = {
        "least": _least(steps),
        "distinct": int(words.sum()),
        "weighted_all": int((each * words).sum()),
        "words": len(found),
        "weighted": int(counts.sum()),
        "long": int(pc.sum(long.column("count")).as_py() or 0),
    }
    return pa.concat_arrays(found.column("word").cast(pa.large_binary()).chunks), counts, counted


def _heaviest(job: Job[Training | Given], keys: Keys) -> tuple[pa.Table, pa.Table]:
    """Words (word, count) that the driver can hold; and how many words of how many bytes have each count. Those that
    were too long to be counted by themselves are one that is null."""
    if not keys.few:
        from jobs.engine.spark import jobs  # noqa: PLC0415  (only where Spark starts)
        from jobs.frames import words  # noqa: PLC0415

        frame = job.frame(keys)
        return words.heaviest(frame, _least, jobs.watching(job.session.spark, job.stage.name, keys.parts))
    total = sums.here(keys.table(), ["word"], "count").select(["word", "count"])
    valid, long = (total.filter(is_so(total.column("word"))) for is_so in (pc.is_valid, pc.is_null))
    sized = pa.table({"count": valid.column("count"), "bytes": pc.binary_length(valid.column("word")).cast(pa.int64())})
    steps = sums.here(sized, ["count"], "bytes").rename_columns(["count", "words", "bytes"])
    steps = steps.sort_by([("count", "descending")])
    return pa.concat_tables([valid.filter(at_least(valid.column("count"), _least(steps))), long]), steps


def _least(steps: pa.Table) -> int:
    return least_held(*(steps.column(name).to_numpy() for name in ("count", "words", "bytes")))


def least_held(counts: np.ndarray, words: np.ndarray, sizes: np.ndarray) -> int:
    """The least count whose words, with all of greater counts, are no more than `MAX_WORDS` of `MAX_BYTES`.

    `counts` int64, descending; how many words have each, and their bytes. Raises RecipeError if not even the first fit.
    """
    held = int(np.sum((np.cumsum(words) <= MAX_WORDS) & (np.cumsum(sizes) <= MAX_BYTES)))
    if not held and len(counts):
        raise RecipeError(
            f"[tokenizer] {words[0]:,} distinct words have one and the same count: choose a smaller sample_bytes"
        )
    return int(counts[held - 1]) if held else 1


def publish(folder: str, made: str, counts: Mapping[str, int]) -> Receipt:
    """The files of the local folder `made` under `<folder>/tokenizer/`."""
    entries = []
    for file in sorted(Path(made).iterdir()):
        with storage.publish(storage.join(folder, "tokenizer"), file.name) as sink:
            sink.write(file.read_bytes())
        entries.append(FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256))
    return Receipt(task=0, files={"tokenizer": entries}, counts=dict(counts))


@dataclass(frozen=True, kw_only=True)
class CountWords:
    """Weighted counts of the words of one part's sampled documents; a word may come more than once. Null are the words
    over `LONGEST` bytes together."""

    corpus: Table
    rates: Mapping[str, Rate]
    seed: int
    preset: Preset

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        counter = WordCounter(self.preset)
        for batch in self.corpus.batches(part, ["id", "language", "text"]):
            counter.add(batch.column("text"), self._weights(batch))
            if len(counter) > _TASK_WORDS or counter.nbytes > _TASK_BYTES:
                yield from _batches(counter)
        yield from _batches(counter)

    def _weights(self, batch: pa.RecordBatch) -> np.ndarray:
        """int64[rows]: sixteenths; 0 for what is not in the sample."""
        keys = order_keys(string_array(batch.column("id")), self.seed)
        languages = batch.column("language").dictionary_encode()
        found = [self.rates[language] for language in strings(languages.dictionary)]
        which = languages.indices.to_numpy(zero_copy_only=False)
        inside = np.zeros(len(keys), bool)
        for number, rate in enumerate(found):
            rows = which == number
            inside[rows] = chosen(keys[rows], rate.below)
        return np.where(inside, np.array([rate.weight for rate in found], np.int64)[which], 0)


def _batches(counter: WordCounter) -> Iterator[pa.RecordBatch]:
    """All that was counted; the counter begins anew."""
    if counter.skipped:
        yield pa.RecordBatch.from_pydict(
            {"word": pa.nulls(1, pa.binary()), "count": pa.array([counter.skipped], pa.int64())}
        )
    words, counts = counter.take()
    table = pa.table({"word": words.cast(pa.binary()), "count": counts})
    yield from table.to_batches(max_chunksize=_ROWS)
