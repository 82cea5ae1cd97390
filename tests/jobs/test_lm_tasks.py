"""Counting in units, runs and ranges gives what counting at once gives: without Spark, which only calls tasks."""

from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pytest

from corpus.sources import inventory
from corpus.sources.inventory import Unit
from corpus.sources.source import Source
from corpus.store import storage
from corpus.store.table import Table, write_whole
from filters.arrow import binaries, integers
from filters.lm.pieces import LINE_BYTES
from filters.lm.suffixes import spread
from jobs.lm import count as lm_count
from jobs.lm import read_text
from jobs.lm.step import Stage
from tests.filters.lm.twin import estimate

WORDS = [f"w{i}" for i in range(30)]
ORDER = 4


def texts(count: int) -> list[str]:
    """Documents of three lines, Zipf-like, with what the normaliser takes away."""
    draw = np.random.default_rng(11)

    def line() -> str:
        return ", ".join(WORDS[int(30 * x**3)].upper() for x in draw.random(draw.integers(1, 9)))

    return ["\n".join(line() for _ in range(3)) + "." for _ in range(count)]


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Source, Unit], ...]:
    folder = tmp_path_factory.mktemp("texts")
    for number in range(3):
        rows = [orjson.dumps({"text": t, "lang": "de" if i % 7 else "en"}) for i, t in enumerate(texts(200))]
        (folder / f"{number}.jsonl").write_bytes(b"\n".join([*rows[number::3], b"not json"]) + b"\n")
    source = Source(name="texts", path=str(folder), language_field="lang")
    return tuple((source, unit) for unit in inventory.plan_units(inventory.list_files(source, ""), 1 << 12))


def read(folder: Path, units: tuple[tuple[Source, Unit], ...]) -> Stage:
    task = read_text.ReadUnit(folder=str(folder), units=units, language="deu_Latn", pieces="")
    return Stage(str(folder), [task(n)[str(folder)] for n in range(len(units))])


def table(folder: Path, stage: Stage, name: str) -> list[pa.Table]:
    found = stage.table(name)
    return [found.read(part) for part in range(found.parts)]


def test_a_unit_holds_every_wanted_document_once(tmp_path: Path, units: tuple[tuple[Source, Unit], ...]) -> None:
    stage = read(tmp_path, units)
    counts = stage.counts
    wanted = [t for i, t in enumerate(texts(200)) if i % 7]
    assert len(units) > 3
    assert (counts["records"], counts["rejects"], counts["documents"]) == (203, 3, len(wanted))
    assert counts["other_languages"] == 200 - len(wanted)
    held = [t for part in table(tmp_path, stage, "heldout") for t in part.column("text").to_pylist()]
    assert counts["heldout"] == len(held) == sum(_held(t) for t in wanted) > 0
    lines = []
    for words, tokens in zip(table(tmp_path, stage, "words"), table(tmp_path, stage, "tokens"), strict=True):
        names = [w.decode() for w in binaries(words.column("word"))]
        numbers = integers(tokens.column("token"))
        assert words.column("count").to_pylist() == [numbers.count(i) for i in range(len(names))]
        text = " ".join("\n" if i < 0 else names[i] for i in numbers)
        lines += [line.strip() for line in text.split("\n") if line.strip()]
    assert sorted(lines) == sorted(line for t in wanted if not _held(t) for line in _plain(t).split("\n"))
    assert counts["lines"] == len(lines)
    assert counts["tokens"] == sum(len(line.split()) for line in lines)


def _plain(text: str) -> str:
    return text.lower().replace(",", "").replace(".", "").translate(str.maketrans("123456789", "000000000"))


def _held(text: str) -> bool:
    return int.from_bytes(read_text.content_key(_plain(text).encode())[:8], "big") % read_text.HELD_OUT == 0


@pytest.mark.parametrize(("run_tokens", "range_tokens"), [(1 << 20, 1 << 20), (50, 90), (1, 1)])
def test_runs_and_ranges_give_the_tree_of_the_whole(
    tmp_path: Path,
    units: tuple[tuple[Source, Unit], ...],
    monkeypatch: pytest.MonkeyPatch,
    run_tokens: int,
    range_tokens: int,
) -> None:
    monkeypatch.setattr(lm_count, "RUN_TOKENS", run_tokens)
    monkeypatch.setattr(lm_count, "RANGE_TOKENS", range_tokens)
    stage = read(tmp_path / "read", units)
    wanted = [t for i, t in enumerate(texts(200)) if i % 7 and not _held(t)]
    whole = estimate([line.split() for t in wanted for line in _plain(t).split("\n")], ORDER)
    words = whole.vocabulary.words.to_pylist()[3:]
    every = pa.concat_tables(table(tmp_path, stage, "words")).group_by("word").aggregate([("count", "sum")])
    counts = dict(zip(every.column("word").to_pylist(), every.column("count_sum").to_pylist(), strict=True))
    vocabulary = pa.table([words, [counts[w] for w in words]], schema=read_text.WORDS)
    entry = write_whole(str(tmp_path), "words", "all", vocabulary)
    first = lm_count.ranges(np.array([0, 0, stage.counts["lines"], *(counts[w] for w in words)]))
    counter = lm_count.CountUnit(
        folder=str(tmp_path / "count"),
        words=stage.table("words"),
        tokens=stage.table("tokens"),
        vocabulary=Table(folder=str(tmp_path), name="words", files=(entry,)),
        first=tuple(first.tolist()),
        order=ORDER,
    )
    runs = Stage(counter.folder, [counter(n)[counter.folder] for n in range(len(units))])
    assert runs.counts["unknown"] == 0
    merger = lm_count.MergeRange(
        folder=str(tmp_path / "merge"),
        runs=runs.table("runs"),
        cuts=runs.table("cuts"),
        ranges=len(first),
        order=ORDER,
    )
    merged = Stage(merger.folder, [merger(n)[merger.folder] for n in range(len(first))])
    found = [lm_count.read_level(merged.table(f"level-{n}")) for n in range(1, ORDER + 1)]
    for level, expected in zip([spread(found[0], len(words) + 3), *found[1:]], whole.tree, strict=True):
        for name in ("first", "adjusted", "children"):
            assert getattr(level, name).tolist() == getattr(expected, name).tolist()


def test_a_sample_has_the_lines_with_the_smallest_keys(
    tmp_path: Path, units: tuple[tuple[Source, Unit], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_text, "SAMPLE_BYTES", 300)
    task = read_text.SampleUnit(folder=str(tmp_path), units=units, language="deu_Latn")
    stage = Stage(str(tmp_path), [task(n)[str(tmp_path)] for n in range(len(units))])
    wanted = [t for i, t in enumerate(texts(200)) if i % 7 and not _held(t)]
    lines = sorted(
        {line for t in wanted for line in _plain(t).split("\n")}, key=lambda x: read_text.content_key(x.encode())
    )
    sampled = pa.concat_tables(table(tmp_path, stage, "sample")).sort_by("key")
    found = list(dict.fromkeys(sampled.column("line").to_pylist()))
    enough = next(i for i in range(len(lines)) if sum(len(x) for x in lines[: i + 1]) >= 300)
    assert found[: enough + 1] == lines[: enough + 1]


def test_a_long_line_is_cut_between_characters(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("ก" * 5000, "utf-8")
    source = Source(name="long", path=str(tmp_path / "long.txt"))
    [unit] = inventory.plan_units(inventory.list_files(source, ""), 1 << 20)
    out = str(tmp_path / "out")
    task = read_text.SampleUnit(folder=out, units=((source, unit),), language="tha_Thai")
    [line] = Stage(out, [task(0)[out]]).table("sample").read(0).column("line").to_pylist()
    assert line == "ก" * (LINE_BYTES // 3)
    assert storage.list_names(f"{out}/sample")
