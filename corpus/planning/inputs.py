"""What the sources hold: their files with digests, so that the same bytes are the same input wherever they lie.

Reading every input to digest it would make a plan as slow as a run, so digests are remembered in `<root>/inputs.json`
by address, size and time of change. The memory only saves time: a fingerprint is made of names, sizes and digests.
"""

from collections.abc import Callable, Iterable, Sequence

import orjson

from corpus.errors import RecipeError
from corpus.sources import inventory
from corpus.sources.inputs import Inputs
from corpus.sources.inventory import SourceFile
from corpus.sources.source import Source
from corpus.stages.recipe import Recipe
from corpus.store import storage

MEMORY = "inputs.json"
PLAN_BYTES = 64 << 20  # `plan` digests this much by itself: a twentieth of a second


def listing(recipe: Recipe) -> list[tuple[Source, list[SourceFile]]]:
    """The files of every source. Raises RecipeError for a path that is missing or holds nothing."""
    return [(source, inventory.list_files(source, recipe.base)) for source in recipe.sources]


def _key(file: SourceFile) -> str:
    return f"{file.uri}|{file.size}|{file.mtime_ns}"


def _remembered(root: str) -> dict[str, str]:
    data = storage.read_bytes(storage.join(root, MEMORY))
    try:
        found = orjson.loads(data) if data else {}
    except orjson.JSONDecodeError:
        return {}  # only saves time: made again
    return found if isinstance(found, dict) else {}


def unknown_bytes(recipe: Recipe, listed: Iterable[tuple[Source, Sequence[SourceFile]]]) -> int:
    """Bytes of input whose digest is not remembered."""
    memory = _remembered(recipe.root)
    return sum(file.size for _, files in listed for file in files if _key(file) not in memory)


def take_stock(
    recipe: Recipe,
    listed: Sequence[tuple[Source, Sequence[SourceFile]]],
    digest_all: Callable[[list[SourceFile]], list[str]],
    *,
    remember: bool,
) -> list[Inputs]:
    """Inputs with digests; `digest_all` reads the files that are not remembered."""
    memory = _remembered(recipe.root)
    unknown = [file for _, files in listed for file in files if _key(file) not in memory]
    if unknown:
        memory |= dict(zip((_key(file) for file in unknown), digest_all(unknown), strict=True))
        if remember:
            storage.publish_bytes(recipe.root, MEMORY, orjson.dumps(memory, option=orjson.OPT_SORT_KEYS))
    return [
        Inputs(source=source, files=tuple(files), digests=tuple(memory[_key(file)] for file in files))
        for source, files in listed
    ]


def digest_here(files: list[SourceFile]) -> list[str]:
    """One after the other, in this process. Raises RecipeError for a file that cannot be read."""
    try:
        return [inventory.digest(file) for file in files]
    except OSError as error:
        raise RecipeError(f"cannot read an input: {error}; check that it exists and may be read") from error
