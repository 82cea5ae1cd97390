"""Every document is accounted for: at each stage, documents in = documents kept + documents dropped.

The sums are taken from the files as written (rows in Parquet footers) and from counts that the tasks took of the rows
they wrote, against the tables of the stage before. A stage whose sums do not agree gets no manifest.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from corpus import table
from corpus.errors import LedgerError
from corpus.manifest import Manifest
from corpus.mixture.cut import Cut
from corpus.mixture.solve import Group
from corpus.schema import OUTCOMES

_READERS = 16  # footers are read to be counted; on object stores each costs a round trip


def footer_rows(written: Manifest, folder: str, name: str) -> list[int]:
    """Rows of each part of a table, from the files themselves."""
    found = table.of(folder, name, written)
    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(lambda part: int(found.open(part).metadata.num_rows), range(found.parts)))


def equal(stage: str, what: str, left: int, right: int) -> None:
    """Raises LedgerError if two sums differ."""
    if left != right:
        raise LedgerError(
            f"{stage}: {what}: {left} != {right}; documents were lost or invented, so nothing was taken for done: "
            "run again, and report this if it stays"
        )


def aligned(stage: str, name: str, rows: list[int], documents: list[int]) -> None:
    """Raises LedgerError unless every part has as many rows as the documents part of its number."""
    equal(stage, f"parts of {name} and of documents", len(rows), len(documents))
    for part, (have, want) in enumerate(zip(rows, documents, strict=True)):
        equal(stage, f"rows of {name} and of documents in part {part}", have, want)


def ingest(written: Manifest, folder: str) -> None:
    documents = footer_rows(written, folder, "documents")
    rejects = footer_rows(written, folder, "rejects")
    equal(
        "ingest",
        "records read and documents + rejects",
        written.counts.get("records", 0),
        sum(documents) + sum(rejects),
    )


def measure(written: Manifest, folder: str, documents: list[int]) -> None:
    aligned(written.stage, "signals", footer_rows(written, folder, "signals"), documents)


def decide(written: Manifest, folder: str, documents: list[int]) -> None:
    aligned("decide", "verdicts", footer_rows(written, folder, "verdicts"), documents)
    counts = written.counts
    equal("decide", "documents and kept + dropped", sum(documents), counts.get("kept", 0) + counts.get("dropped", 0))


def dedup(written: Manifest, folder: str, documents: list[int], decided: Mapping[str, int]) -> None:
    aligned("dedup", "clusters", footer_rows(written, folder, "clusters"), documents)
    outcomes(written.counts, decided)


def outcomes(found: Mapping[str, int], decided: Mapping[str, int]) -> None:
    """What dedup counted, against what decide counted."""
    counts = {name: found.get(name, 0) for name in (*OUTCOMES, "size")}
    equal("dedup", "documents that decide dropped", counts["filtered"], decided.get("dropped", 0))
    equal(
        "dedup",
        "kept + exact + near + url + contained and documents that decide kept",
        sum(counts[name] for name in OUTCOMES if name != "filtered"),
        decided.get("kept", 0),
    )
    known = found.get("known", 0)  # dropped for a document of an earlier release
    equal(
        "dedup", "cluster sizes + known and documents that decide kept", counts["size"] + known, decided.get("kept", 0)
    )


def passages(written: Manifest, folder: str, documents: list[int], kept: int) -> None:
    aligned("passages", "passages", footer_rows(written, folder, "passages"), documents)
    counts = written.counts
    equal("passages", "kept + dropped and documents that came", counts["kept"] + counts["dropped"], kept)
    equal("passages", "rows of cuts and passages", sum(footer_rows(written, folder, "cuts")), counts["cuts"])


def lines(written: Manifest, folder: str) -> None:
    for count, name in (("cuts", "cuts"), ("emptied", "emptied")):
        equal(
            "lines",
            f"{name} counted and written",
            written.counts.get(count, 0),
            sum(footer_rows(written, folder, name)),
        )


def index(written: Manifest, folder: str, released: int) -> None:
    equal("index", "documents in the index and in the corpus", sum(footer_rows(written, folder, "index")), released)


def release(written: Manifest, folder: str, kept: int, cuts: int) -> None:
    made = written.counts.get("cuts", 0) + written.counts.get("cuts_withheld", 0)
    equal("release", "cuts made or withheld and cuts written by stages before", made, cuts)
    released = sum(footer_rows(written, folder, "corpus"))
    dropped = written.counts.get("pii_dropped", 0)
    equal("release", "documents in the corpus + dropped by [pii] and documents kept", released + dropped, kept)
    equal(
        "release",
        "spans in the ledger and in the documents",
        written.counts.get("spans", 0),
        sum(footer_rows(written, folder, "redactions")),
    )


def encode(written: Manifest, released: int) -> None:
    equal("encode", "documents encoded and documents in the corpus", written.counts.get("documents", 0), released)


def mix(written: Manifest, groups: Sequence[Group], cuts: Sequence[Cut]) -> None:
    equal("mix", "copies counted and written", written.counts["documents"], written.rows("copies"))
    for group, cut in zip(groups, cuts, strict=True):
        equal(
            "mix",
            f"tokens of {group.key} in its copies, and of its documents as often as was solved",
            written.counts[f"given\t{group.key}"],
            group.whole * group.tokens + cut.tokens,
        )


def splits(written: Manifest, folder: str, taken: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    for name, documents in taken.items():
        equal("splits", f"documents of {name} above those asked for", max(documents - wanted[name], 0), 0)
        equal("splits", f"documents chosen for {name} and written", documents, written.counts.get(name, 0))
    rows = sum(footer_rows(written, folder, "held"))
    equal("splits", "documents chosen and rows of held", sum(taken.values()), rows)


def shard(written: Manifest, documents: int, tokens: int, prompts: int | None) -> None:
    """`documents` and `tokens`, ends included, that the shards are to have; `prompts` of them in pairs, if known."""
    for side in ("inputs", "targets") if prompts is not None else ():
        equal("shard", f"{side} and prompts encoded", written.counts.get(f"megatron.{side}", 0), prompts or 0)
    for kind in ("arrow", "megatron"):
        found = written.counts.get(f"{kind}.documents", 0)
        what = f"documents in the {kind} shards and encoded, as often as the mixture has them"
        equal("shard", what, found, documents)
        found = written.counts.get(f"{kind}.tokens", 0)
        equal("shard", f"tokens in the {kind} shards and encoded, with one end of document each", found, tokens)
