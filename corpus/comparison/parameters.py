"""What of two recipes differs, as far as it determined what was written: from the identities of the stages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from corpus.comparison.sides import Side
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.stage import SIGNALS
from corpus.store.manifest import Json

ABSENT: Final = "not there"  # a key, or a stage, that one of them lacks
_ELSEWHERE = ("stage", "manifest", "parents", "params")  # of an identity: what is told by other lines
# Paths of parameters in an identity, and how the recipe calls what stands there.
_KEYS: Final = (
    (f"{DECIDE.name}.filters.", "filters."),
    (f"{SIGNALS}.", "filters."),
    (f"{INGEST.name}.limits.", "ingest."),
    (f"{INGEST.name}.sources.", "sources."),
    (f"{DEDUP.name}.table.", "dedup."),
    (f"{RELEASE.name}.pii", "pii"),
    (f"{RELEASE.name}.clean", "clean"),
)


@dataclass(frozen=True, kw_only=True)
class Different:
    """A key of the recipe, or what else a stage stands on, with its values; ABSENT for none."""

    key: str
    a: Json
    b: Json


@dataclass(frozen=True, kw_only=True)
class Files:
    """Of a source: input files that only one of them has, and those of one name with other bytes."""

    source: str
    only_a: int
    only_b: int
    changed: int


def different(a: Side, b: Side) -> list[Different]:
    """By key. The report's parameters repeat those of other stages and are left out."""
    found: dict[str, Different] = {}
    left, right = (side.opened.stages.stages for side in (a, b))
    for stage in sorted({*left, *right} - {REPORT.name}):
        one, other = (_told(stages[stage].manifest.identity) if stage in stages else None for stages in (left, right))
        if one is None or other is None:
            found[f"stage {stage}"] = _pair(f"stage {stage}", "there" if one else ABSENT, "there" if other else ABSENT)
            continue
        for path, was, now in _walk(one, other, stage):
            key = _key(path)
            found.setdefault(key, _pair(key, was, now))
    return [found[key] for key in sorted(found)]


def files(a: Side, b: Side) -> list[Files]:
    """Sources whose input files differ, by name."""
    left, right = (_files(side) for side in (a, b))
    found = []
    for source in sorted({*left, *right}):
        one, other = left.get(source, {}), right.get(source, {})
        changed = sum(one[name] != other[name] for name in one.keys() & other.keys())
        row = Files(
            source=source, only_a=len(one.keys() - other.keys()), only_b=len(other.keys() - one.keys()), changed=changed
        )
        if row.only_a or row.only_b or row.changed:
            found.append(row)
    return found


def _pair(key: str, a: Json, b: Json) -> Different:
    return Different(key=key, a=a, b=b)


def _told(identity: Any) -> dict[str, Any]:
    """Parameters beside versions and the like; sources by name and without their files."""
    params = dict(identity["params"]) if isinstance(identity["params"], dict) else {"value": identity["params"]}
    if isinstance(params.get("sources"), list) and identity["stage"] == INGEST.name:
        params["sources"] = {one["source"]["name"]: one["source"] for one in params["sources"]}
    return params | {f"({name})": value for name, value in identity.items() if name not in _ELSEWHERE}


def _files(side: Side) -> dict[str, dict[str, Any]]:
    identity: Any = side.opened.stages[INGEST].manifest.identity
    return {
        one["source"]["name"]: {file[0]: file[1:] for file in one["files"]} for one in identity["params"]["sources"]
    }


def _walk(a: Any, b: Any, path: str) -> Iterator[tuple[str, Json, Json]]:
    if a == b:
        return
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in sorted({*a, *b}):
            yield from _walk(a.get(key, ABSENT), b.get(key, ABSENT), f"{path}.{key}")
    elif _tables(a) and _tables(b) and len(a) == len(b):
        for number, (one, other) in enumerate(zip(a, b, strict=True)):
            yield from _walk(one, other, f"{path}[{number}]")
    else:
        yield path, a, b


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(path: str) -> str:
    """As the recipe calls it; `base` are a filter's thresholds without those of scripts, languages and sources."""
    for before, after in _KEYS:
        if path.startswith(before):
            path = after + path.removeprefix(before)
            return path.replace(".base.", ".", 1) if after == "filters." else path
    return path
