"""A run with a mixture by a list: buckets of labels and quantiles, through both engines, realised to the token."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from corpus.mixture.curve import Curve, solve
from corpus.planning.opening import open_plan
from corpus.verify import ledgers
from tests.conftest import Gristmill, tree, write_recipe

pytestmark = pytest.mark.timeout(900)

TABLE = """
[splits]
valid = 0.1

[[signals]]
name = "topic"
path = "{folder}/topics.jsonl"
key = "surt"
columns = {{ topic = "string", rating = "float" }}
coverage = 0

[mixture]
by = ["topic.topic", "topic.rating@4", "language", "source", "duplicates"]
tokens = {tokens}
max_epochs = 5
{more}
"""
CURVE = """
[[mixture.groups]]
"topic.topic" = "even"
weight = 0.6
[[mixture.groups]]
weight = 0.4
[mixture.curve]
over = "topic.rating@4"
discard = 0.2
cap = 6
"""
DONE = ("ingest", "measure", "decide", "pairs", "dedup", "release", "train", "fertility", "encode")


def stage(root: Path, name: str) -> Path:
    return next(path for path in (root / name).iterdir() if (path / "manifest.json").exists())


def rows(root: Path, name: str, table: str) -> list[list[dict[str, Any]]]:
    return [pq.read_table(path).to_pylist() for path in sorted((stage(root, name) / table).iterdir())]


@pytest.fixture(scope="module")
def mixed(finished: Path, tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """A folder with the recipe; its run in `out` goes on from what the small run has encoded."""
    folder = tmp_path_factory.mktemp("buckets")
    (folder / "out").mkdir()
    for path in (finished / "out").iterdir():
        if path.name not in ("shard", "report", "current.json"):
            (folder / "out" / path.name).symlink_to(path)
    urls = sorted({row["url"] for part in rows(finished / "out", "ingest", "documents") for row in part if row["url"]})
    from corpus.external.surt import surt

    labels = [
        {"surt": surt(url), "topic": "even" if place % 2 else "odd", "rating": (place * 7919 % 1009) / 1009}
        for place, url in enumerate(urls)
        if place % 5
    ]
    (folder / "topics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in labels), "utf-8")
    recipe = write_recipe(folder)
    recipe.write_text(recipe.read_text("utf-8") + TABLE.format(folder=folder, tokens=150_000, more=CURVE), "utf-8")
    made = gristmill("run", recipe, "--root", folder / "out", "--until", "shard", "--cores", "2")
    assert made.returncode == 0, made.stderr
    assert "reused: " in made.stdout
    assert "groups come never" in made.stdout
    return folder


def documents(mixed: Path) -> dict[tuple[int, int], Mapping[str, Any]]:
    """Documents that are trained on, by place, with their labels and the values of their bucket."""
    root = mixed / "out"
    labels, buckets = rows(root, "signals.topic", "signals"), rows(root, "buckets", "buckets")
    return {
        (part, row["row"]): {**row, **labels[part][row["row"]], "values": json.loads(row["values"])}
        for part, own in enumerate(buckets)
        for row in own
    }


def test_buckets_are_those_of_labels_and_of_sorted_ratings(mixed: Path) -> None:
    found = documents(mixed)
    by_language: dict[str, list[Mapping[str, Any]]] = {}
    for row in found.values():
        if row["labelled"]:
            by_language.setdefault(row["language"], []).append(row)
    for own in by_language.values():
        total = sum(row["tokens"] for row in own)
        for row in own:
            below = sum(one["tokens"] for one in own if one["rating"] < row["rating"])
            same = sum(one["tokens"] for one in own if one["rating"] == row["rating"])
            expected = (2 * below + same) * 4 // (2 * total) + 1
            assert row["values"][:4] == [row["topic"], str(expected), row["language"], row["source"]]
    unknown = [row for row in found.values() if not row["labelled"]]
    assert unknown
    assert all(row["values"][:2] == ["-", "-"] for row in unknown)


def test_size_of_a_cluster_is_that_of_exact_copies_and_verified_pairs(mixed: Path) -> None:
    root = mixed / "out"
    contents = [row["key"] for part in rows(root, "signals.content", "signals") for row in part]
    parent = {key: key for key in contents}

    def root_of(key: bytes) -> bytes:
        while parent[key] != key:
            key = parent[key]
        return key

    for part in rows(root, "pairs", "pairs"):
        for pair in part:
            if pair["jaccard"] >= 0.8 and pair["a"] in parent and pair["b"] in parent:
                parent[root_of(pair["a"])] = root_of(pair["b"])
    sizes = Counter(root_of(key) for key in contents)
    by_part = [[sizes[root_of(row["key"])] for row in part] for part in rows(root, "signals.content", "signals")]
    found = documents(mixed)
    assert {row["values"][4] for row in found.values()} > {"1"}
    for (number, row), own in found.items():
        assert own["values"][4] == str(by_part[number][row])


def test_mixture_is_realised_to_the_token_and_monotone(mixed: Path) -> None:
    facts = orjson.loads((stage(mixed / "out", "mix") / "about" / "mixture.json").read_bytes())
    assert facts["wanted_tokens"] == 150_000
    found = documents(mixed)
    copies = Counter(
        (row["part"], row["row"])
        for path in (stage(mixed / "out", "shard") / "lineage").glob("*.parquet")
        if not path.name.startswith("valid")
        for row in pq.read_table(path).to_pylist()
    )
    longest = max(row["tokens"] for row in found.values())
    given: dict[str, int] = {}
    for place, row in found.items():
        topic, rating, *rest = row["values"]
        given.setdefault(" | ".join([topic, *rest, rating]), 0)
        given[" | ".join([topic, *rest, rating])] += row["tokens"] * copies[place]
    for group in facts["groups"]:
        assert given[group["key"]] == group["given_tokens"]
        assert abs(group["given_tokens"] - group["wanted_tokens"]) <= longest / 2
        assert group["wanted_epochs"] <= 6 + 1e-9
    assert set(given) == {group["key"] for group in facts["groups"]}
    even = sum(group["wanted_tokens"] for group in facts["groups"] if group["key"].startswith("even"))
    outers = {group["key"].rpartition(" | ")[0] for group in facts["groups"]}
    assert abs(even - 90_000) <= len(outers)  # whole tokens of each
    by_outer: dict[str, list[tuple[int, ...]]] = {}
    for group in facts["groups"]:
        outer, _, rating = group["key"].rpartition(" | ")
        by_outer.setdefault(outer, []).append(
            (0 if rating == "-" else int(rating), group["tokens"], group["wanted_tokens"])
        )
    for own in by_outer.values():
        tokens, wanted = [row[1] for row in sorted(own)], [row[2] for row in sorted(own)]
        assert solve([tokens], [sum(wanted)], Curve(over="q@4", discard=0.2, cap=6)).wanted[0] == wanted


def test_sums_of_the_stages_agree(mixed: Path) -> None:
    release = open_plan(str(mixed / "tiny.toml"), str(mixed / "out")).finished()
    assert list(ledgers.balances(release)) == []
    counts = orjson.loads((stage(mixed / "out", "buckets") / "manifest.json").read_bytes())["counts"]
    assert counts["documents"] == len(documents(mixed))


def test_plan_shows_it_before_and_after(mixed: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    told = gristmill("plan", mixed / "tiny.toml", "--root", mixed / "out").stdout
    assert "were wanted" in told
    fresh = gristmill("plan", mixed / "tiny.toml", "--root", tmp_path / "nothing").stdout
    assert "mixture: by topic.topic, topic.rating@4, language, source, duplicates" in fresh
    assert "solved when stage buckets has counted the tokens" in fresh
    assert "the worst 20% left out, none more than 6 times" in fresh


def test_spark_gives_the_same_bytes(mixed: Path, tmp_path: Path, process: Gristmill) -> None:
    (tmp_path / "out").mkdir()
    for path in (mixed / "out").iterdir():
        if path.name not in ("buckets", "mix", "shard", "current.json"):
            (tmp_path / "out" / path.name).symlink_to(path)
    where = ("run", mixed / "tiny.toml", "--root", tmp_path / "out", "--until", "mix")
    done = process(*where, "--cores", "1", "--engine", "spark")
    assert done.returncode == 0, done.stderr
    for name in ("buckets", "mix"):
        assert tree(tmp_path / "out" / name) == tree(mixed / "out" / name)


def test_list_without_copies_or_labels(mixed: Path, gristmill: Gristmill) -> None:
    recipe = mixed / "plain.toml"
    small = (mixed / "tiny.toml").read_text("utf-8").partition("\n[splits]")[0]
    table = '[mixture]\nby = ["length.words@3", "language"]\nalpha = 0\nmax_epochs = 50\n[budget]\nparameters = 1e6\n'
    recipe.write_text(f"{small}\n{table}", "utf-8")
    made = gristmill("run", recipe, "--root", mixed / "out", "--until", "mix", "--cores", 2)
    assert made.returncode == 0, made.stderr
    plan = gristmill("plan", recipe, "--root", mixed / "out").stdout
    assert "by length.words@3" in plan
    assert "smaller groups: --mixture shows all" in plan
    assert "budget: " in plan
    assert "  manuals  " in plan
    every = gristmill("plan", recipe, "--root", mixed / "out", "--mixture").stdout
    assert "--mixture shows all" not in every
    assert len(every.splitlines()) > len(plan.splitlines())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"topic.rating@4"', '"topic.score@4"', "'topic.score@4': name one of the numbers of topic: topic.rating"),
        ('"topic.topic"', '"theme"', "'theme' is nothing that documents have; known: source, language, duplicates"),
        ('"language",', '"language@3",', "language has no quantiles"),
        ('"language",', '"length.words@1",', "behind @ stands a number of quantiles from 2 to 1000"),
    ],
)
def test_list_that_names_nothing_is_refused_in_one_line(
    mixed: Path, tmp_path: Path, gristmill: Gristmill, old: str, new: str, message: str
) -> None:
    text = (mixed / "tiny.toml").read_text("utf-8")
    assert old in text
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(text.replace(old, new), "utf-8")
    done = gristmill("plan", recipe)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
