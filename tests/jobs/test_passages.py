"""Passages: the runs of a brute force whatever the engine and its partitions, and the verdicts that follow."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.duplicates.passages import Passages
from corpus.stages.columns import CUTS
from corpus.stages.decide import VERDICTS
from corpus.stages.dedup import CLUSTERS
from corpus.stages.ingest import DOCUMENTS
from corpus.stages.passages import PASSAGES
from corpus.store import receipts as reading
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from corpus.texts import cuts
from corpus.texts.kept import Kept
from corpus.texts.pii_policy import Policy
from filters.arrow import strings
from jobs.alike.shared_windows import Compared
from jobs.stages import passages
from jobs.stages.passages import WritePassages
from jobs.stages.release import ReleasePart
from tests.conftest import Gristmill
from tests.filters import oracle
from tests.sessions import SPARK, Shared
from tests.stages import job_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = 8
CHANCE = random.Random(3)
MOTHER = [f"w{i}" + ("." if i % 5 == 4 else "") + ("\n" if i % 15 == 14 else " ") for i in range(150)]


def document() -> str:
    """Slices of one text between words of its own."""
    pieces = []
    for _ in range(CHANCE.randint(0, 3)):
        pieces.append("".join(f"x{CHANCE.randrange(10**9)}. " for _ in range(CHANCE.randint(0, 9))))
        first = CHANCE.randrange(140)
        pieces.append("".join(MOTHER[first : first + CHANCE.randint(2, 60)]))
    return "".join(pieces)


TEXTS = [document() for _ in range(60)]
IDS = [f"{CHANCE.getrandbits(128):032x}" for _ in TEXTS]
SOURCES = [f"s{i % 3}" for i in range(len(TEXTS))]
KEPT = [i % 7 != 0 for i in range(len(TEXTS))]


class Shuffling(Shared):
    """A session whose shuffles have a number of partitions that the test says."""

    partitions = 1

    def shuffle_for(self, _: int) -> "SparkSession":
        self.spark.conf.set("spark.sql.shuffle.partitions", str(self.partitions))
        return self.spark


@pytest.fixture(scope="module", params=["pool", "spark"])
def session(request: pytest.FixtureRequest) -> Shuffling:
    return Shuffling(2, chosen=SPARK if request.param == "spark" else None)


def tables(folder: Path, sizes: Sequence[int]) -> tuple[Table, Table, Table]:
    """Documents, verdicts and clusters in parts of these sizes."""
    rows: dict[str, list[dict[str, Any]]] = {
        "documents": [
            {"id": i, "source": s, "locator": "", "file": "", "offset": 0, "text": t}
            for i, s, t in zip(IDS, SOURCES, TEXTS, strict=True)
        ],
        "verdicts": [
            {"id": i, "source": s, "language": "eng_Latn", "kept": k, "reasons": []}
            for i, s, k in zip(IDS, SOURCES, KEPT, strict=True)
        ],
        "clusters": [
            {"id": i, "outcome": "kept" if k else "filtered", "size": int(k), "restricted": False}
            for i, k in zip(IDS, KEPT, strict=True)
        ],
    }
    found: dict[str, Table] = {}
    for name, schema in (("documents", DOCUMENTS), ("verdicts", VERDICTS), ("clusters", CLUSTERS)):
        files, first = [], 0
        for part, size in enumerate(sizes):
            piece = pa.Table.from_pylist(rows[name][first : first + size], schema=schema)
            files.append(write_whole(str(folder), name, f"part-{part}", piece))
            first += size
        found[name] = Table(folder=str(folder), name=name, files=tuple(files))
    return found["documents"], found["verdicts"], found["clusters"]


def stage(
    session: Shuffling,
    folder: Path,
    sizes: Sequence[int],
    partitions: int,
    table: Passages,
    before: tuple[Table, ...] = (),
) -> tuple[list[Receipt], dict[str, list[dict[str, Any]]]]:
    """Receipts, and the rows of both tables with part and row in `documents` replaced by the place in TEXTS."""
    documents, verdicts, clusters = tables(folder, sizes)
    source = Compared(documents=documents, kept=Kept(clusters=clusters), before=before, table=table)
    session.partitions = partitions
    job = job_of(PASSAGES, table, folder, [], session)
    passages.write(job, source, WritePassages(folder=str(folder), source=source, verdicts=verdicts))
    if not session.pooled:
        assert session.spark.conf.get("spark.sql.shuffle.partitions") == str(partitions)
    receipts = list(reading.complete(str(folder)))
    found: dict[str, list[dict[str, Any]]] = {"cuts": [], "passages": []}
    for part, size in enumerate(sizes):
        for name, rows_so_far in found.items():
            [entry] = receipts[part].files[name]
            rows_so_far.extend(pq.read_table(folder / name / entry.name).to_pylist())
        assert receipts[part].counts["kept"] + receipts[part].counts["dropped"] == sum(KEPT[sum(sizes[:part]) :][:size])
    for cut in found["cuts"]:
        cut["row"] = IDS.index(cut["id"])
    return receipts, found


def released(found: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Texts by id."""
    spans = pa.Table.from_pylist(found["cuts"], schema=CUTS)
    texts = strings(cuts.apply(pa.array(TEXTS), np.arange(len(TEXTS)), [spans])[0])
    gone = {fate["id"] for fate in found["passages"] if fate["dropped"]}
    return {i: t for i, t, kept in zip(IDS, texts, KEPT, strict=True) if kept and i not in gone}


def has(text: str, words: list[str]) -> bool:
    own = oracle.words(text)
    return any(own[i : i + len(words)] == words for i in range(len(own) - len(words) + 1))


def test_cuts_are_the_same_however_documents_are_parted_and_shuffled(session: Shuffling, tmp_path: Path) -> None:
    table = Passages(min_tokens=T)
    _, one = stage(session, tmp_path / "one", [60], 1, table)
    _, many = stage(session, tmp_path / "many", [7, 0, 21, 2, 30], 5, table)
    assert one == many
    assert len(one["cuts"]) > 30
    texts = released(one)
    for cut in one["cuts"]:
        assert cut["of_id"] < cut["id"]
        assert has(texts[cut["of_id"]], oracle.words(TEXTS[cut["row"]][cut["start"] : cut["end"]]))
    # Nothing that could be cut is left: a whole line of the mother text stands once, or where others' passages do.
    lines = ["".join(MOTHER[i : i + 15]) for i in range(0, 150, 15)]
    before = sum(TEXTS[i].count(line) for i in range(60) if KEPT[i] for line in lines)
    after = sum(text.count(line) for text in texts.values() for line in lines)
    assert after < before / 2


def test_what_an_earlier_stage_cut_is_no_part_of_a_passage(session: Shuffling, tmp_path: Path) -> None:
    """Of every third document each second line is gone before: what is cut stands in what is left of its holder."""
    spans = []
    for row in range(0, 60, 3):
        place = 0
        for number, line in enumerate(TEXTS[row].splitlines(keepends=True)):
            if number % 2:
                spans.append({"id": IDS[row], "row": row, "start": place, "end": place + len(line), "rule": "lines.x"})
            place += len(line)
    lines = pa.Table.from_pylist([{**span, "count": 2} for span in spans], schema=CUTS)
    entry = write_whole(str(tmp_path), "lines", "part-0", lines)
    before = (Table(folder=str(tmp_path), name="lines", files=(entry,)),)
    _, found = stage(session, tmp_path, [60], 2, Passages(min_tokens=T), before)
    texts = released({"cuts": [*found["cuts"], *spans], "passages": found["passages"]})
    assert len(found["cuts"]) > 20
    for cut in found["cuts"]:
        inside = [span for span in spans if span["row"] == cut["row"] and cut["start"] <= span["start"] < cut["end"]]
        pieces = [cut["start"], *(place for span in inside for place in (span["start"], span["end"])), cut["end"]]
        own = "".join(TEXTS[cut["row"]][a:b] for a, b in zip(pieces[::2], pieces[1::2], strict=True))
        assert has(texts[cut["of_id"]], oracle.words(own))


def test_scope_of_a_source_compares_within_it_alone_and_sources_not_named_are_left_alone(
    session: Shuffling, tmp_path: Path
) -> None:
    table = Passages(min_tokens=T, scope="source", sources=("s0", "s2"))
    _, found = stage(session, tmp_path, [20, 40], 3, table)
    pairs = {(SOURCES[cut["row"]], SOURCES[IDS.index(cut["of_id"])]) for cut in found["cuts"]}
    assert pairs == {("s0", "s0"), ("s2", "s2")}


def test_drop_leaves_every_passage_that_it_counts_in_a_document_that_stays(session: Shuffling, tmp_path: Path) -> None:
    table = Passages(min_tokens=T, policy="drop", max_share=0.4)
    receipts, found = stage(session, tmp_path, [33, 27], 3, table)
    gone = {fate["id"] for fate in found["passages"] if fate["dropped"]}
    assert gone
    assert sum(receipt.counts["dropped"] for receipt in receipts) == len(gone)
    assert {cut["id"] for cut in found["cuts"]} <= gone
    for cut in found["cuts"]:
        assert cut["of_id"] not in gone
        holder = TEXTS[IDS.index(cut["of_id"])]
        assert has(holder, oracle.words(TEXTS[cut["row"]][cut["start"] : cut["end"]]))
    shares = {fate["id"]: fate["share"] for fate in found["passages"]}
    assert all(shares[i] > 0.4 for i in gone)
    documents, verdicts, clusters = tables(tmp_path / "again", [33, 27])
    own = {n: tuple(receipt.files[n][0] for receipt in receipts) for n in ("cuts", "passages")}
    release = ReleasePart(
        folder=str(tmp_path / "out"),
        documents=documents,
        verdicts=verdicts,
        kept=Kept(clusters=clusters, passages=Table(folder=str(tmp_path), name="passages", files=own["passages"])),
        cuts=(Table(folder=str(tmp_path), name="cuts", files=own["cuts"]),),
        policy=Policy(),
        cleaning=(),
    )
    corpus = [release(part)[release.folder].files["corpus"][0].name for part in range(2)]
    texts = pa.concat_tables([pq.read_table(tmp_path / "out" / "corpus" / name) for name in corpus]).to_pylist()
    assert {row["id"] for row in texts} == {i for i, kept in zip(IDS, KEPT, strict=True) if kept} - gone
    assert not any(row["cleaned"] for row in texts)
    assert pa.Table.from_pylist(found["cuts"], schema=CUTS).num_rows


FOOTER = " ".join(f"footer{i}" for i in range(60))


def test_recipe_with_passages_releases_a_footer_once_and_tells_it(tmp_path: Path, gristmill: Gristmill) -> None:
    pages = [" ".join(f"own{i}x{j}" for j in range(80)) + f".\n{FOOTER}.\nPage {i} ends.\n" for i in range(12)]
    lines = [orjson.dumps({"text": text}) for text in (*pages, FOOTER.upper() + "!\n")]
    (tmp_path / "pages.jsonl").write_bytes(b"\n".join(lines))
    path = tmp_path / "r.toml"
    tables = '[[sources]]\nname = "pages"\npath = "pages.jsonl"\n[ingest]\npart_bytes = 3000\n[passages]\n'
    path.write_text(tables + "[tokenizer]\nvocab_size = 400\n", "utf-8")
    out = tmp_path / "out"
    done = gristmill("run", path, "--root", out, "--cores", "2")
    assert done.returncode == 0, done.stderr
    texts = strings(pq.read_table(next(out.glob("release/*/corpus")))["text"])
    spans = pq.read_table(next(out.glob("passages/*/cuts"))).to_pylist()
    assert sum(text.lower().count(FOOTER) for text in texts) == 1
    # Behind the footer all but one go on with "page": the count is of the documents that have all windows of a run.
    assert {cut["count"] for cut in spans} <= {12, 13}
    assert len(spans) == 12
    facts = orjson.loads((next(out.glob("report/*/report")) / "facts.json").read_bytes())["passages"]
    assert facts["cuts"] == 12
    page = (out / "report" / "index.html").read_text("utf-8")
    assert "documents have it" in page
    shown = gristmill("show", path, spans[0]["id"], "--root", out).stdout
    assert f"documents have; {spans[0]['of_id']} keeps them" in shown
    assert "footer7" not in shown.lower()
