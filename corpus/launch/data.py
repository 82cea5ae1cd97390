"""Checks of the data: that every prefix is there and whole, fits the trainer, and how often each source is read."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from corpus.errors import DataError
from corpus.launch.check import Check, advises, holds
from corpus.launch.handoff import Job
from corpus.shards import megatron
from corpus.stages.built import Built
from corpus.store import storage
from corpus.store.digests import Digested, Meter
from corpus.store.manifest import FileEntry

_PREFIXES = 32_767  # Megatron's blend holds the number of a dataset in 16 bits (formats.md 5.2)
_DOCUMENTS = 2**31 - 1  # of a prefix: its document index holds 32-bit numbers (formats.md 5.1)
_STORES = ("s3://", "msc://")  # formats.md 5.3
_AGAIN = "copy the release again from where it was made"


@dataclass(frozen=True, kw_only=True)
class Epochs:
    """How often a run reads a source; what the mixture repeats counts as often as it comes."""

    stem: str
    tokens: int
    weight: float
    epochs: float


def epochs(job: Job) -> list[Epochs]:
    """By stem, the most often read first."""
    tokens: dict[str, int] = {}
    weights: dict[str, float] = {}
    for weighted in job.trained:
        stem = weighted.prefix.stem
        tokens[stem] = tokens.get(stem, 0) + weighted.prefix.tokens
        weights[stem] = weights.get(stem, 0.0) + weighted.weight
    found = [
        Epochs(
            stem=stem,
            tokens=count,
            weight=weights[stem],
            epochs=weights[stem] * job.model.train_tokens / max(count, 1) * job.about.epochs.get(stem, 1.0),
        )
        for stem, count in tokens.items()
    ]
    return sorted(found, key=lambda e: (-float(f"{e.epochs:.6g}"), e.stem))


def files(job: Job, shard: Built) -> list[FileEntry]:
    """The `.bin` and `.idx` of every prefix that the blend names, as far as the manifest has them."""
    named = {entry.name: entry for entry in shard.manifest.tables.get("megatron", ())}
    names = [f"{w.prefix.name}{suffix}" for split in job.blend.values() for w in split for suffix in (".bin", ".idx")]
    return [named[name] for name in names if name in named]


def checks(job: Job, shard: Built, *, quick: bool, cores: int, meter: Meter) -> Iterator[Check]:
    """Every one, in order; reads the prefixes whole unless `quick`."""
    yield from _blend(job)
    yield from _prefixes(job, shard, quick=quick, cores=cores, meter=meter)
    yield from _place(job, shard)


def _blend(job: Job) -> Iterator[Check]:
    count = sum(len(split) for split in job.blend.values())
    yield holds(
        "training data",
        bool(job.trained) and all(w.prefix.tokens for w in job.trained),
        f"{len(job.trained):,} prefixes, {sum(w.prefix.tokens for w in job.trained):,} tokens",
        "the release has no prefix of the split train, or an empty one: build it again",
    )
    yield holds(
        "prefixes",
        count <= _PREFIXES and all(w.prefix.documents <= _DOCUMENTS for split in job.blend.values() for w in split),
        f"{count:,} prefixes (at most {_PREFIXES:,}); the largest has "
        f"{max((w.prefix.documents for s in job.blend.values() for w in s), default=0):,} documents (at most 2^31 - 1)",
        "raise [shards] shard_bytes for fewer prefixes, or lower it for smaller ones",
    )
    yield advises(
        "held-out data",
        job.held_out,
        f"{len(job.blend['valid']):,} prefixes of valid, {len(job.blend['test']):,} of test",
        "nothing is held out, so nothing is evaluated (eval-iters is 0): build the release with held-out splits",
    )
    yield from _epochs(job)


def _epochs(job: Job) -> Iterator[Check]:
    total = sum(w.prefix.tokens for w in job.trained)
    wanted = job.model.train_tokens
    said = f"{job.model.train_samples:,} samples x {job.model.sequence_length} = {wanted:,} tokens; there are {total:,}"
    readings = wanted / max(total, 1)
    every = epochs(job)
    over = [e for e in every if e.epochs > job.max_epochs]
    repeated = {name: n * readings for name, n in job.about.source_epochs.items() if n * readings > job.max_epochs}
    yield advises(
        "samples and tokens",
        wanted <= total * job.max_epochs,
        f"{said}: {readings:,.2f} epochs",
        f"more than {job.max_epochs:g} epochs over all: lower train_samples or train on more data",
    )
    if repeated:
        yield advises(
            "epochs in the mixture",
            False,
            f"{len(repeated)} of {len(job.about.source_epochs)} sources of the recipe are read more than "
            f"{job.max_epochs:g} times, in the mean of the languages they are in"
            + "".join(f"; {name} {count:,.1f}" for name, count in list(repeated.items())[:5]),
            "the mixture repeats them in the shards: lower train_samples, or their epochs in the recipe's [mixture]",
        )
    yield advises(
        "epochs of each source",
        not over,
        f"{len(over)} of {len(every)} sources are read more than {job.max_epochs:g} times"
        + "".join(f"; {e.stem} {e.epochs:,.1f}" for e in over[:5]),
        "lower their weight or train_samples, or raise --max-epochs if that is meant; the table below has each",
    )


def _prefixes(job: Job, shard: Built, *, quick: bool, cores: int, meter: Meter) -> Iterator[Check]:
    named = files(job, shard)
    wanted = 2 * sum(len(split) for split in job.blend.values())

    def look(entry: FileEntry) -> str:
        return _damage(storage.join(shard.folder, "megatron", entry.name), entry, quick, meter)

    with ThreadPoolExecutor(cores) as pool:
        wrong = [line for line in pool.map(look, named) if line]
    if len(named) != wanted:
        wrong.insert(0, f"the manifest names {len(named)} of {wanted} files")
    digests = {entry.name: entry.sha256 for entry in named}
    for prefix in (w.prefix for split in job.blend.values() for w in split):
        said = tuple(digests.get(f"{prefix.name}{suffix}") for suffix in (".bin", ".idx"))
        if None not in said and said != prefix.sha256:
            wrong.append(f"{prefix.name} has another sha256 in shards.json than in the manifest")
    how = "size" if quick else "sha256"
    yield holds(
        "files of the prefixes",
        not wrong,
        f"{len(named):,} files, {sum(entry.bytes for entry in named):,} bytes compared with the manifest by {how}"
        + "".join(f"; {line}" for line in wrong[:5])
        + (f"; and {len(wrong) - 5} more" if len(wrong) > 5 else ""),
        f"{_AGAIN}, or `gristmill verify` it",
    )
    if not wrong:
        yield from _indexes(job, shard)


def _damage(address: str, entry: FileEntry, quick: bool, meter: Meter) -> str:
    filesystem, path = storage.resolve(address)
    info = filesystem.get_file_info(path)
    if not info.is_file:
        return f"{entry.name} is missing"
    if info.size != entry.bytes:
        return f"{entry.name} has {info.size:,} bytes instead of {entry.bytes:,}"
    if not quick and entry.bytes:
        with Digested(address, meter) as file:
            file.drain()
            if file.sha256 != entry.sha256:
                return f"{entry.name} has another sha256"
    return ""


def _indexes(job: Job, shard: Built) -> Iterator[Check]:
    """What the `.idx` themselves say, against shards.json."""
    wrong = []
    for weighted in (w for split in job.blend.values() for w in split):
        address = storage.join(shard.folder, weighted.prefix.prefix)
        expected = weighted.prefix.tokens * job.about.item_bytes
        try:
            lengths, _, kind = megatron.read_index(
                storage.read_bytes(storage.extended(address, ".idx")) or b"", expected
            )
        except DataError as error:
            wrong.append(f"{weighted.prefix.name}.idx: {error}")
            continue
        if str(kind) != job.about.dtype or len(lengths) != weighted.prefix.documents:
            wrong.append(f"{weighted.prefix.name}.idx has {len(lengths):,} documents of {kind}")
    yield holds(
        "indexes",
        not wrong,
        f"documents, tokens and type ({job.about.dtype}) as in shards.json"
        + "".join(f"; {line}" for line in wrong[:5]),
        "delete the folder of stage shard and run the recipe again",
    )


def _place(job: Job, shard: Built) -> Iterator[Check]:
    paths = [w.path for split in job.blend.values() for w in split]
    odd = [path for path in paths if job.target == "bloom" and _taken_apart(path)]
    yield holds(
        "names of the prefixes",
        not odd,
        f"{len(paths) - len(odd):,} of {len(paths):,} are read as they are written (whole paths, none is taken for a "
        "weight)" + "".join(f"; {path!r} is not" for path in odd[:3]),
        "Megatron-DeepSpeed splits its lists at blanks, commas and quotes: put the release in a folder without them, "
        "or say with --at where it will stand",
    )
    local = storage.is_local(shard.folder)
    yield holds(
        "object store",
        not job.on_store or (job.target == "megatron" and job.at.startswith(_STORES)),
        f"the trainer reads {job.at}",
        "only Megatron-core reads from an object store, by s3:// or msc://: copy the release to a file system, and "
        "name it with --at",
    )
    if job.target != "megatron":
        folder = storage.join(shard.folder, "megatron")
        writable = not local or os.access(storage.resolve(folder)[1], os.W_OK)
        yield holds(
            "data folder",
            writable,
            f"the folder megatron of the shards is {'' if writable else 'not '}writable",
            "this trainer writes its index maps next to the data: give the folder to whoever trains (chmod, chown)",
        )


def _taken_apart(path: str) -> bool:
    """Whether a weighted-split file cannot hold the path (formats.md 3.4)."""
    return any(character.isspace() or character in ',"' for character in path)
