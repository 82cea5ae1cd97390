"""The process that reads what may kill it: a call at a time, with its peak of memory."""

import os
import pickle
import resource
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from corpus.errors import CorpusError
from tests.hostile import targets

_ROOM = 6 << 30  # bytes of addresses over those of the start: what asks for more would fill the machine


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    targets.warm()
    size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + _ROOM, size + _ROOM))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            target, data, settings = pickle.loads(connection.recv_bytes())
        except EOFError:
            return
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak of memory begins anew
        try:
            how, value = "gave", getattr(targets, target)(data, **settings)
        except (CorpusError, targets.Refused) as error:
            how, value = "refused", str(error)
        except BaseException:  # noqa: BLE001  (what escapes is what is looked for)
            how, value = "escaped", traceback.format_exc(limit=-6)
        connection.send_bytes(pickle.dumps((how, value, _peak())))


def _peak() -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
