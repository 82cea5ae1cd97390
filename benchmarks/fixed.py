"""What a run takes however little text there is: `python -m benchmarks.fixed`.

Fifty short texts through every stage that a recipe cannot do without, the demo, and the plan of the demo when it is
done, in turn; medians. Kernels are compiled before.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from benchmarks import bench
from benchmarks.processes import Cost, cost

_RECIPE = """
[[sources]]
name = "texts"
path = "texts.jsonl"
[[filters]]
use = "length"
[tokenizer]
vocab_size = 500
"""
_WORDS = (
    "the",
    "of",
    "and",
    "have",
    "river",
    "mountain",
    "house",
    "people",
    "water",
    "city",
    "alpha",
    "beta",
    "gamma",
    "delta",
)
_TEXTS, _TEXT_WORDS, _SEED = 50, 100, 5
_PAUSE = 0.02  # seconds between looks at processes of half a second


def _write(folder: Path) -> Path:
    chance = random.Random(_SEED)
    texts = [" ".join(chance.choices(_WORDS, k=_TEXT_WORDS)) for _ in range(_TEXTS)]
    (folder / "texts.jsonl").write_bytes(b"".join(orjson.dumps({"text": text}) + b"\n" for text in texts))
    recipe = folder / "texts.toml"
    recipe.write_text(_RECIPE, "utf-8")
    return recipe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="repetitions (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args()
    subprocess.run([sys.executable, "-m", "jobs", "warm"], check=True, capture_output=True)
    found: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recipes = {"fifty short texts": str(_write(folder)), "the demo": "recipes/demo.toml"}
        for _ in range(options.runs):
            for what, recipe in recipes.items():
                shutil.rmtree(folder / what, ignore_errors=True)
                command = [sys.executable, "-m", "jobs", "run", recipe, "--root", str(folder / what), "--quiet"]
                found.setdefault(what, []).append(cost(command, pause=_PAUSE))
            planned = [sys.executable, "-m", "jobs", "plan", recipe, "--root", str(folder / what)]
            found.setdefault("the plan of the demo, which is done", []).append(cost(planned, pause=_PAUSE))
    rows = []
    for what, costs in found.items():
        cpu = sorted(one.cpu for one in costs)
        seconds = statistics.median(one.seconds for one in costs)
        rows.append((what, f"{seconds:.1f}", f"{statistics.median(cpu):.1f}", f"{cpu[0]:.1f} to {cpu[-1]:.1f}"))
    head = ("what", "seconds", "CPU seconds", "from least to most")
    text = f"Of all processes, medians of {options.runs} in turn, kernels compiled.\n\n" + bench.table(head, rows)
    bench.publish("fixed costs", f"python -m benchmarks.fixed --runs {options.runs} --write", text, write=options.write)


if __name__ == "__main__":
    main()
