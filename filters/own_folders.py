"""Folders for generated files that later processes trust: ours alone, whoever else works on the machine.

A name in the temporary folder may be taken beforehand by anybody, with what he likes in it. So a folder is used only if
it belongs to this user and nobody else can write to it; where none is, one with a name that nobody can guess.
"""

import atexit
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path


def cache_folder() -> Path:
    """Where files stay that are the same for every run; in the temporary folder if home cannot be written."""
    home = home_folder()
    return home if home and is_ours(home) else temporary_folder()


def home_folder() -> Path | None:
    """The folder in the user's cache, which need not be there; None for a user without a home."""
    given = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(given) if given else Path.home() / ".cache") / "gristmill"
    except RuntimeError:  # neither HOME nor an entry of this user
        return None


def temporary_folder() -> Path:
    """The same in the temporary folder of this machine."""
    shared = Path(tempfile.gettempdir()) / f"gristmill-{os.getuid()}"
    return shared if is_ours(shared) else _fresh(os.getpid())


def is_ours(folder: Path) -> bool:
    """Whether it is there, or can be made, as a folder of this user that nobody else writes to."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()  # a link is its maker's, wherever it leads
    except OSError:
        return False
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return private and os.access(folder, os.W_OK | os.X_OK)


@lru_cache
def _fresh(process: int) -> Path:
    """One for this process; a fork makes its own."""
    folder = Path(tempfile.mkdtemp(prefix=f"gristmill-{process}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
