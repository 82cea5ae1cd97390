"""The inbox of a root: requests that somebody made and nobody has looked at, in a file that `gristmill withdraw`
reads. Nothing is withdrawn by them until a person runs that.
"""

import os
from pathlib import Path
from typing import Final

import orjson

from corpus.errors import RecipeError
from corpus.tombstones import ledger
from corpus.withdrawal import requests

NAME: Final = "inbox.jsonl"
MOST_BYTES = 1 << 20  # some 8,000 requests: more than a person reads, and no disk is filled


def path_of(root: str) -> str:
    """Beside the ledger."""
    return os.path.join(root, ledger.FOLDER, NAME)


def put(path: str, asked: dict[str, str]) -> bool:
    """Write a request down; false for one that is there already. Raises RecipeError for what is no request, and where
    the inbox is full."""
    line = orjson.dumps(asked)
    requests.parsed(f"the request for {path}", 1, line)
    file = Path(path)
    there = file.read_bytes() if file.exists() else b""
    if line in there.splitlines():
        return False
    if len(there) + len(line) > MOST_BYTES:
        raise RecipeError(f"{path} is full: withdraw what it asks for, or move it away")
    file.parent.mkdir(parents=True, exist_ok=True)
    begun = b"\n" if there and not there.endswith(b"\n") else b""  # a line that was cut off stays one of its own
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(opened, begun + line + b"\n")
        os.fsync(opened)
    finally:
        os.close(opened)
    return True
