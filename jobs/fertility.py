"""Corpus and tokenizer to fertility: what the tokenizer makes of each language, beside others.

Reads: the ids of `corpus` and the text of a sample, the tokenizer. Writes: counts. Cost: the sample, once a tokenizer.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus import fertility, inputs, manifest, plan, recipe, storage, table
from corpus.errors import RecipeError
from corpus.fertility import Measured, Sample
from corpus.manifest import Manifest, Receipt
from corpus.plan import Plan, Stage
from corpus.report import fertility as report
from corpus.tokenizers import FILE
from jobs import tasks
from jobs.run import Run
from jobs.tokenizers import local_file
from tokenizer.encode import Encoder


def build(run: Run, stage: Stage) -> str:
    """Measure, a part a task; the parallel text here."""
    corpus = run.table("release", "corpus")
    task = MeasurePart(
        folder=stage.folder,
        sample=fertility.sample(corpus, run.manifest("release").counts, run.plan.recipe.fertility),
        addresses=_addresses(run.plan),
    )
    tasks.run(run.session, "fertility", [stage.folder], corpus.parts, task)
    counts = fertility.tally_parallel(fertility.parallel(run.plan.recipe), _encoders(task.addresses))
    manifest.publish_receipt(stage.folder, Receipt(task=corpus.parts, files={}, counts=dict(sorted(counts.items()))))
    run.finish(stage, corpus.parts + 1, _nothing)
    found = Measured(counts=run.manifest("fertility").counts)
    sizes = found.sizes(0, 0)
    return f"{len(sizes)} languages, {sum(size.bytes for size in sizes.values()):,} bytes sampled"


def check(run: Run) -> None:
    """Stop a run whose tokenizer is too much worse than the previous one. Raises RecipeError."""
    line = fertility.refusal(Measured(counts=run.manifest("fertility").counts), run.plan.recipe.fertility)
    if line:
        raise RecipeError(line)


@dataclass(frozen=True, kw_only=True)
class MeasurePart:
    """The task: the sampled documents of one part."""

    folder: str
    sample: Sample
    addresses: tuple[str, ...]  # of every tokenizer.json, ours first

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        counts = fertility.tally(self.sample, part, _encoders(self.addresses))
        return {self.folder: Receipt(task=part, files={}, counts=dict(sorted(counts.items())))}


def text(arguments: argparse.Namespace) -> str:
    """`gristmill fertility`: the table of a finished run, or with --against one that is measured now."""
    read = recipe.load(arguments.recipe, root=arguments.root)
    named = tuple(path if "://" in path else str(Path(path).resolve()) for path in arguments.against)
    read = replace(read, fertility=replace(read.fertility, against=(*read.fertility.against, *named)))
    built = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    done = manifest.load(built["fertility"].folder)
    counts = done.counts if done else _now(built, arguments.recipe)
    return report.text(report.collect(Measured(counts=counts), read))


def _now(built: Plan, path: str) -> Counter[str]:
    """The counts of the stage, here and without a session; nothing is written."""
    release = manifest.load(built["release"].folder)
    if release is None or not built["train"].done:
        raise RecipeError(
            f"{path} has no finished corpus and tokenizer: run `gristmill run {path} --until train` first"
        )
    corpus = table.of(built["release"].folder, "corpus", release)
    sample = fertility.sample(corpus, release.counts, built.recipe.fertility)
    encoders = _encoders(_addresses(built))
    counts = fertility.tally_parallel(fertility.parallel(built.recipe), encoders)
    for part in range(corpus.parts):
        counts.update(fertility.tally(sample, part, encoders))
    return counts


def _addresses(built: Plan) -> tuple[str, ...]:
    ours = storage.join(built["train"].folder, "tokenizer", FILE)
    return (ours, *(one.address for one in fertility.others(built.recipe)))


def _encoders(addresses: Sequence[str]) -> list[Encoder]:
    return [local_file(address) for address in addresses]


def _nothing(_: Manifest) -> None:
    """A sample balances with nothing."""
