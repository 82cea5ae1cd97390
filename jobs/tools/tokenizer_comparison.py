"""The tokenizer of a run beside others, by language."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.errors import RecipeError
from corpus.planning import recipe
from corpus.planning.opening import plan_of
from corpus.planning.plan import Plan
from corpus.report import fertility as report
from corpus.stages.fertility import FERTILITY
from corpus.stages.release import RELEASE, Released, bytes_by_language
from corpus.stages.train import TRAIN
from corpus.vocabulary import fertility
from corpus.vocabulary.fertility import Measured
from jobs.stages.fertility import encoders, files


def text(path: str, root: str | None, against: Sequence[str]) -> str:
    """The table of a recipe's finished run, or with paths in `against` one that is measured now. Raises RecipeError."""
    read = recipe.load(path, root=root)
    named = tuple(one if "://" in one else str(Path(one).resolve()) for one in against)
    read = replace(read, fertility=replace(read.fertility, against=(*read.fertility.against, *named)))
    built = plan_of(read)
    done = built.built(FERTILITY)
    measured = Measured.read(done.manifest) if done else _now(built, path)
    return report.text(report.collect(measured, read.fertility))


def _now(built: Plan, path: str) -> Measured:
    """What the stage would measure, here and without a session; nothing is written."""
    release, trained = built.built(RELEASE), built.built(TRAIN)
    if release is None or trained is None:
        raise RecipeError(
            f"{path} has no finished corpus and tokenizer: run `gristmill run {path} --until {TRAIN.name}` first"
        )
    params = built[FERTILITY].params
    corpus = release.table("corpus")
    sample = fertility.sample(corpus, bytes_by_language(release.tally(Released)), params.sample_bytes)
    opened = encoders(files(trained, params))
    rows = fertility.measure_parallel(params.parallel.at, opened)
    for part in range(corpus.parts):
        rows += fertility.measure(sample, part, opened)
    return Measured.of(rows)
