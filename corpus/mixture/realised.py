"""The mixture as it was wanted beside what it came to: `about/mixture.json` of stage mix."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from corpus.errors import DataError
from corpus.mixture.recipe_table import Mixture
from corpus.mixture.remainder import Cut
from corpus.mixture.solve import Group, Pair, Size, sizes
from corpus.mixture.tallies import Given
from corpus.shards import tallies
from corpus.store import storage

FILE = "mixture.json"


def describe(mixture: Mixture, groups: Sequence[Group], cuts: Sequence[Cut], made: Iterable[Given]) -> bytes:
    """The file, for the copies of all parts. Tokens are counted with an end of document each."""
    total = sum(group.wanted for group in groups)
    written = {row.group: row for row in made}
    given = sum(row.tokens for row in written.values())
    rows = []
    for group, one in zip(groups, cuts, strict=True):
        own = written.get(group.key, Given(group=group.key))  # none of a corpus without parts
        rows.append(
            {
                "key": group.key,
                "pairs": [list(pair) for pair in group.pairs],
                "documents": group.documents,
                "tokens": group.tokens,
                "asked_share": float(group.share),
                "capped": group.capped,
                "wanted_tokens": group.wanted,
                "wanted_share": group.wanted / max(total, 1),
                "wanted_epochs": float(group.epochs),
                "whole": group.whole,
                "once_more_below": str(one.below),  # of 2^64, which JSON's numbers cannot hold
                "given_documents": own.copies,
                "given_tokens": own.tokens,
                "given_share": own.tokens / max(given, 1),
                "given_epochs": own.tokens / group.tokens,
            }
        )
    facts = {
        "mixture": mixture.identity(),
        "wanted_tokens": total,
        "given_tokens": given,
        "groups": rows,
        "left_over": sorted(set(mixture.rates) - {group.key for group in groups}),  # keys of a preset without documents
    }
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def load(folder: str) -> dict[str, Any]:
    """What a finished stage mix says. Raises DataError if it is not there."""
    data = storage.read_bytes(storage.join(folder, "about", FILE))
    if data is None:
        raise DataError(f"{folder}/about/{FILE} is missing: delete that folder and run again")
    found: dict[str, Any] = orjson.loads(data)
    return found


def epochs(encoded: Iterable[tallies.Pair], given: Iterable[tallies.Pair]) -> dict[str, dict[str, float]]:
    """How often the tokens of each source and language come, from what stage encode counted and what the shards are
    made of (mix, or encode itself)."""
    once, often = sizes(encoded), sizes(given)
    return {
        name: {key: after[key] / before[key] for key in sorted(before)}
        for name, before, after in (
            (name, _by(once, side), _by(often, side)) for side, name in ((0, "source"), (1, "language"))
        )
    }


def _by(found: Mapping[Pair, Size], side: int) -> dict[str, int]:
    total: dict[str, int] = {}
    for pair, size in found.items():
        total[pair[side]] = total.get(pair[side], 0) + size.tokens
    return total
