"""Files that a process may have open: a JVM with Spark opens each of its jars, and dies where it may not."""

import resource
from typing import Final

from corpus.errors import RecipeError

LEAST: Final = 1024  # Spark 4.3 has 280 jars: in local mode 256 are too few, and 1,024 enough
_WANTED: Final = 4096


def allow() -> None:
    """Raise this process's limit, which those that it starts inherit, as far as the system lets it. Raises RecipeError
    if that is not enough for Spark."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED if hard == resource.RLIM_INFINITY else min(hard, _WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft != resource.RLIM_INFINITY and soft < LEAST:
        raise RecipeError(
            f"this shell lets a process open {soft} files and Spark needs {LEAST}: raise the limit "
            f"(ulimit -n {_WANTED}, or nofile in /etc/security/limits.conf)"
        )
