"""What is asked of Python's collector holds for a command, and no longer."""

import gc
import subprocess
import sys

import pytest

from jobs.engine import collector
from jobs.engine.session import Session
from jobs.engine.spark import jobs
from jobs.engine.spending import Spent


def test_seldom_for_a_command_only() -> None:
    before = gc.get_threshold()
    inside: list[int] = []

    def failing() -> None:
        with collector.seldom():
            inside.extend(gc.get_threshold())
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert inside[0] > before[0]
    assert tuple(inside[1:]) == before[1:]
    assert gc.get_threshold() == before


def test_no_look_at_the_end_of_a_process() -> None:
    """A cycle whose finaliser would speak is not looked for; without `seldom` it is."""
    script = """
import atexit, gc
from jobs.engine import collector
class Loud:
    def __del__(self): print("found", flush=True)
gc.collect(); gc.disable()
one = Loud(); one.own = one; del one
if {seldom}:
    with collector.seldom(): pass
"""
    said = [
        subprocess.run([sys.executable, "-c", script.format(seldom=seldom)], check=True, capture_output=True).stdout
        for seldom in (False, True)
    ]
    assert said == [b"found\n", b""]


def frozen(_: int) -> Spent:
    return Spent(seconds=0, cpu=0, memory=gc.get_freeze_count(), host="")


def test_a_worker_of_spark_does_not_look_through_its_modules_after_each_task(spark: Session) -> None:
    held = jobs.run(spark.spark, "test", [0, 1], frozen)
    assert min(spent.memory for spent in held.values()) > 50_000


def test_no_kernel_is_called_by_an_import() -> None:
    """Numba would load its types, half a second, for a driver that calls none."""
    script = """
import pkgutil, importlib
import filters.kernels
from numba.core import entrypoints
for module in pkgutil.walk_packages(filters.kernels.__path__, "filters.kernels."): importlib.import_module(module.name)
importlib.import_module("filters.pii.detect")
assert not entrypoints._already_initialized
"""
    subprocess.run([sys.executable, "-c", script], check=True)
