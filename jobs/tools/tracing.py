"""What was asked about a token, a document or a step of a run, and the lines that answer it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from corpus.errors import RecipeError
from corpus.gpt_dataset.run import MegatronRun, RampUp, parse_blend, train_share
from corpus.lineage import answers, lookup
from corpus.lineage.opened_release import Release, open_release
from corpus.store import find
from corpus.tombstones import ledger
from corpus.tombstones.secret import ID_CHARS, keyed
from corpus.withdrawal import earlier
from jobs.tools import text_tracing, withdrawal_key
from jobs.tools.text_tracing import Asked


@dataclass(frozen=True, kw_only=True)
class Request:
    """A place in a release, from 0, or a step, from 1, of a Megatron run, named as its own arguments are."""

    release: str
    root: str | None
    tag: str
    id: str | None
    shard: str | None
    prefix: str | None
    row: int | None
    document: int | None
    token: int | None
    step: int | None
    sequence_length: int | None
    global_batch_size: int | None
    seed: int
    split: str
    train_samples: int | None
    data_path: Sequence[str]
    per_split_data_args_path: str | None
    rampup_batch_size: tuple[int, int, int] | None
    text: str | None
    text_file: str | None
    min_span: int
    documents: int
    cores: int | None


def lines(request: Request) -> Iterator[str]:
    """Raises RecipeError for a release, shard, row, token or step that is not there."""
    release = open_release(request.release, request.root, request.tag)
    if request.text is not None or request.text_file is not None:
        asked = Asked(
            text=request.text,
            file=request.text_file,
            least=request.min_span,
            documents=request.documents,
            cores=request.cores,
        )
        return text_tracing.lines(release, asked, _run(release, request) if _has_run(request) else None)
    if request.id is not None:
        return _of_id(release, request.id)
    if request.step is not None:
        return answers.of_step(release, _run(release, request), request.step)
    if request.shard is not None:
        return _of_shard(release, release.shard(request.shard), request.row, request.token)
    if request.prefix is None or request.document is None:
        raise RecipeError("--prefix needs --document: which of its documents, from 0")
    prefix = release.prefix(request.prefix)
    return answers.of_row(release, lookup.in_prefix(release, prefix, request.document), request.token)


def _has_run(request: Request) -> bool:
    """Whether anything is said of a run."""
    return bool(
        request.sequence_length or request.global_batch_size or request.data_path or request.per_split_data_args_path
    )


def _of_id(release: Release, prefix: str) -> Iterator[str]:
    """With what became of it if it was withdrawn: it is known by its stand-in, and with the key by its own id too."""
    root, key = release.stages.address, os.environ.get(withdrawal_key.KEY, "")
    is_whole = len(prefix) == ID_CHARS
    if key and is_whole and ledger.read(root).entries:
        own = keyed(key)
        withdrawal_key.check(ledger.read(root).entries, own)
        prefix = own.stand_in(prefix) if find.places(release.documents, [own.stand_in(prefix)]) else prefix
    yield from answers.of_id(release, prefix)
    yield from earlier.lines(root, find.one(release.documents, prefix)[0])


def _of_shard(release: Release, file: str, row: int | None, token: int | None) -> Iterator[str]:
    """Without a row the token counts through all rows of the shard."""
    if row is None:
        if token is None:
            raise RecipeError("--shard needs --row, or --token counted from the head of the shard")
        row, token = lookup.row_at(release, file, token)
    return answers.of_row(release, lookup.in_shard(release, file, row), token)


def _run(release: Release, request: Request) -> MegatronRun:
    """The run that the arguments, named as Megatron's own, describe."""
    what = "--step" if request.step is not None else "the step that read a text"
    sequence_length = _given(request.sequence_length, "--sequence-length", what)
    batch = _given(request.global_batch_size, "--global-batch-size", what)
    if request.per_split_data_args_path:
        values, share = _train_blend(request.per_split_data_args_path), 1.0
    else:
        values, share = list(request.data_path), train_share(request.split)
    if not values:
        raise RecipeError(f"{what} needs the run's --data-path or --per-split-data-args-path")
    names, weights = parse_blend(values)
    if request.per_split_data_args_path and len(names) == 1:
        weights = None  # Megatron blends no single prefix of a split
    return MegatronRun(
        prefixes=tuple(release.address(release.prefix(name)) for name in names),
        weights=None if weights is None else tuple(weights),
        sequence_length=sequence_length,
        global_batch_size=batch,
        seed=request.seed,
        samples=request.train_samples,
        share=share,
        ramp_up=None if request.rampup_batch_size is None else _ramp_up(*request.rampup_batch_size, batch),
    )


def _given(value: int | None, option: str, what: str) -> int:
    if value is None:
        raise RecipeError(f"{what} needs {option}, as the run had it")
    return value


def _ramp_up(start: int, increment: int, samples: int, batch: int) -> RampUp:
    if (batch - start) % increment or start > batch:
        raise RecipeError(f"--rampup-batch-size: {start} does not grow to {batch} by steps of {increment}")
    return RampUp(start=start, increment=increment, samples=samples)


def _train_blend(path: str) -> list[str]:
    """`train` of a per-split JSON: a list, or the same in one string."""
    try:
        train = orjson.loads(Path(path).read_bytes())["train"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"{path} is no per-split JSON with a key `train`: give the one that the run had") from error
    return train.split() if isinstance(train, str) else [str(value) for value in train or ()]
