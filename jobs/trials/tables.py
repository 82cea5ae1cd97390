"""The tables of the run over canaries, by case and by document."""

from collections import Counter, defaultdict
from functools import cached_property
from typing import Any

from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE, LANGUAGE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.trial import Judged, apart
from jobs.engine.job import Job


class Trial:
    """The tables of the run over canaries, by case."""

    def __init__(self, job: Job[Judged]) -> None:
        self._job = job

    def rows(self, ref: Ref, columns: list[str]) -> list[dict[str, Any]]:
        """Of all parts; none of a stage that the recipe lacks."""
        table = self._job.optional(apart(ref))
        return [row for found in table.each(columns) for row in found.to_pylist()] if table else []

    def has(self, ref: Ref) -> bool:
        return self._job.optional(apart(ref)) is not None

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        return {row["locator"]: row for row in self.rows(INGEST.documents, ["id", "locator", "text"])}

    @cached_property
    def ids(self) -> dict[str, str]:
        return {name: row["id"] for name, row in self.documents.items()}

    @cached_property
    def rejected(self) -> set[tuple[str, int]]:
        return {(row["source"], row["offset"]) for row in self.rows(INGEST.rejects, ["source", "offset"])}

    @cached_property
    def labels(self) -> dict[str, str]:
        found = self.rows(LANGUAGE, ["label"])  # aligned with documents
        return {id_: row["label"] for id_, row in zip(self.ids.values(), found, strict=True)}

    @cached_property
    def reasons(self) -> dict[str, set[str]]:
        """Filters that fired, by id; none of a document that is kept."""
        found = self.rows(DECIDE.verdicts, ["id", "reasons"])
        return {row["id"]: {one["rule"].rpartition(".")[0] for one in row["reasons"]} for row in found}

    @cached_property
    def clusters(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.rows(DEDUP.clusters, ["id", "outcome", "kept_id"])}

    @cached_property
    def contaminated(self) -> set[str]:
        return {row["id"] for row in self.rows(CONTAMINATION.contaminated, ["id", "dropped"]) if row["dropped"]}

    @cached_property
    def proofs(self) -> dict[str, set[tuple[str, str, str]]]:
        names = ["suite", "task", "item"]
        found: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        for row in self.rows(CONTAMINATION.proofs, ["id", "common", *names]):
            if not row["common"]:
                found[row["id"]].add((row["suite"], row["task"], row["item"]))
        return found

    @cached_property
    def line_cuts(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows(LINES.cuts, ["id", "start", "end", "of_id"]):
            found[row["id"]].append(row)
        return found

    @cached_property
    def holders(self) -> set[str]:
        """Documents that hold the copy of a line that stays."""
        return {row["of_id"] for own in self.line_cuts.values() for row in own if row["of_id"]}

    @cached_property
    def emptied(self) -> set[str]:
        return {row["id"] for row in self.rows(LINES.emptied, ["id"])}

    @cached_property
    def shares(self) -> dict[str, float]:
        return {row["id"]: row["share"] for row in self.rows(PASSAGES.passages, ["id", "share"])}

    @cached_property
    def lost_to_passages(self) -> set[str]:
        return {row["id"] for row in self.rows(PASSAGES.passages, ["id", "dropped"]) if row["dropped"]}

    @cached_property
    def released(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.rows(RELEASE.corpus, ["id", "text", "content"])}

    @cached_property
    def redacted(self) -> Counter[str]:
        return Counter(row["id"] for row in self.rows(RELEASE.redactions, ["id"]))

    def decided(self, name: str) -> bool:
        """Whether the filters let it through."""
        return name in self.ids and self.clusters[self.ids[name]]["outcome"] != "filtered"

    def kept(self, name: str) -> bool:
        """Whether deduplication did."""
        return name in self.ids and self.clusters[self.ids[name]]["outcome"] == "kept"

    def clean(self, name: str) -> bool:
        """Whether decontamination did."""
        return self.kept(name) and self.ids[name] not in self.contaminated

    def whole(self, name: str) -> bool:
        """Whether `release` had it."""
        return self.clean(name) and self.ids[name] not in self.emptied | self.lost_to_passages
