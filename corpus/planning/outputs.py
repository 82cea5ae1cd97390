"""What a release is for, under names that stay: `gristmill path`, and the links of `<root>/latest`."""

from collections.abc import Mapping
from typing import Any, Final

from corpus.planning.plan import Plan
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.shard import SHARD
from corpus.stages.stage import SIGNALS
from corpus.stages.views import VIEWS
from corpus.store import releases, storage

_PLACES: Final[Mapping[str, tuple[Any, ...]]] = {
    "corpus": (RELEASE, "corpus"),
    "tokens": (ENCODE, "tokens"),
    "tokenizer": (SHARD, "tokenizer"),
    "shards": (SHARD,),
    "arrow": (SHARD, "arrow"),  # for datasets.load_from_disk
    "megatron": (SHARD, "megatron"),
    "views": (VIEWS,),
    "report": (REPORT, "report"),
    "documents": (INGEST, INGEST.documents.table),
    "verdicts": (DECIDE, DECIDE.verdicts.table),
    "clusters": (DEDUP, DEDUP.clusters.table),
}


def of(root: str, stages: Mapping[str, str]) -> dict[str, str]:
    """Where the outputs of a release lie, by name; what filters measured as `signals.<filter>`."""
    places = {
        name: storage.join(root, stage.name, stages[stage.name], *below)
        for name, (stage, *below) in _PLACES.items()
        if stage.name in stages
    }
    measured = {name: mark for name, mark in stages.items() if name.startswith(f"{SIGNALS}.")}
    return places | {name: storage.join(root, name, mark, SIGNALS) for name, mark in measured.items()}


def show_latest(plan: Plan) -> None:
    """Let `<root>/latest` lead to the outputs of a plan that is finished. Raises OSError."""
    show(plan.recipe.root, {name: planned.fingerprint for name, planned in plan.stages.items()})


def show(root: str, stages: Mapping[str, str]) -> None:
    """The same of a release by its stages. Raises OSError."""
    there = {name: place for name, place in of(root, stages).items() if storage.holds_anything(place)}
    releases.link_latest(root, releases.mark(stages), there)
