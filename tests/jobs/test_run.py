"""The main job from end to end: same bytes whatever happens, nothing built twice, every document accounted for."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from corpus.store import table
from corpus.texts.kept import Kept
from corpus.texts.pii_policy import Policy, Rule
from filters.arrow import strings
from jobs.stages.release import ReleasePart
from tests.conftest import ROOT, Gristmill, tree, write_recipe

STAGES = (
    "ingest",
    "signals.length",
    "decide",
    "pairs",
    "dedup",
    "release",
    "train",
    "fertility",
    "encode",
    "shard",
    "report",
)


def manifests(root: Path) -> dict[str, dict[str, object]]:
    return {path.parts[-3]: orjson.loads(path.read_bytes()) for path in root.rglob("manifest.json")}


def test_run_on_one_core_gives_the_same_bytes_as_on_two(finished: Path, tmp_path: Path, process: Gristmill) -> None:
    done = process("run", finished / "tiny.toml", "--root", tmp_path / "one", "--cores", "1")
    assert done.returncode == 0, done.stderr
    one, two = tree(tmp_path / "one"), tree(finished / "out")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_second_run_builds_nothing_and_starts_no_jvm(finished: Path, copied: Path, process: Gristmill) -> None:
    memory = (
        copied / "inputs.json"
    )  # digests of files that had changed just before the first run are kept by the second
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*.json") if path != memory}
    done = process("run", finished / "tiny.toml", "--root", copied, JAVA_HOME="/nowhere")
    assert done.returncode == 0, done.stderr
    assert (
        "reused: ingest, measure, decide, pairs, dedup, release, train, fertility, encode, shard, report" in done.stdout
    )
    assert {path: path.stat().st_mtime_ns for path in before} == before


def spoil_text(root: Path) -> None:
    """Overwrite the text column of every documents part, so that whoever reads it fails; sizes and rows stay."""
    for path in root.glob("ingest/*/documents/*.parquet"):
        metadata = pq.read_metadata(path)
        column = metadata.schema.names.index("text")
        data = bytearray(path.read_bytes())
        for group in range(metadata.num_row_groups):
            chunk = metadata.row_group(group).column(column)
            start = chunk.dictionary_page_offset or chunk.data_page_offset
            data[start : start + chunk.total_compressed_size] = b"\xaa" * chunk.total_compressed_size
        path.write_bytes(data)


def test_threshold_moved_rebuilds_from_decide_on_and_reads_no_text(
    copied: Path, tmp_path: Path, gristmill: Gristmill
) -> None:
    intact = tmp_path / "intact"
    shutil.copytree(copied, intact, symlinks=True)
    spoil_text(copied)
    moved = write_recipe(tmp_path, min_words=150)
    plan = gristmill("plan", moved, "--root", copied).stdout
    assert "length.base.min_words: 12 -> 150" in plan
    built = re.findall(r"^build +(\S+)", plan, re.MULTILINE)
    assert built == ["decide", "dedup", "release", "train", "fertility", "encode", "shard", "report"]
    done = gristmill("run", moved, "--root", copied, "--until", "dedup", "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert "reused: ingest, measure, pairs" in done.stdout
    spoiled = gristmill("run", moved, "--root", copied, "--cores", "2")
    assert spoiled.returncode == 1  # release is the first to read text, and finds it spoiled
    assert len(spoiled.stderr.strip().splitlines()) == 1, spoiled.stderr
    shutil.copytree(intact / "ingest", copied / "ingest", dirs_exist_ok=True)
    whole = gristmill("run", moved, "--root", copied, "--cores", "2")
    assert whole.returncode == 0, whole.stderr
    counts = [orjson.loads(path.read_bytes())["counts"] for path in copied.glob("dedup/*/manifest.json")]
    assert len(counts) == 2
    assert counts[0]["kept"] != counts[1]["kept"]


def kill_when(root: Path, stage: str, recipe: Path) -> bool:
    """Start a run, kill all its processes in the middle of a stage; whether it was still running."""
    before = STAGES[STAGES.index(stage) - 1] if stage != "ingest" else None
    command = [sys.executable, "-m", "jobs", "run", str(recipe), "--root", str(root), "--cores", "2"]
    process = subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    reached = None
    while process.poll() is None:
        folders = list(root.glob(f"{stage}/*"))
        started = bool(list(root.glob(f"{before}/*/manifest.json"))) if before else bool(folders)
        partly = any(list(folder.rglob("*.json")) or list(folder.rglob("*.parquet")) for folder in folders)
        if started and reached is None:
            reached = time.monotonic()
        # As soon as the stage has written something, or a second into it, for stages that write all at once.
        if reached and (partly or time.monotonic() - reached > 1.0):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.01)
    return False


@pytest.mark.timeout(900)
def test_run_killed_in_every_stage_goes_on_and_ends_in_the_same_bytes(
    finished: Path, tmp_path: Path, process: Gristmill
) -> None:
    root = tmp_path / "killed"
    killed = [stage for stage in STAGES if kill_when(root, stage, finished / "tiny.toml")]
    assert killed == list(STAGES)
    done = process("run", finished / "tiny.toml", "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stderr
    after, whole = tree(root), tree(finished / "out")
    assert after.keys() == whole.keys()  # nothing half-written is left either
    assert [name for name in whole if after[name] != whole[name]] == []


def test_every_stage_balances_with_the_one_before(finished: Path) -> None:
    found = manifests(finished / "out")
    stages = ("ingest", "decide", "dedup", "release", "encode", "shard")
    counts: dict[str, Any] = {stage: found[stage]["counts"] for stage in stages}
    ingest, decide, dedup = counts["ingest"], counts["decide"], counts["dedup"]
    assert ingest["records"] == ingest["documents"] + ingest["rejects"] == 259
    assert ingest["rejects"] == 2
    assert decide["kept"] + decide["dropped"] == ingest["documents"]
    assert dedup["kept"] + dedup["exact"] + dedup["near"] == decide["kept"]
    assert dedup["filtered"] == decide["dropped"] > 0
    assert counts["release"]["documents"] == dedup["kept"] == counts["encode"]["documents"]
    assert counts["shard"]["megatron.documents"] == counts["shard"]["arrow.documents"] == dedup["kept"]
    assert counts["shard"]["megatron.tokens"] == counts["encode"]["tokens"] + counts["encode"]["documents"]


def test_document_lost_between_stages_stops_the_run(copied: Path, finished: Path, process: Gristmill) -> None:
    """A verdicts part and its manifest are made to agree on one document fewer: dedup must not go on."""
    folder = next(copied.glob("decide/*"))
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    entry = manifest["tables"]["verdicts"][0]
    path = folder / "verdicts" / entry["name"]
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    entry |= {"rows": table.num_rows - 1, "bytes": path.stat().st_size}
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    for stage in ("dedup", "release", "train", "encode", "shard", "report"):
        shutil.rmtree(copied / stage)
    done = process("run", finished / "tiny.toml", "--root", copied, "--cores", "2")
    assert done.returncode == 1
    assert "rows of verdicts and of documents in part 0" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(copied.glob("dedup/*/manifest.json"))


def test_count_that_does_not_balance_publishes_no_manifest(copied: Path, finished: Path, gristmill: Gristmill) -> None:
    """A receipt that claims one document more than was written."""
    folder = next(copied.glob("release/*"))
    (folder / "manifest.json").unlink()
    receipt = next(folder.glob("receipts/parts/*.json"))
    raw = orjson.loads(receipt.read_bytes())
    raw["counts"]["spans"] += 1
    receipt.write_bytes(orjson.dumps(raw))
    done = gristmill("run", finished / "tiny.toml", "--root", copied, "--cores", "2", "--until", "release")
    assert done.returncode == 1
    assert "release: spans in the ledger" in done.stderr
    assert not (folder / "manifest.json").exists()


def test_near_duplicates_keep_evidence_and_redaction_keeps_no_value(finished: Path, gristmill: Gristmill) -> None:
    documents = pq.read_table(next((finished / "out").glob("ingest/*/documents")))
    ids = dict(zip(strings(documents["locator"]), strings(documents["id"]), strict=True))
    shown = gristmill("show", finished / "tiny.toml", ids["ask-again"][:12], "--root", finished / "out").stdout
    other = gristmill("show", finished / "tiny.toml", ids["ask"][:12], "--root", finished / "out").stdout
    assert "duplicate of" in shown + other
    assert "stands for 2 documents" in shown + other
    everything = b"".join(data for name, data in tree(finished / "out").items() if not name.startswith("ingest"))
    for value in ("jane.roe@", "30 901820", "DE89 3704", "@mill-post.net", "a key that tests alone know"):
        assert value.encode() not in everything
        assert value not in shown + other
    for kind in ("EMAIL", "PHONE", "IBAN"):
        assert f"PI:{kind}" in shown


def test_redactions_are_a_ledger_and_what_they_made_equal_is_counted(finished: Path) -> None:
    spans = pq.read_table(next((finished / "out").glob("release/*/redactions"))).to_pylist()
    corpus = pq.read_table(next((finished / "out").glob("release/*/corpus"))).to_pylist()
    released = {row["id"]: row for row in corpus}
    for id_ in {span["id"] for span in spans}:
        assert released[id_]["redactions"] == sum(span["id"] == id_ for span in spans)
        assert released[id_]["redacted"]
    by_kind = {kind: {s["digest"] for s in spans if s["kind"] == kind} for kind in ("EMAIL", "IBAN")}
    assert len(by_kind["EMAIL"]) >= 3  # another value, another digest
    assert len(by_kind["IBAN"]) == 1
    equal = [row for row in corpus if "The miller of the upper valley" in row["text"]]
    assert len(equal) == 2
    assert equal[0]["content"] == equal[1]["content"]
    facts = orjson.loads(next((finished / "out").rglob("facts.json")).read_bytes())
    assert facts["redacted_equal"] == 2


def test_document_that_the_policy_drops_is_in_the_ledger_and_not_in_the_corpus(finished: Path, tmp_path: Path) -> None:
    def of(stage: str, name: str) -> table.Table:
        return table.of(str(next((finished / "out" / stage).iterdir())), name)

    task = ReleasePart(
        folder=str(tmp_path),
        documents=of("ingest", "documents"),
        verdicts=of("decide", "verdicts"),
        kept=Kept(clusters=of("dedup", "clusters")),
        cuts=(),
        policy=Policy(rules=(Rule(action="drop", kinds=("IBAN",)),)),
        cleaning=(),
    )
    dropped = spans = 0
    for part in range(task.documents.parts):
        (receipt,) = task(part).values()
        dropped += receipt.counts["pii_dropped"]
        found = pq.read_table(sorted((tmp_path / "redactions").glob(f"part-{part:05d}*"))[0]).to_pylist()
        spans += sum(span["action"] == "drop" for span in found)
        for row in pq.read_table(sorted((tmp_path / "corpus").glob(f"part-{part:05d}*"))[0]).to_pylist():
            assert "PI:IBAN" not in row["text"]
    assert dropped == spans == 1
