"""Text to an n-gram model: words counted, then n-grams; modified Kneser-Ney on the driver.

Reads: sources by path. Writes: the model's folder (docs/data-format.md), and `work-*` in it, gone at the end. Cost: one
reading of the text (two for scripts that are modelled by pieces) and one sort of its n-grams.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import orjson
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.planning import inputs
from corpus.sources import inventory
from corpus.sources.inventory import SourceFile, Unit
from corpus.sources.source import Source
from corpus.store import leases, manifest, storage
from corpus.store.table import Table, write_whole
from filters.arrow import strings
from filters.kernels.words import END, UNKNOWN
from filters.lm import model, normaliser, pieces
from filters.lm.suffixes import Level, spread
from filters.lm.vocabulary import MOST, SPECIALS
from jobs.engine import keys, sums, tasks
from jobs.engine.job import Say
from jobs.engine.keys import Keys
from jobs.engine.progress import Progress
from jobs.engine.session import Session
from jobs.lm import count as lm_count
from jobs.lm import read_text, write_model
from jobs.lm.step import Stage, complete
from jobs.lm.write_model import Counted

T = TypeVar("T")

ORDERS = range(2, 7)  # six words are what a packed n-gram holds
UNIT_BYTES = 32 << 20  # of input files read by one task


@dataclass(frozen=True, kw_only=True)
class Request:
    """What `gristmill train-lm` was asked for. A source without `language_field` is taken whole."""

    language: str
    sources: tuple[Source, ...]
    out: str
    order: int = 5

    def identity(self, listed: Sequence[tuple[Source, Sequence[SourceFile]]]) -> object:
        """Everything that determines the model; the files are digested."""
        files = [file for _, found in listed for file in found]
        return {
            "format": [model.FORMAT, model.VERSION],
            "normaliser": [normaliser.NAME, normaliser.VERSION],
            "language": self.language,
            "order": self.order,
            "fields": [[source.format, source.text_field, source.language_field] for source in self.sources],
            "inputs": [[file.file, file.size, file.sha256] for file in files],
        }


def train(request: Request, session: Session, say: Say) -> str:
    """Train the model, or find it trained; returns its folder. Raises CorpusError."""
    if request.order not in ORDERS:
        raise RecipeError(f"--order {request.order}: choose one from {ORDERS.start} to {ORDERS.stop - 1}")
    if "://" in request.out:
        raise RecipeError(
            f"--out {request.out}: a model is mapped into memory: give the path of a folder on a mounted disk"
        )
    with Progress("digest", 1, int):
        listed = [(source, inputs.digested(inventory.list_files(source, ""))) for source in request.sources]
    identity = request.identity(listed)
    name = manifest.fingerprint(identity)
    work = storage.join(request.out, f"work-{name}")
    if _fingerprint(request.out) == name:
        say(f"reused: {request.out} was made of the same text in the same way")
        shutil.rmtree(work, ignore_errors=True)  # of a run that was killed after its last step
        return request.out
    units = tuple((source, unit) for source, files in listed for unit in inventory.plan_units(files, UNIT_BYTES))
    with leases.held(work) as lease:
        if not lease.others():
            storage.sweep(work)
        _Training(request, session, say, work, units).run(identity)
    shutil.rmtree(work)
    return request.out


def _fingerprint(folder: str) -> object:
    """Of the model that is there, if any."""
    try:
        found = orjson.loads(storage.read_bytes(storage.join(folder, model.DESCRIPTION)) or b"{}")
    except orjson.JSONDecodeError:
        return None  # it is written again
    return found.get("fingerprint") if isinstance(found, dict) else None


@dataclass(frozen=True)
class _Training:
    """The stages, each in a folder of its own below `work`, resumed from the parts that are there."""

    request: Request
    session: Session
    say: Say
    work: str
    units: tuple[tuple[Source, Unit], ...]

    def run(self, identity: object) -> None:
        sentences = self._timed("pieces", self._pieces) if pieces.needed(self.request.language) else ""
        read = self._timed("read", lambda: self._read(sentences))
        words, counts = self._timed("words", lambda: self._words(read))
        unknown, runs = self._timed("count", lambda: self._count(read, words, counts))
        tree = self._timed("merge", lambda: self._merge(runs, counts))
        self.session.stop()  # what follows is the driver's alone, and idle workers hold half a gigabyte each
        pa.default_memory_pool().release_unused()  # nor is what reading the tables took of any use
        vocabulary = lm_count.vocabulary_of(words)
        found = Counted(
            language=self.request.language,
            identity=identity,
            read=read,
            unknown=unknown,
            vocabulary=vocabulary,
            tree=tree,
            pieces=sentences,
        )
        self._timed("estimate", lambda: write_model.write(self.request.out, found))

    def _timed(self, label: str, work: Callable[[], tuple[T, str]]) -> T:
        started = time.monotonic()
        result, summary = work()
        self.say(f"{label:<20} {time.monotonic() - started:6.1f} s   {summary}")
        return result

    def _stage(self, name: str, count: int, make: Callable[[str], tasks.Task]) -> Stage:
        folder = storage.join(self.work, name)
        return complete(self.session, name, folder, count, make(folder))

    def _pieces(self) -> tuple[str, str]:
        """Train SentencePiece on the lines with the smallest keys; returns the model's path."""
        language = self.request.language
        sampled = self._stage(
            "sample",
            len(self.units),
            lambda folder: read_text.SampleUnit(folder=folder, units=self.units, language=language),
        ).table("sample")
        whole = pa.concat_tables([sampled.read(part) for part in range(sampled.parts)]).sort_by("key")
        lines = _until(dict.fromkeys(strings(whole.column("line"))), pieces.SAMPLE_BYTES)
        if not lines:
            raise RecipeError(f"the sources hold no text{self._in_language()}: check --from and the names of fields")
        with Progress("pieces", 1, int):
            try:
                trained = pieces.train(lines)
            except ValueError as error:
                raise RecipeError(str(error)) from error
        storage.publish_bytes(self.work, model.PIECES, trained)
        return storage.join(self.work, model.PIECES), f"learned from {len(lines):,} lines"

    def _in_language(self) -> str:
        return f" in {self.request.language}" if any(source.language_field for source in self.request.sources) else ""

    def _read(self, sentences: str) -> tuple[Stage, str]:
        language = self.request.language
        read = self._stage(
            "read",
            len(self.units),
            lambda folder: read_text.ReadUnit(folder=folder, units=self.units, language=language, pieces=sentences),
        )
        sums = read.counts
        if not sums["tokens"]:
            raise RecipeError(
                f"the sources hold no text{self._in_language()} to train on: {sums['records']:,} records, "
                f"{sums['rejects']:,} of them rejects; check --from and the names of fields"
            )
        return read, f"{sums['documents']:,} documents, {sums['heldout']:,} of them held out; {sums['tokens']:,} tokens"

    def _words(self, read: Stage) -> tuple[tuple[Table, np.ndarray], str]:
        """The vocabulary as a table, and how often each word ends an n-gram (int64, the specials among them)."""
        units = read.table("words")
        emit = read_text.Words(table=units)
        schema = "word binary, count long"
        with keys.emitted(self.session, "words", units.parts, emit.__call__, schema, rows=units.rows) as emitted:
            known = _most_frequent(emitted)
        known = known.cast(read_text.WORDS).sort_by([("count", "descending"), ("word", "ascending")])
        entry = write_whole(storage.join(self.work, "vocabulary"), "words", "all", known)
        own = known.column("count").to_numpy()
        specials = np.zeros(len(SPECIALS), np.int64)
        specials[UNKNOWN] = read.counts["tokens"] - own.sum()
        specials[END] = read.counts["lines"]
        table = Table(folder=storage.join(self.work, "vocabulary"), name="words", files=(entry,))
        return (table, np.concatenate([specials, own])), f"{known.num_rows:,} distinct"

    def _count(self, read: Stage, words: Table, counts: np.ndarray) -> tuple[tuple[int, Stage], str]:
        first = tuple(lm_count.ranges(counts).tolist())
        runs = self._stage(
            "count",
            len(self.units),
            lambda folder: lm_count.CountUnit(
                folder=folder,
                words=read.table("words"),
                tokens=read.table("tokens"),
                vocabulary=words,
                first=first,
                order=self.request.order,
            ),
        )
        return (runs.counts["unknown"], runs), f"{runs.table('runs').rows:,} n-grams in sorted runs"

    def _merge(self, runs: Stage, counts: np.ndarray) -> tuple[list[Level], str]:
        size = len(lm_count.ranges(counts))
        merged = self._stage(
            "merge",
            size,
            lambda folder: lm_count.MergeRange(
                folder=folder,
                runs=runs.table("runs"),
                cuts=runs.table("cuts"),
                ranges=size,
                order=self.request.order,
            ),
        )
        found = [lm_count.read_level(merged.table(f"level-{n}")) for n in range(1, self.request.order + 1)]
        return [spread(found[0], len(counts)), *found[1:]], " + ".join(f"{len(level):,}" for level in found)


def _most_frequent(emitted: Keys) -> pa.Table:
    """At most MOST words (word, count), those with the greatest counts and of these the first in order."""
    if emitted.few:
        total = sums.here(emitted.table(), ["word"], "count").select(["word", "count"])
        return total.sort_by([("count", "descending"), ("word", "ascending")]).slice(0, MOST)
    from jobs.engine.spark import jobs  # noqa: PLC0415  (only where Spark starts)
    from jobs.frames import words  # noqa: PLC0415

    with jobs.watching(emitted.session.spark, "words", emitted.parts):
        return words.most_frequent(emitted.frame(), MOST)


def _until(lines: Sequence[str] | dict[str, None], most: int) -> list[str]:
    """The first lines, up to `most` bytes."""
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode())
        if kept and size > most:
            break
        kept.append(line)
    return kept
