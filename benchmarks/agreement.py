"""Verdicts of our rules beside datatrove's, on English documents, rule by rule, and both speeds in the same run.

`python -m benchmarks.agreement FILES --peer PYTHON`, where PYTHON is that of an environment with datatrove 0.10.
The files need columns `text` and `lang` (ISO 639-3).
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import filters
from benchmarks import bench
from benchmarks.measure import batches
from corpus.planning import layers
from filters.batch import Batch
from filters.rules import violations

RECIPES = Path(__file__).parents[1] / "recipes"
PRESETS = ("gopher", "c4", "fineweb")
WHY = """
Why they differ. datatrove's words are spaCy's tokens, punctuation and white space among them; the last column gives its
rules our words instead, and what is left is by definition: *top n-grams*, it counts one that occurs once, which drops
short documents, and of equally frequent ones the first; *short_words*, a document without words has a mean of 0 here
and none there; *repeated lines and paragraphs*, ours are compared with white space collapsed, and their characters
counted without it; *bullets*, more marks count, blank lines do not; *few_c4_sentences*, sentences end by Unicode's
Sentence_Terminal, there by a trained model; *list*, the few left have not been looked at one by one.
"""
FILTERS = ("language", "length", "words", "lines", "stopwords", "repetition")


def instances() -> dict[str, list[filters.Filter]]:
    """Each filter as each preset has it."""
    found: dict[str, list[filters.Filter]] = {name: [] for name in FILTERS}
    for preset in PRESETS:
        for table in layers.read(str(RECIPES / f"{preset}.toml"))["filters"]:
            values = {key: None if value == "off" else value for key, value in table.items() if key != "use"}
            values = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
            if table["use"] in found:
                found[table["use"]].append(filters.load(table["use"])(**values))
    return found


def ours(texts: pa.Table) -> dict[str, np.ndarray]:
    """Rows that each rule drops, under the first preset that judges by it."""
    judged: dict[str, list[np.ndarray]] = {}
    for part in batches(texts):
        english = part.set_column(
            part.schema.get_field_index("language"), "language", pa.array(["eng_Latn"] * len(part))
        )
        signals: dict[str, pa.RecordBatch] = {}
        batch = Batch(documents=english, signals=signals)
        for name in FILTERS:
            signals[name] = filters.load(name)().measure(batch)
        for name, chosen in instances().items():
            for rule in filters.load(name).rules:
                one = next((i for i in chosen if getattr(i, rule.threshold) is not None), None)
                if one is not None:
                    judged.setdefault(f"{name}.{rule.reason}", []).append(violations(rule, one, signals[name]))
    return {rule: np.concatenate(rows) for rule, rows in judged.items()}


def speed(texts: pa.Table, runs: int) -> float:
    parts = batches(texts)

    def work() -> None:
        for part in parts:
            signals: dict[str, pa.RecordBatch] = {}
            batch = Batch(documents=part, signals=signals)
            for name in FILTERS:
                signals[name] = filters.load(name)().measure(batch)

    return texts.column("text").nbytes / 1e6 / bench.median_seconds(work, runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--peer", required=True, help="the Python of an environment with datatrove")
    parser.add_argument("--documents", type=int, default=1000, help="English documents to compare")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args()
    table = bench.load(options.texts, ("text", "lang"))
    texts = table.filter(pc.equal(table.column("lang"), "eng")).select(["text"]).slice(0, options.documents)
    with tempfile.TemporaryDirectory() as folder:
        given, answered = Path(folder) / "texts.parquet", Path(folder) / "verdicts.json"
        pq.write_table(texts, given)
        script = Path(__file__).parent / "peers" / "datatrove_rules.py"
        subprocess.run([options.peer, str(script), str(given), str(answered)], check=True)
        theirs = json.loads(answered.read_text("ascii"))
    own = ours(texts)
    rows = []
    for names, verdicts in theirs["verdicts"].items():
        mine = np.logical_or.reduce([own[name] for name in names.split("+")])
        peer, same = np.array(verdicts, bool), np.array(theirs["same_words"][names], bool)
        counts = [int(found.sum()) for found in (mine, peer, mine & ~peer, peer & ~mine)]
        shares = [f"{100 * float((mine == other).mean()):.1f} %" for other in (peer, same)]
        rows.append((names, *counts, *shares))
    pace = speed(texts, 5)
    body = (
        f"{len(texts):,} English documents, {texts.column('text').nbytes / 1e6:.0f} MB. All of these rules, "
        f"on one core: {pace:.0f} MB/s, datatrove {theirs['megabytes_per_second']:.3f} MB/s, "
        f"{pace / theirs['megabytes_per_second']:.0f} times. Ours includes language identification.\n\n"
    )
    head = ("rule", "ours drops", "datatrove drops", "only ours", "only datatrove", "agree", "agree, its words as ours")
    command = "taskset -c 0 python -m benchmarks.agreement FILES --peer PYTHON --write"
    bench.publish("agreement with datatrove", command, body + bench.table(head, rows) + "\n" + WHY, write=options.write)


if __name__ == "__main__":
    main()
