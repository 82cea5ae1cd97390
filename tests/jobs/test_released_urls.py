"""The column of addresses in a release, and the keys that a later release knows pages by."""

from pathlib import Path

import pyarrow as pa

from corpus.duplicates import addresses
from corpus.stages.decide import VERDICTS
from corpus.stages.dedup import CLUSTERS
from corpus.stages.ingest import DOCUMENTS
from corpus.store.table import Table, write_whole
from corpus.texts.kept import Kept
from corpus.texts.pii_policy import Policy
from jobs.stages.release import ReleasePart


def test_addresses_are_redacted_and_counted(tmp_path: Path) -> None:
    urls = ["https://x.org/?email=jane@mail.com", "https://x.org/a", None]
    empty = dict.fromkeys(DOCUMENTS.names)
    rows = [
        {**empty, **_filled(), "id": str(i), "source": "s", "url": url, "text": f"text {i}"}
        for i, url in enumerate(urls)
    ]
    ids = [row["id"] for row in rows]
    verdicts = [{"id": i, "source": "s", "language": "eng_Latn", "kept": True, "reasons": []} for i in ids]
    clusters = [{"id": i, "outcome": "kept", "size": 1, "restricted": False} for i in ids]

    def written(name: str, given: list[dict[str, object]], schema: pa.Schema) -> Table:
        entry = write_whole(str(tmp_path), name, "part-0", pa.Table.from_pylist(given, schema=schema))
        return Table(folder=str(tmp_path), name=name, files=(entry,))

    release = ReleasePart(
        folder=str(tmp_path),
        documents=written("documents", rows, DOCUMENTS),
        verdicts=written("verdicts", verdicts, VERDICTS),
        kept=Kept(clusters=written("clusters", clusters, CLUSTERS)),
        cuts=(),
        policy=Policy(),
        cleaning=(),
    )
    [receipt] = release(0).values()
    corpus = Table(folder=str(tmp_path), name="corpus", files=tuple(receipt.files["corpus"]))
    assert corpus.read(0, ["url"]).column("url").to_pylist() == ["https://x.org/?email=PI:EMAIL", *urls[1:]]
    assert receipt.counts["urls_redacted"] == 1
    assert addresses.key(urls[0]) != addresses.key("https://x.org/?email=PI:EMAIL")


def _filled() -> dict[str, object]:
    """Values for columns that may not be null."""
    values: dict[str, object] = {}
    for field in DOCUMENTS:
        if not field.nullable:
            values[field.name] = (
                "" if pa.types.is_string(field.type) else False if pa.types.is_boolean(field.type) else 0
            )
    return values
