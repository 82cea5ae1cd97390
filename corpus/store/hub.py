"""Datasets of the Hugging Face Hub as a filesystem to read: `hf://datasets/<owner>/<name>[@<revision>]/<path>`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from io import IOBase
from typing import Any, TypeVar, cast

import pyarrow as pa
import pyarrow.fs as pafs

from corpus.errors import RecipeError

R = TypeVar("R")
SCHEME = "hf://"


def opened(address: str) -> tuple[pafs.FileSystem, str]:
    """The hub and a path on it. Raises RecipeError without the package, ValueError for what is no such address."""
    try:
        from huggingface_hub import HfFileSystem  # noqa: PLC0415  (a second, for those who name the hub)
    except ImportError as error:
        raise RecipeError(
            f"{address} is on the hub, which needs the packages huggingface_hub and fsspec ({error.name} is not "
            "there): pip install huggingface_hub fsspec"
        ) from error
    if not address.startswith(f"{SCHEME}datasets/") or address.count("/") < 4:
        raise ValueError("an address on the hub is hf://datasets/OWNER/NAME/PATH")
    handler: Any = _Hub
    return pafs.PyFileSystem(handler(HfFileSystem())), address.removeprefix(SCHEME)


@contextmanager
def _told() -> Iterator[None]:
    """What its client raises, as OSError of one line, which is known by whoever meets it."""
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415

    try:
        yield
    except cast(
        type[Exception], HfHubHTTPError.__bases__[0]
    ) as error:  # of the client that this version of it is built on
        raise OSError(f"the hub: {' '.join(str(error).split())[:300]}") from error


def _telling(method: Callable[..., R]) -> Callable[..., R]:
    @wraps(method)
    def told(*arguments: Any) -> R:
        with _told():
            return method(*arguments)

    return told


class _Hub(pafs.FSSpecHandler):
    get_file_info = _telling(pafs.FSSpecHandler.get_file_info)
    get_file_info_selector = _telling(pafs.FSSpecHandler.get_file_info_selector)

    @_telling
    def open_input_file(self, path: str) -> pa.NativeFile:
        return pa.PythonFile(cast(IOBase, _File(cast(Any, self.fs).open(path, mode="rb"))), mode="r")

    open_input_stream = open_input_file

    def create_dir(self, path: str, recursive: bool) -> None:  # noqa: ARG002  (as Arrow calls it)
        raise RecipeError(
            "nothing is written to the hub: set root to a folder or a store, and upload what `export` writes"
        )


class _File:
    """A file of the hub as Arrow reads one."""

    def __init__(self, file: Any) -> None:
        self._file = file

    @property
    def closed(self) -> bool:
        return bool(self._file.closed)

    @_telling
    def read(self, size: int = -1) -> bytes:
        found: bytes = self._file.read(size)
        return found

    @_telling
    def seek(self, place: int, whence: int = 0) -> int:
        return int(self._file.seek(place, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        self._file.close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False
