"""The proof finds what is planted back, wherever it is; what else holds it is named, and goes on request."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.planning import finished
from corpus.stages.bm25 import BM25
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.store import releases
from corpus.textindex import blocks
from corpus.tombstones import ledger
from tests.conftest import Gristmill
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw
from tests.withdraw.whole import asked

pytestmark = pytest.mark.timeout(600)

PAGE, SPAN = asked(url="https://www.site3.example.org/p/3"), asked(span=whole.SECRET)
MAIL = asked(identifier="jane.roe@mill-post.net")


def ids(root: Path) -> dict[str, str]:
    table = finished.open_release(str(root))[INGEST].table("documents")
    rows = [one for part in range(table.parts) for one in table.read(part, ["locator", "id"]).to_pylist()]
    return {one["locator"]: one["id"] for one in rows}


def prove(gristmill: Gristmill, folder: Path) -> tuple[int, str]:
    done = gristmill("verify", folder / "out", "--withdrawn", "--requests", folder / "requests.jsonl")
    return done.returncode, done.stdout + done.stderr


def plant(path: Path, column: str, value: object) -> None:
    """Put a value into the first row of a column of a Parquet file, whatever its manifest says of the file."""
    table = pq.read_table(path)
    own = pa.array([value, *table.column(column).to_pylist()[1:]], table.schema.field(column).type)
    table = table.set_column(table.schema.get_field_index(column), table.schema.field(column), own)
    size = path.stat().st_size
    pq.write_table(table, path, compression="none", use_dictionary=False)
    manifest = path.parents[1] / "manifest.json"
    raw = json.loads(manifest.read_bytes())
    for entry in raw["tables"][path.parent.name]:
        if entry["name"] == path.name:
            assert entry["bytes"] == size
            entry["bytes"] = path.stat().st_size
    manifest.write_text(json.dumps(raw), "utf-8")


@pytest.fixture
def withdrawn(release: Path, withdraw: Withdraw) -> tuple[Path, dict[str, str]]:
    """A folder from whose root two documents were withdrawn, and the ids as they were."""
    before = ids(release / "out")
    withdraw(release, PAGE, SPAN, MAIL)
    return release, before


def part_of(folder: Path, stage: str, table: str) -> Path:
    built = finished.open_release(str(folder / "out")).stages[stage]
    entry = max(built.manifest.tables[table], key=lambda one: one.rows)
    path = Path(built.folder) / table / entry.name
    data = path.read_bytes()
    path.unlink()  # it may be linked, and the other folder's stays as it is
    path.write_bytes(data)
    return path


def test_a_release_without_what_was_withdrawn_is_proven(
    withdrawn: tuple[Path, dict[str, str]], gristmill: Gristmill
) -> None:
    code, said = prove(gristmill, withdrawn[0])
    assert code == 0, said
    assert "withdrawn  ok      4 documents, in" in said
    assert "other folders hold them still" in said


def test_others_know_what_was_withdrawn(withdrawn: tuple[Path, dict[str, str]], gristmill: Gristmill) -> None:
    folder, _ = withdrawn
    entries = ledger.read(str(folder / "out")).entries
    count = sum(entry.documents for entry in entries)
    found = gristmill("find", folder / "out", "--dropped-by", "withdrawn", "--format", "jsonl")
    assert (found.returncode, len(found.stdout.splitlines())) == (0, count)
    sheet = folder / "sheet"
    assert gristmill("datasheet", folder / "out", "--to", sheet).returncode == 0
    assert f"Withdrawals: {len(entries)}, of {count} documents" in (sheet / "eu.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("stage", "table", "column", "what"),
    [
        ("dedup", "clusters", "kept_id", "id"),
        ("index", "index", "id", "id"),
        ("decide", "verdicts", "id", "id"),
        ("release", "corpus", "text", "text"),
        ("ingest", "documents", "text", "text"),
        ("ingest", "documents", "text", "span"),
    ],
)
def test_what_is_planted_back_into_a_table_is_found(
    withdrawn: tuple[Path, dict[str, str]], gristmill: Gristmill, stage: str, table: str, column: str, what: str
) -> None:
    folder, before = withdrawn
    value = {"id": before["page-3"], "text": f"{whole.LINE}\n{whole.text(3)}", "span": f"x {whole.SECRET} y"}[what]
    path = part_of(folder, stage, table)
    plant(path, column, value)
    code, said = prove(gristmill, folder)
    assert code == 1
    assert str(path.name) in said
    wanted = {"id": "the id of a withdrawn document", "text": "a withdrawn text", "span": "the words of request 1"}
    assert wanted[what] in said


def test_what_is_planted_back_into_a_shard_or_a_page_is_found(
    withdrawn: tuple[Path, dict[str, str]], gristmill: Gristmill
) -> None:
    folder, before = withdrawn
    page = folder / "out" / "report" / "pairs.csv"
    page.write_text(page.read_text("utf-8") + f"1,near,1,0.9,{before['near']},x,,,,\n", "utf-8")
    now = finished.open_release(str(folder / "out")).stages["shard"]
    olds = [one for one in (folder / "out" / "shard").iterdir() if str(one) != now.folder]
    assert len(olds) == 1
    changed = [
        entry.name
        for entry in now.manifest.tables["megatron"]
        if entry.name.endswith("_text_document.bin")
        and (olds[0] / "megatron" / entry.name).stat().st_ino
        != (Path(now.folder) / "megatron" / entry.name).stat().st_ino
    ]
    for ending in (".bin", ".idx"):
        name = changed[0].removesuffix(".bin") + ending
        (Path(now.folder) / "megatron" / name).write_bytes((olds[0] / "megatron" / name).read_bytes())
    manifest = Path(now.folder) / "manifest.json"
    raw = json.loads(manifest.read_bytes())
    for entry in raw["tables"]["megatron"]:
        entry["bytes"] = (Path(now.folder) / "megatron" / entry["name"]).stat().st_size
    manifest.write_text(json.dumps(raw), "utf-8")
    code, said = prove(gristmill, folder)
    assert code == 1
    assert f"{page}: the id of a withdrawn document" in said
    assert f"{changed[0]}: " in said


def test_what_is_planted_back_into_the_index_of_texts_is_found(
    withdrawn: tuple[Path, dict[str, str]], gristmill: Gristmill
) -> None:
    folder, _ = withdrawn
    now = finished.open_release(str(folder / "out")).stages["textindex"]
    assert gristmill("search", folder / "out", whole.text(5)[:40]).stdout
    assert " 0 " in gristmill("search", folder / "out", whole.SECRET).stdout
    place = next(n for n, entry in enumerate(now.manifest.tables["blocks"]) if entry.rows)
    entry = now.manifest.tables["blocks"][place]
    made = blocks.write(now.folder, place, blocks.cut([[f"x {whole.SECRET} y".encode()]], 1 << 20))
    path = Path(now.folder) / "blocks" / entry.name
    (path.parent / made.name).replace(path)
    manifest = Path(now.folder) / "manifest.json"
    raw = json.loads(manifest.read_bytes())
    raw["tables"]["blocks"][place]["bytes"] = made.bytes
    manifest.write_text(json.dumps(raw), "utf-8")
    code, said = prove(gristmill, folder)
    assert code == 1
    assert f"{path}: the words of request 1" in said


def test_an_index_of_passages_that_was_not_patched_is_found(
    withdrawn: tuple[Path, dict[str, str]], gristmill: Gristmill
) -> None:
    folder, _ = withdrawn
    root = folder / "out"
    now = Path(finished.open_release(str(root)).stages[BM25.name].folder)
    old = next(path for path in (root / BM25.name).iterdir() if path.name != now.name)
    own, before = (json.loads((path / "manifest.json").read_bytes()) for path in (now, old))
    pairs = zip(own["tables"]["blocks"], before["tables"]["blocks"], strict=True)
    changed = [place for place, (new, was) in enumerate(pairs) if new["sha256"] != was["sha256"]]
    assert changed
    assert own["counts"]["documents"] < before["counts"]["documents"]
    assert own["counts"]["passages"] < before["counts"]["passages"]
    done = gristmill("search", root, whole.SECRET, "--ranked", "-n", 3)
    assert done.returncode == 0
    assert "third" not in done.stdout
    entry = before["tables"]["blocks"][changed[0]]
    (now / "blocks" / entry["name"]).write_bytes((old / "blocks" / entry["name"]).read_bytes())
    own["tables"]["blocks"][changed[0]] = entry
    (now / "manifest.json").write_text(json.dumps(own), "utf-8")
    code, said = prove(gristmill, folder)
    assert code == 1
    assert f"part {changed[0]} of the index: the block at row 0 is not that of the corpus's texts" in said


def test_folders_and_names_that_hold_it_are_named_then_removed(
    release: Path, withdraw: Withdraw, gristmill: Gristmill, tmp_path: Path
) -> None:
    root = release / "out"
    assert gristmill("tag", root, "v1").returncode == 0
    before = releases.mark(releases.stages(str(root)))
    old = {root / stage / mark for stage, mark in releases.places(str(root))}
    outputs = {path.name for path in (root / "latest").iterdir()}
    assert "signals.language" in outputs  # 16 characters, as a fingerprint has
    said = withdraw(release, PAGE, SPAN)
    assert "--purge --yes removes them, which takes the releases v1 away" in said
    file = release / "requests.jsonl"
    done = gristmill("withdraw", root, file, "--certificate", tmp_path / "c")
    assert done.returncode == 0, done.stderr
    facts = json.loads((tmp_path / "c" / "request-1.json").read_bytes())
    assert facts["held_by"] == sorted(f"{path.parent.name}/{path.name}" for path in old)
    assert facts["state"] == f"withdrawn from the release; {len(old)} folders of earlier runs hold it still"
    assert (facts["documents"], facts["copies"], facts["release_before"]) == (1, 1, before)

    done = gristmill("withdraw", root, file, "--yes", "--purge", "--certificate", tmp_path / "c")
    assert done.returncode == 0, done.stderr
    assert not any(path.exists() for path in old)
    assert {path.name for path in (root / "latest").iterdir() if any(path.iterdir())} == outputs
    assert releases.named(str(root)) == {}
    assert " 0 built" in gristmill("plan", release / "whole.toml", "--root", root).stdout
    assert gristmill("verify", root).returncode == 0
    code, said = prove(gristmill, release)
    assert (code, "other folders" in said) == (0, False)
    facts = json.loads((tmp_path / "c" / "request-1.json").read_bytes())
    assert (facts["held_by"], facts["state"]) == ([], "withdrawn from the release, and from every folder of this root")
    page = (tmp_path / "c" / "request-2.html").read_text("utf-8")
    assert whole.SECRET not in page
    assert facts["request"] in (tmp_path / "c" / "request-1.html").read_text("utf-8")
    assert "the tokenizer, train" in page


def test_trace_says_which_releases_and_tokens_held_it(
    release: Path, withdraw: Withdraw, gristmill: Gristmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = release / "out"
    own = ids(root)["page-3"]
    assert gristmill("tag", root, "v1").returncode == 0
    before = gristmill("trace", root, "--id", own).stdout
    places = [line.removeprefix("tokens     ") for line in before.splitlines() if line.startswith("tokens ")]
    withdraw(release, SPAN)
    withdraw(release, PAGE)
    said = gristmill("trace", root, "--id", own).stdout
    assert "withdrawn  by withdrawal 2: asked for by url (author, copyright, 2026-08-02)" in said
    for name in ("before withdrawal 2", "before withdrawal 1", "release v1"):
        assert f"held       {name} (" in said
    assert [line for line in said.splitlines() if line.startswith("tokens ")] == [
        "tokens     none: the document is in no shard"
    ]
    own_places = [line.removeprefix("  tokens   ") for line in said.splitlines() if line.startswith("  tokens ")]
    assert own_places[-len(places) :] == places  # of v1, and as many of the release before the first withdrawal
    assert "www.site3" not in said
    monkeypatch.delenv("GRISTMILL_WITHDRAWAL_KEY")
    assert gristmill("trace", root, "--id", own).returncode == 2  # only the key leads from an id to its stand-in


def test_a_sheet_that_somebody_has_judged_loses_the_rows_of_what_goes(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    sheet = release / "out" / "report" / "pairs.csv"
    head, *rows = sheet.read_text("utf-8").splitlines()
    own = ids(release / "out")
    mine = [row for row in rows if own["near"] in row]
    assert mine
    assert head.split(",")[-2] == "verdict"
    judged = [",".join([*row.split(",")[:-2], "yes", row.split(",")[-1]]) for row in rows]
    sheet.write_text("\n".join([head, *judged]) + "\n", "utf-8")
    page = release / "out" / "report" / "notes.html"
    page.write_text(f"<p>{own['page-3']}</p>", "utf-8")
    said = withdraw(release, PAGE)
    assert f"{sheet}: {len(mine)} rows named withdrawn documents and are taken out" in said
    assert sheet.read_text("utf-8").splitlines() == [
        head,
        *(one for row, one in zip(rows, judged, strict=True) if row not in mine),
    ]
    assert not page.exists()
    assert prove(gristmill, release)[0] == 0


def test_the_report_is_written_anew(withdrawn: tuple[Path, dict[str, str]]) -> None:
    folder, before = withdrawn
    release = finished.open_release(str(folder / "out"))
    facts = json.loads((Path(release[REPORT].folder) / "report" / "facts.json").read_bytes())
    assert facts["stages"]["release"] == release[RELEASE].fingerprint
    assert before["page-3"] not in (Path(release[REPORT].folder) / "report" / "index.html").read_text("utf-8")
