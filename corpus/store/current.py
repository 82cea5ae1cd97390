"""`<root>/current.json`: on which fingerprint of each stage the last complete run stands."""

from collections.abc import Mapping

import orjson

from corpus.errors import DataError
from corpus.store import storage

CURRENT = "current.json"


def read(root: str) -> dict[str, str]:
    """Fingerprints by stage; none where no run came to its end. Raises DataError if it cannot be read."""
    return stages(storage.join(root, CURRENT))


def stages(address: str) -> dict[str, str]:
    """Fingerprints by stage that a file names; none where it is not there. Raises DataError if it cannot be read."""
    data = storage.read_bytes(address)
    if data is None:
        return {}
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(mark, str) for mark in found.values()):
        raise DataError(f"{address} is damaged: delete it and run the recipe again, which writes it")
    return found


def folder(root: str, stage: str) -> str | None:
    """Of a stage of the last complete run."""
    mark = read(root).get(stage)
    return storage.join(root, stage, mark) if mark else None


def write(root: str, marks: Mapping[str, str]) -> None:
    data = written(marks)
    if storage.read_bytes(storage.join(root, CURRENT)) != data:
        storage.publish_bytes(root, CURRENT, data)


def written(marks: Mapping[str, str]) -> bytes:
    """As the file says them."""
    return orjson.dumps(dict(marks), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
