"""A recipe's TOML with the recipes that it extends under it: a preset is a recipe without sources.

`extends = "gopher"` (a preset of the package, or a path from the recipe's own folder) takes over everything that the
recipe does not say itself. Tables are joined key by key, [[filters]] by `use`, [[signals]] by `name`, `by_language` by
language; lists and values are replaced. A filter's threshold is switched off by "off".
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus.errors import RecipeError
from corpus.planning import bounds, presets
from filters import language_keys
from filters.meant import hint

Toml = dict[str, Any]

_GIVE = "give the path of a .toml file"


def read(path: str) -> Toml:
    """The joined tables. Raises RecipeError: which file, what is wrong, what to do."""
    return _read(Path(path), ())


def _read(file: Path, above: tuple[Path, ...]) -> Toml:
    try:
        raw = bounds.parsed(file.read_bytes())
    except OSError as error:
        whose = f"{above[-1]} extends {file}, which cannot be read" if above else f"cannot read the recipe {file}"
        known = f"{hint(file.stem, presets.presets())}; known: {', '.join(presets.presets())}"
        give = f"{_GIVE}, or a preset{known}" if above else _GIVE
        raise RecipeError(f"{bounds.short(whose)}: {error.strerror}; {give}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{file} is not valid TOML: {error}") from error
    except ValueError as error:
        raise RecipeError(f"{file} {error}") from error
    if "extends" not in raw:
        return raw
    base = raw.pop("extends")
    if not isinstance(base, str):
        raise RecipeError(f"{file}: extends must be the path of a recipe, not {bounds.short(repr(base))}")
    lower = _lower(file, base)
    if lower.resolve() in {one.resolve() for one in (*above, file)}:
        raise RecipeError(f"{file}: extends {base!r}, which extends it in turn: take one of the two out")
    return _join(_read(lower, (*above, file)), raw)


def _lower(file: Path, base: str) -> Path:
    """A file below the recipe's folder, or a preset by its name; a file of that name goes before it."""
    lower = file.parent / base
    name = base.removesuffix(".toml")
    return presets.preset(name) if not lower.exists() and name in presets.presets() else lower


_BY = {"filters": "use", "signals": "name"}  # lists of tables that are joined, and by which key


def _join(under: Mapping[str, Any], over: Mapping[str, Any]) -> Toml:
    joined = dict(under)
    for key, value in over.items():
        old = under.get(key)
        if key == "by_language" and isinstance(old, dict) and isinstance(value, dict):
            joined[key] = _join(_by_id(old), _by_id(value))
        elif key in _BY and isinstance(old, list) and isinstance(value, list):
            joined[key] = _join_tables(old, value, _BY[key])
        elif isinstance(old, dict) and isinstance(value, dict):
            joined[key] = _join(old, value)
        else:
            joined[key] = value
    return joined


def _by_id(tables: Mapping[str, Any]) -> Toml:
    """By the ids that keys mean, so that `en` of one recipe and `eng_Latn` of another are joined. What is no language
    is left for the reader to refuse."""
    try:
        return language_keys.keyed(tables, "")
    except ValueError:
        return dict(tables)


def _join_tables(under: list[Any], over: list[Any], by: str) -> list[Any]:
    """Those of the lower recipe in its order, then the new ones. What is no table is left for the reader to refuse."""
    rest = list(over)
    joined = []
    for table in under:
        mine = next((one for one in rest if _named(one, by) is not None and _named(one, by) == _named(table, by)), None)
        if mine is not None:
            rest.remove(mine)
        joined.append(_join(table, mine) if mine is not None else table)
    return joined + rest


def _named(table: object, by: str) -> object:
    return table.get(by) if isinstance(table, dict) else None
