"""What is taken out of an entry for the documents of its source."""

from corpus.catalogue import licences
from corpus.catalogue.catalogued import Catalogued
from corpus.catalogue.entry import Entry
from corpus.catalogue.words import PRIVATE_PERSON


def of_entry(source: str, entry: Entry) -> Catalogued:
    """Raises ValueError for a licence that is no SPDX expression."""
    return Catalogued(
        source=source,
        uid=entry.uid,
        licence=licences.joined(entry.licensing.license_list),
        custodian=custodian_of(entry),
        access_tier=entry.tier,
    )


def custodian_of(entry: Entry) -> str:
    """As it may be shown."""
    if entry.custodian is None:
        return ""
    private = entry.custodian.type == PRIVATE_PERSON or "@" in entry.custodian.name
    return "a private individual" if private else " ".join(entry.custodian.name.split())
