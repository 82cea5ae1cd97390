"""What is done with bytes in the watched process: each target opens them as a run would, and says what it found."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from corpus.planning import recipe
from corpus.sources.inventory import list_files, plan_units
from corpus.sources.record import Note, Record, SiteFile
from corpus.sources.source import Source
from corpus.sources.units import read_unit
from corpus.store import current, manifest, table
from corpus.store import receipts as reading
from corpus.store.manifest import FileEntry
from filters import classifier
from filters.kernels.classify import classify
from filters.lm import model as language_model
from filters.lm.normaliser import normalise_array
from filters.perplexity import _load as load_perplexity
from tests.filters.conftest import batch_of
from tokenizer import given


class Refused(Exception):
    """What a model or tokenizer is refused by: one line of a ValueError, which its opener shows with the file."""


@contextmanager
def one_line() -> Iterator[None]:
    """A ValueError with a single short line is a refusal. A bare one of a library's depths has no next action in it."""
    try:
        yield
    except ValueError as error:
        if type(error) is not ValueError or "\n" in str(error) or len(str(error)) > 1000:
            raise
        raise Refused(str(error)) from error


def warm() -> None:
    """Kernels compiled and libraries loaded, so that peaks are those of inputs."""
    read(b"<html><body><p>A page of the mill, with words in it.</p></body></html>", name="x.html")
    read(b'{"text": "a"}\n', name="x.jsonl")


def read(data: bytes, *, name: str, unit_bytes: int = 1 << 26, **settings: Any) -> dict[str, Any]:
    """A file as ingest reads it: texts by digest, reasons, bytes that were lost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        source = Source(name="s", path=str(path), **settings)
        texts, reasons, lost = [], [], 0
        for unit in plan_units(list_files(source, "."), unit_bytes):
            for item in read_unit(unit, source):
                if isinstance(item, Note | SiteFile):
                    continue
                if isinstance(item, Record):
                    whole = json.dumps(asdict(item), default=str).encode("utf-8", "surrogatepass")
                    assert len(whole) < 1 << 31
                    texts.append(item.text if len(item.text) < 200 else hashlib.sha256(whole).hexdigest())
                else:
                    assert item.lost >= 0
                    assert len(item.detail) <= 80
                    reasons.append(item.reason)
                    lost += item.lost
        return {"texts": texts, "reasons": reasons, "lost": lost, "size": len(data)}


def plan(data: bytes) -> str:
    """A recipe, read and checked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.toml")
        path.write_bytes(data)
        return recipe.load(str(path)).name


def tokenizer(data: bytes) -> int:
    """A tokenizer.json that somebody brings."""
    with one_line():
        return given.check(data, "<|endoftext|>", "<|padding|>").vocab_size


@contextmanager
def _file(data: bytes) -> Iterator[tuple[str, str]]:
    """A file with its digest, as a recipe names a model: whoever damages a model damages its digest with it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        path.write_bytes(data)
        yield str(path), hashlib.sha256(data).hexdigest()


def fasttext(data: bytes) -> list[float]:
    """A classifier, loaded and asked."""
    with _file(data) as (path, digest), one_line():
        found = classifier.load(path, digest)
        texts = batch_of(["the mill grinds grain, мука and 字", "x"])
        _, scores = classify(*texts.buffers, len(found.labels), found.words, found.net, 1000)
        return [float(score) for score in scores.ravel()]


def kenlm(data: bytes) -> float:
    """An ARPA or KenLM binary file, loaded and asked."""
    with _file(data) as (path, digest), one_line():
        loaded = load_perplexity(path, digest)
        logarithm, _ = loaded.score(normalise_array(pa.array(["the mill grinds the grain"])))
        return float(logarithm[0])


def trained(data: bytes) -> float:
    """A folder that train-lm wrote, its files by name in an orjson object of hexadecimal; digests are made anew."""
    with tempfile.TemporaryDirectory() as folder, one_line():
        files = {name: bytes.fromhex(held) for name, held in orjson.loads(data).items()}
        described = files.pop(language_model.DESCRIPTION)
        for name, held in files.items():
            Path(folder, name).write_bytes(held)
            own = hashlib.sha256(held).hexdigest().encode()
            described = described.replace(f"sha256 of {name}".encode(), own)
        Path(folder, language_model.DESCRIPTION).write_bytes(described)
        scorer = language_model.load(folder, hashlib.sha256(described).hexdigest())
        logarithm, _ = scorer.score(normalise_array(pa.array(["the mill grinds the grain"])))
        return float(logarithm[0])


def stage(data: bytes) -> int:
    """A manifest."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, manifest.MANIFEST).write_bytes(data)
        found = manifest.load(folder)
        return sum(found.rows(name) for name in found.tables) if found else 0


def receipts(data: bytes) -> int:
    """The receipt of a task."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, manifest.RECEIPTS, manifest.PARTS)
        place.mkdir(parents=True)
        (place / "000000.json").write_bytes(data)
        return sum(1 for _ in reading.complete(folder))


def pointers(data: bytes) -> int:
    """`current.json`."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, current.CURRENT).write_bytes(data)
        return len(current.read(folder))


def part(data: bytes, *, rows: int) -> int:
    """A part of one of our own tables, whose manifest says its size and rows."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "t").mkdir()
        Path(folder, "t", "part.parquet").write_bytes(data)
        entry = FileEntry(name="part.parquet", rows=rows, bytes=len(data), sha256="")
        return table.Table(folder=folder, name="t", files=(entry,)).read(0).num_rows


def fault(data: bytes) -> int:
    """What the watched process is there to see, by name."""
    if data == b"abort":
        os.abort()
    if data == b"memory":
        return len(b"\1" * (2 << 30))
    raise ZeroDivisionError(data)
