"""Tokenizers that a recipe names: by a file, by a folder that holds one, or by the root of a release."""

import hashlib
from pathlib import Path

import orjson

from corpus import storage
from corpus.errors import RecipeError
from corpus.recipe import TokenizerTable
from tokenizer.given import Given, check, open_json

FILE = "tokenizer.json"
_CURRENT = "current.json"  # of corpus.plan, which imports this


def address(base: str, named: str) -> str:
    """The tokenizer.json that a path names, relative to a recipe's folder `base`."""
    place = named if "://" in named else str(Path(base) / named)
    if place.endswith(".json"):
        return place
    current = storage.read_bytes(storage.join(place, _CURRENT))
    if current:
        try:
            mark = str(orjson.loads(current)["train"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise RecipeError(f"{place}/{_CURRENT} is damaged: run that recipe again, or name a {FILE}") from error
        return storage.join(place, "train", mark, "tokenizer", FILE)
    inner = storage.join(place, "tokenizer", FILE)  # the folder that stage shard writes has one
    return inner if storage.read_bytes(inner) is not None else storage.join(place, FILE)


def read(address: str, key: str) -> bytes:
    """The bytes of a tokenizer.json. Raises RecipeError if it is not there; `key` is what named it."""
    data = storage.read_bytes(address)
    if data is None:
        raise RecipeError(f"{key}: no {address}: give a {FILE}, a folder with one, or the root of a release")
    return data


def given_for(base: str, table: TokenizerTable) -> tuple[bytes, Given]:
    """The tokenizer that [tokenizer] path names, checked. Raises RecipeError with the reason for one of no use."""
    place = address(base, table.path)
    data = read(place, "[tokenizer] path")
    try:
        return data, check(data, table.end, table.padding)
    except ValueError as error:
        raise RecipeError(f"[tokenizer] path: {place} {error}") from error


def digest(address: str, key: str) -> str:
    """Its sha256: what a stage's identity holds, for where a file lies is not what it is. Raises RecipeError for one
    that `tokenizers` does not open."""
    data = read(address, key)
    try:
        open_json(data)
    except ValueError as error:
        raise RecipeError(f"{key}: {address} {error}") from error
    return hashlib.sha256(data).hexdigest()
