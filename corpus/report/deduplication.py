"""What the report says of deduplication: the banding, what it is expected to miss, strata, and losses."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from corpus.duplicates import curve, losses
from corpus.duplicates.bands import probability
from corpus.manifest import Manifest
from corpus.recipe import Recipe
from corpus.report import Facts, strata

_CURVE = 50  # segments in which the S-curve is drawn
_CROSSED = 100  # rows of source and language together, the largest losses


def of(recipe: Recipe, pairs: Manifest, tally: Mapping[str, Any]) -> Facts:
    """The facts of `tally["removals"]` and `tally["pairs"]` (corpus.report.chosen)."""
    dedup, proposed, removals = recipe.dedup, tally["pairs"], tally["removals"]
    low, high = strata.below(dedup.threshold)
    return {
        **{name: value for name, value in asdict(dedup).items() if name != "allow_vanish"},  # it changes no bytes
        "pairs": pairs.counts.get("pairs", 0),
        "not_compared": pairs.counts.get("not_compared", 0),
        "permutations": recipe.permutations,
        "found": probability(dedup.threshold, dedup.bands, dedup.rows),
        "curve": [[j / _CURVE, probability(j / _CURVE, dedup.bands, dedup.rows)] for j in range(_CURVE + 1)],
        "points": [[s, probability(s, dedup.bands, dedup.rows)] for s in curve.printed(dedup.threshold)],
        "area": {
            "wasted": curve.wasted(dedup.threshold, dedup.bands, dedup.rows),
            "missed": curve.missed(dedup.threshold, dedup.bands, dedup.rows),
        },
        "compared": proposed["compared"],
        "alike": proposed["alike"],
        "refused": proposed["refused"],
        "below": {"from": low, "to": high, "pairs": proposed["below"]},
        "missed": proposed["missed"],
        "strata": {n: removals["strata"][n] for n in strata.ordered([*removals["strata"]], dedup.threshold)},
        "sizes": strata.sizes(tally["sizes"]),
    }


def alarms(recipe: Recipe, funnel: Mapping[str, int]) -> list[Facts]:
    """Sources and languages that lost more than their share, from documents by source, language, outcome."""
    counted: Counter[str] = Counter()
    for key, count in funnel.items():
        source, language, outcome = key.split("\t")
        counted[f"source\t{source}\t{outcome}"] += count
        counted[f"language\t{language}\t{outcome}"] += count
    found = losses.alarms(losses.of(counted), recipe.dedup.max_loss_share)
    return [{**asdict(loss), "share": loss.share} for loss in found]


def crossed(funnel: Mapping[str, int], sizes: Mapping[str, int]) -> list[Facts]:
    """Source and language together: documents and bytes that filters kept, and those of them that were lost; those
    that lost most first."""
    rows: dict[tuple[str, str], Facts] = {}
    for key, count in funnel.items():
        source, language, outcome = key.split("\t")
        if outcome == "filtered":
            continue
        start = {"source": source, "language": language, "documents": 0, "bytes": 0, "lost": 0, "lost_bytes": 0}
        row = rows.setdefault((source, language), start)
        row["documents"] += count
        row["bytes"] += sizes.get(key, 0)
        if losses.is_lost(outcome):
            row["lost"] += count
            row["lost_bytes"] += sizes.get(key, 0)
    lost = [row for row in rows.values() if row["lost"]]
    return sorted(lost, key=lambda row: (-row["lost"], row["source"], row["language"]))[:_CROSSED]
