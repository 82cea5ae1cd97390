"""`gristmill datasheet`: figures are those of the tables, copies that disagree are found, and nothing is invented."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpus.datasheet import standard
from corpus.datasheet.rows import STATES
from corpus.planning.finished import open_release
from corpus.stages.built import Finished
from tests import refusals
from tests.conftest import Gristmill, write_recipe
from tests.corpus.catalogue.entries import CONTACTS, primary

ANSWERS = """
[dataset]
description = "Pages <b>of</b> a valley"
licence = "CC-BY-4.0"
version = "1.0.0"
url = "https://mill.example/corpus"
download_url = "https://mill.example/corpus/files"
published = 2026-11-28
[provider]
name = "Mill House"
[spdx]
created = 2026-11-28
[gebru]
notified = "not applicable"
"""


def write(gristmill: Gristmill, root: Path, *options: str | Path) -> tuple[int, str, str]:
    done = gristmill("datasheet", root, *options)
    return done.returncode, done.stdout, done.stderr


def read(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows by standard and field; of two of one name the first."""
    rows = json.loads((folder / "datasheet.json").read_bytes())["rows"]
    return {(row["standard"], row["field"]): row for row in reversed(rows)}


@pytest.fixture
def sheet(copied: Path, gristmill: Gristmill) -> Path:
    """The datasheet of a copy of the finished run, whose folder lies in it."""
    code, _, err = write(gristmill, copied)
    assert code == 0, err
    return copied / "datasheet"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """A crawl with opt-outs, finished in `out`, and a catalogue of its sources."""
    folder = tmp_path_factory.mktemp("crawled")
    done = gristmill("run", refusals.write(folder), "--root", folder / "out")
    assert done.returncode == 0, done.stderr
    entries = [primary() | {"uid": name} for name in ("web", "robots")]
    for one in entries:
        one["description"] = one["description"] | {"description": f"News of the valley; ask {CONTACTS[1]} for more."}
    (folder / "entries.json").write_text(json.dumps(entries), "utf-8")
    return folder


def test_every_field_of_every_standard_is_there_with_evidence(sheet: Path, gristmill: Gristmill) -> None:
    rows = json.loads((sheet / "datasheet.json").read_bytes())["rows"]
    assert [(row["standard"], row["section"], row["field"]) for row in rows] == [
        (own.id, field.section, field.field) for own in standard.every() for field in own.fields
    ]
    for row in rows:
        assert row["by"] in STATES
        assert (row["value"] is not None) or row["by"] in ("unanswered", "not applicable"), row
        assert row["evidence"]["query"]
        assert row["evidence"]["fingerprint"] or row["by"] in ("unanswered", "not applicable"), row
    _, out, _ = write(gristmill, sheet.parent)
    printed = [line.split() for line in out.splitlines() if line.startswith("Data")]
    mine = [row for row in rows if row["standard"] == "gebru"]
    assert printed[0][3:8] == ["57", *(str(sum(row["by"] == state for row in mine)) for state in STATES)]
    for own in standard.every():
        text = (sheet / own.file).read_text("utf-8")
        if own.file.endswith(".md") and own.id != "card":
            assert text.count("\n### ") == len(own.fields)


def test_figures_are_those_of_the_ledger(sheet: Path) -> None:
    release: Finished = open_release(str(sheet.parent))
    counts = {name: built.counts for name, built in release.stages.items()}
    found = read(sheet)
    assert found["spdx", "datasetSize"]["value"] == counts["release"]["bytes"]
    summary = found["card", "Dataset summary"]["value"]
    assert summary == (
        f"{counts['release']['documents']:,} documents, {counts['encode']['tokens']:,} tokens, "
        f"{counts['release']['bytes']:,} bytes of text"
    )
    assert f"{counts['shard']['arrow.tokens']:,} tokens" in found["eu", "Training data size"]["value"]
    by_source = found["gebru", "How many instances are there in total?"]["value"]
    assert by_source[-1] == {
        "source": "in all",
        "documents": counts["release"]["documents"],
        "bytes": counts["release"]["bytes"],
        "tokens": counts["encode"]["tokens"],
    }
    languages = {row["id"]: row["bytes"] for row in found["card", "Language(s) (NLP)"]["value"]}
    assert languages == {
        row["language"]: row["bytes"] for row in release.stages["release"].manifest.tallies["languages"]
    }
    steps = {
        row["step"]: row["effect"]
        for row in found["ab2013", "Cleaning, processing or other modification of the datasets, and its purpose"][
            "value"
        ]
    }
    assert steps["Filters"] == f"{counts['decide']['dropped']:,} documents dropped, {counts['decide']['kept']:,} kept"
    assert steps["Deduplication"].startswith(f"{counts['dedup']['exact']:,} exact, {counts['dedup']['near']:,} near")
    assert f"{counts['ingest']['records']:,} records gave" in steps["Reading"]
    spans = sum(int(line.rsplit(" ", 1)[1].replace(",", "")) for line in steps["Personal data"].split(", "))
    assert spans == counts["release"]["spans"]
    files = {row["file"].rsplit("/", 1)[1]: row["sha256"] for row in found["croissant", "distribution"]["value"]}
    named = {one.name: one.sha256 for one in release.stages["release"].manifest.tables["corpus"]}
    assert named.items() <= files.items()
    licences = {
        row["licence"]: row["bytes"]
        for row in found["dta", "Proprietary data presence (copyright, patent, trademark)"]["value"]
    }
    naive: dict[str, int] = {}
    for part in (sheet.parent / "release").glob("*/corpus/*.parquet"):
        for row in pq.read_table(part).to_pylist():
            name = row["licence"] or "not stated"
            naive[name] = naive.get(name, 0) + len(row["text"].encode())
    assert licences == naive


def test_the_same_release_gives_the_same_bytes_and_agrees(sheet: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    assert write(gristmill, sheet.parent, "--to", tmp_path / "again")[0] == 0
    assert {one.name: one.read_bytes() for one in (tmp_path / "again").iterdir()} == {
        one.name: one.read_bytes() for one in sheet.iterdir()
    }
    moved = tmp_path / "moved"
    shutil.move(sheet.parent, moved)
    code, out, _ = write(gristmill, moved, "--check", tmp_path / "again")
    assert (code, out) == (0, f"as the tables have it: {tmp_path / 'again'}, 252 cells\n")


def test_no_clock_but_where_times_are_asked_for(sheet: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    assert b"finished_at" not in (sheet / "datasheet.json").read_bytes().replace(b"run.json: finished_at", b"")
    root = sheet.parent
    (run,) = (root / "shard").glob("*/run.json")
    timed = tmp_path / "timed"
    assert write(gristmill, root, "--times", "--to", timed)[0] == 0
    ended = json.loads(run.read_bytes())["finished_at"]
    assert ended in (timed / "croissant.json").read_text("utf-8")
    run.write_bytes(run.read_bytes().replace(ended.encode(), b"2031-01-01T00:00:00Z"))
    assert write(gristmill, root, "--check", timed)[0] == 0  # times are of the run, not of its tables
    assert write(gristmill, root, "--check", sheet)[0] == 0


def test_editing_a_count_names_the_cell(sheet: Path, gristmill: Gristmill) -> None:
    (path,) = (sheet.parent / "release").glob("*/manifest.json")
    manifest = json.loads(path.read_bytes())
    manifest["counts"]["bytes"] += 1
    path.write_bytes(json.dumps(manifest).encode())
    code, out, _ = write(gristmill, sheet.parent, "--check", sheet)
    assert code == 1
    said = manifest["counts"]["bytes"]
    assert f"spdx: DatasetPackage: datasetSize: published {said - 1}, the tables say {said}" in out


def test_editing_any_table_is_found(sheet: Path, gristmill: Gristmill) -> None:
    from corpus.datasheet import check
    from corpus.datasheet.facts import Facts

    release = open_release(str(sheet.parent))
    tables = [
        (built.folder, table, entries[0].name)
        for built in release.stages.values()
        for table, entries in built.manifest.tables.items()
        if entries and entries[0].bytes
    ]
    assert len(tables) > 15
    assert list(check.tables(Facts(release))) == []
    for folder, table, name in tables:
        path = Path(folder, table, name)
        whole = path.read_bytes()
        path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:] if len(whole) > 8 else b"x" * len(whole))
        (fault,) = check.tables(Facts(release))
        assert f"{table}/{name} has sha256" in fault
        path.write_bytes(whole)
    path.write_bytes(b"x" * len(whole))  # and by the verb
    code, out, err = write(gristmill, sheet.parent, "--check", sheet)
    assert code == 1
    assert name in out + err


def test_an_edited_copy_names_the_cell_or_the_line(sheet: Path, gristmill: Gristmill) -> None:
    whole = (sheet / "datasheet.json").read_text("utf-8")
    (sheet / "datasheet.json").write_text(whole.replace('"value": "Text"', '"value": "Images"', 1), "utf-8")
    code, out, _ = write(gristmill, sheet.parent, "--check", sheet)
    assert code == 1
    assert "Modality: published 'Images', the tables say 'Text'" in out
    (sheet / "datasheet.json").write_text(whole, "utf-8")
    text = (sheet / "eu.md").read_text("utf-8")
    (sheet / "eu.md").write_text(text.replace("**Unanswered.**", "We.", 1), "utf-8")
    code, out, _ = write(gristmill, sheet.parent, "--check", sheet)
    assert code == 1
    number = text.split("**Unanswered.**")[0].count("\n") + 1
    assert f"{sheet / 'eu.md'}: line {number} (below '### Version of the Summary') is not what" in out
    (sheet / "eu.md").unlink()
    assert "eu.md is missing" in write(gristmill, sheet.parent, "--check", sheet)[1]
    assert "is missing" in write(gristmill, sheet.parent, "--check", sheet / "none")[2]


def test_answers_fill_in_and_are_shared(copied: Path, gristmill: Gristmill) -> None:
    (copied / "datasheet.toml").write_text(ANSWERS, "utf-8")
    code, out, err = write(gristmill, copied)
    assert code == 0, err
    assert f"answers   {copied / 'datasheet.toml'}" in out
    found = read(copied / "datasheet")
    for standard_, field in (("croissant", "license"), ("spdx", "hasDeclaredLicense"), ("dta", "License to use")):
        assert (found[standard_, field]["value"], found[standard_, field]["by"]) == ("CC-BY-4.0", "declared")
    assert (
        found["gebru", "Were the individuals in question notified about the data collection?"]["by"] == "not applicable"
    )
    assert "Pages &lt;b&gt;of&lt;/b&gt; a valley" in (copied / "datasheet" / "dta.md").read_text("utf-8")
    croissant = json.loads((copied / "datasheet" / "croissant.json").read_bytes())
    assert croissant["distribution"][0]["contentUrl"].startswith("https://mill.example/corpus/files/release/")
    assert croissant["creator"]["name"] == "Mill House"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[dataset]\nlicense = "MIT"', "unknown key 'dataset.license': did you mean 'dataset.licence'?"),
        ('[eu]\npublic_comments = ""\nsmall = true', "unknown key 'eu.small'"),
        ('[dataset]\nlatest_date = "11/2026"\n[eu]\nuser_model = false\nuser_services = false\nuser_description = "x"',
         "eu.user_description is answered, and it is not asked for: 'Was data from user interactions"),
    ],
)  # fmt: skip
def test_an_answer_that_nobody_takes_is_an_error(copied: Path, gristmill: Gristmill, more: str, said: str) -> None:
    (copied / "datasheet.toml").write_text(more, "utf-8")
    code, _, err = write(gristmill, copied)
    assert code == 2
    assert said in err
    assert not (copied / "datasheet").exists()


def test_the_template_asks_everything_and_is_read_as_unanswered(
    copied: Path, tmp_path: Path, gristmill: Gristmill
) -> None:
    path = tmp_path / "answers.toml"
    code, out, _ = write(gristmill, copied, "--template", "--answers", path)
    assert code == 0
    assert str(path) in out
    text = path.read_text("utf-8")
    for key, fields in standard.keys().items():
        assert f"\n{key.split('.')[1]} = " in text
        assert all(f"# {own.id}, {field.section}: {field.field}" in text for own, field in fields)
    assert "[sources.manuals]" in text
    assert write(gristmill, copied, "--to", tmp_path / "bare")[0] == 0
    assert write(gristmill, copied, "--answers", path, "--to", tmp_path / "empty")[0] == 0
    states = [[row["by"] for row in read(tmp_path / name).values()] for name in ("bare", "empty")]
    assert states[0] == states[1]
    assert "is there already" in write(gristmill, copied, "--template", "--answers", path)[2]


def test_strict_fails_and_names_what_is_unanswered(copied: Path, gristmill: Gristmill) -> None:
    code, out, _ = write(gristmill, copied, "--strict")
    assert code == 1
    assert "unanswered: eu: 1.2 Model identification: Versioned model name(s)" in out
    unanswered = sum(
        row["by"] == "unanswered" for row in json.loads((copied / "datasheet" / "datasheet.json").read_bytes())["rows"]
    )
    assert f"NOT complete: {unanswered} fields are unanswered" in out


def test_a_crawl_under_a_catalogue(crawled: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    code, out, err = write(gristmill, crawled / "out", "--catalogue", crawled / "entries.json", "--to", tmp_path)
    assert code == 0, err
    assert "2 of 2 sources have an entry" in out
    found = read(tmp_path)
    assert found["eu", "Were crawlers used by the provider or on its behalf?"]["value"] == "Yes"
    assert found["eu", "Publicly available datasets used?"]["value"] == "No"
    assert found["eu", "List of large publicly available datasets"]["by"] == "not applicable"
    assert found["eu", "Period of data collection"]["value"] == "05/2021 to 05/2021"
    stay = {name for name, (label, *_) in refusals.HELD.items() if label != "disallow"}
    listed = found["eu", "Summary of the most relevant domain names crawled"]["value"]
    assert len(listed) == 1  # 10 % of nine, rounded up
    assert listed[0]["domain"] in stay
    with (tmp_path / "domains.csv").open(newline="") as file:
        assert [row["domain"] for row in csv.DictReader(file)] == [listed[0]["domain"]]
    measures = " ".join(
        found["eu", "Measures implemented before and during data collection to respect reservations of rights"]["value"]
    )
    assert "disallow by tdmrep in header: 1 documents, 1 removed" in measures
    assert "List refusals of 2026-11-01" in measures
    assert "Withdrawals: 0: no ledger." in measures
    assert found["dta", "Data origin geography"]["value"][0] == "web: DE, 155"
    assert found["croissant", "prov:wasAttributedTo"]["value"] == ["web: Mill House"]
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8")
        assert not [contact for contact in CONTACTS if contact in text], path


def test_every_end_of_a_relation_is_in_the_document(crawled: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    assert write(gristmill, crawled / "out", "--catalogue", crawled / "entries.json", "--to", tmp_path)[0] == 0
    graph = json.loads((tmp_path / "spdx.json").read_bytes())["@graph"]
    (whole,) = [one for one in graph if one["type"] == "SpdxDocument"]
    elements = {one["spdxId"]: one for one in graph if "spdxId" in one}
    assert len(elements) == len(graph) - 1  # the creation info has no id of its own
    assert set(whole["element"]) == set(elements) - {whole["spdxId"]}
    relations = [one for one in graph if one["type"] == "Relationship"]
    assert all(end in elements for one in relations for end in (one["from"], *one["to"]))
    inputs = [one["to"][0] for one in relations if one["relationshipType"] == "hasInput"]
    assert sorted(elements[one]["name"] for one in inputs) == ["robots", "web"]
    (info,) = [one for one in graph if one["type"] == "CreationInfo"]
    assert info["created"] == "1970-01-01T00:00:00Z"
    assert "no clock is read" in info["comment"]


def test_a_release_of_another_version_is_not_guessed_at(copied: Path, gristmill: Gristmill) -> None:
    from corpus.store.manifest import fingerprint

    (path,) = (copied / "report").glob("*/manifest.json")
    manifest = json.loads(path.read_bytes())
    manifest["identity"]["version"] = 1
    path.write_bytes(json.dumps(manifest | {"fingerprint": fingerprint(manifest["identity"])}).encode())
    code, _, err = write(gristmill, copied)
    assert code == 2
    assert "is of version 1 of report" in err
    assert "run the recipe again" in err


def test_standards_validate(crawled: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    (tmp_path / "a.toml").write_text(ANSWERS, "utf-8")
    assert write(gristmill, crawled / "out", "--answers", tmp_path / "a.toml", "--to", tmp_path / "out")[0] == 0
    dataset = mlcroissant.Dataset(str(tmp_path / "out" / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors


WHOLE = """
[[clean]]
max_word_chars."*" = 900

[[lines]]
rule = "drop-all"

[passages]
min_tokens = 12

[contamination]
[[contamination.suites]]
name = "questions"
path = "{folder}/questions.jsonl"
policy = "cut"

[splits]
valid = 0.1

[mixture]
epochs = {{ manuals = 2.0, "*" = 1.0 }}
"""


def test_every_step_that_a_recipe_can_ask_for_is_told(tmp_path: Path, gristmill: Gristmill) -> None:
    recipe = write_recipe(tmp_path)
    asked = {"question": "write to whom with questions about the mill the grain and the flour", "answer": "her"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(asked), "utf-8")
    recipe.write_text(recipe.read_text("utf-8") + WHOLE.format(folder=tmp_path), "utf-8")
    done = gristmill("run", recipe, "--root", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert write(gristmill, tmp_path / "out")[0] == 0
    found = read(tmp_path / "out" / "datasheet")
    steps = [row["step"] for row in found["card", "Data Collection and Processing"]["value"]]
    assert steps == [
        *("Reading", "Filters", "Deduplication", "Decontamination", "Repeated lines", "Repeated passages", "Cleaning"),
        *("Personal data", "Mixture", "Splits"),
    ]
    release = open_release(str(tmp_path / "out"))
    copies = release.stages["mix"].counts["documents"]
    assert (
        f"{copies:,} copies"
        in found[
            "gebru", "Does the dataset contain all possible instances or is it a sample of instances from a larger set?"
        ]["value"]
    )
    splits = {row["split"]: row["documents"] for row in found["croissant", "recordSet (splits)"]["value"]}
    assert sum(splits.values()) == release.stages["release"].counts["documents"]
    assert splits["valid"] == release.stages["splits"].manifest.rows("held")
    assert "questions" in found["eu", "Other relevant information about data processing"]["value"][1]
