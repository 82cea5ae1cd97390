"""Whether a recipe may take a source: what its entry says, held against the [catalogue] table."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from corpus.catalogue import faults, licences
from corpus.catalogue.entry import Entry
from corpus.catalogue.recipe_table import Catalogue

_LICENSING = "availability.licensing"
_UNCLEAR = "allow_unclear is false"


def refusals(entry: Entry, table: Catalogue, licence: str, today: date) -> list[tuple[str, str]]:
    """(field, why) of all that speaks against it: terms first, then access, expiry, and what nobody has checked.

    `licence`: what the recipe itself says of the source, if anything.
    """
    if entry.type == "organization":
        return [("type", "an organization is no source: name an entry that it holds")]
    own = (fault.partition(": ") for fault in faults.of_entry(entry))
    parts = (_of_terms(entry, table, licence), _of_access(entry, table), _of_time(entry, table, today))
    return [*chain(*parts), *((field, why) for field, _, why in own)]


def _of_terms(entry: Entry, table: Catalogue, licence: str) -> Iterator[tuple[str, str]]:
    licensing = entry.licensing
    for name in licensing.license_properties:
        if name in table.deny_properties:
            yield f"{_LICENSING}.license_properties", f"{name!r} is one of deny_properties"
    yield from _of_licences(entry, table, licence)
    if licensing.has_licenses != "Yes" and not table.allow_unclear:
        yield f"{_LICENSING}.has_licenses", f"it is {licensing.has_licenses!r}, and {_UNCLEAR}"
    elif not licensing.license_list and not table.allow_unclear:
        yield f"{_LICENSING}.license_list", f"it names no licence, and {_UNCLEAR}"
    said = entry.processed_from_primary.primary_license if entry.processed_from_primary else ""
    if said.startswith("No - "):
        yield "processed_from_primary.primary_license", "the terms of what it was made of forbid it"
    elif said.startswith("Unclear") and not table.allow_unclear:
        yield "processed_from_primary.primary_license", f"it is unclear, and {_UNCLEAR}"


def _of_licences(entry: Entry, table: Catalogue, licence: str) -> Iterator[tuple[str, str]]:
    listed = entry.licensing.license_list
    try:
        for item in listed:
            if not licences.allowed(item, table.allow_licences):
                yield f"{_LICENSING}.license_list", f"{licences.expression(item)!r} is none of allow_licences"
        if licence and listed and not _says(licence, entry):
            yield f"{_LICENSING}.license_list", f"the recipe says {licence[:60]!r} of the source: take that out"
    except ValueError:
        return  # a fault of the entry, which is told as one


def _says(licence: str, entry: Entry) -> bool:
    """Whether what a recipe says of a source is what its entry says, or a part of it."""
    try:
        said = licences.expression(licence)
    except ValueError:
        return False
    known = [licences.expression(item) for item in entry.licensing.license_list]
    return said in (*known, licences.joined(entry.licensing.license_list))


def _of_access(entry: Entry, table: Catalogue) -> Iterator[tuple[str, str]]:
    if entry.tier not in table.allow_access:
        stated = entry.governance and entry.governance.access_tier != "unstated"
        field = "governance.access_tier" if stated else "availability.procurement.for_download"
        yield field, f"access {entry.tier!r} is none of allow_access"


def _of_time(entry: Entry, table: Catalogue, today: date) -> Iterator[tuple[str, str]]:
    if entry.governance and entry.governance.expires and entry.governance.expires < today:
        yield "governance.expires", f"it expired on {entry.governance.expires.isoformat()}"
    if table.require_validated:
        yield from ((f"{name}.validated", "nobody has checked it") for name in entry.unvalidated)
