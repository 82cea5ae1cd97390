"""SPDX 3.0.1, profile Dataset, as JSON-LD: the corpus and its sources as DatasetPackages."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpus.catalogue import licences
from corpus.datasheet.rows import Row
from corpus.store import manifest

_CONTEXT: Final = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_INFO: Final = "_:creationinfo"
_NO_CLOCK: Final = "1970-01-01T00:00:00Z"  # the form must have a date, and no clock is read
_OTHER: Final = re.compile(r"[^A-Za-z0-9._-]")
_CHARS: Final = 60  # of a name in an id
_TEXTS: Final = ("dataCollectionProcess", "datasetNoise", "datasetUpdateMechanism", "intendedUse")
_LISTS: Final = ("anonymizationMethodUsed", "dataPreprocessing", "datasetType")
_WORDS: Final = ("confidentialityLevel", "datasetAvailability", "hasSensitivePersonalInformation")


def document(rows: Sequence[Row], mark: str) -> Mapping[str, Any]:
    """`mark`: of the release, in every id."""
    told = {row.field: row.value for row in rows if row.known}
    ids = _Ids(mark)
    elements, origin = _agents(told, ids)
    package = _package(told, ids, origin)
    elements.append(package)
    relations: list[Mapping[str, Any]] = []
    if "hasDeclaredLicense" in told:
        elements += _licensed(ids, package["spdxId"], told["hasDeclaredLicense"], relations)
    for one in told["sources as DatasetPackage, with relationships and licences"]:
        source = _source(one, ids)
        elements.append(source)
        relations.append(_relation(ids, package["spdxId"], "hasInput", source["spdxId"]))
        if one["licence"]:
            elements += _licensed(ids, source["spdxId"], one["licence"], relations)
    unique = list({one["spdxId"]: one for one in [*elements, *relations]}.values())
    whole = {
        "type": "SpdxDocument",
        "spdxId": ids.of("document"),
        "creationInfo": _INFO,
        "profileConformance": ["core", "software", "dataset", "simpleLicensing"],
        "rootElement": [package["spdxId"]],
        "element": [one["spdxId"] for one in unique],
    }
    return {"@context": _CONTEXT, "@graph": [_creation(told, origin), whole, *unique]}


class _Ids:
    """Names as parts of a URN: one that has other signs goes in with its hash, so that no two become one."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def of(self, *names: str) -> str:
        return ":".join(["urn:gristmill", self._mark, *map(_safe, names)])


def _safe(name: str) -> str:
    plain = _OTHER.sub("-", name)[:_CHARS]
    return plain if plain == name else f"{plain}-{manifest.fingerprint(name)[:8]}"


def _creation(told: Mapping[str, Any], origin: str) -> Mapping[str, Any]:
    found = {"type": "CreationInfo", "@id": _INFO, "specVersion": "3.0.1", "createdBy": [origin]}
    if "created" in told:
        return {**found, "created": _time(told["created"])}
    return {
        **found,
        "created": _NO_CLOCK,
        "comment": "When this document was made is unanswered: no clock is read, and 1970 stands for that.",
    }


def _time(day: str) -> str:
    return day if "T" in day else f"{day}T00:00:00Z"


def _agents(told: Mapping[str, Any], ids: _Ids) -> tuple[list[Mapping[str, Any]], str]:
    """Who the corpus is from: the organization that is declared, else only the program."""
    if "originatedBy" in told:
        made = {"type": "Organization", "spdxId": ids.of("agent"), "name": told["originatedBy"]}
    else:
        made = {"type": "SoftwareAgent", "spdxId": ids.of("agent"), "name": "Gristmill"}
    return [{**made, "creationInfo": _INFO}], made["spdxId"]


def _package(told: Mapping[str, Any], ids: _Ids, origin: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "type": "dataset_DatasetPackage",
        "spdxId": ids.of("corpus"),
        "creationInfo": _INFO,
        "name": told["name"],
        "software_primaryPurpose": told["primaryPurpose"],
        "dataset_datasetSize": told["datasetSize"],
        "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": told["verifiedUsing"]}],
    }
    if "originatedBy" in told:
        found["originatedBy"] = [origin]
    found |= {name: told[name] for name in ("description",) if name in told}
    names = {"packageVersion": "software_packageVersion", "downloadLocation": "software_downloadLocation"}
    found |= {spelt: told[name] for name, spelt in names.items() if name in told}
    found |= {name: _time(told[name]) for name in ("builtTime", "releaseTime") if name in told}
    found |= {f"dataset_{name}": told[name] for name in (*_TEXTS, *_LISTS, *_WORDS) if name in told}
    if "knownBias" in told:
        found["dataset_knownBias"] = [told["knownBias"]]
    return found


def _source(one: Mapping[str, Any], ids: _Ids) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "type": "dataset_DatasetPackage",
        "spdxId": ids.of("source", one["source"]),
        "creationInfo": _INFO,
        "name": one["name"],
        "software_primaryPurpose": "data",
        "dataset_datasetType": ["noAssertion"],
        "dataset_datasetSize": one["bytes"],
        "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": digest} for digest in one["sha256"]],
    }
    if one["custodian"]:
        found["software_sourceInfo"] = f"held by {one['custodian']}"
    if one["link"].startswith(("http://", "https://")):
        found["software_homePage"] = one["link"]
    return found


def _licensed(ids: _Ids, package: str, licence: str, relations: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A licence as an element: an SPDX expression, else the words that stand for it."""
    made: dict[str, Any] = {"spdxId": ids.of("licence", licence), "creationInfo": _INFO}
    try:
        expression = licences.expression(licence)
        if expression in ("other", "unknown"):
            raise ValueError(expression)
        made |= {"type": "simplelicensing_LicenseExpression", "simplelicensing_licenseExpression": expression}
    except ValueError:
        made |= {"type": "simplelicensing_SimpleLicensingText", "simplelicensing_licenseText": licence}
    relations.append(_relation(ids, package, "hasDeclaredLicense", made["spdxId"]))
    return [made]


def _relation(ids: _Ids, of: str, kind: str, to: str) -> Mapping[str, Any]:
    return {
        "type": "Relationship",
        "spdxId": ids.of("relation", kind, of.rsplit(":", 1)[-1], to.rsplit(":", 1)[-1]),
        "creationInfo": _INFO,
        "from": of,
        "relationshipType": kind,
        "to": [to],
    }
