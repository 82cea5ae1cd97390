"""When Python looks for cycles among the objects that it holds.

Modules, types and Numba's tables are a million objects that live as long as the process: every look goes through them,
and the last ones, when the interpreter ends, find nothing that the system would not take back.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# New objects before a look, Python's own 700: imports and plans make 500,000, nearly all of which stay. A run's cycles
# are small, so what waits is a few megabytes.
_OBJECTS = 50_000


def look_seldom() -> None:
    """From now on."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


def keep() -> None:
    """What is there stays: no later look goes through it."""
    gc.freeze()


def keep_between_tasks() -> None:
    """For a worker of Spark, when a task begins. Spark has it look through all there is after each task (pyspark's
    daemon.py), 0.05 to 0.15 s once modules and kernels are loaded; what was found to live then stays."""
    look_seldom()
    keep()


@contextmanager
def seldom() -> Iterator[None]:
    """For a command, and none at its process's end."""
    before = gc.get_threshold()
    look_seldom()
    atexit.unregister(keep)
    atexit.register(keep)
    try:
        yield
    finally:
        gc.set_threshold(*before)
