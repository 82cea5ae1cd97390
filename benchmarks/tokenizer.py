"""Learning a byte-level BPE: counting and merging against `tokenizers`' own trainer, with the same pattern.

`taskset -c 0,1 python -m benchmarks.tokenizer FILES`: Parquet files with a column `text`, of which every 40th document
is held out. Each trainer has a process of its own; its time begins when the texts are in memory, its memory is the peak
of that process with the texts. Both run in the same run, with two threads.
"""

import hashlib
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from benchmarks import bench
from tokenizer.bpe import learn_merges
from tokenizer.counts import WordCounter
from tokenizer.presets import PRESETS, Name
from tokenizer.pretokens import pre_tokenizer
from tokenizer.save import save
from tokenizer.specials import SPECIALS

MERGES = 32_000
_HELD_OUT = 40  # one document in so many
_ROWS = 1000  # of a batch


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What a trainer took and made."""

    path: str  # tokenizer.json
    seconds: dict[str, float]
    peak: int  # bytes of its process

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def main() -> None:
    common = bench.parser(__doc__ or "")
    common.add_argument("--preset", default="qwen", choices=list(PRESETS), help="the pattern of both")
    common.add_argument("--merges", type=int, default=MERGES)
    options = common.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, notes = [], []
        theirs = _apart(theirs_train, options.texts, options.preset, options.merges, 2, folder)
        held = [text.as_py() for text in texts(options.texts, "held out")]
        size = pc.sum(pc.binary_length(texts(options.texts, "trained"))).as_py()
        rows.append(_row("`tokenizers` BpeTrainer", theirs, theirs, size, held))
        made = {}
        for threads in (2, 1):
            target = Path(folder) / str(threads)
            target.mkdir()
            found = [
                _apart(ours_train, options.texts, options.preset, options.merges, threads, str(target))
                for _ in range(options.runs)
            ]
            best = sorted(found, key=lambda one: one.total)[len(found) // 2]
            rows.append(_row(f"this, {threads} cores" if threads > 1 else "this, 1 core", best, theirs, size, held))
            made[threads] = best.path
        digests = {hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in made.values()}
        notes.append(f"1 and 2 cores write {'the same bytes' if len(digests) == 1 else 'DIFFERENT bytes'}.")
        notes.append(_agreement(theirs.path, made[2]))
    head = ["trainer", "seconds", "of them", "MB/s", "times as fast", "peak memory", "bytes a token, held out"]
    body = f"{size / 1e6:.0f} MB of text, {options.merges:,} merges, pattern `{options.preset}`.\n\n"
    body += bench.table(head, rows) + "\n\n" + " ".join(notes)
    command = "taskset -c 0,1 python -m benchmarks.tokenizer FILES --write"
    bench.publish("training a tokenizer", command, body, write=options.write)


def texts(paths: Sequence[str], part: Literal["trained", "held out"]) -> pa.LargeStringArray:
    """The documents that are learned from, or the others."""
    column = bench.load(paths).column("text").combine_chunks().cast(pa.large_string())
    held = np.arange(len(column)) % _HELD_OUT == 0
    return column.filter(pa.array(held if part == "held out" else ~held))


def ours_train(paths: Sequence[str], preset: Name, merges: int, threads: int, folder: str) -> Trained:
    """Counted by threads, each with its table; learned on one."""
    values = texts(paths, "trained")
    learn_merges(*_counted(values[:9], preset, 1), 9)  # compiled kernels are loaded
    started = time.perf_counter()
    words, counts = _counted(values, preset, threads)
    counted = time.perf_counter()
    found = learn_merges(words, counts, merges)
    learned = time.perf_counter()
    save(folder, found, PRESETS[preset])
    return _trained(folder, counting=counted - started, merging=learned - counted)


def _counted(values: pa.LargeStringArray, preset: Name, threads: int) -> tuple[pa.LargeBinaryArray, np.ndarray]:
    def part(rows: range) -> WordCounter:
        counter = WordCounter(PRESETS[preset])
        for start in rows:
            piece = values.slice(start, _ROWS)
            counter.add(piece, np.ones(len(piece), np.int64))
        return counter

    with ThreadPoolExecutor(threads) as pool:
        first, *others = pool.map(part, [range(n * _ROWS, len(values), threads * _ROWS) for n in range(threads)])
    for other in others:
        first.add(*other.take(), whole=True)
    return first.take()


def theirs_train(paths: Sequence[str], preset: Name, merges: int, threads: int, folder: str) -> Trained:
    """`tokenizers` with its threads."""
    os.environ["RAYON_NUM_THREADS"] = str(threads)
    values = texts(paths, "trained")
    model = Tokenizer(models.BPE())
    model.pre_tokenizer = pre_tokenizer(PRESETS[preset])
    trainer = trainers.BpeTrainer(
        vocab_size=256 + merges + len(SPECIALS),
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=list(SPECIALS),
        show_progress=False,
    )

    def batches() -> Iterator[list[str]]:
        for start in range(0, len(values), _ROWS):
            yield values.slice(start, _ROWS).to_pylist()

    started = time.perf_counter()
    model.train_from_iterator(batches(), trainer)
    seconds = time.perf_counter() - started
    model.save(str(Path(folder) / "tokenizer.json"))
    return _trained(folder, all=seconds)


def _trained(folder: str, **seconds: float) -> Trained:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Trained(path=str(Path(folder) / "tokenizer.json"), seconds=seconds, peak=peak)


def _apart(train, *arguments) -> Trained:  # type: ignore[no-untyped-def]
    """In a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(train, *arguments).result()


def _row(name: str, found: Trained, theirs: Trained, size: int, held: list[str]) -> list[str]:
    model = Tokenizer.from_file(found.path)
    tokens = sum(len(one.ids) for one in model.encode_batch_fast(held, add_special_tokens=False))
    held_size = sum(len(text.encode()) for text in held)
    return [
        name,
        f"{found.total:.1f}",
        ", ".join(f"{what} {seconds:.1f}" for what, seconds in found.seconds.items()),
        f"{size / found.total / 1e6:.1f}",
        f"{theirs.total / found.total:.1f}",
        f"{found.peak / 1e9:.2f} GB",
        f"{held_size / tokens:.4f}",
    ]


def _agreement(theirs: str, ours: str) -> str:
    first, second = (orjson.loads(Path(path).read_bytes())["model"]["merges"] for path in (theirs, ours))
    same = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    return f"Of {len(first):,} merges the first {same:,} are the same, in the same order."


if __name__ == "__main__":
    main()
