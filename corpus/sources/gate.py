"""What stops a run once its sources are read: too much rejected or lost, or nothing where something belongs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.errors import RecipeError
from corpus.sources.accounts import Noted, Read
from corpus.sources.record import SITE_FILES


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The gate: what of each source must not be more, and what must be there, or the run stops."""

    max_share: float  # of its records, and of its bytes
    skips: Mapping[str, tuple[str, ...]]  # by source: names of records that are left out
    fields: Mapping[str, Mapping[str, str]]  # by source, in order: keys of the recipe, and the fields that they name


def check(tallied: Iterable[Read], noted: Iterable[Noted], gate: Wanted, folder: str) -> None:
    """Of a source of which too much was rejected or lost, that gives nothing else, or that has not the fields that the
    recipe names. What was withdrawn, or `where` leaves out, is no reject that speaks against its source. Raises
    RecipeError."""
    notes = list(noted)
    read = {row.source: row for row in tallied}
    found = {(row.source, row.detail) for row in notes if row.kind == "found"}
    passed = {(row.source, row.detail) for row in notes if row.kind == "passed over"}
    skipped = {(row.source, row.detail) for row in notes if row.kind == "skipped"}
    withdrawn, unwanted = (_counted(notes, kind) for kind in ("withdrawn", "unwanted"))
    for name, fields in gate.fields.items():
        own = read.get(name, Read(source=name))
        if own.records and unwanted[name] == own.records:
            raise RecipeError(f"source {name!r}: `where` leaves out all of its {own.records} records: mend its values")
        taken_out = withdrawn[name] + unwanted[name]
        records, rejects = own.records - taken_out, own.rejects - taken_out
        if not own.records and not any((name, kind) in passed for kind in SITE_FILES):
            raise RecipeError(f"source {name!r} holds no records: check its path, or take it out of the recipe")
        if records and (rejects == records or rejects / records > gate.max_share):
            raise RecipeError(
                f"source {name!r}: {rejects} of {records} records were rejected, "
                f"[ingest] max_reject_share is {gate.max_share}: see {folder}/rejects for the reasons"
            )
        if own.lost_bytes > gate.max_share * own.bytes:
            raise RecipeError(
                f"source {name!r}: {own.lost_bytes:,} of {own.bytes:,} bytes could not be read, [ingest] "
                f"max_reject_share is {gate.max_share}: see {folder}/rejects for the files, and fetch them again"
            )
        for record in gate.skips[name]:
            if (name, record) not in skipped:
                raise RecipeError(
                    f"source {name!r}: no record is {record!r}, which skip names: take its offset from {folder}/"
                    "rejects or from the message that named it, or take it out of the recipe"
                )
        for key, field_name in fields.items():
            if (name, key) not in found and own.records != withdrawn[name]:
                raise RecipeError(
                    f"source {name!r}: no record has the field {field_name!r} that {key} names: mend its name, or take "
                    "it out of the recipe"
                )


def _counted(notes: Iterable[Noted], kind: str) -> Counter[str]:
    """By source."""
    found: Counter[str] = Counter()
    for note in notes:
        found[note.source] += note.count * (note.kind == kind)
    return found
