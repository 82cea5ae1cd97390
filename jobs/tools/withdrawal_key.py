"""The key of a ledger of withdrawals, as verbs are given it."""

import os
from collections.abc import Iterable

from corpus.errors import RecipeError
from corpus.store import storage
from corpus.tombstones.ledger import Entry
from corpus.tombstones.secret import Keyed

KEY = "GRISTMILL_WITHDRAWAL_KEY"


def secret(file: str) -> str:
    """The key, from a file or from the environment. Raises RecipeError where there is none."""
    found = storage.read_bytes(file) if file else os.environ.get(KEY, "").encode()
    if not found:
        where = f"{file} is not there or empty" if file else f"{KEY} is not set"
        raise RecipeError(f"{where}: give the key of withdrawals, 32 to 64 bytes (`openssl rand -hex 32`)")
    return found.decode("utf-8", "replace").strip()


def check(entries: Iterable[Entry], own: Keyed) -> None:
    """Raises RecipeError for another key than that of these entries."""
    if any(entry.mark != own.mark for entry in entries):
        raise RecipeError("the key is not the one that the ledger was written with: give that one")
