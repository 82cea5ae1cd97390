"""Output that nobody reads any more: `gristmill plan RECIPE | head -1`."""

import os
import select
import sys
from contextlib import suppress
from typing import Final

CODE: Final = 141  # of a process that SIGPIPE ended, as shells show it


def is_unread() -> bool:
    """Whether what reads stdout or stderr has gone. Another pipe that broke is a fault."""
    return any(_broken(number) for number in (1, 2))


def _broken(number: int) -> bool:
    asked = select.poll()
    asked.register(number, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in asked.poll(0))


def drop() -> None:
    """Let what is still to be written go nowhere: Python writes it when it ends, and would say that it cannot."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in filter(_broken, (1, 2)):
        os.dup2(nowhere, number)
    os.close(nowhere)
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError, ValueError):
            stream.flush()
