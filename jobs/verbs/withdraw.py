"""`gristmill withdraw`: documents out of a finished release."""

import argparse
from functools import partial

from jobs.verbs import session_options

HELP = "take documents out of the last complete run, on request"
EXAMPLES = (("withdraw build/demo requests.jsonl", "what would go; --yes takes it out"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Shows which documents of the last complete run requests fit, by id, URL, URL prefix, domain, source, licence, "
        "span of text or identifier, with their copies and near copies. With --yes they are written into the ledger of "
        "withdrawals, as keyed digests, and taken out of every table, shard and report: only files that held one are "
        "written anew. The same again changes nothing; one that was cut off goes on. The key is read from --key or "
        "from GRISTMILL_WITHDRAWAL_KEY."
    )
    parser.add_argument("root", help="the folder or URI that `gristmill run` wrote")
    parser.add_argument("requests", metavar="REQUESTS", help="JSON Lines, a request a line (docs/withdrawal.md)")
    parser.add_argument("--key", default="", metavar="FILE", help="a file with the key of the ledger")
    parser.add_argument("--yes", action="store_true", help="withdraw what is shown")
    parser.add_argument("--purge", action="store_true", help="with --yes: remove what else holds it in this root")
    parser.add_argument(
        "--certificate", default="", metavar="FOLDER", help="write what was done on each request, as JSON and as a page"
    )
    session_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import withdrawing
    from jobs.verbs.as_request import as_request

    session = session_options.session(arguments)
    try:
        withdrawing.withdraw(as_request(withdrawing.Request, arguments), session, partial(print, flush=True))
    finally:
        session.stop()
    return 0
