"""`gristmill find` over a finished run, against the tables read with PyArrow alone."""

import re
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.query import outcomes, search
from corpus.query.opened import open_for_queries
from corpus.query.wanted import Conditions, Wanted
from corpus.shards.order import order_keys
from corpus.store import current
from tests.conftest import ROOT, Gristmill
from tests.corpus.object_store import ObjectStore, serving
from tests.corpus.stores import put


def _table(root: Path, stage: str, table: str) -> pa.Table:
    """A table of the last run, part after part."""
    folder = root / stage / current.read(str(root))[stage] / table
    return pa.concat_tables([pq.read_table(one) for one in sorted(folder.iterdir())])


@pytest.fixture(scope="module")
def known(finished: Path) -> list[dict[str, Any]]:
    """All of each document, by a plain join of the aligned tables."""
    root = finished / "out"
    documents = _table(root, "ingest", "documents").to_pylist()
    verdicts = _table(root, "decide", "verdicts").to_pylist()
    clusters = _table(root, "dedup", "clusters").to_pylist()
    lengths = _table(root, "signals.length", "signals").to_pylist()
    return [
        {**d, **c, "language": v["language"], "rules": [r["rule"] for r in v["reasons"]], "words": n["words"]}
        for d, v, c, n in zip(documents, verdicts, clusters, lengths, strict=True)
    ]


def _found(gristmill: Gristmill, *arguments: str | Path) -> tuple[list[dict[str, Any]], str]:
    done = gristmill("find", *arguments, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    return [orjson.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize(
    ("arguments", "holds"),
    [
        ([], lambda row: True),
        (["--kept"], lambda row: row["outcome"] == "kept"),
        (["--dropped"], lambda row: row["outcome"] != "kept"),
        (["--kept", "--dropped"], lambda row: True),
        (["--language", "de"], lambda row: row["language"] == "deu_Latn"),
        (
            ["--language", "*_Arab", "--language", "fra_Latn"],
            lambda row: row["language"][-4:] == "Arab" or row["language"] == "fra_Latn",
        ),
        (["--source", "br*"], lambda row: row["source"] == "broken"),
        (["--dropped-by", "length.few_words"], lambda row: "length.few_words" in row["rules"]),
        (
            ["--dropped-by", "length", "--dropped-by", "near"],
            lambda row: row["outcome"] == "near" or any(r.startswith("length.") for r in row["rules"]),
        ),
        (["--url", "*GNOME.test/c/*"], lambda row: "/gnome.test/c/" in (row["url"] or "").lower().replace("help.", "")),
        (
            ["--where", "language = 'eng_Latn' and length.words < 50"],
            lambda row: row["language"] == "eng_Latn" and row["words"] < 50,
        ),
        (["--where", "kept and size > 1"], lambda row: row["outcome"] == "kept" and row["size"] > 1),
        (["--where", "jaccard >= 0.9", "--dropped"], lambda row: (row["jaccard"] or 0) >= 0.9),
        (["--since", "2030-01-01"], lambda row: False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_find_says_which_documents_there_are(
    finished: Path, gristmill: Gristmill, known: list[dict[str, Any]], arguments: list[str], holds: Any
) -> None:
    rows, said = _found(gristmill, finished / "out", *arguments)
    wanted = [row["id"] for row in known if holds(row)]
    assert [row["id"] for row in rows] == wanted
    assert said.startswith(f"{len(wanted)} of {len(known)} documents match")


def test_what_is_unknown_is_counted(finished: Path, gristmill: Gristmill, known: list[dict[str, Any]]) -> None:
    rows, said = _found(gristmill, finished / "out", "--where", "url != 'x'")
    without = sum(row["url"] is None for row in known)
    assert without
    assert len(rows) == len(known) - without
    assert f"of {without} nothing can be said" in said
    assert "nothing can be said" not in _found(gristmill, finished / "out", "--where", "url is null")[1]


def test_a_sample_is_the_same_each_time_and_what_was_not_shown_is_said(
    finished: Path, gristmill: Gristmill, known: list[dict[str, Any]]
) -> None:
    root = finished / "out"
    one, said = _found(gristmill, root, "--kept", "--sample", "9")
    assert _found(gristmill, root, "--kept", "--sample", "9")[0] == one
    assert len({row["id"] for row in one}) == 9
    kept = sum(row["outcome"] == "kept" for row in known)
    assert f"{kept} of {len(known)} documents match; shown are 9, a sample" in said
    smaller = _found(gristmill, root, "--kept", "--sample", "5")[0]
    assert {row["id"] for row in smaller} < {row["id"] for row in one}
    assert _found(gristmill, root, "--kept", "--sample", "9", "--seed", "1")[0] != one
    assert _found(gristmill, root, "--kept", "--sample", "999")[1].startswith(
        f"{kept} of {len(known)} documents match\n"
    )


def test_a_sample_does_not_depend_on_the_parts(finished: Path) -> None:
    opened = open_for_queries(str(finished / "out"))
    assert opened.parts > 1
    found = search.sample(opened, Conditions(Wanted(), opened), 20, 3)
    ids = [id_ for part in range(opened.parts) for id_ in opened.documents.read(part, ["id"])["id"].to_pylist()]
    keyed = order_keys(pa.array(ids), 3, " find")
    wanted = {ids[i] for i in keyed.argsort()[:20]}
    assert {opened.documents.read(p, ["id"])["id"][r].as_py() for p, r in found.places} == wanted


def test_table_is_cut_and_says_so(finished: Path, gristmill: Gristmill, known: list[dict[str, Any]]) -> None:
    done = gristmill("find", finished / "out")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["id", "outcome", "source", "language", "rules", "url"]
    assert [line.split()[0] for line in lines[1:]] == [row["id"] for row in known[:50]]
    assert "shown are 50, the first" in done.stderr
    assert len(gristmill("find", finished / "out", "--limit", "3").stdout.splitlines()) == 4
    assert gristmill("find", finished / "out", "--url", "nowhere").stdout == ""


def test_texts_and_addresses_have_no_personal_data(finished: Path, gristmill: Gristmill) -> None:
    rows, _ = _found(gristmill, finished / "out", "--source", "broken", "--text", "2000", "--columns", "id,outcome")
    texts = [row["text"] for row in rows]
    assert any("PI:" in text for text in texts)
    assert not [text for text in texts if "jane.roe" in text or "0532 0130" in text]
    assert set(rows[0]) == {"id", "outcome", "text"}
    table = gristmill("find", finished / "out", "--source", "broken", "--text", "30").stdout
    assert "jane.roe" not in table


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--where", "words < 3"], "no column 'words'"),
        (["--columns", "id,lenght.words"], "did you mean 'length.words'?; there are: id, language, source"),
        (["--dropped-by", "length.few_word"], "did you mean 'length.few_words'?"),
        (["--dropped-by", "kept"], "is no rule"),
        (["--kept", "--dropped-by", "near"], "exclude each other"),
        (["--source", "brokn"], "fits no source; did you mean 'broken'?; there are: broken, manuals"),
        (["--language", "germann"], "--language 'germann' is no language"),
        (["--since", "soon"], "'soon' is no date"),
        (["--sample", "3", "--limit", "3"], "exclude each other"),
        (["--tag", "v9"], "has no release 'v9'"),
    ],
    ids=str,
)
def test_what_names_nothing_is_one_line(
    finished: Path, gristmill: Gristmill, arguments: list[str], message: str
) -> None:
    done = gristmill("find", finished / "out", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert message in done.stderr
    assert done.stdout == ""


def test_page_of_documents_names_every_column(finished: Path) -> None:
    text = (ROOT / "docs" / "looking.md").read_text("utf-8").partition("| columns | what |")[2].partition("\n\n")[0]
    named = {name for line in text.splitlines()[2:] for name in re.findall("`([^`]+)`", line.split("|")[1])}
    there = {
        name for name in open_for_queries(str(finished / "out")).columns if name not in _measured(finished / "out")
    }
    assert named == there | {"split", "passages.share", "contamination.items"}
    listed = re.findall("`([^`]+)`", (ROOT / "docs" / "looking.md").read_text("utf-8").partition("`outcome` is")[2])
    assert {*outcomes.ALL} - {"kept"} <= set(listed)


def _measured(root: Path) -> set[str]:
    return {
        f"{folder.name.removeprefix('signals.')}.{name}"
        for folder in root.glob("signals.*")
        for name in pq.read_schema(next(folder.rglob("*.parquet"))).names
    }


def test_by_recipe_tag_and_in_a_store(finished: Path, copied: Path, gristmill: Gristmill) -> None:
    asked = ("--dropped-by", "near", "--where", "length.words > 20")
    wanted = _found(gristmill, copied, *asked)
    assert wanted[0]
    assert _found(gristmill, finished / "tiny.toml", "--root", finished / "out", *asked) == wanted
    assert gristmill("tag", copied, "v1").returncode == 0
    assert _found(gristmill, copied, "--tag", "v1", *asked) == wanted
    with serving(ObjectStore()) as store:
        root = put(store, copied, "b/out")
        assert _found(gristmill, root, *asked) == wanted


def test_outcomes_are_those_that_later_stages_gave(finished: Path, copied: Path) -> None:
    """Of a release without its stage dedup the verdicts say it; and what [pii] dropped is in no table of clusters."""
    opened = open_for_queries(str(finished / "out"))
    became = [str(one) for part in range(opened.parts) for one in outcomes.of(opened, part)]
    assert {"kept", "filtered", "exact", "near"} == set(became)
    current.write(str(copied), {k: v for k, v in current.read(str(copied)).items() if k in ("ingest", "decide")})
    alone = open_for_queries(str(copied))
    assert "jaccard" not in alone.columns
    wanted = ["filtered" if one == "filtered" else "kept" for one in became]
    assert [str(one) for part in range(alone.parts) for one in outcomes.of(alone, part)] == wanted
