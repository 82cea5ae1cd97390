"""Labels joined by every key, from files of every format, against a naive twin and a database; thresholds, refusals."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from corpus.external import keys
from corpus.external.recipe_table import Key
from corpus.planning.opening import open_plan
from corpus.verify import ledgers
from tests.conftest import Gristmill, tree

KINDS: Sequence[Key] = ("id", "url", "surt", "host", "domain")
URLS = [
    "http://www.Mill.example.org/Grain?b=1&a=2",
    "https://mill.example.org:443/rye#top",
    "https://a.shop.co.uk/flour/",
    "https://b.shop.co.uk/flour/",
    "http://other.example.com/",
    None,
]
DOCUMENTS = 30

HEAD = """
seed = 1
[[sources]]
name = "one"
path = "{folder}/one.jsonl"
[[sources]]
name = "two"
path = "{folder}/two.jsonl"
[ingest]
unit_bytes = 1024
part_bytes = 1024
"""
TABLE = """
[[signals]]
name = "by_{key}"
path = "{folder}/by_{key}*"
key = "{key}"
columns = {{ score = "float", topic = "string", level = "int", spam = "bool" }}
fields = {{ level = "nested.level" }}
duplicates = "{duplicates}"
nulls = "unlabelled"
coverage = 0
default = {{ score = 0.25 }}
"""


def text(number: int) -> str:
    return f"The miller of house {number} weighs the grain of field {number * 7} on day {number} and writes it down."


def write_documents(folder: Path) -> None:
    for source, numbers in (("one", range(0, DOCUMENTS, 2)), ("two", range(1, DOCUMENTS, 2))):
        rows = [{"id": f"d{n}", "text": text(n), "url": URLS[n % len(URLS)]} for n in numbers]
        (folder / f"{source}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def documents(root: Path) -> list[dict[str, Any]]:
    """Of a run, in order of parts and rows, each with its place."""
    (folder,) = (root / "ingest").iterdir()
    parts = sorted((folder / "documents").iterdir())
    return [
        {**row, "part": part, "row": place}
        for part, path in enumerate(parts)
        for place, row in enumerate(pq.read_table(path, columns=["id", "source", "url"]).to_pylist())
    ]


def signals(root: Path, name: str) -> list[dict[str, Any]]:
    (folder,) = (root / f"signals.{name}").iterdir()
    return [row for path in sorted((folder / "signals").iterdir()) for row in pq.read_table(path).to_pylist()]


def counts(root: Path, name: str) -> Mapping[str, int]:
    (folder,) = (root / f"signals.{name}").iterdir()
    found: Mapping[str, int] = json.loads((folder / "manifest.json").read_bytes())["counts"]
    return found


def label(key: object, number: int) -> dict[str, Any]:
    topics = ["science", "sports", "news: today"]
    score = None if number == 11 else float("nan") if number == 12 else number / 8
    nested = {"level": number - 3}
    return {"key": key, "score": score, "topic": topics[number % 3], "nested": nested, "spam": number % 2 == 0}


def labels_for(kind: Key, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Labels in the order of their files; some of keys that no document has, some of one key."""
    lists: dict[Key, list[str | None]] = {
        "id": [*ids[::2], ids[0], ids[2], "0" * 32, None],
        "url": [*[url for url in URLS if url], "https://mill.example.org:443/rye#top", "https://nobody.example/"],
        "surt": ["org,example,mill)/grain?a=2&b=1", "uk,co,shop,a)/flour", "com,nobody)/", "uk,co,shop,a)/flour"],
        "host": ["mill.example.org", "OTHER.example.com.", "a.shop.co.uk", "mill.example.org", "nobody.example"],
        "domain": ["example.org", "shop.co.uk", "shop.co.uk", "nobody.example"],
    }
    return [label(key, number) for number, key in enumerate(lists[kind])]


def write_labels(folder: Path, kind: Key, labels: Sequence[Mapping[str, Any]]) -> None:
    """In two files, of which the first has the first half; of another format for each kind."""
    named = [{**{k: v for k, v in one.items() if k != "key"}, kind: one["key"]} for one in labels]
    half = len(named) // 2
    for number, rows in enumerate((named[:half], named[half:])):
        path = folder / f"by_{kind}-{number}"
        if kind in ("surt", "host"):
            plain = "".join(
                json.dumps({**row, "score": None if row["score"] != row["score"] else row["score"]}) + "\n\n"
                for row in rows
            )
            if kind == "host":
                path.with_suffix(".jsonl").write_text(plain, "utf-8")
            else:
                with gzip.open(path.with_suffix(".jsonl.gz"), "wt", encoding="utf-8") as file:
                    file.write(plain)
        elif kind == "url":
            feather.write_feather(pa.Table.from_pylist(rows), str(path.with_suffix(".arrow")))
        elif kind == "domain":
            table = pa.Table.from_pylist(rows)
            with pa.OSFile(str(path.with_suffix(".arrow")), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as out:
                out.write_table(table)
        else:
            pq.write_table(pa.Table.from_pylist(rows), path.with_suffix(".parquet"), row_group_size=3)


def key_of(kind: Key, document: Mapping[str, Any]) -> str | None:
    return keys.of_documents(
        kind, pa.Table.from_pylist([document], pa.schema([("id", pa.string()), ("url", pa.string())]))
    )[0]


def whole(one: Mapping[str, Any]) -> bool:
    return one["key"] is not None and one["score"] is not None and one["score"] == one["score"]


def naive(
    kind: Key, found: Sequence[Mapping[str, Any]], labels: Sequence[Mapping[str, Any]], rule: str
) -> list[dict[str, Any]]:
    """The join as a dictionary."""
    known: dict[str, Mapping[str, Any]] = {}
    for one in labels:
        if whole(one):
            key = keys.of_label(kind, one["key"])
            if rule == "last" or key not in known:
                known[key] = one
    rows = []
    for document in found:
        own = known.get(key_of(kind, document) or "")
        rows.append(
            {
                "labelled": True,
                "score": own["score"],
                "topic": own["topic"],
                "level": own["nested"]["level"],
                "spam": own["spam"],
            }
            if own
            else {"labelled": False, "score": 0.25, "topic": "", "level": 0, "spam": False}
        )
    return rows


RULES: Mapping[Key, str] = {"id": "last", "url": "first", "surt": "last", "host": "first", "domain": "first"}


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """A folder with documents and labels, and a run of them up to the labels in `out`."""
    folder = tmp_path_factory.mktemp("labels")
    write_documents(folder)
    recipe = folder / "recipe.toml"
    recipe.write_text(HEAD.format(folder=folder), "utf-8")
    done = gristmill("run", recipe, "--root", folder / "out", "--until", "ingest", "--cores", 2)
    assert done.returncode == 0, done.stderr
    ids = [row["id"] for row in documents(folder / "out")]
    for kind in KINDS:
        write_labels(folder, kind, labels_for(kind, ids))
    tables = "".join(TABLE.format(folder=folder, key=kind, duplicates=RULES[kind]) for kind in KINDS)
    recipe.write_text(HEAD.format(folder=folder) + tables, "utf-8")
    done = gristmill("run", recipe, "--root", folder / "out", "--until", "external", "--cores", 2)
    assert done.returncode == 0, done.stderr
    assert "documents have a label" in done.stdout
    return folder


def test_every_key_joins_as_a_dictionary_does(joined: Path) -> None:
    found = documents(joined / "out")
    assert len(found) == DOCUMENTS
    assert len({row["part"] for row in found}) > 1
    for kind in KINDS:
        labels = labels_for(kind, [row["id"] for row in found])
        expected = naive(kind, found, labels, RULES[kind])
        assert signals(joined / "out", f"by_{kind}") == expected, kind
        assert any(row["labelled"] for row in expected)


def test_what_has_no_partner_is_counted_on_both_sides(joined: Path) -> None:
    found = documents(joined / "out")
    for kind in KINDS:
        labels = labels_for(kind, [row["id"] for row in found])
        own = {keys.of_label(kind, one["key"]) for one in labels if whole(one)}
        there = {key_of(kind, document) for document in found}
        said = counts(joined / "out", f"by_{kind}")
        assert said["labels"] == len(labels)
        assert said["label_nulls"] == sum(not whole(one) for one in labels)
        assert said["label_keys"] == len(own)
        assert said["label_keys_unused"] == len(own - there)
        assert said["label_duplicates"] == sum(map(whole, labels)) - len(own)
        assert said["labelled"] == sum(key_of(kind, document) in own for document in found)
        assert said["unlabelled"] == DOCUMENTS - said["labelled"]
        assert said["keyless"] == (0 if kind == "id" else sum(document["url"] is None for document in found))
    assert counts(joined / "out", "by_id")["label_nulls"] == 3
    assert counts(joined / "out", "by_host")["label_duplicates"] == 1


def test_join_is_what_a_database_gives(joined: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    found = documents(joined / "out")
    for kind in KINDS:
        labels = labels_for(kind, [row["id"] for row in found])
        database = duckdb.connect()
        database.execute("create table d (part int, row int, key varchar)")
        database.executemany("insert into d values (?, ?, ?)", [[d["part"], d["row"], key_of(kind, d)] for d in found])
        database.execute(
            "create table l (place int, key varchar, score double, topic varchar, level bigint, spam bool)"
        )
        for at, one in enumerate(labels):
            key = None if one["key"] is None else keys.of_label(kind, one["key"])
            row = [at, key, one["score"], one["topic"], one["nested"]["level"], one["spam"]]
            database.execute("insert into l values (?, ?, ?, ?, ?, ?)", row)
        order = "desc" if RULES[kind] == "last" else "asc"
        rows = database.execute(
            f"""
            with one as (
                select * from l where key is not null and score is not null and not isnan(score)
                qualify row_number() over (partition by key order by place {order}) = 1
            )
            select one.key is not null, coalesce(score, 0.25), coalesce(topic, ''), coalesce(level, 0),
                   coalesce(spam, false)
            from d left join one using (key) order by part, row
            """
        ).fetchall()
        assert [tuple(row.values()) for row in signals(joined / "out", f"by_{kind}")] == rows


def test_spark_joins_to_the_same_bytes(joined: Path, tmp_path: Path, process: Gristmill) -> None:
    where = ("run", joined / "recipe.toml", "--root", tmp_path / "out", "--until", "external")
    done = process(*where, "--engine", "spark", "--cores", 1)
    assert done.returncode == 0, done.stderr
    for kind in KINDS:
        assert tree(tmp_path / "out" / f"signals.by_{kind}") == tree(joined / "out" / f"signals.by_{kind}")


THRESHOLDS = """
[[signals]]
name = "rating"
path = "{folder}/by_id-*"
columns = {{ score = "float", topic = "string" }}
key = "id"
duplicates = "last"
nulls = "unlabelled"
coverage = 0.1
default = {{ score = 1.0, topic = "" }}
{more}
[dedup]
prefer = ["+rating.score", "source", "+words"]
"""


def judged(root: Path) -> list[dict[str, Any]]:
    (folder,) = (root / "decide").iterdir()
    return [row for path in sorted((folder / "verdicts").iterdir()) for row in pq.read_table(path).to_pylist()]


def test_thresholds_judge_labels_as_they_judge_measurements(joined: Path, gristmill: Gristmill) -> None:
    recipe = joined / "judged.toml"
    more = 'min_score = 0.5\nkeep_topic = ["science", "sports", ""]\n'
    more += 'by_source.two = { min_score = "off", min_labelled = 1 }\n'
    recipe.write_text(HEAD.format(folder=joined) + THRESHOLDS.format(folder=joined, more=more), "utf-8")
    done = gristmill("run", recipe, "--root", joined / "judged", "--until", "dedup", "--cores", 2)
    assert done.returncode == 0, done.stderr
    fired = {"rating.low_score": 0, "rating.other_topic": 0, "rating.unlabelled": 0}
    for row, own in zip(judged(joined / "judged"), signals(joined / "judged", "rating"), strict=True):
        expected = []
        if row["source"] == "two" and not own["labelled"]:
            expected.append("rating.unlabelled")
        if row["source"] == "one" and own["score"] < 0.5:
            expected.append("rating.low_score")
        if own["topic"] == "news: today":
            expected.append("rating.other_topic")
        assert [reason["rule"] for reason in row["reasons"] if reason["rule"].startswith("rating")] == expected
        for rule in expected:
            fired[rule] += 1
    assert all(fired.values())
    plan = gristmill("plan", recipe, "--root", joined / "judged").stdout
    assert "reuse   signals.rating" in plan
    assert " of 30 documents have a label (without: " in plan
    chosen = ("find", recipe, "--root", joined / "judged", "--where", "rating.score < 0.5 and rating.labelled")
    listed = gristmill(*chosen, "--columns", "id,rating.score", "--format", "jsonl")
    assert listed.returncode == 0, listed.stderr
    low = [own for own in signals(joined / "judged", "rating") if own["labelled"] and own["score"] < 0.5]
    assert len(listed.stdout.splitlines()) == len(low) > 0
    fitted = joined / "fitted.toml"
    made = gristmill(
        *("calibrate", recipe, "--root", joined / "judged", "--drop", 0.1, "--least", 5, "--out", fitted),
        *("--rules", "rating.low_score"),
    )
    assert made.returncode == 0, made.stderr
    assert '[[signals]]\nname = "rating"\nby_language.' in fitted.read_text("utf-8")
    assert gristmill("plan", fitted, "--root", joined / "judged").returncode == 0
    # A threshold that moves joins nothing again; a label that changes does.
    recipe.write_text(recipe.read_text("utf-8").replace("min_score = 0.5", "min_score = 0.6"), "utf-8")
    plan = gristmill("plan", recipe, "--root", joined / "judged").stdout
    assert "reuse   signals.rating" in plan
    assert "build   decide" in plan
    built = open_plan(str(recipe), str(joined / "judged")).finished()
    assert list(ledgers.balances(built)) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("coverage = 0.1", "coverage = 0.9"), "documents have no label (by source: two"),
        (('duplicates = "last"', 'duplicates = "refuse"'), "labels have the key of another, as file 1, row 1"),
        (('duplicates = "last"', 'duplicates = "same"'), "labels say something else than another of the same key"),
        (('nulls = "unlabelled"', 'nulls = "refuse"'), "3 labels have a null, or a number that is not finite"),
        (('"string" }', '"string", spam = "int" }'), "field 'spam' is bool, and the recipe says int"),
        (('"string" }', '"string", lost = "int" }'), "has no field 'lost'; it has"),
        (("{folder}/by_id-*".format(folder="FOLDER"), "FOLDER/nothing-*"), "nothing is at"),
        (("by_id-*", "recipe.toml"), "is no Parquet (.parquet), Arrow"),
    ],
)
def test_labels_that_do_not_fit_stop_the_run_in_one_line(
    joined: Path, tmp_path: Path, gristmill: Gristmill, change: tuple[str, str], message: str
) -> None:
    text = HEAD.format(folder=joined) + THRESHOLDS.format(folder=joined, more="")
    old, new = (one.replace("FOLDER", str(joined)) for one in change)
    assert old in text
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(text.replace(old, new), "utf-8")
    done = gristmill("run", recipe, "--root", tmp_path / "out", "--until", "external", "--cores", 2)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_labels_that_fit_no_document_are_warned_of(tmp_path: Path, gristmill: Gristmill) -> None:
    write_documents(tmp_path)
    (tmp_path / "by_host.jsonl").write_text('{"host": "nobody.example", "score": 1.0}\n', "utf-8")
    table = '[[signals]]\nname = "by_host"\npath = "by_host.jsonl"\nkey = "host"\ncolumns = { score = "float" }\n'
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(HEAD.format(folder=tmp_path) + table + "coverage = 0\n", "utf-8")
    done = gristmill("run", recipe, "--root", tmp_path / "out", "--until", "external", "--cores", 2)
    assert done.returncode == 0, done.stderr
    assert "WARNING [[signals]] by_host: no document has a label" in done.stdout + done.stderr


def test_names_that_differ_in_case_alone_are_one_folder_on_some_systems(tmp_path: Path, gristmill: Gristmill) -> None:
    write_documents(tmp_path)
    recipe = tmp_path / "recipe.toml"
    table = '[[signals]]\nname = "{}"\npath = "labels.jsonl"\ncolumns = {{ score = "float" }}\n'
    for names in (["Length"], ["labels", "Labels"]):
        recipe.write_text(HEAD.format(folder=tmp_path) + "".join(map(table.format, names)), "utf-8")
        done = gristmill("plan", recipe)
        assert done.returncode != 0
        assert f"{names[-1]!r}" in done.stderr
        assert "rename" in done.stderr
