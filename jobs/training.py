"""What is trained on: encoded documents that no split holds out."""

from collections import Counter
from collections.abc import Mapping

from corpus.shards import splits
from corpus.table import Table
from jobs.run import Run


def held_out(run: Run) -> Table | None:
    """The table `held`, where the recipe asks for splits."""
    return run.table("splits", "held") if "splits" in run.plan.stages else None


def counts(run: Run) -> Mapping[str, int]:
    """Documents and tokens under the names by which stage encode counts them."""
    found = Counter(run.manifest("encode").counts)
    if "splits" in run.plan.stages:
        for (_, language, source), held in splits.held(run.manifest("splits").counts).items():
            for suffix in ("", f".{language}", f"\t{source}\t{language}"):
                found[f"documents{suffix}"] -= held.documents
                found[f"tokens{suffix}"] -= held.tokens
    return dict(found)
