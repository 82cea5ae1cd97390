"""What terabytes would take, reckoned from the measured costs: `python -m benchmarks.projection`.

Extrapolation, over three to six powers of ten: CPU grows as the fitted lines do (what the driver did with keys that fit
it, tasks of Spark do above), cores are those of the machine that was measured, and nothing waits for a store, a network
or a straggler. What grows in the driver by parts is taken from `benchmarks.driver`, at a million parts.
"""

import argparse

from benchmarks import bench
from corpus.planning import costs
from corpus.sources.limits import Ingest

SIZES = {"1.6 TB (ROOTS)": 1.6e6, "8 TB": 8e6, "100 TB": 100e6}  # megabytes of text
NODES = (10, 100, 1000)
NODE_CORES = 32
SHARD_BYTES = 500e6
TOKEN_BYTES = 4.2  # of text a token; 4 bytes an id, each written twice
DRIVER_S = 5.0  # of the driver, for each stage and million parts: receipts added up, a manifest read, tables compared
STAGES = 20  # of a recipe with ten filters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--price", type=float, default=0.05, help="of a core for an hour (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    options = parser.parse_args()
    known = costs.load()
    slopes = {name: one.tasks_cpu.slope + one.driver_cpu.slope for name, one in known.jobs.items()}
    whole = sum(slopes.values())
    rows, limits = [], []
    for name, megabytes in SIZES.items():
        hours = whole * megabytes / 3600
        spread = [f"{hours / nodes / NODE_CORES:,.1f}" for nodes in NODES]
        rows.append((name, f"{hours:,.0f}", *spread, f"{hours * options.price:,.0f}"))
        written = sum(one.written.slope for one in known.jobs.values()) * megabytes / 1e6
        keys = sum(one.keys.slope for one in known.jobs.values()) * megabytes / 1e6
        parts = megabytes * 1e6 / Ingest().part_bytes
        shards = 2 * megabytes * 1e6 / TOKEN_BYTES * 4 / SHARD_BYTES
        driver = DRIVER_S * STAGES * parts / 1e6
        limits.append(
            (name, f"{written:,.1f}", f"{keys:,.2f}", f"{parts:,.0f}", f"{driver:,.0f}", f"{parts * shards:.1e}")
        )
    shares = [(name, f"{1000 * slope:,.1f}", f"{slope / whole:.0%}") for name, slope in slopes.items()]
    body = "\n\n".join(
        [
            f"Extrapolated from {', '.join(f'{one:g}' for one in known.gigabytes)} GB on {known.machine}; nodes of "
            f"{NODE_CORES} such cores, {options.price:g} a core-hour.",
            bench.table(
                ("text", "core-hours", *(f"hours on {nodes:,} nodes" for nodes in NODES), "cost"),
                rows,
            ),
            bench.table(
                (
                    "text",
                    "TB of tables",
                    "TB of keys",
                    "parts of 128 MiB",
                    "s of the driver by parts",
                    "token parts opened by shards",
                ),
                limits,
            ),
            bench.table(("stage", "CPU s a GB of text", "share"), shares),
        ]
    )
    bench.publish("projection", "python -m benchmarks.projection --write", body, write=options.write)


if __name__ == "__main__":
    main()
