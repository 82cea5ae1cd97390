"""`gristmill serve`: a page that searches a release, for this machine alone."""

import argparse

from jobs.verbs import release_options
from jobs.verbs.argument_types import positive, whole

HELP = "a page on this machine that searches a release, exact and ranked"
EXAMPLES = (("serve build/demo", "a page to search, and to ask for removals"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Serves a page on the loopback address: exact and ranked search, personal data replaced as the recipe says. A "
        "flag writes a request for removal into a file that `gristmill withdraw` reads. Ctrl-C ends it."
    )
    release_options.add(parser)
    parser.add_argument("--port", type=whole, default=8765, metavar="N", help="0 for any that is free (default: 8765)")
    parser.add_argument(
        "--inbox", default="", metavar="FILE", help="where requests go (default: withdrawals/inbox.jsonl of the root)"
    )
    parser.add_argument("--cores", type=positive, help="cores of this machine (default: all that it may use)")


def run(arguments: argparse.Namespace) -> int:
    from jobs.engine.session import Session
    from jobs.tools import serving
    from jobs.verbs.as_request import as_request

    try:
        serving.serve(
            as_request(serving.Request, arguments), Session(arguments.cores), lambda line: print(line, flush=True)
        )
    except KeyboardInterrupt:
        return 0
    return 0
