"""Corpus and tokenizer to fertility: what the tokenizer makes of each language, beside others.

Reads: the ids of `corpus` and the text of a sample, the tokenizer. Writes: counts. Cost: the sample, once a tokenizer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import RecipeError
from corpus.stages.fertility import PARALLEL, Comparison
from corpus.stages.release import RELEASE, Released, bytes_by_language
from corpus.stages.train import TRAIN
from corpus.store import storage, tally
from corpus.store.manifest import Manifest, Receipt
from corpus.vocabulary import fertility, tokenizer_file
from corpus.vocabulary.fertility import Measured, Sample
from corpus.vocabulary.recipe_tables import Fertility
from jobs.engine.job import Job
from jobs.engine.local_tokenizers import local_file
from tokenizer.encode import Encoder


def build(job: Job[Comparison]) -> str:
    """Measure, a part a task; the parallel text here."""
    corpus = job.table(RELEASE.corpus)
    task = MeasurePart(
        folder=job.folder,
        sample=fertility.sample(corpus, bytes_by_language(job.tally(RELEASE, Released)), job.params.sample_bytes),
        addresses=addresses(tokenizer_file.of(job.built(TRAIN).folder), job.params),
    )
    job.run(corpus.parts, task, reads=corpus.files)
    rows = fertility.measure_parallel(job.params.parallel.at, encoders(task.addresses))
    job.publish(Receipt(task=0, files={}, tallies=tally.cells(rows)), PARALLEL)
    found = Measured.read(job.finish(parts=corpus.parts, parallel=1))
    sizes = found.languages(0)
    return f"{len(sizes)} languages, {sum(size.bytes for size in sizes.values()):,} bytes sampled"


def check(_: Job[Comparison], written: Manifest, gate: Fertility) -> None:
    """Stop a run whose tokenizer is too much worse than the previous one. Raises RecipeError."""
    line = fertility.refusal(Measured.read(written), gate)
    if line:
        raise RecipeError(line)


@dataclass(frozen=True, kw_only=True)
class MeasurePart:
    """The task: the sampled documents of one part."""

    folder: str
    sample: Sample
    addresses: tuple[str, ...]  # of every tokenizer.json, ours first

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        rows = fertility.measure(self.sample, part, encoders(self.addresses))
        return {self.folder: Receipt(task=part, files={}, tallies=tally.cells(rows))}


def addresses(ours: str, params: Comparison) -> tuple[str, ...]:
    """Of every tokenizer.json: that in the folder `ours`, then the others."""
    return (storage.join(ours, tokenizer_file.FILE), *(one.at.address for one in params.tokenizers))


def encoders(addresses: Sequence[str]) -> list[Encoder]:
    """One each, opened here."""
    return [local_file(address) for address in addresses]
