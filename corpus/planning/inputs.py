"""What the sources hold: their files with digests, so that the same bytes are the same input wherever they lie.

Reading every input to digest it would make a plan as slow as a run, so digests are remembered in `<root>/inputs.json`
by address, size and time of change. The memory only saves time: a fingerprint is made of names, sizes and digests.
"""

from collections.abc import Callable, Iterable, Sequence

import orjson

from corpus.errors import RecipeError
from corpus.sources import inventory
from corpus.sources.inputs import Inputs
from corpus.sources.inventory import Listing, SourceFile
from corpus.stages.recipe import Recipe
from corpus.store import storage

MEMORY = "inputs.json"
_NAMED = 5  # names in a line
PLAN_BYTES = 64 << 20  # `plan` digests this much by itself: a twentieth of a second


def listing(recipe: Recipe) -> list[Listing]:
    """The files of every source. Raises RecipeError for a path that is missing or holds nothing."""
    return [inventory.listing(source, recipe.base) for source in recipe.sources]


def passed_lines(listed: Iterable[Listing]) -> list[str]:
    """What lies beside the files of sources and is not read, a line a source."""
    return [
        f"source {one.source.name!r}: passed over {len(one.passed):,} beside {len(one.files):,} files: "
        f"{', '.join(one.passed[:_NAMED])}{', ...' if len(one.passed) > _NAMED else ''}"
        for one in listed
        if one.passed
    ]


def _key(file: SourceFile) -> str:
    return f"{file.uri}|{file.size}|{file.mtime_ns}"


def _remembered(root: str) -> dict[str, str]:
    data = storage.read_bytes(storage.join(root, MEMORY))
    try:
        found = orjson.loads(data) if data else {}
    except orjson.JSONDecodeError:
        return {}  # only saves time: made again
    return found if isinstance(found, dict) else {}


def unknown_bytes(recipe: Recipe, listed: Iterable[Listing]) -> int:
    """Bytes of input whose digest is not remembered."""
    memory = _remembered(recipe.root)
    return sum(file.size for one in listed for file in one.files if _key(file) not in memory)


def take_stock(
    recipe: Recipe,
    listed: Sequence[Listing],
    digest_all: Callable[[list[SourceFile]], list[str]],
    *,
    remember: bool,
) -> list[Inputs]:
    """Inputs with digests; `digest_all` reads the files that are not remembered."""
    memory = _remembered(recipe.root)
    unknown = [file for one in listed for file in one.files if _key(file) not in memory]
    if unknown:
        memory |= dict(zip((_key(file) for file in unknown), digest_all(unknown), strict=True))
        if remember:
            storage.publish_bytes(recipe.root, MEMORY, orjson.dumps(memory, option=orjson.OPT_SORT_KEYS))
    return [
        Inputs(source=one.source, files=one.files, digests=tuple(memory[_key(file)] for file in one.files))
        for one in listed
    ]


def digest_here(files: list[SourceFile]) -> list[str]:
    """One after the other, in this process. Raises RecipeError for a file that cannot be read."""
    try:
        return [inventory.digest(file) for file in files]
    except OSError as error:
        raise RecipeError(f"cannot read an input: {error}; check that it exists and may be read") from error
