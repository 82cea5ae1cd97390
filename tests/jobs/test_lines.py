"""Stage `lines` on Spark: the cuts do not depend on parts or cores, and release applies all of them."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import LedgerError
from corpus.planning.opening import open_plan
from corpus.stages.balance import Ledger
from corpus.stages.lines import LINES
from corpus.stages.release import RELEASE, Released
from tests.conftest import Gristmill
from tests.stages import manifest_of
from tests.stages import rows as parts

RECIPE = """
seed = 1

[[sources]]
name = "pages"
path = "{folder}/pages.jsonl"

[[sources]]
name = "other"
path = "{folder}/other.jsonl"

[[lines]]
rule = "keep-first"
max_words = 3

[[lines]]
rule = "keep-none-above"
max_documents = 2
"""
MENU, NOTICE = "Home pages and_more", "All rights are reserved by the people of the mill"
GRAIN = "Sack {0} holds {0}{0} pounds of rye from field {0}, ground on day {0} by miller {0} and carried to house {0}."


def write(folder: Path, name: str, texts: list[str]) -> None:
    rows = (json.dumps({"id": f"{name}-{n}", "text": text}) for n, text in enumerate(texts))
    (folder / f"{name}.jsonl").write_text("\n".join(rows) + "\n", "utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill, process: Gristmill) -> Path:
    """The same recipe in one part on one core through Spark, and in many parts on two in worker processes."""
    folder = tmp_path_factory.mktemp("lines")
    pages = ["\n".join([MENU, *(GRAIN.format(f"{n}{word}") for word in "abcd"), NOTICE]) for n in range(8)]
    write(folder, "pages", [*pages, f"{MENU}\n\n{NOTICE}"])
    write(folder, "other", [f"{NOTICE}\n{GRAIN.format('z')}"])
    for name, unit_bytes, run, engine, cores in (
        ("one", 1 << 20, process, "spark", 1),
        ("two", 1 << 10, gristmill, "pool", 2),
    ):
        text = RECIPE.format(folder=folder) + f"\n[ingest]\nunit_bytes = {unit_bytes}\n"
        (folder / f"{name}.toml").write_text(text, "utf-8")
        where = ("run", folder / f"{name}.toml", "--root", folder / name)
        done = run(*where, "--until", "release", "--cores", cores, "--engine", engine)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def rows(root: Path, stage: str, table: str) -> list[dict[str, object]]:
    files = sorted(root.glob(f"{stage}/*/{table}/*.parquet"))
    found = pa.concat_tables([pq.read_table(file) for file in files]).to_pylist()
    plain = [{name: value for name, value in row.items() if name != "row"} for row in found]
    return sorted(plain, key=lambda row: (row["id"], row.get("start", 0)))


def test_parts_and_cores_do_not_matter(built: Path) -> None:
    assert len(list((built / "two").glob("ingest/*/documents/*.parquet"))) > 2
    for stage, table in (("lines", "cuts"), ("lines", "emptied"), ("release", "corpus")):
        assert rows(built / "one", stage, table) == rows(built / "two", stage, table)


def test_texts_evidence_and_counts(built: Path) -> None:
    cuts, emptied = rows(built / "two", "lines", "cuts"), rows(built / "two", "lines", "emptied")
    corpus = {row["id"]: row for row in rows(built / "two", "release", "corpus")}
    menus = [row for row in cuts if row["rule"] == "keep-first"]
    notices = [row for row in cuts if row["rule"] == "keep-none-above"]
    texts = [str(row["text"]) for row in corpus.values()]
    holders = [id_ for id_, row in corpus.items() if MENU in str(row["text"])]
    assert {row["count"] for row in cuts} == {9}
    assert {row["of_id"] for row in notices} == {None}
    first = next(iter({row["of_id"] for row in menus}))
    assert {row["of_id"] for row in menus} == {first}
    assert holders == [first]
    assert sum(NOTICE in text for text in texts) == 1  # the other source has it once
    assert all(row["cleaned"] == (row["source"] == "pages") for row in corpus.values())
    assert all(row["id"] not in corpus and row["id"] != first for row in emptied)
    assert len(corpus) + len(emptied) == 10
    assert len(notices) == len([row for row in corpus.values() if row["source"] == "pages"])


def test_show_lists_the_cut_lines(built: Path, gristmill: Gristmill) -> None:
    cut = next(row for row in rows(built / "two", "lines", "cuts") if row["rule"] == "keep-none-above")
    shown = gristmill("show", built / "two.toml", str(cut["id"]), "--root", built / "two")
    assert shown.returncode == 0, shown.stderr
    assert "keep-none-above" in shown.stdout
    assert "in 9 documents" in shown.stdout
    assert NOTICE not in shown.stdout.split("\ntext\n")[1]


def test_recipe_without_lines_has_no_such_stage(tmp_path: Path) -> None:
    write(tmp_path, "pages", ["a"])
    write(tmp_path, "other", ["b"])
    path = tmp_path / "plain.toml"
    path.write_text(RECIPE.format(folder=tmp_path).split("[[lines]]")[0], "utf-8")
    made = open_plan(str(path))
    assert LINES not in made
    assert set(made[RELEASE].parents) == {"ingest", "decide", "dedup"}
    identity = made[RELEASE].identity
    assert isinstance(identity, dict)
    assert identity["parents"] == {name: made.stages[name].fingerprint for name in made[RELEASE].parents}


def test_cut_that_is_not_applied_stops_the_run() -> None:
    counts = {"documents": 1, "bytes": 9, "pii_dropped": 0, "small_dropped": 0, "spans": 0, "cuts": 2}
    rows = [Released(language="eng_Latn", documents=1, bytes=9)]
    written = manifest_of("release", {"corpus": parts(1)}, counts, rows)
    before = {"dedup": manifest_of("dedup", counts={"kept": 1}), "lines": manifest_of("lines", {"cuts": parts(3)})}
    with pytest.raises(LedgerError, match="cuts made or withheld.*: 2 != 3"):
        RELEASE.balance(Ledger(stage="release", own=written, before=before))
    before["lines"] = manifest_of("lines", {"cuts": parts(2)})
    RELEASE.balance(Ledger(stage="release", own=written, before=before))
