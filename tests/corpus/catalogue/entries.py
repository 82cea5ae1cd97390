"""Entries of the tests' own: a newspaper, a set made of it, an organization."""

from copy import deepcopy
from typing import Any

CONTACTS = ("Ada Miller", "ada@mill.example", "press@mill.example", "ask-the-miller", "+49 30 901820")
"""What stands in contact fields, and nowhere else."""

_VALID = {"validated": True}
_AVAILABLE: dict[str, Any] = {
    "procurement": {
        "for_download": "Yes - it has a direct download link or links",
        "download_url": CONTACTS[2],
        "download_email": CONTACTS[2],
    },
    "licensing": {
        "has_licenses": "Yes",
        "license_text": f"write to {CONTACTS[1]}",
        "license_properties": ["open license"],
        "license_list": ["cc-by-4.0: Creative Commons Attribution 4.0 International"],
    },
    "pii": {"has_pii": "Yes", "generic_pii_likely": "very likely", "generic_pii_list": ["names"]},
    **_VALID,
}
_CUSTODIAN = {
    "name": "Mill House",
    "type": "A commercial entity",
    "location": "Germany",
    "contact_name": CONTACTS[0],
    "contact_email": CONTACTS[1],
    "contact_submitter": True,
    "additional": CONTACTS[3] + " " + CONTACTS[4],
    **_VALID,
}
_PRIMARY: dict[str, Any] = {
    "uid": "mill_daily",
    "type": "primary",
    "description": {"name": "Mill Daily", "description": "News of the valley.", "homepage": "", **_VALID},
    "languages": {"language_names": ["German", "nds"], "language_locations": ["Germany", "Western Europe"], **_VALID},
    "custodian": _CUSTODIAN,
    "availability": _AVAILABLE,
    "source_category": {"category_type": "website", "category_web": "news or magazine website", **_VALID},
    "media": {"category": ["text"], "text_format": ["HTML"], "instance_count": "n<100", **_VALID},
}
_PROCESSED: dict[str, Any] = {
    **{key: value for key, value in _PRIMARY.items() if key != "source_category"},
    "uid": "mill_corpus",
    "type": "processed",
    "processed_from_primary": {
        "from_primary": "Taken from primary source",
        "primary_availability": "Yes - they are fully available",
        "primary_license": "Yes - the dataset has the same license as the source material",
        "from_primary_entries": ["mill_daily"],
        **_VALID,
    },
    "governance": {"access_tier": "gated", "expires": "2030-12-31", **_VALID},
}
_ORGANIZATION: dict[str, Any] = {
    "uid": "mill_house",
    "type": "organization",
    "description": {"name": "Mill House", **_VALID},
}


def primary() -> dict[str, Any]:
    """A newspaper that may be used."""
    return deepcopy(_PRIMARY)


def processed() -> dict[str, Any]:
    """A set that was made of it."""
    return deepcopy(_PROCESSED)


def organization() -> dict[str, Any]:
    """Who holds both."""
    return deepcopy(_ORGANIZATION)


def changed(entry: dict[str, Any], field: str, value: object) -> dict[str, Any]:
    """The entry with another value in a field, which dots lead to."""
    *above, last = field.split(".")
    inner = entry
    for name in above:
        inner = inner.setdefault(name, {})
    inner[last] = value
    return entry
