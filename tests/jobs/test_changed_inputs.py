"""An input that changes while a run is on stops it, and what was read of it serves no later run."""

import os
from pathlib import Path

import pytest

from corpus.errors import RecipeError
from corpus.planning import inputs, opening, recipe
from corpus.stages.ingest import INGEST
from corpus.store.original import BLOCK
from jobs import build
from jobs.engine.session import Session

RECIPE = """
[[sources]]
name = "s"
path = "in.jsonl"
[[filters]]
use = "length"
[ingest]
unit_bytes = {unit_bytes}
"""


def lines(word: str, count: int) -> bytes:
    return b"".join(b'{"text": "%s of %09d"}\n' % (word.encode() * 20, number) for number in range(count))


@pytest.mark.parametrize(("count", "unit_bytes"), [(100, 1 << 26), (30_000, 2 << 20)])
def test_source_replaced_under_a_run_stops_it(tmp_path: Path, session: Session, count: int, unit_bytes: int) -> None:
    path = tmp_path / "r.toml"
    path.write_text(RECIPE.format(unit_bytes=unit_bytes), "utf-8")
    source, true, other = tmp_path / "in.jsonl", lines("true", count), lines("fake", count)
    assert (len(true) > BLOCK) == (count > 1000)
    source.write_bytes(true)
    read = recipe.load(str(path), root=str(tmp_path / "out"))
    planned = opening.plan_of(read, inputs.listing(read), remember=True)
    half = len(other) // 2
    source.write_bytes(true[:half] + other[half:])  # the same size, and a task may read the half that is as it was
    with pytest.raises(RecipeError, match=r"in\.jsonl is not what was digested"):
        build.run(planned, session, lambda _: None, until="ingest")
    assert not planned[INGEST].done
    source.write_bytes(true)
    again = opening.plan_of(read, inputs.listing(read), remember=True)
    assert again[INGEST].fingerprint == planned[INGEST].fingerprint
    build.run(again, session, lambda _: None, until="ingest")
    documents = again.finished()[INGEST].table("documents")
    texts = [text for part in range(documents.parts) for text in documents.read(part, ["text"])["text"].to_pylist()]
    assert len(texts) == count
    assert all(str(text).startswith("true") for text in texts)


def test_source_replaced_with_its_times_put_back_is_no_longer_reused(tmp_path: Path, session: Session) -> None:
    path = tmp_path / "r.toml"
    path.write_text(RECIPE.format(unit_bytes=1 << 26), "utf-8")
    source = tmp_path / "in.jsonl"
    read = recipe.load(str(path), root=str(tmp_path / "out"))
    source.write_bytes(lines("true", 10))
    before = os.stat(source)
    first = opening.plan_of(read, inputs.listing(read), remember=True)
    build.run(first, session, lambda _: None, until="ingest")
    source.write_bytes(lines("fake", 10))
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = opening.plan_of(read, inputs.listing(read), remember=True)
    assert second[INGEST].fingerprint != first[INGEST].fingerprint
    assert not second[INGEST].done
