"""What is asked of Python's collector holds for a command, and no longer."""

import gc
import subprocess
import sys

import pytest

from jobs.engine import collector


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
