"""`gristmill trace`: from what was asked on the command line to the lines that answer it."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import orjson

from corpus.errors import RecipeError
from corpus.gpt_dataset.run import MegatronRun, RampUp, parse_blend, train_share
from corpus.lineage import answers as page
from corpus.lineage import lookup
from corpus.lineage.opened_release import Release, open_release


def lines(arguments: argparse.Namespace) -> Iterator[str]:
    """Raises RecipeError for a release, shard, row, token or step that is not there."""
    release = open_release(arguments.release, arguments.root)
    if arguments.id is not None:
        return page.of_id(release, arguments.id)
    if arguments.step is not None:
        return page.of_step(release, _run(release, arguments), arguments.step)
    if arguments.shard is not None:
        return _of_shard(release, release.shard(arguments.shard), arguments.row, arguments.token)
    if arguments.document is None:
        raise RecipeError("--prefix needs --document: which of its documents, from 0")
    prefix = release.prefix(arguments.prefix)
    return page.of_row(release, lookup.in_prefix(release, prefix, arguments.document), arguments.token)


def _of_shard(release: Release, file: str, row: int | None, token: int | None) -> Iterator[str]:
    """Without a row the token counts through all rows of the shard."""
    if row is None:
        if token is None:
            raise RecipeError("--shard needs --row, or --token counted from the head of the shard")
        row, token = lookup.row_at(release, file, token)
    return page.of_row(release, lookup.in_shard(release, file, row), token)


def _run(release: Release, arguments: argparse.Namespace) -> MegatronRun:
    """The run that the arguments, named as Megatron's own, describe."""
    for name in ("sequence_length", "global_batch_size"):
        if getattr(arguments, name) is None:
            raise RecipeError(f"--step needs --{name.replace('_', '-')}, as the run had it")
    if arguments.per_split_data_args_path:
        values, share = _train_blend(arguments.per_split_data_args_path), 1.0
    else:
        values, share = arguments.data_path, train_share(arguments.split)
    if not values:
        raise RecipeError("--step needs the run's --data-path or --per-split-data-args-path")
    names, weights = parse_blend(values)
    if arguments.per_split_data_args_path and len(names) == 1:
        weights = None  # Megatron blends no single prefix of a split
    return MegatronRun(
        prefixes=tuple(release.address(release.prefix(name)) for name in names),
        weights=None if weights is None else tuple(weights),
        sequence_length=arguments.sequence_length,
        global_batch_size=arguments.global_batch_size,
        seed=arguments.seed,
        samples=arguments.train_samples,
        share=share,
        ramp_up=None if arguments.rampup_batch_size is None else _ramp_up(arguments),
    )


def _ramp_up(arguments: argparse.Namespace) -> RampUp:
    start, increment, samples = arguments.rampup_batch_size
    if (arguments.global_batch_size - start) % increment or start > arguments.global_batch_size:
        raise RecipeError(
            f"--rampup-batch-size: {start} does not grow to {arguments.global_batch_size} by steps of {increment}"
        )
    return RampUp(start=start, increment=increment, samples=samples)


def _train_blend(path: str) -> list[str]:
    """`train` of a per-split JSON: a list, or the same in one string."""
    try:
        train = orjson.loads(Path(path).read_bytes())["train"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"{path} is no per-split JSON with a key `train`: give the one that the run had") from error
    return train.split() if isinstance(train, str) else [str(value) for value in train or ()]
