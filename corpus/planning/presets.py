"""Recipes that come along, for `extends`: a preset is a recipe without sources.

They are in the repository's folder `recipes`, which a wheel and a zip carry as `gristmill/recipes`.
"""

import hashlib
import os
import tomllib
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from corpus.errors import RecipeError
from filters.meant import hint
from filters.own_folders import cache_folder


def presets() -> tuple[str, ...]:
    """Names, sorted."""
    return tuple(_files())


def preset(name: str) -> Path:
    """The file of one, beside those that it extends. Raises RecipeError for an unknown name."""
    if name not in _files():
        raise RecipeError(f"no preset {name!r}{hint(name, presets())}; known: {', '.join(presets())}")
    file = _files()[name]
    return file if isinstance(file, Path) else _unpacked() / file.name


def path_of(preset_or_recipe: str | Path) -> Path:
    """The file of a preset by its name, or a recipe by its path. Raises RecipeError for what is neither."""
    name = str(preset_or_recipe)
    path = preset(name) if name in presets() else Path(name)
    if path.suffix != ".toml" and not path.exists():
        raise RecipeError(
            f"{name!r} is no recipe (.toml) and no preset{hint(name, presets())}; presets: {', '.join(presets())}"
        )
    return path


def about(name: str) -> list[str]:
    """What one is of, by the first lines of its file. Raises RecipeError as `preset` does."""
    found = []
    for line in preset(name).read_text("utf-8").splitlines():
        if line.startswith("#:"):
            continue
        if not line.startswith("# "):
            break
        found.append(line.removeprefix("# "))
    return found


@lru_cache
def _files() -> dict[str, Traversable]:
    package = resources.files("gristmill")
    folder = package / "recipes"
    if not folder.is_dir() and isinstance(package, Path):
        folder = package.parent / "recipes"  # a checkout
    files = {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}
    return {
        name: file for name, file in sorted(files.items()) if "sources" not in tomllib.loads(file.read_text("utf-8"))
    }


@lru_cache
def _unpacked() -> Path:
    """A folder with all of them, for those of a zip have no path; named by what they say."""
    contents = {file.name: file.read_bytes() for file in _files().values()}
    digest = hashlib.sha256(repr(sorted(contents.items())).encode()).hexdigest()[:16]
    folder = cache_folder() / f"presets-{digest}"
    folder.mkdir(exist_ok=True)
    for name, data in contents.items():
        scratch = folder / f"{name}.{os.getpid()}"
        scratch.write_bytes(data)
        scratch.replace(folder / name)
    return folder
