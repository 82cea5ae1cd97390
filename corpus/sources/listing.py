"""What lies at a path: one file, all of a folder, or what a pattern fits; and what is no input though it lies there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow.fs as pafs

from corpus.errors import RecipeError
from corpus.sources import globs

# What tools and hubs leave beside data. A path that names one of them itself takes it all the same.
_BESIDE = ("readme", "license", "licence", "notice", "copying", "changelog", "citation")
_STATE = frozenset({"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "croissant.json"})
_SUMS = (".crc", ".md5", ".sha1", ".sha256", ".sha512", ".cdx", ".idx", ".lock", ".tmp")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file: its path on the filesystem, its bytes, and when it changed; `ctime_ns`, which nobody can set, and `inode`
    are 0 where there are none."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0


@dataclass(frozen=True, kw_only=True)
class Found:
    """`root` is the folder that names are relative to; `passed` are names below it that are no input."""

    root: str
    entries: list[Entry] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def at(filesystem: pafs.FileSystem, path: str) -> Found:
    """Raises RecipeError for a name that is not UTF-8. A path that is there is taken as it is, whatever its characters
    could mean in a pattern."""
    info = filesystem.get_file_info(path)
    if info.is_file:
        local = isinstance(filesystem, pafs.LocalFileSystem)
        one = _local_entry(path, os.stat(path)) if local else _entry(info)
        return Found(root=path.rpartition("/")[0], entries=[one])
    pattern = None
    root = path.rstrip("/")
    if info.type == pafs.FileType.NotFound and globs.magic(path):
        pattern = globs.compiled(path)
        root = path[: min(path.index(c) for c in globs.MAGIC if c in path)].rpartition("/")[0]
    found = Found(root=root)
    for entry in sorted(_below(filesystem, root, found.passed), key=lambda one: one.path):
        if pattern is not None and not pattern.fullmatch(entry.path):
            continue
        name = entry.path[len(root) :].strip("/")
        if _is_input(name):
            found.entries.append(entry)
        else:
            found.passed.append(name)
    return found


def _is_input(name: str) -> bool:
    """Hidden files, and what tools leave beside data, are none."""
    last = name.rpartition("/")[2].lower()
    beside = last.split(".")[0] in _BESIDE or last in _STATE or last.endswith(_SUMS)
    return not beside and not any(part.startswith((".", "_")) for part in name.split("/"))


def _entry(info: pafs.FileInfo) -> Entry:
    return Entry(path=info.path, size=info.size, mtime_ns=info.mtime_ns or 0)


def _local_entry(path: str, found: os.stat_result) -> Entry:
    return Entry(
        path=path,
        size=found.st_size,
        mtime_ns=found.st_mtime_ns,
        ctime_ns=found.st_ctime_ns,
        inode=found.st_ino,
    )


def _below(filesystem: pafs.FileSystem, root: str, passed: list[str]) -> Iterator[Entry]:
    if isinstance(filesystem, pafs.LocalFileSystem):
        yield from _local(root, root, frozenset(), passed)
        return
    selector = pafs.FileSelector(root, recursive=True, allow_not_found=True)
    yield from (_entry(info) for info in filesystem.get_file_info(selector) if info.is_file)


def _local(folder: str, root: str, above: frozenset[tuple[int, int]], passed: list[str]) -> Iterator[Entry]:
    """Files below a folder, through links, but for links to what they lie in, and links to nothing."""
    try:
        with os.scandir(folder or "/") as scanned:
            names = sorted(scanned, key=lambda one: one.name)
        own = os.stat(folder or "/")
    except FileNotFoundError:
        return
    here = above | {(own.st_dev, own.st_ino)}
    for one in names:
        if "\udc80" <= max(one.name) <= "\udcff":
            raise RecipeError(f"{os.fsencode(one.path)!r} has a name that is not UTF-8: rename it")
        try:
            found = os.stat(one.path)
        except OSError:  # a link to nothing, or to itself
            passed.append(f"{one.path[len(root) :].strip('/')} (a link that leads nowhere)")
            continue
        if one.is_dir():
            if (found.st_dev, found.st_ino) in here:
                passed.append(f"{one.path[len(root) :].strip('/')} (a link to what it lies in)")
            else:
                yield from _local(one.path, root, here, passed)
        elif one.is_file():
            yield _local_entry(one.path, found)
