"""This virtual environment as one file for the nodes of a cluster, with its kernels compiled.

A virtual environment names its own place in two ways, which are mended on the way: the link to the interpreter, which
must lie at the same path on every node, and the first lines of scripts. An editable install points at a folder of this
machine and is left out: our code travels as the zip. Kernels go by the text of their modules, wherever these lie
(`filters.kernel_cache`), and by the CPU: nodes with another one compile theirs.
"""

import io
import os
import stat
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from corpus.errors import RecipeError

KERNELS = "kernels"  # folder within the archive
_EDITABLE = ("_gristmill.pth", "__editable__")  # by hatchling, by setuptools
_STAMP = ".gristmill"  # of scripts/environment, which would take the unpacked one for made by it


class Packed(NamedTuple):
    files: int
    bytes: int  # of the archive


def compiled(folder: Path) -> None:
    """Compile all kernels into a folder, by a process that finds none. Raises RecipeError if it fails."""
    command = [sys.executable, "-m", "gristmill", "warm"]
    done = subprocess.run(command, env={**os.environ, "NUMBA_CACHE_DIR": str(folder)}, capture_output=True, check=False)
    if done.returncode:
        raise RecipeError(f"kernels could not be compiled: {done.stderr.decode(errors='replace').strip()}")


def pack(
    target: Path,
    *,
    prefix: Path | None = None,
    python: str | None = None,
    compile_into: Callable[[Path], None] = compiled,
) -> Packed:
    """Write the archive, under another name until it is whole.

    `prefix`: of the environment, this one's if None. `python`: where the interpreter lies on the nodes, where it lies
    here if None. Raises RecipeError where there is no environment, OSError.
    """
    if prefix is None:
        if sys.prefix == sys.base_prefix:
            raise RecipeError("this Python is of no virtual environment: install gristmill into one and run its pack")
        prefix = Path(sys.prefix)
    interpreter = python or os.path.realpath(prefix / "bin" / "python")
    partial = target.with_name(f".{target.name}.partial")
    with tempfile.TemporaryDirectory() as scratch:
        compile_into(Path(scratch))
        try:
            with tarfile.open(partial, "w:gz", compresslevel=1) as archive:
                files = sum(_add(archive, path, path.relative_to(prefix), interpreter) for path in _under(prefix))
                kernels = Path(scratch)
                files += sum(
                    _add(archive, path, KERNELS / path.relative_to(kernels), interpreter) for path in _under(kernels)
                )
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return Packed(files, target.stat().st_size)


def _under(folder: Path) -> Iterator[Path]:
    """Files and links below a folder, in order."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _under(path)
        elif path.name != _STAMP and not path.name.startswith(_EDITABLE):
            yield path


def _add(archive: tarfile.TarFile, path: Path, name: Path, interpreter: str) -> int:
    entry = archive.gettarinfo(path, str(name))
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    if name.parent == Path("bin") and name.name.startswith("python") and path.is_symlink():
        entry.linkname = interpreter
        archive.addfile(entry)
    elif entry.islnk():  # a second name of a file that may be left out of the archive, or be changed in it
        entry.type, entry.linkname = tarfile.REGTYPE, ""
        _add_file(archive, path, entry)
    elif not entry.isreg():
        archive.addfile(entry)
    elif name.parent == Path("bin"):
        content = _shebang(path.read_bytes())
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    else:
        _add_file(archive, path, entry)
    return 1


def _add_file(archive: tarfile.TarFile, path: Path, entry: tarfile.TarInfo) -> None:
    with path.open("rb") as file:
        entry.size = os.fstat(file.fileno()).st_size
        entry.mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        archive.addfile(entry, file)


def _shebang(content: bytes) -> bytes:
    """A script of this environment's Python as one of the first Python on PATH."""
    first, line, rest = content.partition(b"\n")
    ours = first.startswith(b"#!") and b"/bin/python" in first
    return b"#!/usr/bin/env python" + line + rest if ours else content
