"""Filters of other packages, by their name among what is installed and never by a path.

A name is that of an entry point of the group `gristmill.filters`, or a dotted module. Nothing of a package runs before
it is known which distribution it is of: a folder that happens to lie where Python looks is no plug-in.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module, metadata
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from filters import declaration
from filters.meant import hint

GROUP = "gristmill.filters"
_OURS = frozenset({"corpus", "filters", "jobs", "tokenizer"})
# A name stands in names of folders and rules: letters, digits and _, with dots and hyphens between them.
_NAME_CHARS = 200  # of a folder on most filesystems at most 255 bytes, with what is put before it
_NAME = re.compile(r"[A-Za-z_]\w*([.-]\w+)*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class PlugIn:
    """A filter that is not ours."""

    name: str  # as `use` has it: its stage is signals.<name>, its rules are <name>.<reason>
    module: str
    distribution: str
    version: str  # of the distribution
    file: str


def refuse_taken(name: str) -> None:
    """Raises ValueError if a distribution has an entry point of this name, which is that of a filter of ours."""
    for entry in _entries(name):
        raise ValueError(
            f"filter {name!r} is Gristmill's own, and {_owner(entry)} has an entry point of that name: "
            "give that another name, or uninstall it"
        )


def find(name: str, known: Sequence[str]) -> PlugIn:
    """The plug-in of a name. `known`: filters of ours, for the message. Raises ValueError in one line."""
    if "/" in name or "\\" in name or name.startswith(".") or name.endswith(".py"):
        raise ValueError(f"filter {name!r} is a path; name a module of an installed package: my_package.emoji")
    if len(name) > _NAME_CHARS:
        raise ValueError(f"a filter's name has at most {_NAME_CHARS} characters, not {len(name):,}: shorten it")
    entries = _entries(name)
    if len(entries) > 1:
        owners = " and ".join(map(_owner, entries))
        raise ValueError(f"filter {name!r} is an entry point of {owners}: uninstall one")
    if not entries and Path(name).is_file():
        raise ValueError(f"filter {name!r} is a file; name a module of an installed package: my_package.emoji")
    if not entries and ("." not in name or not _NAME.fullmatch(name)):
        raise ValueError(
            f"unknown filter {name!r}{hint(name, known)}; known: {', '.join(known)}; or install the package that has "
            f"an entry point of that name in the group {GROUP}, or name its module: my_package.emoji"
        )
    if not _NAME.fullmatch(name):
        raise ValueError(f"entry point {name!r} of {_owner(entries[0])}: letters, digits, _, and between them . and -")
    if entries and _named(entries[0])[1] not in ("", "Filter"):
        raise ValueError(f"entry point {name!r} of {_owner(entries[0])} must name a module, not {entries[0].value}")
    return _located(name, _named(entries[0])[0] if entries else name)


def load(found: PlugIn) -> Any:
    """The class of a plug-in. Raises ValueError in one line."""
    try:
        module = import_module(found.module)
    except Exception as error:  # another's module may raise anything
        said = " ".join(str(error).split())
        raise ValueError(f"importing {found.module} ({found.file}) failed: {type(error).__name__}: {said}") from error
    kind = getattr(module, "Filter", None)
    if kind is None:
        raise ValueError(f"{found.module} ({found.file}) holds no class Filter: docs/adding.md says what one is")
    if getattr(kind, "__module__", None) != found.module:  # else its code would not be what is digested
        raise ValueError(f"Filter of {found.module} stands in {kind.__module__}: name that module, or define it here")
    try:
        declaration.check(kind)
    except ValueError as error:
        raise ValueError(f"{found.module} ({found.file}): {error}") from error
    return kind


def _located(name: str, module: str) -> PlugIn:
    """Where a module is, and which distribution has it; nothing of it is run."""
    top, _, inner = module.partition(".")
    if top in _OURS or not inner:
        why = "is Gristmill's own" if top in _OURS else "is no module in a package"
        raise ValueError(f"filter {name!r}: {module} {why}; name a module of an installed package: my_package.emoji")
    spec = _spec(top)
    if spec is None:
        there = sorted({entry.name for entry in metadata.entry_points(group=GROUP)})
        raise ValueError(
            f"filter {name!r}: package {top} is not installed: pip install the distribution that has it, or name "
            f"one of the entry points that there are: {', '.join(there) or 'none'}"
        )
    whole = top
    for step in inner.split("."):
        whole = f"{whole}.{step}"
        spec = PathFinder.find_spec(whole, spec.submodule_search_locations or [])
        if spec is None:
            raise ValueError(f"filter {name!r}: the installed package {top} has no module {whole}")
    file = spec.origin or ""
    owners = [one for one in _distributions() if _has(one, module, file)]
    if not owners:
        raise ValueError(f"filter {name!r}: {file or module} is of no installed distribution; pip install its package")
    if len(owners) > 1:
        names = " and ".join(one.name for one in owners)
        raise ValueError(f"filter {name!r}: {file} is of {names}: uninstall one")
    return PlugIn(name=name, module=module, distribution=owners[0].name, version=owners[0].version, file=file)


def _spec(top: str) -> ModuleSpec | None:
    """Of an outermost package, which is not imported."""
    try:
        return find_spec(top)
    except ValueError:  # of a module that has none, as __main__
        return None


def _has(distribution: metadata.Distribution, module: str, file: str) -> bool:
    """Whether a file is a distribution's: in its RECORD, below the folder of an editable install, or, where there is
    no RECORD, below its own folder in a package that it claims."""
    top, path = module.partition(".")[0], module.replace(".", "/")
    real = Path(file).resolve()
    record = distribution.read_text("RECORD") or ""
    for line in record.splitlines():
        if line.startswith((f"{path}.", f"{path}/__init__.")):
            listed = line.partition(",")[0]
            if Path(str(distribution.locate_file(listed))).resolve() == real:
                return True
    direct = json.loads(distribution.read_text("direct_url.json") or "{}")
    if direct.get("dir_info", {}).get("editable"):
        return Path(unquote(urlsplit(direct["url"]).path)).resolve() in real.parents
    claimed = {*(distribution.read_text("top_level.txt") or "").split()}
    claimed |= {_named(one)[0].partition(".")[0] for one in distribution.entry_points if one.group == GROUP}
    return not record and top in claimed and Path(str(distribution.locate_file(""))).resolve() in real.parents


@lru_cache(1)
def _distributions() -> tuple[metadata.Distribution, ...]:
    """Installed ones, each once: the first on the path is the one that Python takes."""
    found: dict[str, metadata.Distribution] = {}
    for one in metadata.distributions():
        found.setdefault(re.sub(r"[-_.]+", "-", one.name).lower(), one)
    return tuple(found.values())


def _entries(name: str) -> list[metadata.EntryPoint]:
    """Of our group and this name, sorted by distribution."""
    found = [one for one in _group() if one.name == name]
    return sorted(found, key=lambda one: one.dist.name if one.dist else "")


@lru_cache(1)
def _group() -> tuple[metadata.EntryPoint, ...]:
    return tuple(metadata.entry_points(group=GROUP))


def _named(entry: metadata.EntryPoint) -> tuple[str, str]:
    """Module and attribute; EntryPoint's own properties raise where a value is neither."""
    module, _, attribute = entry.value.partition(":")
    return module.strip(), attribute.strip()


def _owner(entry: metadata.EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unnamed distribution"
