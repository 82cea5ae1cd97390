"""Tokenizers that a recipe names: by a file, by a folder that holds one, or by the root of a release."""

import hashlib
from typing import Protocol

from corpus.errors import RecipeError
from corpus.store import addresses, current, storage
from tokenizer.given import Given, check, open_json

FILE = "tokenizer.json"
TABLE = "tokenizer"


def address(base: str, named: str, stage: str) -> str:
    """The tokenizer.json that a path names, relative to a recipe's folder `base`. `stage` is the one that writes a
    run's tokenizer."""
    place = addresses.below(base, named)
    if storage.parted(place)[1].endswith(".json"):
        return place
    trained = current.folder(place, stage)
    if trained:
        return storage.join(of(trained), FILE)
    inner = storage.join(of(place), FILE)  # the folder that stage shard writes has one
    return inner if storage.read_bytes(inner) is not None else storage.join(place, FILE)


def of(folder: str) -> str:
    """Where the tokenizer lies in the folder of a stage that has one."""
    return storage.join(folder, TABLE)


def read(address: str, key: str) -> bytes:
    """The bytes of a tokenizer.json. Raises RecipeError if it is not there; `key` is what named it."""
    data = storage.read_bytes(address)
    if data is None:
        raise RecipeError(f"{key}: no {address}: give a {FILE}, a folder with one, or the root of a release")
    return data


class Ends(Protocol):
    """What says which tokens end and fill up a document."""

    @property
    def end(self) -> str: ...

    @property
    def padding(self) -> str: ...


def given_for(address: str, ends: Ends) -> tuple[bytes, Given]:
    """The tokenizer that [tokenizer] path names, checked. Raises RecipeError with the reason for one of no use."""
    data = read(address, "[tokenizer] path")
    try:
        return data, check(data, ends.end, ends.padding)
    except ValueError as error:
        raise RecipeError(f"[tokenizer] path: {address} {error}") from error


def digest(address: str, key: str) -> str:
    """Its sha256: what a stage's identity holds, for where a file lies is not what it is. Raises RecipeError for one
    that `tokenizers` does not open."""
    data = read(address, key)
    try:
        open_json(data)
    except ValueError as error:
        raise RecipeError(f"{key}: {address} {error}") from error
    return hashlib.sha256(data).hexdigest()
