"""What the verbs take that start Spark."""

import argparse

from jobs.verbs.argument_types import positive


def add(parser: argparse.ArgumentParser) -> None:
    """--cores and --verbose."""
    parser.add_argument("--cores", type=positive, help="cores in local mode (default: all)")
    parser.add_argument("--verbose", action="store_true", help="show Spark's own warnings")
