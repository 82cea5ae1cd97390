"""What grows in the driver with the number of parts, on made-up ones: `python -m benchmarks.driver --parts 1000000`.

A stage of two tables, a task a part: receipts, files of no bytes with their names, an input file a part. Each line is a
process of its own, so that its memory is its own.
"""

import argparse
import hashlib
import os
import pickle
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson

from benchmarks import bench
from benchmarks.processes import cost
from corpus.planning import inputs
from corpus.planning import recipe as recipes
from corpus.sources import inventory
from corpus.sources.inventory import Listing, SourceFile
from corpus.sources.source import Source
from corpus.stages.ingest import INGEST, SourceFiles, Sources
from corpus.stages.stage import Located, identity
from corpus.store import manifest, receipts, storage, versions
from corpus.store.entries import rows_by_part
from corpus.store.manifest import PARTS, Manifest
from jobs.engine import collecting
from jobs.engine.choice import Choice
from jobs.engine.keys import emitted
from jobs.engine.session import Session

STAGE = "stage"


def _digest(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


def _receipt(number: int) -> dict[str, object]:
    mark, rows = _digest(number), 100 + number % 7
    counts = {"records": rows, "rejects": 0, "documents": rows, "bytes": 1000, "lost_bytes": 0}
    names = {"documents": f"part-{number:05d}-00000-{mark[:12]}", "rejects": f"unit-{number:05d}-{mark[12:24]}"}
    files = {
        table: [{"name": f"{name}.parquet", "rows": rows, "bytes": 0, "sha256": mark}] for table, name in names.items()
    }
    tallies = {"read": [{"source": f"s{number % 20}", **counts}]}
    return {"task": number, "files": files, "counts": counts, "tallies": tallies, "format": versions.formats()}


def make(folder: Path, parts: int) -> None:
    """Receipts and files of a stage that is not finished."""
    place = folder / STAGE / manifest.RECEIPTS / PARTS
    place.mkdir(parents=True)
    for table in ("documents", "rejects"):
        (folder / STAGE / table).mkdir()
    for number in range(parts):
        receipt = _receipt(number)
        (place / f"{number:06d}.json").write_bytes(orjson.dumps(receipt, option=orjson.OPT_SORT_KEYS))
        for table, files in receipt["files"].items():  # type: ignore[attr-defined]
            os.close(os.open(folder / STAGE / table / files[0]["name"], os.O_CREAT | os.O_WRONLY, 0o644))


def resume(folder: Path, _: int) -> str:
    return f"{len(receipts.begun(str(folder / STAGE)).tasks):,} complete"


def collect(folder: Path, parts: int) -> str:
    session = Session(2, chosen=Choice("pool", "benchmark"))
    address = str(folder / STAGE)
    found = collecting.collected(
        address, STAGE, {PARTS: parts}, frozenset(), lambda *given: emitted(session, STAGE, *given)
    )
    session.stop()
    written = Manifest(
        stage=STAGE,
        fingerprint=manifest.fingerprint({}),
        identity={},
        tables=found.tables,
        counts=found.counts,
        tallies=found.tallies,
        format=found.format,
    )
    storage.publish_bytes(address, manifest.MANIFEST, written.to_json())
    return f"{written.rows('documents'):,} rows, {len(written.to_json()) / 1e6:.2f} MB of manifest"


def _loaded(folder: Path) -> Manifest:
    found = manifest.load(str(folder / STAGE))
    if found is None:
        raise ValueError("not collected")
    return found


def load(folder: Path, _: int) -> str:
    return f"{_loaded(folder).rows('documents'):,} rows"


def align(folder: Path, _: int) -> str:
    tables = _loaded(folder).tables
    return f"{int((rows_by_part(tables['documents']) != rows_by_part(tables['rejects'])).sum())} parts differ"


def send(folder: Path, _: int) -> str:
    return f"{len(pickle.dumps(_loaded(folder).tables)) / 1e6:.2f} MB for each task"


def listed(folder: Path, parts: int) -> str:
    """From a listing of input files to what a wave of tasks of ingest is sent."""
    source = Source(name="crawl", path=str(folder / "inputs"), licence="CC0-1.0")
    files = tuple(
        SourceFile(
            uri=f"s3://bucket/crawl/segment-{n // 1000:05d}/part-{n:07d}.jsonl",
            file=f"segment-{n // 1000:05d}/part-{n:07d}.jsonl",
            size=1_600_000,
            mtime_ns=n,
            ctime_ns=0,
            inode=0,
            format="jsonl",
            compression="",
        )
        for n in range(parts)
    )
    kept = {inputs._key(file): _digest(n) for n, file in enumerate(files)}
    storage.publish_bytes(str(folder), inputs.MEMORY, orjson.dumps(kept))
    del kept
    (folder / "made.toml").write_text('[[sources]]\nname = "crawl"\npath = "inputs"\n', "utf-8")
    recipe = recipes.load(str(folder / "made.toml"), root=str(folder))
    [known] = inputs.take_stock(recipe, [Listing(source=source, files=files)], inputs.digest_here, remember=False)
    del files
    one = SourceFiles(
        source=replace(source, path="-"),
        files=tuple(Located(what=(file.file, file.size, file.sha256), at=file) for file in known.files),
    )
    made = identity(Sources(limits=recipe.ingest, sources=(one,), trafilatura=""))
    mark = manifest.fingerprint({"stage": INGEST.name, "params": made})
    units = inventory.plan_units(list(known.files), recipe.ingest.unit_bytes)
    return f"{len(units):,} units, fingerprint {mark}"


STEPS: dict[str, tuple[str, Callable[[Path, int], str]]] = {
    "resume": ("receipts of a stage that goes on", resume),
    "collect": ("receipts added up, the manifest written", collect),
    "load": ("a manifest read", load),
    "align": ("two tables compared part by part", align),
    "send": ("what a task is sent of two tables", send),
    "listed": ("input files with digests, their identity, units", listed),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", type=int, default=1_000_000, help="parts, and input files (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--step", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        name, folder = options.step
        begun = time.process_time()
        said = STEPS[name][1](Path(folder), options.parts)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(f"{time.process_time() - begun:.1f}\t{used.ru_maxrss / 1e3:.0f}\t{said}")
        return
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        make(Path(scratch), options.parts)
        for name, (shown, _) in STEPS.items():
            command = [
                sys.executable,
                "-m",
                "benchmarks.driver",
                "--parts",
                str(options.parts),
                "--step",
                name,
                scratch,
            ]
            found = cost(command)
            cpu, memory, said = found.printed.strip().split("\t")
            rows.append((shown, f"{float(cpu):.1f}", f"{found.seconds:.1f}", memory, said))
            print(rows[-1], flush=True)
    head = ("step", "CPU s of the driver", "seconds", "peak MB of the driver", "what came of it")
    command_line = f"python -m benchmarks.driver --parts {options.parts} --write"
    body = f"{options.parts:,} parts; imports take 0.2 GB of each figure.\n\n" + bench.table(head, rows)
    bench.publish("driver", command_line, body, write=options.write)


if __name__ == "__main__":
    main()
