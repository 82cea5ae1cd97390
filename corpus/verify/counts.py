"""Every count, from the manifests: what a stage says it took is what the one before says it gave.

The sums are those that a run checks before it takes a stage for done (`corpus.ledger`); here they are taken again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from corpus import ledger, manifest
from corpus.errors import CorpusError
from corpus.finished import Built, Finished
from corpus.manifest import fingerprint
from corpus.schema import OUTCOMES
from corpus.shards.expected import expected

_ALIGNED = ("verdicts", "clusters", "passages")  # tables with a row for each document, beside the signals


def identities(release: Finished) -> Iterator[str]:
    """Manifests whose fingerprint is not that of what they say made them, or that stand on another release's stages."""
    for name, built in release.stages.items():
        found = built.manifest
        where = f"{built.folder}/{manifest.MANIFEST}"
        if found.stage != name or fingerprint(found.identity) != found.fingerprint:
            yield f"{where}: its fingerprint is not that of its identity: it was edited"
        for parent, mark in built.parents.items():
            if parent in release and release[parent].manifest.fingerprint != mark:
                yield f"{where}: made from {parent} {mark}, but this release has {release[parent].manifest.fingerprint}"


def receipts(release: Finished, damaged: Collection[str] = ()) -> Iterator[str]:
    """Counts and files of manifests that their receipts, where these were shipped, do not add up to; but of stages with
    damaged files, whose receipts count for nothing."""
    for name, built in release.stages.items():
        if name in damaged:
            continue
        try:
            found = manifest.load_receipts(built.folder)
        except (ValueError, TypeError, KeyError) as error:
            yield f"{built.folder}/{manifest.RECEIPTS} are damaged ({error})"
            continue
        if found:
            yield from _added_up(built, found)


def _added_up(built: Built, found: Mapping[int, manifest.Receipt]) -> Iterator[str]:
    added = manifest.from_receipts(built.name, built.manifest.identity, list(found.values()))
    for name, count in added.counts.items():
        said = built.manifest.counts.get(name)
        if said != count:
            yield f"{built.folder}: {name} is {_shown(said)} in the manifest, {count:,} in the receipts"
    for table, entries in added.tables.items():
        if sorted(map(repr, entries)) != sorted(map(repr, built.manifest.tables.get(table, ()))):
            yield f"{built.folder}: the files of {table} in the manifest are not those in the receipts"


def _shown(count: int | None) -> str:
    return "missing" if count is None else f"{count:,}"


def balances(release: Finished) -> Iterator[str]:
    """Ledgers that do not balance, a line each."""
    for name, check in _LEDGERS.items():
        if name in release:
            try:
                check(release, release[name])
            except CorpusError as error:
                yield str(error).split("; documents were lost", maxsplit=1)[0]
            except KeyError as error:
                yield f"{name}: its manifest or that of a stage before it has no count {error}"
    yield from _alignment(release)


def _alignment(release: Finished) -> Iterator[str]:
    """Rows by part, as the manifests have them; each file's own rows are compared with these where it is read."""
    if "ingest" not in release:
        return
    documents = [entry.rows for entry in release["ingest"].manifest.tables["documents"]]
    for name, built in release.stages.items():
        for table, entries in built.manifest.tables.items():
            if table in _ALIGNED or name.startswith("signals."):
                try:
                    ledger.aligned(name, table, [entry.rows for entry in entries], documents)
                except CorpusError as error:
                    yield str(error).split("; documents were lost", maxsplit=1)[0]


def _ingest(_: Finished, built: Built) -> None:
    counts = built.manifest.counts
    rows = {table: built.manifest.rows(table) for table in ("documents", "rejects")}
    for table, count in rows.items():
        ledger.equal("ingest", f"{table} counted and written", counts[table], count)
    ledger.equal("ingest", "records read and documents + rejects", counts["records"], sum(rows.values()))


def _decide(_: Finished, built: Built) -> None:
    counts = built.manifest.counts
    rows = built.manifest.rows("verdicts")
    ledger.equal("decide", "documents and kept + dropped", rows, counts["kept"] + counts["dropped"])


def _dedup(release: Finished, built: Built) -> None:
    counts = built.manifest.counts
    taken = sum(counts[name] for name in OUTCOMES)
    ledger.equal("dedup", "documents and outcomes", built.manifest.rows("clusters"), taken)
    if "decide" in release:
        ledger.outcomes(counts, release["decide"].manifest.counts)


def _release(release: Finished, built: Built) -> None:
    counts = built.manifest.counts
    ledger.equal("release", "documents counted and written", counts["documents"], built.manifest.rows("corpus"))
    ledger.equal("release", "spans counted and written", counts["spans"], built.manifest.rows("redactions"))
    if "dedup" not in release or any(name in release.absent for name in ("lines", "passages")):
        return
    kept = release["dedup"].manifest.counts["kept"]
    if "lines" in release:
        kept -= release["lines"].manifest.rows("emptied")
    if "passages" in release:
        kept -= release["passages"].manifest.counts["dropped"]
    released = counts["documents"] + counts["pii_dropped"]
    ledger.equal("release", "documents in the corpus + dropped by [pii] and documents kept", released, kept)


def _encode(release: Finished, built: Built) -> None:
    counts = built.manifest.counts
    ledger.equal("encode", "documents counted and written", counts["documents"], built.manifest.rows("tokens"))
    for what in ("documents", "tokens"):
        by_language = sum(count for name, count in counts.items() if name.startswith(f"{what}."))
        ledger.equal("encode", f"{what} and their sum over languages", counts[what], by_language)
    if "release" in release:
        ledger.encode(built.manifest, release["release"].manifest.rows("corpus"))


def _shard(release: Finished, built: Built) -> None:
    written, counts = built.manifest, built.manifest.counts
    bins = [entry for entry in written.tables.get("megatron", ()) if entry.name.endswith(".bin")]
    rows = sum(entry.rows for entry in bins)
    ledger.equal("shard", "documents in .bin and in .idx", 2 * rows, written.rows("megatron"))
    ledger.equal("shard", "documents in .bin and rows of lineage", rows, written.rows("lineage"))
    for kind, count in (("text", "documents"), ("inputs", "inputs"), ("targets", "targets")):
        rows = sum(entry.rows for entry in bins if entry.name.endswith(f"_{kind}_document.bin"))
        ledger.equal("shard", f"{kind} counted and written", counts.get(f"megatron.{count}", 0), rows)
    arrow = sum(written.rows(table) for table in written.tables if table.split("/")[0] == "arrow")
    rows = counts["packed.sequences"] if "packed.sequences" in counts else counts["arrow.documents"]
    ledger.equal("shard", "rows counted and written as arrow", rows, arrow)
    if "encode" in release and not any(name in release.absent for name in ("splits", "mix")):
        encoded = release["encode"].manifest.counts
        splits, mix = (release[name].manifest.counts if name in release else None for name in ("splits", "mix"))
        wanted = expected(encoded, splits, mix)
        pairs = "megatron.inputs" in counts and mix is None  # a mixture repeats prompts, and does not count them
        ledger.shard(written, wanted.documents, wanted.sum, encoded["prompted"] if pairs else None)


_LEDGERS: dict[str, Callable[[Finished, Built], None]] = {
    "ingest": _ingest,
    "decide": _decide,
    "dedup": _dedup,
    "release": _release,
    "encode": _encode,
    "shard": _shard,
}
