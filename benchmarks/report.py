"""How large the report of many languages and sources is, and how soon Chromium shows it.

    python -m benchmarks.report --languages 59 --sources 500

prints bytes by file, CPU seconds of the driver's part (facts to files), and of the page seconds of the main thread and
from the navigation's start to its `load` event, the median of five loads. Needs Chromium for the last two.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.chromium import CHROMIUM, started
from benchmarks.report_made import Plan, files

_LOADS = 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--languages", type=int, default=59)
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--page", help="measure this index.html in place of one that is made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(asked.page) if asked.page else _made(Path(folder), asked.languages, asked.sources)
        if CHROMIUM:
            print("main thread {:.2f} s, load {:.2f} s".format(*_loaded(page)))


def _made(folder: Path, languages: int, sources: int) -> Path:
    plan = Plan(
        languages=[f"l{number:02}_Latn" for number in range(languages)],
        sources=[f"source-{number:03}" for number in range(sources)],
    )
    begun = time.process_time()
    made = files(plan, folder / "run")
    print(f"{time.process_time() - begun:.2f} CPU s")
    for name, data in made.items():
        (folder / name).write_bytes(data)
        print(f"{len(data):>12,}  {name}")
    return folder / "index.html"


def _loaded(page: Path) -> tuple[float, float]:
    """Seconds of the main thread, and to the load event."""
    tasks, loads = [], []
    with started() as tab:
        tab.size(1280)
        tab.ask("Performance.enable")
        for _ in range(_LOADS):
            tab.open(page)
            found = {one["name"]: one["value"] for one in tab.ask("Performance.getMetrics")["metrics"]}
            tasks.append(found["TaskDuration"])
            loads.append(tab.js("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000)
    return statistics.median(tasks), statistics.median(loads)


if __name__ == "__main__":
    main()
