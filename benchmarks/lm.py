"""Language models: training time and memory on 2 cores, perplexities by order, scoring speed.

`python -m benchmarks.lm TRAIN --heldout OTHER --language deu_Latn`: Parquet files with columns `text` and `lang`.
Training runs in a process of its own; memory is of it with the JVM and all workers, sampled.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kenlm
import numpy as np
import orjson
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import bench
from filters.lm import model
from filters.lm.normaliser import Text, normalise_array

_EVERY = 0.2  # seconds between looks at memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", nargs="+", help="Parquet files with columns `text`, `lang`")
    parser.add_argument("--heldout", required=True, help="the same, of other documents")
    parser.add_argument("--language", default="deu_Latn", help="id of the language that is trained and scored")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    options = parser.parse_args()
    Path("build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "build") as folder:
        body = "\n\n".join([_whole(options, folder), _one_language(options, folder)])
    command = "taskset -c 0,1 python -m benchmarks.lm FILE --heldout OTHER --write"
    bench.publish("language models", command, body, write=options.write)


def train(out: str, language: str, files: list[str], order: int, *, by_language: bool) -> tuple[float, int]:
    """Seconds, and the greatest proportional memory (PSS, bytes) of all processes together."""
    command = [sys.executable, "-m", "jobs", "train-lm", "--language", language, "--from", *files]
    command += ["--out", out, "--order", str(order), "--cores", "2"]
    command += ["--language-field", "lang"] if by_language else []
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        most = 0
        while process.poll() is None:
            most = max(most, _memory(psutil.Process(process.pid)))
            time.sleep(_EVERY)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - started, most


def _memory(top: psutil.Process) -> int:
    total = 0
    try:
        for one in (top, *top.children(recursive=True)):
            try:
                total += one.memory_full_info().pss
            except psutil.Error:  # it ended
                continue
    except psutil.Error:
        return 0
    return total


def _whole(options: argparse.Namespace, folder: str) -> str:
    """All languages of the files as one text: the most words and n-grams that so many bytes can have."""
    out = f"{folder}/whole"
    seconds, memory = train(out, "eng_Latn", options.train, 5, by_language=False)
    about = orjson.loads(Path(out, model.DESCRIPTION).read_bytes())
    row = (
        f"{about['text']['bytes'] / 1e6:.0f} MB",
        f"{about['text']['tokens']:,}",
        f"{sum(about['ngrams']):,}",
        f"{seconds:.0f} s",
        f"{memory / 1e9:.1f} GB",
    )
    head = ("normalised text", "tokens", "n-grams", "2 cores, JVM included", "memory of all processes")
    told = "Training, order 5, text of 260 languages together.\n\n" + bench.table(head, [row])
    return told + "\n\nThat model, asked for every eighth held-out document.\n\n" + _large(out, options)


def _large(out: str, options: argparse.Namespace) -> str:
    """Loading and asking a model that is far greater than the caches."""
    every = pq.read_table(options.heldout, columns=["text"])["text"].combine_chunks()
    some = every.take(pa.array(np.arange(0, len(every), 8)))
    started = time.perf_counter()
    scorer = model.load(out, model.digest_of(out))
    own_load = time.perf_counter() - started
    own = bench.median_seconds(lambda: scorer.score(normalise_array(some)), options.runs)
    started = time.perf_counter()
    oracle = kenlm.LanguageModel(f"{out}/{model.ARPA}")
    load = time.perf_counter() - started
    theirs = bench.median_seconds(lambda: _kenlm(oracle, some), options.runs)
    rows = (
        ("ours, the table mapped", f"{own_load:.0f} s", f"{some.nbytes / 1e6 / own:.0f} MB/s"),
        ("kenlm, the ARPA file read", f"{load:.0f} s", f"{some.nbytes / 1e6 / theirs:.0f} MB/s"),
    )
    return bench.table(("", "loading, digests checked", "normalising and score, 1 core"), rows)


def _one_language(options: argparse.Namespace, folder: str) -> str:
    """Perplexity of held-out documents by order, and how fast they are scored."""
    known = pq.read_table(options.heldout, columns=["text", "lang"])
    mine = known.filter(pc.equal(known["lang"], options.language[:3]))["text"].combine_chunks()
    text = normalise_array(mine)
    size = mine.nbytes / 1e6
    rows = []
    for order in (2, 3, 4, 5):
        out = f"{folder}/{order}"
        train(out, options.language, options.train, order, by_language=True)
        scorer = model.load(out, model.digest_of(out))
        logarithm, tokens = scorer.score(text)
        together = 10 ** (-logarithm.sum() / tokens.sum())
        rows.append((order, f"{together:.1f}", f"{np.median(model.perplexity(logarithm, tokens)):.0f}"))
    own = bench.median_seconds(lambda: scorer.score(normalise_array(mine)), options.runs)
    oracle = kenlm.LanguageModel(f"{folder}/5/{model.ARPA}")
    unseen = _unseen(oracle, text)
    rows.append(
        ("5, relative frequencies, unsmoothed", "infinite" if unseen else "", f"{unseen:.1%} of tokens have p = 0")
    )
    theirs = bench.median_seconds(lambda: _kenlm(oracle, mine), options.runs)
    worst = float(np.max(np.abs(_kenlm(oracle, mine) - logarithm) / np.maximum(tokens, 1)))
    speed = (
        ("normalising, words and score: ours, 1 core", f"{size / own:.0f} MB/s"),
        ("the same normaliser, score by kenlm's ARPA, 1 core", f"{size / theirs:.0f} MB/s"),
        ("greatest difference of log10 a token", f"{worst:.1e}"),
    )
    head = ("order", "perplexity a token, all text", "median of documents")
    told = f"{options.language}: {len(mine):,} held-out documents, {size:.1f} MB, {int(tokens.sum()):,} tokens.\n\n"
    return told + bench.table(head, rows) + "\n\n" + bench.table(("scoring, order 5", ""), speed)


def _kenlm(oracle: "kenlm.LanguageModel", mine: pa.StringArray) -> np.ndarray:
    text: Text = normalise_array(mine)
    return np.array(
        [
            sum(oracle.score(line) for line in whole.split("\n")) if whole else 0.0
            for whole in text.strings().to_pylist()
        ]
    )


def _unseen(oracle: "kenlm.LanguageModel", text: Text) -> float:
    """Share of tokens whose longest n-gram was never seen: an unsmoothed model gives them nothing."""
    seen = tokens = 0
    for whole in text.strings().to_pylist():
        for line in whole.split("\n") if whole else []:
            for place, (_, length, _) in enumerate(oracle.full_scores(line)):
                seen += length == min(place + 2, oracle.order)  # the sentence's beginning is part of its context
                tokens += 1
    return 1 - seen / tokens


if __name__ == "__main__":
    main()
