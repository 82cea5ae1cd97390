"""A release as queries see it: its stages, counts of its tables, its report, the catalogue's entries, and answers."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import orjson

from corpus.catalogue.entry import Entry
from corpus.catalogue.excerpt import of_entry
from corpus.datasheet import figures
from corpus.datasheet.answers import Answers
from corpus.datasheet.figures import Figures, Sum
from corpus.datasheet.sources import kind_of
from corpus.errors import DataError, RecipeError
from corpus.shards import about
from corpus.shards.about import About
from corpus.sources.accounts import Read
from corpus.stages.built import Built, Finished
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.shard import SHARD
from corpus.stages.stage import Stage
from corpus.store import manifest, releases, storage
from corpus.tombstones import ledger

_NEEDED: tuple[Stage[Any], ...] = (INGEST, RELEASE, ENCODE, SHARD, REPORT)
_ADDRESS: Final = re.compile(r"\S+@\S+")  # entries hold addresses of people in free texts too
_LEFT_OUT: Final = "[address left out]"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source of the release. `by`: who says its kind, "auto" for the catalogue; a text that is not known is ""."""

    name: str
    kind: str
    by: str
    uid: str
    licence: str
    custodian: str
    access: str
    link: str
    description: str
    synthetic_by: tuple[str, ...]
    format: str
    files: tuple[tuple[str, int, str], ...]  # name, bytes, sha256
    records: int
    sum: Sum  # of what is released


@dataclass(frozen=True)
class Facts:
    """`entries`: of the catalogue, by source, where one was given. `times`: whether run.json may be read.

    Raises RecipeError for a release that lacks a stage, or has one of another version than is read here."""

    release: Finished
    answers: Answers = field(default_factory=Answers)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    times: bool = False

    def __post_init__(self) -> None:
        for stage in _NEEDED:
            built = self.release[stage]
            identity: Any = built.manifest.identity
            if identity["version"] != stage.version:
                raise RecipeError(
                    f"{built.folder} is of version {identity['version']} of {stage.name}, this program reads "
                    f"{stage.version}: run the recipe again"
                )

    def fingerprint(self, *stages: Stage[Any] | str) -> str:
        """What evidence names: `stage/fingerprint` of each that is there."""
        names = [stage if isinstance(stage, str) else stage.name for stage in stages]
        return ", ".join(f"{name}/{self.release.stages[name].fingerprint}" for name in names if name in self.stages)

    @property
    def stages(self) -> Mapping[str, Built]:
        return self.release.stages

    @property
    def mark(self) -> str:
        """16 hex digits that name the release."""
        return releases.mark({name: built.fingerprint for name, built in self.stages.items()})

    @property
    def withdrawals(self) -> str:
        """What the root says of withdrawals."""
        entries = ledger.read(self.release.address).entries
        if not entries:
            return "0: no ledger"
        documents, copies = (sum(getattr(entry, name) for entry in entries) for name in ("documents", "copies"))
        told = f"{len(entries):,}, of {documents:,} documents, {copies:,} of them copies of others"
        return f"{told}; the last {entries[-1].date}"

    @cached_property
    def figures(self) -> Figures:
        return figures.of(self.release)

    @cached_property
    def about(self) -> About:
        self._file(SHARD, "about", "shards.json")
        return about.read(self.release[SHARD].folder)

    @cached_property
    def report(self) -> Mapping[str, Any]:
        """facts.json."""
        found: Mapping[str, Any] = orjson.loads(self._file(REPORT, REPORT.name, "facts.json"))
        return found

    def _file(self, stage: Stage[Any], table: str, name: str) -> bytes:
        """A file that is no table, if it is the one that the manifest names. Raises DataError if not."""
        built = self.release[stage]
        entry = next((one for one in built.manifest.tables.get(table, ()) if one.name == name), None)
        address = storage.join(built.folder, table, name)
        data = storage.read_bytes(address)
        if entry is None or data is None or hashlib.sha256(data).hexdigest() != entry.sha256:
            raise DataError(f"{address} is not the file that its manifest names: delete {built.folder} and run again")
        return data

    @cached_property
    def name(self) -> str:
        """Of the recipe."""
        return str(self.report["name"])

    def params(self, stage: Stage[Any] | str) -> Any:
        """What a stage was built with; {} for one that is not there."""
        built = self.stages.get(stage if isinstance(stage, str) else stage.name)
        identity: Any = built.manifest.identity if built else {}
        return identity.get("params", {})

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """In the recipe's order."""
        read = {row.source: row for row in self.release[INGEST].tally(Read)}
        told = {row.source: row for row in self.about.sources}
        return tuple(self._source(one, read.get(one["source"]["name"]), told) for one in self.params(INGEST)["sources"])

    def _source(self, raw: Any, read: Read | None, told: Mapping[str, Any]) -> Source:
        name = raw["source"]["name"]
        entry = self.entries.get(name)
        row = of_entry(name, entry) if entry else told.get(name)
        own = self.answers.sources.get(name, {})
        kind = kind_of(entry) if entry else ""
        description = entry.description if entry else None
        synthetic_by = own.get("synthetic_by", [])
        return Source(
            name=name,
            kind=str(own.get("kind", kind)),
            by="declared" if "kind" in own else "auto",
            uid=row.uid if row else "",
            licence=(row.licence if row else "") or raw["source"]["licence"],
            custodian=row.custodian if row else "",
            access=row.access_tier if row else "",
            link=str(
                own.get("link", "" if description is None or "@" in description.homepage else description.homepage)
            ),
            description=str(
                own.get("description", _ADDRESS.sub(_LEFT_OUT, description.description) if description else "")
            ),
            synthetic_by=tuple(synthetic_by) if isinstance(synthetic_by, list) else (synthetic_by,),
            format=raw["source"]["format"],
            files=tuple((file[0], file[1], file[2]) for file in raw["files"]),
            records=read.records if read else 0,
            sum=self.figures.sources.get(name, Sum()),
        )

    @property
    def catalogue_mark(self) -> str:
        """16 hex digits of the entries that were read: no contact goes into it."""
        shown = {
            name: [repr(of_entry(name, entry)), kind_of(entry), repr(entry.description), repr(entry.languages)]
            + [repr(part) for part in (entry.source_category, entry.media, entry.pii)]
            for name, entry in self.entries.items()
        }
        return manifest.fingerprint(shown)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a query knows."""

    value: Any  # a text, a number, a list of texts, or rows: objects with the same names
    fingerprint: str  # of the stages that it was read from
    query: str  # in words: which counts or columns, and what was done with them
    by: str = "auto"
