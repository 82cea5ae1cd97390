"""`gristmill warm`: kernels compiled before the first run needs them."""

import argparse
import time

from jobs.verbs import session_options
from jobs.verbs.argument_types import positive

HELP = "compile all kernels once, so that no run waits for them"
EXAMPLES = (("warm", "compile all kernels once: a minute or two"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cores", type=positive, help="cores of this machine (default: all that it may use)")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import warming

    started = time.monotonic()
    warming.warm(session_options.cores(arguments))
    print(f"kernels are compiled: {time.monotonic() - started:.0f} s")
    return 0
