"""The release as files: names, digests, the stages that made them, and when."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import orjson

from corpus.datasheet.facts import Facts, Found
from corpus.errors import DataError
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.shard import SHARD
from corpus.store import manifest, storage

RUN: Final = manifest.RUN  # what evidence of times begins with: no table, and other in another run of the same recipe


def name(facts: Facts) -> Found:
    return Found(value=facts.name, fingerprint=facts.fingerprint(REPORT), query="name of facts.json: the recipe's")


def release_mark(facts: Facts) -> Found:
    return Found(
        value=f"release {facts.mark}",
        fingerprint=facts.fingerprint(*facts.stages),
        query="fingerprint over the fingerprints of all stages",
    )


def metadata_version(facts: Facts) -> Found:
    return Found(
        value=f"1.0.0+{facts.mark}",
        fingerprint=facts.fingerprint(*facts.stages),
        query="layout of datasheets, and the fingerprint over the fingerprints of all stages",
    )


def release_digest(facts: Facts) -> Found:
    return Found(
        value=facts.release.digest,
        fingerprint=facts.fingerprint(*facts.stages),
        query="sha256 over the manifests, which name every file with its sha256",
    )


def files(facts: Facts) -> Found:
    rows: list[dict[str, Any]] = []
    for stage, table in ((RELEASE, "corpus"), (SHARD, "arrow")):
        built = facts.release[stage]
        tables = [one for one in built.manifest.tables if one == table or one.startswith(f"{table}/")]
        rows += [
            {
                "file": f"{stage.name}/{built.fingerprint}/{one}/{entry.name}",
                "bytes": entry.bytes,
                "rows": entry.rows,
                "sha256": entry.sha256,
            }
            for one in tables
            for entry in built.manifest.tables[one]
            if entry.name.endswith((".parquet", ".arrow"))
        ]
    return Found(
        value=rows,
        fingerprint=facts.fingerprint(RELEASE, SHARD),
        query="manifests of release and shard: files of corpus and arrow",
    )


def activities(facts: Facts) -> Found:
    """A stage an activity."""
    rows = []
    for one, built in facts.stages.items():
        identity: Any = built.manifest.identity
        rows.append(
            {
                "stage": one,
                "fingerprint": built.fingerprint,
                "version": identity["version"],
                "parents": ", ".join(f"{parent}/{mark}" for parent, mark in sorted(built.parents.items())),
            }
        )
    return Found(value=rows, fingerprint=facts.fingerprint(*facts.stages), query="identities in the manifests")


def _ended(facts: Facts) -> Iterator[tuple[str, str]]:
    for one, built in facts.stages.items():
        data = storage.read_bytes(storage.join(built.folder, RUN))
        try:
            if data is not None:
                yield one, str(orjson.loads(data)["finished_at"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{built.folder}/{RUN} is damaged ({error}): leave --times out") from error


def times(facts: Facts) -> Found | None:
    """When each stage ended: of run.json, and only where times were asked for."""
    rows = [{"stage": one, "ended": ended} for one, ended in _ended(facts)] if facts.times else []
    return (
        Found(value=rows, fingerprint=facts.fingerprint(*facts.stages), query=f"{RUN}: finished_at") if rows else None
    )


def built_time(facts: Facts) -> Found | None:
    ended = [ended for _, ended in _ended(facts)] if facts.times else []
    return (
        Found(value=max(ended), fingerprint=facts.fingerprint(*facts.stages), query=f"{RUN}: latest finished_at")
        if ended
        else None
    )


def dta_version(facts: Facts) -> Found:
    return Found(value="1.0.0", fingerprint=facts.fingerprint(REPORT), query="the version that this writer follows")


QUERIES: Final[dict[str, Callable[[Facts], Found | None]]] = {
    one.__name__: one
    for one in (name, release_mark, metadata_version, release_digest, files, activities, times, built_time, dta_version)
}
