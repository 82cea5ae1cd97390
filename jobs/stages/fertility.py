"""Corpus and tokenizer to fertility: what the tokenizer makes of each language, beside others.

Reads: the ids of `corpus` and the text of a sample, the tokenizer. Writes: counts. Cost: the sample, once a tokenizer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import RecipeError
from corpus.stages.built import Built
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
        files=files(job.built(TRAIN), job.params),
    )
    job.run(corpus.parts, task, reads=corpus.files)
    rows = fertility.measure_parallel(job.params.parallel.at, encoders(task.files))
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
class File:
    """A tokenizer.json that is there."""

    address: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class MeasurePart:
    """The task: the sampled documents of one part."""

    folder: str
    sample: Sample
    files: tuple[File, ...]  # ours first

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        rows = fertility.measure(self.sample, part, encoders(self.files))
        return {self.folder: Receipt(task=part, files={}, tallies=tally.cells(rows))}


def files(trained: Built, params: Comparison) -> tuple[File, ...]:
    """Every tokenizer.json: that of stage train, then the others."""
    ours = next(one for one in trained.manifest.tables[tokenizer_file.TABLE] if one.name == tokenizer_file.FILE)
    own = File(address=storage.join(tokenizer_file.of(trained.folder), ours.name), sha256=ours.sha256)
    return (own, *(File(address=one.at.address, sha256=one.what) for one in params.tokenizers))


def encoders(files: Sequence[File]) -> list[Encoder]:
    """One each, opened here. Raises DataError for one that is not what it was when the plan was made."""
    return [local_file(file.address, file.sha256) for file in files]
