"""The command line: `gristmill VERB`. The verbs and the exit codes are in `gristmill --help`."""

import argparse
import platform
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module, metadata
from types import FrameType
from typing import Any, cast

from corpus.errors import CorpusError, RecipeError
from jobs import completion
from jobs.engine import collector
from jobs.tools import unread
from jobs.verbs.verb import Verb
from jobs.version import __version__

VERBS = (
    "init",
    "peek",
    "plan",
    "run",
    "report",
    "path",
    "ls",
    "tag",
    "gc",
    "show",
    "find",
    "diff",
    "export",
    "search",
    "serve",
    "signals",
    "trace",
    "audit",
    "calibrate",
    "train_classifier",
    "fertility",
    "train_lm",
    "launch",
    "sources",
    "datasheet",
    "verify",
    "languages",
    "presets",
    "java_home",
    "warm",
    "withdraw",
    "pack",
)

_EXIT_CODES = """exit codes:
  0    done
  1    a table is damaged, a ledger does not balance, or a check of launch or verify failed
  2    yours to mend: the command, the recipe, what it points at, a full disk; the one line on stderr says how
  130  interrupted: the same command goes on; 143 if it was terminated; 141 if what read its output has gone

environment:
  GRISTMILL_CORES, GRISTMILL_MEMORY   what verbs that run tasks take, as "8" and "48 GB"; before [run] of the recipe
"""
_LIBRARIES = ("pyarrow", "pyspark")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; errors that a person can act on are one line on stderr."""
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        if not unread.is_unread():
            raise
        unread.drop()
        return unread.CODE


def _run(argv: Sequence[str] | None) -> int:
    arguments = _parser().parse_args(argv)
    if sys.stdout.isatty() and sys.stderr.isatty() and not getattr(arguments, "quiet", False):
        print(arguments.about, file=sys.stderr, flush=True)  # libraries take up to a second to load
    try:
        with collector.seldom(), _terminated_as_interrupted():
            return cast("int", arguments.run(arguments))
    except CorpusError as error:
        print(f"gristmill: {error}", file=sys.stderr)
        return 2 if isinstance(error, RecipeError) else 1
    except OSError as error:
        if isinstance(error, BrokenPipeError) and unread.is_unread():
            raise
        from jobs.engine.failures import explain

        print(f"gristmill: {explain(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as ended:
        terminated = isinstance(ended, _TerminatedError)
        what = "terminated" if terminated else "interrupted"
        print(f"gristmill: {what}; run the same command to go on from the parts that are complete", file=sys.stderr)
        return 143 if terminated else 130


class _TerminatedError(KeyboardInterrupt):
    """SIGTERM: what a batch system or a service manager ends a run by."""


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM as an exception, so that workers are ended and temporary files go, as by Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():  # only there may handlers be set
        yield
        return

    def terminate(_: int, __: FrameType | None) -> None:
        raise _TerminatedError

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser() -> argparse.ArgumentParser:
    verbs = {name.replace("_", "-"): cast("Verb", import_module(f"jobs.verbs.{name}")) for name in VERBS}
    parser = argparse.ArgumentParser(
        prog="gristmill",
        description="Builds pretraining corpora: every removal verified, every byte reproducible.",
        epilog=f"{_examples(example for verb in verbs.values() for example in verb.EXAMPLES)}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print its version and those that it runs on")
    parser.add_argument(
        "--completion",
        action=_Completion,
        choices=completion.SHELLS,
        help='print what a shell completes this command by: eval "$(gristmill --completion bash)"',
    )
    parsers = parser.add_subparsers(required=True, metavar="VERB")
    for name, verb in verbs.items():
        own = parsers.add_parser(name, help=verb.HELP)
        verb.options(own)
        own.set_defaults(run=verb.run, about=f"gristmill {name}: {verb.HELP}")
    return parser


def _examples(examples: Iterable[tuple[str, str]]) -> str:
    lines = (f"  gristmill {command:<33}   {shows}".rstrip() for command, shows in examples)
    return "\n".join(["examples:", *lines])


class _Version(argparse.Action):
    """Looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print(f"gristmill {__version__} (Python {platform.python_version()}, {', '.join(map(_installed, _LIBRARIES))})")
        parser.exit()


class _Completion(argparse.Action):
    """Made of the parser that it stands in."""

    def __call__(self, parser: argparse.ArgumentParser, _: Any, shell: Any, __: Any = None) -> None:
        print(completion.script(parser, shell), end="")
        parser.exit()


def _installed(library: str) -> str:
    try:
        return f"{library} {metadata.version(library)}"
    except metadata.PackageNotFoundError:  # a cluster's own Spark may come without
        return f"{library} of unknown version"
