"""Croissant 1.1 with RAI 1.0 and provenance, as JSON-LD."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpus.datasheet.queries.files import RUN
from corpus.datasheet.rows import Row
from corpus.stages.shard import SHARD

# Appendix 1 of the specification, with PROV and ODRL as its section on provenance asks.
_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "excludes": "cr:excludes",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "readLines": "cr:readLines",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "sdVersion": "cr:sdVersion",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "unArchive": "cr:unArchive",
    "value": "cr:value",
}
_CONFORMS: Final = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
_MEDIA: Final = {"parquet": "application/x-parquet", "arrow": "application/vnd.apache.arrow.stream"}
_ORGANIZATIONS: Final = ("creator", "publisher")
_PLAIN: Final = (
    *("description", "license", "url", "datePublished", "version", "dateCreated", "dateModified", "keywords", "sameAs"),
    *("inLanguage", "sdLicense", "citeAs", "sdVersion"),
)
_NAME: Final = "corpus-files"


def document(rows: Sequence[Row], mark: str, base: str) -> Mapping[str, Any]:
    """`mark`: of the release; `base`: address that files lie below, "" for the root itself."""
    told = {row.field: row.value for row in rows if row.known}
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS,
        "name": told["name"],
        "identifier": mark,
        **{name: told[name] for name in _PLAIN if name in told},
        **{name: {"@type": "sc:Organization", "name": told[name]} for name in _ORGANIZATIONS if name in told},
    }
    if "isLiveDataset" in told:
        found["isLiveDataset"] = told["isLiveDataset"] == "Yes"
    found["distribution"] = _distribution(told["distribution"], base, mark)
    found["recordSet"] = [_documents(told["recordSet"]), _splits(told["recordSet (splits)"])]
    found |= _provenance(told, rows)
    if "sc:usageInfo" in told:
        found["usageInfo"] = {"@type": ["sc:CreativeWork", "odrl:Offer"], "name": told["sc:usageInfo"]}
    found |= {name: value for name, value in told.items() if name.startswith("rai:")}
    return found


def _distribution(files: Sequence[Mapping[str, Any]], base: str, mark: str) -> list[Mapping[str, Any]]:
    objects = [
        {
            "@type": "cr:FileObject",
            "@id": one["file"],
            "name": one["file"].rsplit("/", 1)[-1],
            "description": f"{one['rows']:,} rows",
            "contentUrl": f"{base}{one['file']}",
            "contentSize": f"{one['bytes']} B",
            "encodingFormat": _MEDIA[one["file"].rsplit(".", 1)[-1]],
            "sha256": one["sha256"],
        }
        for one in files
    ]
    folder = next((one["file"] for one in files if one["file"].endswith(".parquet")), f"release/{mark}/corpus/")
    folder = folder.rsplit("/", 1)[0]
    return [
        *objects,
        {
            "@type": "cr:FileSet",
            "@id": _NAME,
            "name": _NAME,
            "description": f"Documents of release {mark}",
            "encodingFormat": _MEDIA["parquet"],
            "includes": f"{folder}/*.parquet",
        },
    ]


def _documents(columns: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "documents",
        "name": "documents",
        "description": "A record a document",
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"documents/{one['column']}",
                "name": one["column"],
                "description": one["what"],
                "dataType": one["type"],
                "source": {"fileSet": {"@id": _NAME}, "extract": {"column": one["column"]}},
            }
            for one in columns
        ],
    }


def _splits(splits: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "Splits and their documents",
        "dataType": "cr:Split",
        "key": {"@id": "splits/split"},
        "field": [
            {"@type": "cr:Field", "@id": "splits/split", "name": "split", "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": "splits/documents", "name": "documents", "dataType": "sc:Integer"},
        ],
        "data": [{f"splits/{name}": value for name, value in one.items()} for one in splits],
    }


def _provenance(told: Mapping[str, Any], rows: Sequence[Row]) -> Mapping[str, Any]:
    """Sources as entities, stages as activities; times where run.json gave them."""
    times = next(row for row in rows if row.field.startswith("prov:startedAtTime"))
    recorded = times.known and times.evidence["query"].startswith(RUN)
    ended = {one["stage"]: one["ended"] for one in times.value} if recorded else {}
    built = times.value if times.known and not recorded else ""
    found: dict[str, Any] = {
        "prov:wasDerivedFrom": [
            {
                "@type": "prov:Entity",
                "@id": f"urn:sha256:{one['sha256']}",
                "prov:label": f"{one['source']}: {one['file']}",
                "sha256": one["sha256"],
                **({"url": one["link"]} if one["link"].startswith(("http://", "https://")) else {}),
            }
            for one in told["prov:wasDerivedFrom"]
        ],
        "prov:wasGeneratedBy": [
            {
                "@type": "prov:Activity",
                "@id": f"urn:gristmill:{one['stage']}:{one['fingerprint']}",
                "prov:label": f"{one['stage']} (version {one['version']})",
                **({"prov:endedAtTime": ended[one["stage"]]} if one["stage"] in ended else {}),
                **({"prov:endedAtTime": built} if built and one["stage"] == SHARD.name else {}),
                **({"prov:wasInformedBy": _informed(one["parents"])} if one["parents"] else {}),
            }
            for one in told["prov:wasGeneratedBy"]
        ],
    }
    agents = told.get("prov:wasAttributedTo")
    if agents:
        named = agents if isinstance(agents, list) else [agents]
        found["prov:wasAttributedTo"] = [{"@type": "prov:Agent", "prov:label": one} for one in named]
    return found


def _informed(parents: str) -> list[Mapping[str, str]]:
    return [{"@id": f"urn:gristmill:{one.replace('/', ':')}"} for one in parents.split(", ")]
