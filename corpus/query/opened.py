"""A release as it is asked: its tables, the columns of its documents, and what of a text may be shown to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from corpus.errors import RecipeError
from corpus.planning import finished
from corpus.planning.opening import open_plan
from corpus.query.expressions import Kind
from corpus.sources.accounts import Read
from corpus.stages.built import Finished
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.splits import SPLITS
from corpus.stages.stage import SIGNALS, signals
from corpus.store import storage
from corpus.store.table import Table
from corpus.texts.pii_policy import Policy

_DOCUMENTS = ("source", "locator", "file", "offset", "url", "licence", "date", "rights", "targets_at")
_CLUSTERS = ("kept_id", "jaccard", "size", "cluster", "restricted")
_RELEASED = ("redactions", "cleaned")
_COMPUTED: Mapping[str, Kind] = {"outcome": "string", "kept": "truth", "rules": "list"}


@dataclass(frozen=True)
class Origin:
    """Where a column stands: a table whose parts are those of documents, and its name there; `by_row` of one that has
    rows for some documents alone."""

    table: Ref
    name: str
    kind: Kind
    by_row: bool = False


@dataclass(frozen=True)
class Opened:
    """`policy` says what of a text may be shown."""

    stages: Finished
    policy: Policy

    @cached_property
    def documents(self) -> Table:
        """Raises RecipeError if nothing is ingested."""
        return self.stages[INGEST].table(INGEST.documents.table)

    @property
    def parts(self) -> int:
        return self.documents.parts

    @property
    def release(self) -> str:
        """The address, for messages."""
        return self.stages.address

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Of the columns that stand in tables, by the names that conditions have for them."""
        documents, verdicts, clusters = INGEST.documents, DECIDE.verdicts, DEDUP.clusters
        self.stages[DECIDE]  # of a run that was stopped before it there is nothing to ask
        found = {"id": Origin(verdicts, "id", "string"), "language": Origin(verdicts, "language", "string")}
        found |= {name: self._origin(documents, name) for name in _DOCUMENTS}
        found["declared"] = Origin(documents, "language", "string")
        if DEDUP in self.stages:
            found |= {name: self._origin(clusters, name) for name in _CLUSTERS}
        if RELEASE in self.stages:
            found |= {name: self._origin(RELEASE.corpus, name, by_row=True) for name in _RELEASED}
        if PASSAGES in self.stages:
            found["passages.share"] = Origin(PASSAGES.passages, "share", "number")
        if CONTAMINATION in self.stages:
            found["contamination.items"] = Origin(CONTAMINATION.contaminated, "items", "number")
        for name in self.stages.stages:
            if name.startswith(f"{SIGNALS}."):
                found |= self._signals(name.removeprefix(f"{SIGNALS}."))
        return found

    @cached_property
    def columns(self) -> dict[str, Kind]:
        """Of all columns that a condition may name."""
        kinds: dict[str, Kind] = {name: origin.kind for name, origin in self.origins.items()}
        kinds.update(_COMPUTED)
        if SPLITS in self.stages:
            kinds["split"] = "string"
        return kinds

    def table(self, ref: Ref) -> Table:
        """Raises RecipeError if its stage is not there."""
        found = self.stages.table(ref)
        if found is None:
            raise RecipeError(f"{self.release} has no finished stage {ref.stage}: run the recipe to its end first")
        return found

    @cached_property
    def sources(self) -> list[str]:
        """Names of those that have anything, sorted."""
        return sorted({row.source for row in self.stages[INGEST].tally(Read)})

    @cached_property
    def rules(self) -> list[str]:
        """Of the filters that judged, `<filter>.<reason>`, sorted."""
        identity: Any = self.stages[DECIDE].manifest.identity
        judged = identity["params"]["filters"]
        return sorted(f"{name}.{rule['reason']}" for name, one in judged.items() for rule in one["rules"])

    def _origin(self, ref: Ref, name: str, *, by_row: bool = False) -> Origin:
        table = self.table(ref)
        kind = kind_of(table.open(0).schema_arrow.field(name).type) if table.parts else "string"
        return Origin(ref, name, kind or "string", by_row)

    def _signals(self, name: str) -> dict[str, Origin]:
        table = self.table(signals(name))
        schema = table.open(0).schema_arrow if table.parts else pa.schema([])
        kinds = {field.name: kind_of(field.type) for field in schema}
        return {f"{name}.{own}": Origin(signals(name), own, kind) for own, kind in kinds.items() if kind}


def kind_of(kind: pa.DataType) -> Kind | None:
    """None for what conditions do not compare: digests, signatures, lists."""
    if pa.types.is_boolean(kind):
        return "truth"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return "number"
    if pa.types.is_string(kind):
        return "string"
    return "date" if pa.types.is_timestamp(kind) else None


def open_for_queries(address: str, root: str | None = None, tag: str = "") -> Opened:
    """By the folder that `gristmill run` wrote, there by the name of a release; or by a recipe (.toml). Raises
    RecipeError if nothing is there."""
    if not address.endswith(".toml"):
        return _by_root(address, tag)
    if tag:
        raise RecipeError(f"--tag names a release of a root: give the output folder in place of {address}")
    plan = open_plan(address, root)
    return Opened(plan.finished(), plan.recipe.pii)


def _by_root(root: str, tag: str) -> Opened:
    stages = finished.open_release(root, tag)
    if INGEST not in stages:
        raise RecipeError(f"{storage.join(root, INGEST.name)} is not there: give the folder that `gristmill run` wrote")
    return Opened(stages, policy_of(stages))


def policy_of(stages: Finished) -> Policy:
    """What a release's manifests say of it. Without actions: what a recipe keeps in texts need not be shown, and
    pseudonyms need a key that is stored nowhere."""
    built = stages.get(RELEASE)
    if built is None:
        return Policy()
    identity: Any = built.manifest.identity
    params = identity["params"]["pii"]
    return Policy(kinds=tuple(params["kinds"]), placeholder=params["placeholder"])
