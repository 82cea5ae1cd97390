"""Where generated files that are the same for every run stay."""

import os
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """Below the home folder, or below the temporary folder if home cannot be written."""
    try:
        return _writable(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gristmill")
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return _writable(Path(tempfile.gettempdir()) / f"gristmill-{os.getuid()}")


def _writable(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=folder).close()
    return folder
