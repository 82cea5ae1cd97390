"""`gristmill java-home`: the Java of local mode, for `export JAVA_HOME=$(gristmill java-home)`."""

import argparse

HELP = "print the JAVA_HOME that local mode uses, for spark-submit"
EXAMPLES = ()


def options(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    from jobs.engine.spark.java import java_home

    print(java_home())
    return 0
