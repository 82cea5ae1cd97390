"""What is wrong with an entry, beyond its form; a fault names the field, and never shows what a contact field holds."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from corpus.catalogue import licences, names
from corpus.catalogue.entry import Entry
from corpus.catalogue.words import PRIVATE_PERSON

_UID: Final = re.compile(
    r"\w{1,200}"
)  # as the BigScience catalogue made them of names: letters and digits of any script
_SHOWN: Final = 60  # characters of a value in a message
# Sections without which an entry of a type says too little to be used.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "primary": ("languages", "custodian", "availability", "source_category", "media"),
    "processed": ("languages", "custodian", "availability", "processed_from_primary", "media"),
    "organization": (),
}
_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "primary": ("processed_from_primary",),
    "processed": ("source_category",),
    "organization": ("availability", "source_category", "processed_from_primary", "media"),
}


def of_entry(entry: Entry) -> Iterator[str]:
    """A line a fault, as "field: what is wrong"."""
    if not _UID.fullmatch(entry.uid) or entry.uid != entry.uid.lower():
        yield f"uid: {_short(entry.uid)} must be of small letters, digits and _"
    there = {name for name, _ in entry.sections()}
    yield from (f"{name}: a {entry.type} entry needs this section" for name in _NEEDED[entry.type] if name not in there)
    yield from (f"{name}: a {entry.type} entry has no such section" for name in _OTHERS[entry.type] if name in there)
    if not entry.description.name.strip():
        yield "description.name: it is blank"
    yield from _of_languages(entry)
    yield from _of_custodian(entry)
    yield from _of_licensing(entry)
    yield from _of_pii(entry)
    yield from _of_media(entry)
    if (made := entry.processed_from_primary) and made.from_primary == "Taken from primary source":
        for name in ("primary_availability", "primary_license"):
            if not getattr(made, name) and not made.primary_availability.startswith("No - the dataset curators kept"):
                yield f"processed_from_primary.{name}: it is not said of what was taken from other sources"


def between(entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """uid and fault, of what an entry says of others."""
    for uid, entry in entries.items():
        holder = entry.custodian.in_catalogue if entry.custodian else ""
        if holder and (holder not in entries or entries[holder].type != "organization"):
            yield uid, f"custodian.in_catalogue: {_short(holder)} is no entry of type organization"
        for other in entry.processed_from_primary.from_primary_entries if entry.processed_from_primary else ():
            if other not in entries:
                yield uid, f"processed_from_primary.from_primary_entries: {_short(other)} is no entry"


def _of_languages(entry: Entry) -> Iterator[str]:
    if entry.languages is None:
        return
    if not entry.languages.language_names:
        yield "languages.language_names: it names none"
    for name in entry.languages.language_names:
        if names.language(name) is None:
            yield f"languages.language_names: {_short(name)} is no BCP 47 tag, and no language by its English name"
    yield from _of_places("languages.language_locations", entry.languages.language_locations)


def _of_places(field: str, values: Iterable[str]) -> Iterator[str]:
    for name in values:
        if name != "other" and names.place(name) is None:
            yield f"{field}: {_short(name)} is no country or region, by ISO 3166-1 code or English name"


def _of_custodian(entry: Entry) -> Iterator[str]:
    custodian = entry.custodian
    if custodian is None:
        return
    if "@" in custodian.name and custodian.type != PRIVATE_PERSON:
        yield "custodian.name: it holds an address, which belongs into contact_email"
    if not custodian.name.strip():
        yield "custodian.name: it is blank"
    if custodian.location:
        yield from _of_places("custodian.location", [custodian.location])


def _of_licensing(entry: Entry) -> Iterator[str]:
    licensing = entry.licensing
    for item in licensing.license_list:
        try:
            licences.expression(item)
        except ValueError as error:
            yield f"availability.licensing.license_list: {error}"
    if licensing.has_licenses == "Yes" and not (licensing.license_list or licensing.license_properties):
        yield "availability.licensing.license_list: has_licenses is Yes, and none is named"
    if licensing.has_licenses in ("", "No", "Unclear") and licensing.license_list:
        yield f"availability.licensing.has_licenses: it is {licensing.has_licenses!r}, and license_list names some"


def _of_pii(entry: Entry) -> Iterator[str]:
    pii = entry.pii
    if pii.has_pii == "No" and not pii.no_pii_justification_class:
        yield "availability.pii.no_pii_justification_class: has_pii is No, and why is not said"
    if pii.no_pii_justification_class == "other" and not pii.no_pii_justification_text:
        yield "availability.pii.no_pii_justification_text: the class is other, and which is not said"
    for kind in ("generic", "numeric", "sensitive"):
        if pii.has_pii == "No" and getattr(pii, f"{kind}_pii_likely") in ("very likely", "somewhat likely"):
            yield f"availability.pii.{kind}_pii_likely: it is likely, and has_pii is No"


def _of_media(entry: Entry) -> Iterator[str]:
    if entry.media is None:
        return
    if not entry.media.category:
        yield "media.category: it names none"
    for kind in ("text", "image"):
        if getattr(entry.media, f"{kind}_format") and kind not in entry.media.category:
            yield f"media.{kind}_format: category has no {kind}"


def _short(value: str) -> str:
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "...")
