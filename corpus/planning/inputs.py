"""What the sources hold: their files with digests, so that the same bytes are the same input wherever they lie.

Reading every input to digest it would make a plan as slow as a run, so digests are remembered in `<root>/inputs.json`
by address, size, times of change and inode. The memory only saves time: a fingerprint is made of names, sizes and
digests. Sums of the blocks of large files lie in `<root>/inputs`; what a run reads is checked by them.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import orjson

from corpus.errors import RecipeError
from corpus.sources import inventory
from corpus.sources.inputs import Inputs
from corpus.sources.inventory import Listing, SourceFile
from corpus.stages.recipe import Recipe
from corpus.store import addresses, cores, entries, original, storage
from corpus.store.original import Digest

MEMORY = "inputs.json"
SUMS = "inputs"
_TICK_NS = 2_000_000_000
_NAMED = 5  # names in a line
PLAN_BYTES = 64 << 20  # `plan` digests this much by itself: a twentieth of a second


def listing(recipe: Recipe) -> list[Listing]:
    """The files of every source. Raises RecipeError for a path that is missing or holds nothing."""
    return [inventory.listing(source, recipe.base) for source in recipe.sources]


def places(recipe: Recipe) -> str:
    """Where what a recipe names lies, in a line."""
    root = recipe.root if "://" in recipe.root else os.path.abspath(recipe.root)
    return f"inputs below {recipe.base}, outputs below {addresses.shown(root)}"


def passed_lines(listed: Iterable[Listing]) -> list[str]:
    """What lies beside the files of sources and is not read, a line a source."""
    return [
        f"source {one.source.name!r}: passed over {len(one.passed):,} beside {len(one.files):,} files: "
        f"{', '.join(one.passed[:_NAMED])}{', ...' if len(one.passed) > _NAMED else ''}"
        for one in listed
        if one.passed
    ]


def _key(file: SourceFile) -> str:
    return f"{addresses.shown(file.uri)}|{file.size}|{file.mtime_ns}|{file.ctime_ns}|{file.inode}"


def _sums(root: str) -> str:
    return storage.join(root, SUMS)


def _remembered(root: str) -> dict[str, str]:
    data = storage.read_bytes(storage.join(root, MEMORY))
    try:
        found = orjson.loads(data) if data else {}
    except orjson.JSONDecodeError:
        return {}  # only saves time: made again
    return {key: one for key, one in found.items() if isinstance(one, str)} if isinstance(found, dict) else {}


def unknown_bytes(recipe: Recipe, listed: Iterable[Listing]) -> int:
    """Bytes of input whose digest is not remembered."""
    memory = _remembered(recipe.root)
    return sum(file.size for one in listed for file in one.files if _key(file) not in memory)


def take_stock(
    recipe: Recipe,
    listed: Sequence[Listing],
    digest_all: Callable[[list[SourceFile]], list[Digest]],
    *,
    remember: bool,
) -> list[Inputs]:
    """Inputs with digests; `digest_all` reads the files that are not remembered. `remember`: keep digests, and the sums
    by which a run checks what it reads."""
    memory = _remembered(recipe.root)
    there = original.kept(_sums(recipe.root)) if remember else set()
    unknown = [
        file
        for one in listed
        for file in one.files
        if _key(file) not in memory or (remember and file.size > original.BLOCK and memory[_key(file)] not in there)
    ]
    if unknown:
        begun = time.time_ns()
        found = dict(zip(map(_key, unknown), digest_all(unknown), strict=True))
        if remember:
            for one in found.values():
                original.keep(_sums(recipe.root), one)
            lasting = {_key(file): found[_key(file)].sha256 for file in unknown if _settled(file, begun)}
            kept = {key: one for key, one in memory.items() if key not in found} | lasting
            storage.publish_bytes(recipe.root, MEMORY, orjson.dumps(kept, option=orjson.OPT_SORT_KEYS))
        memory |= {key: one.sha256 for key, one in found.items()}
    return [
        Inputs(
            source=one.source,
            files=tuple(replace(file, sha256=memory[_key(file)], sums=_sums(recipe.root)) for file in one.files),
        )
        for one in listed
    ]


def _settled(file: SourceFile, begun: int) -> bool:
    """Whether a change after its digest began must show in its times: those of a file that changed just before may stay
    the same, as clocks of filesystems tick (ext4 4 ms, NFS and object stores 1 s, FAT 2 s)."""
    return (file.ctime_ns or file.mtime_ns) + _TICK_NS < begun


def digest_here(files: list[SourceFile]) -> list[Digest]:
    """In this process, a file a core: digests let other threads run. Raises RecipeError for one that cannot be read."""
    try:
        return list(entries.ahead(inventory.digest, files, cores.usable()))
    except OSError as error:
        why = addresses.reason(error) or "check that it exists and may be read"
        raise RecipeError(f"cannot read an input: {' '.join(str(error).split())}; {why}") from error


def digested(files: list[SourceFile]) -> list[SourceFile]:
    """The files with their digests in them, for whoever keeps none; what is read of them is checked."""
    found = digest_here(files)
    return [replace(file, sha256=one.sha256, sums=one.sums) for file, one in zip(files, found, strict=True)]
