"""Runs at work in one root: each keeps a file in `<root>/.leases` that names its host, process and time.

Two runs may write one root, for what they publish has the same names and bytes. But what a killed run left behind is
swept only by a run that is alone: scratch of one that lives must stay. A run writes its own lease before it looks at
those of others, so of two that start at once at least one sees the other, on object stores as on disks.
"""

import os
import platform
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import orjson

from corpus.store import storage

FOLDER: Final = ".leases"
RENEW_S: Final = 30.0
DEAD_S: Final = 600.0  # without renewal, of a run on another machine: 20 renewals, whatever clocks differ by


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A run at work."""

    host: str
    machine: str  # where its process number means a process: this boot of this machine, in this namespace
    process: int
    started: str  # of the process, as its machine counts; numbers of processes are used again
    begun: float  # of the run, seconds since 1970
    renewed: float

    @property
    def live(self) -> bool:
        if self.machine == _machine():
            return _started(self.process) == self.started
        return time.time() - self.renewed < DEAD_S

    def __str__(self) -> str:
        begun = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.begun))
        return f"process {self.process} on {self.host}, since {begun}"


@dataclass(frozen=True, kw_only=True)
class Held:
    """The lease of this run."""

    root: str
    name: str

    def others(self) -> list[Lease]:
        """Other runs that live. Leases of dead ones are deleted."""
        place = storage.join(self.root, FOLDER)
        found = []
        for name in storage.list_names(place):
            if name == self.name or storage.is_scratch(name):
                continue
            one = _read(storage.join(place, name))
            if one is not None and one.live:
                found.append(one)
            else:
                storage.remove_file(storage.join(place, name))
        return found


@contextmanager
def held(root: str) -> Iterator[Held]:
    """A lease as long as the block lasts."""
    now = time.time()
    lease = Lease(
        host=platform.node(),
        machine=_machine(),
        process=os.getpid(),
        started=_started(os.getpid()),
        begun=now,
        renewed=now,
    )
    own = Held(root=root, name=f"{uuid.uuid4().hex}.json")
    place = storage.join(root, FOLDER)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEW_S):
            with suppress(OSError):  # a disk that is full: at worst another machine takes this run for dead
                _write(place, own.name, replace(lease, renewed=time.time()))

    _write(place, own.name, lease)
    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield own
    finally:
        ended.set()
        thread.join()
        storage.remove_file(storage.join(place, own.name))


def _write(place: str, name: str, lease: Lease) -> None:
    storage.publish_bytes(place, name, orjson.dumps(asdict(lease), option=orjson.OPT_INDENT_2))


def _read(address: str) -> Lease | None:
    """None for one that ended meanwhile, or is none."""
    data = storage.read_bytes(address)
    try:
        return Lease(**orjson.loads(data)) if data else None
    except (orjson.JSONDecodeError, TypeError):
        return None


def _machine() -> str:
    boot, space = "", ""
    with suppress(OSError):  # not on Linux
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        space = os.readlink("/proc/self/ns/pid")
    return f"{platform.node()} {boot} {space}"


def _started(process: int) -> str:
    """When a process started, "" if there is none; "?" where the system tells only that it is there."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        if os.path.exists("/proc/self/stat"):
            return ""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "?"
