"""`gristmill audit` over a finished run, against its tables read with PyArrow alone."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.annotation import cells, key
from corpus.annotation.drawing.excerpts import halves
from corpus.store import current
from tests.conftest import LINES, Gristmill


def _table(root: Path, stage: str, table: str) -> list[dict[str, Any]]:
    folder = root / stage / current.read(str(root))[stage] / table
    return pa.concat_tables([pq.read_table(one) for one in sorted(folder.iterdir())]).to_pylist()


def _rows(path: Path) -> list[dict[str, str]]:
    lines = cells.parse(path.read_bytes(), path.name)
    return [dict(zip(lines[0].cells, line.cells, strict=True)) for line in lines[1:]]


def _sample(gristmill: Gristmill, root: Path, to: Path, *arguments: str | int | Path) -> str:
    done = gristmill("audit", "sample", root, "--to", to, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def drawn(finished: Path, gristmill: Gristmill, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("audit") / "sample"
    kinds = ("--of", "kept", "--of", "dropped", "--annotator", "anna", "--annotator", "ben=en,de")
    _sample(gristmill, finished / "out", to, "-n", 3, *kinds)
    return to


def _fill(path: Path, code: str, **marks: str) -> None:
    lines = cells.parse(path.read_bytes(), path.name)
    head = list(lines[0].cells)
    filled = []
    for line in lines[1:]:
        row = dict(zip(head, line.cells, strict=True)) | {"code": code} | marks
        filled.append([row[name] for name in head])
    path.write_bytes(cells.to_bytes(head, filled))


def test_every_stratum_is_sampled_and_texts_are_those_of_the_corpus(finished: Path, drawn: Path) -> None:
    root = finished / "out"
    languages = [row["language"] for row in _table(root, "decide", "verdicts")]
    documents = _table(root, "ingest", "documents")
    outcomes = [row["outcome"] for row in _table(root, "dedup", "clusters")]
    strata = Counter(
        (language, document["source"], "kept" if outcome == "kept" else "dropped")
        for language, document, outcome in zip(languages, documents, outcomes, strict=True)
    )
    items = key.read((drawn / "key.tsv").read_bytes(), "key.tsv").items
    found = Counter((one.language, one.source, one.of) for one in items.values())
    assert found == {stratum: min(count, 3) for stratum, count in strata.items()}
    assert all(one.documents == strata[one.language, one.source, one.of] for one in items.values())
    released = {row["id"]: row["text"] for row in _table(root, "release", "corpus")}
    rows = _rows(drawn / "anna.tsv")
    assert len(rows) == len(items)
    texts = {row["item"]: cells.read(row["text"]) for row in rows}
    plain = [name for name, one in items.items() if one.of == "kept" and one.source == "manuals"]
    assert len(plain) > 20
    assert all(texts[name] == halves(released[items[name].id]) for name in plain)


def test_what_annotators_are_given_tells_neither_source_nor_outcome_nor_score(drawn: Path) -> None:
    assert sorted(path.name for path in drawn.iterdir()) == [
        *("anna.html", "anna.tsv", "ben.html", "ben.tsv", "key.tsv", "sample.json"),
    ]
    rows = _rows(drawn / "anna.tsv")
    assert set(rows[0]) == {
        *("language", "text", "code", "offensive", "pornographic", "is", "note", "item", "annotator", "sample"),
    }
    items = key.read((drawn / "key.tsv").read_bytes(), "key.tsv").items
    of = [items[row["item"]].of for row in rows if row["language"] == "eng_Latn"]
    assert set(of) == {"kept", "dropped"}
    assert of != sorted(of)
    assert of != sorted(of, reverse=True)
    page = (drawn / "anna.html").read_text("utf-8")
    assert "detected" not in page
    assert "manuals" not in "".join(row["item"] for row in rows)
    assert {row["language"] for row in _rows(drawn / "ben.tsv")} == {"deu_Latn", "eng_Latn"}


def test_personal_data_is_replaced(finished: Path, drawn: Path) -> None:
    told = "".join(LINES)
    for name in ("anna.tsv", "anna.html"):
        text = (drawn / name).read_text("utf-8")
        assert "PI:" in text
        for secret in ("jane.roe", "0532 0130", "the_other_person", "jane.a.roe"):
            assert secret in told
            assert secret not in text


def test_the_same_again_is_the_same_and_another_seed_is_not(
    finished: Path, gristmill: Gristmill, tmp_path: Path
) -> None:
    root = finished / "out"
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        _sample(gristmill, root, tmp_path / name, "-n", 2, "--seed", seed)
    a, b, c = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "abc")
    assert a == b
    assert a["key.tsv"] != c["key.tsv"]
    _sample(gristmill, root, tmp_path / "a", "-n", 2)
    assert {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()} == a


def test_what_was_filled_in_is_not_written_over(
    finished: Path, drawn: Path, gristmill: Gristmill, tmp_path: Path
) -> None:
    _sample(gristmill, finished / "out", tmp_path / "s", "-n", 2)
    _fill(tmp_path / "s" / "annotator.tsv", "CC")
    done = gristmill("audit", "sample", finished / "out", "--to", tmp_path / "s", "-n", 2)
    assert done.returncode == 2
    assert "annotator.tsv is there, and is not of this sample or has been filled in" in done.stderr
    assert _rows(tmp_path / "s" / "annotator.tsv")[0]["code"] == "CC"


def test_lines_are_of_both_halves_by_turns(finished: Path, gristmill: Gristmill, tmp_path: Path) -> None:
    said = _sample(
        gristmill, finished / "out", tmp_path / "s", "--unit", "lines", "-n", 10, "--language", "en", "--source", "man*"
    )
    items = key.read((tmp_path / "s" / "key.tsv").read_bytes(), "key.tsv").items
    halves_ = Counter(one.half for one in items.values())
    assert halves_["early"] + halves_["late"] == 10
    assert halves_["late"] == 5 or f"{5 - halves_['late']} texts have one line" in said
    released = {row["id"]: row["text"] for row in _table(finished / "out", "release", "corpus")}
    for row in _rows(tmp_path / "s" / "annotator.tsv"):
        text, one = cells.read(row["text"]), items[row["item"]]
        whole = [line.strip() for line in released[one.id].split("\n") if line.strip()]
        middle = (len(whole) + 1) // 2
        assert text in [halves(line) for line in (whole[:middle] if one.half == "early" else whole[middle:])]


def test_sheets_are_scored_and_a_gate_ends_with_its_own_exit_code(
    finished: Path, drawn: Path, gristmill: Gristmill, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(drawn, own)
    _fill(own / "anna.tsv", "CC")
    _fill(own / "ben.tsv", "CB", pornographic="1")
    sheets = sorted(own.glob("*.tsv"))
    labels = tmp_path / "labels.jsonl"
    done = gristmill("audit", "score", *sheets, "--format", "json", "--min-c", "0.5", "--labels", labels)
    assert (done.returncode, done.stderr) == (0, "")
    found = orjson.loads(done.stdout)
    items = key.read((own / "key.tsv").read_bytes(), "key.tsv").items
    assert (found["texts"], found["missing"], found["open"]) == (len(items), 0, 0)
    assert {one["name"]: one["given"] for one in found["annotators"]} == {
        "anna": len(items),
        "ben": len(_rows(own / "ben.tsv")),
    }
    lines = [orjson.loads(line) for line in labels.read_bytes().splitlines()]
    assert {line["id"] for line in lines} == {one.id for one in items.values()}
    assert all(line["keep"] for line in lines)
    _fill(own / "anna.tsv", "NL")
    done = gristmill("audit", "score", own / "anna.tsv", "--min-c", "0.5")
    assert done.returncode == 1
    assert done.stderr.startswith("gristmill: --min-c 0.5 is not met by ")
    assert done.stderr.count("\n") == 1
    assert "corpora with not a language > 50 %" in done.stdout


def test_labels_are_taken_by_calibrate(finished: Path, drawn: Path, gristmill: Gristmill, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(drawn, own)
    _fill(own / "ben.tsv", "CC")
    labels = tmp_path / "labels.jsonl"
    assert gristmill("audit", "score", own / "ben.tsv", "--labels", labels).returncode == 0
    arguments = ("--labels", labels, "--root", finished / "out", "--out", tmp_path / "fitted.toml")
    for criterion, how in (((), "to agree with labels"), (("--beta", "0.5"), "to agree with labels, by F of beta 0.5")):
        done = gristmill("calibrate", finished / "tiny.toml", *arguments, *criterion)
        assert done.returncode == 0, done.stderr
        assert how in done.stdout
    done = gristmill("calibrate", finished / "tiny.toml", "--keep", "0.9", "--beta", "1", *arguments[2:])
    assert done.returncode == 2
    assert "--beta needs --labels" in done.stderr


def test_what_was_cut_is_judged_apart_from_what_stayed(gristmill: Gristmill, tmp_path: Path) -> None:
    secret = "ask jane.roe@mail-server.net of the mill"
    own = "Sack {0} holds {0} pounds of rye from field {0}, ground by miller {0} of house {0}."
    lines = ["\n".join([f"Home and menu, {secret}", own.format(n), "All rights reserved"]) for n in range(3)]
    rows = [{"id": n, "text": text} for n, text in enumerate([*lines, own.format("alone")])]
    (tmp_path / "pages.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    recipe = (
        '[[sources]]\nname = "pages"\npath = "pages.jsonl"\n[[lines]]\nrule = "keep-none-above"\nmax_documents = 2\n'
    )
    (tmp_path / "r.toml").write_text(recipe, "utf-8")
    root = tmp_path / "out"
    done = gristmill("run", tmp_path / "r.toml", "--root", root, "--until", "release", "--cores", 2)
    assert done.returncode == 0, done.stderr
    _sample(gristmill, tmp_path / "r.toml", tmp_path / "s", "--root", root, "--of", "cut", "--of", "kept")
    items = key.read((tmp_path / "s" / "key.tsv").read_bytes(), "key.tsv").items
    texts: dict[str, list[str]] = {"cut": [], "kept": []}
    for row in _rows(tmp_path / "s" / "annotator.tsv"):
        texts[items[row["item"]].of].append(cells.read(row["text"]))
    assert [one.documents for one in items.values() if one.of == "cut"] == [3, 3, 3]
    assert len(set(texts["cut"])) == 1
    assert texts["cut"][0].startswith("Home and menu, ask ")
    assert texts["cut"][0].endswith(" of the mill\nAll rights reserved")
    assert "jane.roe" not in texts["cut"][0]
    assert sorted(texts["kept"]) == sorted(own.format(one) for one in (0, 1, 2, "alone"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--of", "cut"], "no stage of"),
        (["--dropped-by", "length"], "--dropped-by needs --of dropped"),
        (["--annotator", "../x"], "a name has up to 40 letters"),
        (["--annotator", "key"], "a name has up to 40 letters"),
        (["--annotator", "anna=Elvish"], "'Elvish' is no language"),
        (["--annotator", "anna="], "name the languages behind the ="),
        (["--annotator", "anna", "--annotator", "Anna"], "named twice"),
        (["--source", "manual"], "did you mean 'manuals'?"),
        (["--where", "length.words < 0"], "no document of"),
    ],
)
def test_mistakes_are_one_line(
    finished: Path, gristmill: Gristmill, tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = gristmill("audit", "sample", finished / "out", "--to", tmp_path / "s", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert not (tmp_path / "s").exists()


def test_mistakes_in_sheets_are_one_line(drawn: Path, gristmill: Gristmill, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(drawn, own)
    _fill(own / "ben.tsv", "OK")
    for arguments, message in (
        ((own / "ben.tsv",), f"{own / 'ben.tsv'}, line 2: unknown code 'OK'"),
        ((own / "none.tsv",), "none.tsv is not there"),
        ((own / "key.tsv",), "no sheet is named"),
        ((own / "anna.tsv", "--schema", "hplt"), "has no column 'porn? empty/1'"),
        ((own / "anna.tsv", "--key", own / "anna.tsv"), "is no key of a sample"),
    ):
        done = gristmill("audit", "score", *arguments)
        assert done.returncode == 2
        assert message in done.stderr
        assert done.stderr.strip().count("\n") == 0


def test_languages_that_nobody_reads_are_named(finished: Path, gristmill: Gristmill, tmp_path: Path) -> None:
    said = _sample(gristmill, finished / "out", tmp_path / "s", "-n", 1, "--annotator", "ben=de,en")
    assert "WARNING nobody reads " in said
    assert "fra_Latn" in said
    about = orjson.loads((tmp_path / "s" / "sample.json").read_bytes())
    assert "fra_Latn" in about["languages_that_nobody_reads"]
    assert "eng_Latn" not in about["languages_that_nobody_reads"]


def test_a_score_stands_beside_the_report_and_says_of_which_release_it_is(
    copied: Path, drawn: Path, gristmill: Gristmill, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(drawn, own)
    _fill(own / "anna.tsv", "WL")
    placeholder = (copied / "report" / "judged.js").read_bytes()
    assert placeholder == b'gristmill("judged", null);\n'
    done = gristmill("audit", "score", own / "anna.tsv", "--report", copied)
    assert (done.returncode, done.stderr) == (0, "")
    data = (copied / "report" / "judged.js").read_bytes()
    told = orjson.loads(data.removeprefix(b'gristmill("judged", ').removesuffix(b");\n"))
    items = key.read((own / "key.tsv").read_bytes(), "key.tsv").items
    assert told["texts"] == len(items)
    assert told["release"] == current.read(str(copied))["release"]
    assert sum(row[4] for row in told["corpora"]) == len(items)
    kept = [row for row in told["corpora"] if row[0] == "kept"]
    assert len(told["flagged"]["mostly another language"]) == len(kept)
    page = (copied / "report" / "judged.html").read_text("utf-8")
    assert "code WL" in page
    assert page.count("<tr>") > len(told["corpora"])
    (own / "sample.json").write_bytes(b"{}")
    done = gristmill("audit", "score", own / "anna.tsv", "--report", copied)
    assert "does not say of which release the sample is" in done.stderr
    assert done.returncode != 0
    done = gristmill("audit", "score", own / "anna.tsv", "--report", tmp_path)
    assert done.returncode != 0
