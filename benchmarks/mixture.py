"""A mixture of 59 languages x 20 quantiles x 50 sources: CPU seconds to solve it, and what comes of it by documents.

python -m benchmarks.mixture
"""

import json
import random
import time

from corpus.mixture.by_buckets import Cell, solve
from corpus.mixture.curve import Curve
from corpus.mixture.recipe_table import Mixture
from corpus.mixture.remainder import BITS, cut, place
from corpus.mixture.solve import Group, Size

LANGUAGES, QUANTILES, SOURCES = 59, 20, 50
_DOCUMENTS = 20  # of each bucket


def buckets(chance: random.Random) -> dict[Cell, list[tuple[int, int]]]:
    """Documents of every bucket: key and tokens."""
    found = {}
    for language in (f"{chr(97 + n % 26)}{n:02d}_Latn" for n in range(LANGUAGES)):
        for source in (f"source-{n}" for n in range(SOURCES)):
            most = chance.choice((100, 1000, 20_000))
            for quantile in range(1, QUANTILES + 1):
                values = json.dumps([str(quantile), language, source], separators=(",", ":"))
                own = [(chance.getrandbits(64), chance.randint(1, most)) for _ in range(_DOCUMENTS)]
                found[source, language, values] = own
    return found


def given(group: Group, documents: list[tuple[int, int]]) -> int:
    """Tokens of the copies of a group's documents, as stage mix chooses them."""
    if not group.rest:
        return group.wanted
    by_range: dict[int, int] = {}
    for key, tokens in documents:
        by_range[key >> (64 - BITS)] = by_range.get(key >> (64 - BITS), 0) + tokens
    found = place(by_range, group.rest)
    inside = [(key, tokens) for key, tokens in documents if key >> (64 - BITS) == found.range]
    return group.whole * group.tokens + cut(found, inside, group.rest).tokens


def main() -> None:
    documents = buckets(random.Random(1))
    sizes = {cell: Size(documents=len(own), tokens=sum(tokens for _, tokens in own)) for cell, own in documents.items()}
    asked = Mixture(by=("rating@20", "language", "source"), alpha=0.3, curve=Curve(over="rating@20"))
    begun = time.process_time()
    groups = solve(sizes, asked)
    seconds = time.process_time() - begun
    total = sum(size.tokens for size in sizes.values())
    wanted = sum(group.wanted for group in groups)
    came, worst = 0, 0.0
    for group in groups:
        own = [one for cell in group.pairs for one in documents[cell[0], cell[1], cell[2]]]
        tokens = given(group, own)
        came += tokens
        longest = max(tokens for _, tokens in own)
        worst = max(worst, abs(tokens - group.wanted) - longest / 2)
    print(f"{len(groups):,} buckets solved in {seconds:.2f} CPU s; {wanted:,} of {total:,} tokens wanted")
    print(f"{came:,} tokens given; no bucket is off by more than half of its longest document: {worst <= 0}")
    most = max(group.epochs for group in groups)
    print(f"most repeats {float(most):.4f}, {sum(group.wanted == 0 for group in groups):,} buckets left out")


if __name__ == "__main__":
    main()
