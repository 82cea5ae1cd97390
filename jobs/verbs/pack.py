"""`gristmill pack`: this environment as one file for the nodes of a cluster."""

import argparse
from pathlib import Path

HELP = "pack this environment, kernels compiled, for the nodes of a cluster"
EXAMPLES = (("pack env.tar.gz", "this environment for --archives of spark-submit"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", metavar="FILE.tar.gz", type=Path)
    parser.add_argument("--python", help="where Python lies on the nodes (default: where it lies here)")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import packing

    print("compiling kernels and packing: some minutes", flush=True)
    packed = packing.pack(arguments.archive, python=arguments.python)
    print(f"{arguments.archive}: {packed.files:,} files, {packed.bytes / 1e6:,.0f} MB")
    print(f"""to use it:
  spark-submit --archives {arguments.archive}#env --conf spark.pyspark.python=./env/bin/python \\
    --conf spark.executorEnv.NUMBA_CACHE_DIR=./env/{packing.KERNELS} \\
    --py-files dist/gristmill.zip dist/submit.py run ...""")
    return 0
