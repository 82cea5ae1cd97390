"""What the verbs take that go by conditions on documents: `find`, `export`."""

import argparse
from typing import TYPE_CHECKING

from jobs.verbs import release_options
from jobs.verbs.argument_types import positive, whole

if TYPE_CHECKING:
    from jobs.tools.selected import Selected


def add(parser: argparse.ArgumentParser) -> None:
    """The release and the conditions."""
    release_options.add(parser)
    own = parser.add_argument_group(
        "which documents", "all of the conditions together; one that repeats holds if any does"
    )
    own.add_argument("--language", action="append", default=[], metavar="ID", help="id, tag or pattern: deu_Latn, de")
    own.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="of the recipe, or a pattern: news-*"
    )
    own.add_argument("--url", default="", metavar="PATTERN", help="of the whole address: '*://*.example.org/*'")
    own.add_argument("--since", default="", metavar="DATE", help="of a date from this one on: 2024-01-31 (UTC)")
    own.add_argument("--before", default="", metavar="DATE", help="of a date before this one")
    own.add_argument("--where", default="", metavar="CONDITION", help="\"language = 'deu_Latn' and length.words < 50\"")
    own.add_argument(
        "--dropped-by",
        action="append",
        default=[],
        metavar="RULE",
        help="length.few_words; length for all its rules; or what deduplication and later stages did: near, exact ...",
    )
    own.add_argument("--kept", action="store_true", help="those that are in the corpus")
    own.add_argument("--dropped", action="store_true", help="those that are not")
    own.add_argument(
        "--sample", type=positive, metavar="N", help="N of them, by a digest of their ids: the same each time"
    )
    own.add_argument("--seed", type=whole, default=0, metavar="X", help="another sample (default: 0)")


def selected(arguments: argparse.Namespace) -> "Selected":
    """The release and the conditions, as they were given."""
    from corpus.query.wanted import Wanted
    from jobs.tools.selected import Selected

    wanted = Wanted(
        language=tuple(arguments.language),
        source=tuple(arguments.source),
        url=arguments.url,
        since=arguments.since,
        before=arguments.before,
        where=arguments.where,
        dropped_by=tuple(arguments.dropped_by),
        kept=arguments.kept,
        dropped=arguments.dropped,
    )
    return Selected(
        release=arguments.release,
        root=arguments.root,
        tag=arguments.tag,
        wanted=wanted,
        sample=arguments.sample,
        seed=arguments.seed,
    )
