"""Personal data: precision and recall on the labelled set, false finds in tables and code, speed.

`python -m benchmarks.pii FILES`; with `--card` the labelled set alone, written where the report and docs/ take it from.
"""

import argparse
import subprocess
import sysconfig
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import bench
from benchmarks.labelled import card
from corpus.texts.pii_policy import Policy
from corpus.texts.redaction import redact
from filters.pii.detect import detect
from filters.pii.spans import DEFAULT, OPTIONAL

ROOT = Path(__file__).parents[1]
CARD = ROOT / "filters" / "data" / "pii-card.json"  # in the package, for the report shows it
PAGE = ROOT / "docs" / "pii-card.md"
_TABLE_BYTES = 5_000_000
_CODE_BYTES = 5_000_000
_PEER_DOCUMENTS = 20_000
_HOSTILE = {
    "`a@a@a@...`": "a@",
    "`1.1.1.1...`": "1.1.1.1",
    "`((((...`": "(",
    "`+1+1+1...`": "+1",
    "`1:1:1:...`": "1:",
    "`tel 1 1 1 ...`": "tel 1 ",
    "`-----BEGIN PRIVATE KEY-----...`": "-----BEGIN PRIVATE KEY-----",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="*", help="Parquet files with columns text, lang and kind, for speed")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer", help="the Python of an environment with datatrove 0.10, to be timed in the same run")
    parser.add_argument("--card", action="store_true", help="write the card and its page, measure nothing else")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    return parser.parse_args()


def tables(size: int) -> list[str]:
    """Numbers in rows and columns, seeded: decimals, integers, years, identifiers, coordinates, times."""
    random = Random(11)
    makers = (
        lambda: "\t".join(f"{random.uniform(-1e4, 1e4):.{random.randrange(2, 7)}f}" for _ in range(8)),
        lambda: ",".join(str(random.randrange(10 ** random.randrange(1, 13))) for _ in range(10)),
        lambda: "|".join(f"{random.randrange(10**6):06}" for _ in range(8)),
        lambda: (
            f"{1900 + random.randrange(130)}-{1 + random.randrange(12):02}-{1 + random.randrange(28):02}"
            f",{random.randrange(24):02}:{random.randrange(60):02}:00,{random.uniform(0, 1e6):.2f}"
        ),
        lambda: " ".join(f"{random.randrange(1000):03} {random.randrange(1000):03}" for _ in range(5)),
        lambda: f"{random.getrandbits(64)};{random.getrandbits(48):012x};{random.randrange(10**10)}",
        lambda: f"[{random.uniform(-90, 90):.6f}, {random.uniform(-180, 180):.6f}],",
        lambda: (
            f"{random.randrange(256)}.{random.randrange(1000)}.{random.randrange(10**4)} {random.randrange(10**9):09}"
        ),
        lambda: f"row {random.randrange(10**5)}: {random.randrange(10**15):016} {random.randrange(10**3)}",
    )
    found, total = [], 0
    while total < size:
        make = random.choice(makers)
        text = "\n".join(make() for _ in range(60))
        found.append(text)
        total += len(text)
    return found


def code(size: int) -> list[str]:
    """Python's standard library as it lies on this machine."""
    found, total = [], 0
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py")):
        if "site-packages" not in path.parts and total < size:
            text = path.read_bytes().decode("utf-8", "replace")
            found.append(text)
            total += len(text)
    return found


def finds(texts: list[str], language: str) -> Counter[str]:
    column = pa.array(texts, pa.string())
    found = detect(column, [language] * len(texts))
    return Counter(span.kind for spans in found.values() for span in spans)


def precision_table(by: dict[tuple[str, str], card.Score]) -> str:
    rows = []
    for kind, score in card.of_kinds(by).items():
        languages = [s for (k, _), s in by.items() if k == kind and s.labelled]
        worst = min((s.recall for s in languages), default=1.0)
        rows.append(
            [
                kind + (" (optional)" if kind in OPTIONAL else ""),
                score.labelled,
                len(languages),
                f"{score.precision:.3f}",
                f"{score.recall:.3f}",
                f"{worst:.2f}",
            ]
        )
    return bench.table(["kind", "labelled", "languages", "precision", "recall", "lowest recall of a language"], rows)


def write_card(by: dict[tuple[str, str], card.Score], documents: int) -> None:
    """The card as data for the report and as a page."""
    rows = [
        {"kind": kind, "language": language, "labelled": s.labelled, "found": s.found, "wrong": s.wrong}
        for (kind, language), s in sorted(by.items())
    ]
    CARD.write_bytes(orjson.dumps({"documents": documents, "rows": rows}, option=orjson.OPT_APPEND_NEWLINE))
    languages = sorted({language for _, language in by})
    kinds = list(card.of_kinds(by))
    cells = [
        [language]
        + [
            f"{s.found}/{s.labelled}" + (f", {s.wrong} wrong" if s.wrong else "")
            if (s := by.get((kind, language)))
            else ""
            for kind in kinds
        ]
        for language in languages
    ]
    PAGE.write_text(
        "# How well personal data is found\n\n"
        "Written by `python -m benchmarks.pii --card`; a test holds it to what the detectors do.\n\n"
        f"{documents:,} documents in {len(languages)} languages (`data/pii/labelled.jsonl`, made by "
        "`scripts/make_pii_set`): real sentences, invented items in them, and in more than half of the documents "
        "something that only looks like an item. A find is right if it covers the label and at most "
        f"{card.SLACK} characters more, and is of its kind.\n\n"
        "The set is ours, and the detectors were mended on it: read it as what must not get worse, not as an estimate "
        "for other texts. Sentences are of one kind (declarations), carriers are short; forms that Faker does not "
        "know are not in it.\n\n"
        + precision_table(by)
        + "\n\nFound of labelled, by language:\n\n"
        + bench.table(["language", *kinds], cells)
        + "\n",
        "utf-8",
    )


def false_finds() -> str:
    rows = []
    for name, texts, language in (
        ("numeric tables, seeded", tables(_TABLE_BYTES), "eng_Latn"),
        ("Python's standard library", code(_CODE_BYTES), "code_Python"),
    ):
        size = sum(len(text.encode()) for text in texts) / 1e6
        counted = finds(texts, language)
        listed = ", ".join(f"{kind} {count}" for kind, count in sorted(counted.items())) or "none"
        rows.append([name, f"{size:.1f}", f"{sum(counted.values()) / size:.1f}", listed])
    return bench.table(["text", "MB", "finds a MB", "by kind"], rows)


def speed(paths: list[str], runs: int) -> str:
    texts = bench.load(paths, ["text", "lang"])
    column, languages = texts.column("text").chunk(0), texts.column("lang").to_pylist()
    size = int(pc.sum(pc.binary_length(column)).as_py()) / 1e6
    seconds = bench.median_seconds(lambda: detect(column, languages), runs)
    spans = sum(map(len, detect(column, languages, DEFAULT).values()))
    return f"{size:.0f} MB in {seconds:.1f} s: {size / seconds:.0f} MB/s, {spans:,} finds, all default kinds."


def against_peer(paths: list[str], python: str, runs: int) -> str:
    """The same documents through datatrove's two kinds and our thirteen, rewriting included."""
    texts = bench.load(paths, ["text", "lang"]).slice(0, _PEER_DOCUMENTS)
    column, languages = texts.column("text").combine_chunks(), texts.column("lang").to_pylist()
    size = int(pc.sum(pc.binary_length(column)).as_py()) / 1e6
    ours = bench.median_seconds(lambda: redact(column, languages, Policy()), runs)
    changed = int(redact(column, languages, Policy()).replaced.sum())
    script = Path(__file__).parent / "peers" / "datatrove_pii.py"
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "texts.parquet"
        pq.write_table(texts, given)
        told = subprocess.run([python, str(script), str(given), str(runs)], check=True, capture_output=True).stdout
    theirs = orjson.loads(told)
    rows = [
        ["Gristmill, 13 kinds", f"{size / ours:.1f}", changed, f"{theirs['seconds'] / ours:.1f}"],
        ["datatrove PIIFormatter, 2 kinds", f"{size / theirs['seconds']:.1f}", theirs["changed"], "1.0"],
    ]
    return bench.table(["detect and rewrite", "MB/s", "documents changed", "times as fast"], rows)


def hostile() -> str:
    rows = []
    for name, piece in _HOSTILE.items():
        text = pa.array([piece * (1_000_000 // len(piece))], pa.string())
        started = time.perf_counter()
        found = detect(text, ["eng_Latn"]).get(0, [])
        rows.append([name, f"{time.perf_counter() - started:.2f}", len(found)])
    return bench.table(["one line of 1 MB", "seconds", "finds"], rows)


def main() -> None:
    """Measure and print."""
    options = arguments()
    documents = card.load()
    by = card.scores(card.judge(documents))
    if options.card:
        write_card(by, len(documents))
        print(precision_table(by))
        return
    body = [precision_table(by), "False finds (real addresses of authors in the code are among them):", false_finds()]
    body += [hostile()]
    if options.texts:
        body.append(speed(options.texts, options.runs))
    if options.texts and options.peer:
        body.append(against_peer(options.texts, options.peer, options.runs))
    command = "taskset -c 0 python -m benchmarks.pii" + (" FILES" if options.texts else "")
    command += " --peer PYTHON" if options.peer else ""
    bench.publish("Personal data", command, "\n\n".join(body), write=options.write)


if __name__ == "__main__":
    main()
