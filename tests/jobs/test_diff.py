"""`gristmill diff` over finished runs, against a twin that holds both by id."""

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from corpus.comparison import changes, pieces
from corpus.comparison.sides import open_side
from corpus.store import current, releases
from tests.conftest import LINES, Gristmill
from tests.corpus.object_store import ObjectStore, serving
from tests.corpus.stores import put

TEXT = "A page <b>that</b> one run alone has, with a <script>alert(1)</script> and more than a dozen words to keep it."


@dataclass(frozen=True)
class Roots:
    """`moved` has the small recipe as release v1, and then moved thresholds over the same ingest; `other` has other
    input and parts; `parts` nothing but other parts."""

    moved: Path
    other: Path
    parts: Path


@pytest.fixture(scope="module")
def roots(finished: Path, tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Roots:
    folder = tmp_path_factory.mktemp("diff")
    text = (finished / "tiny.toml").read_text("utf-8")
    moved = text.replace("min_words = 12", "min_words = 40").replace(
        'use = "repetition"', 'use = "repetition"\nmax_char_ratio = 0.1'
    )
    moved += '\n[[clean]]\ndrop_words_with = ["system"]\n'
    lines = [*LINES[1:], orjson.dumps({"text": TEXT, "id": "new"}).decode()]
    (folder / "broken.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    other = text.replace(f"{finished}/broken", f"{folder}/broken").replace("part_bytes = 60_000", "part_bytes = 25_000")
    parts = text.replace("part_bytes = 60_000", "part_bytes = 25_000")
    shutil.copytree(finished / "out", folder / "moved", symlinks=True)
    releases.give_name(str(folder / "moved"), "v1")
    for name, recipe in (("moved", moved), ("other", other), ("parts", parts)):
        (folder / f"{name}.toml").write_text(recipe, "utf-8")
        done = gristmill("run", folder / f"{name}.toml", "--root", folder / name)
        assert done.returncode == 0, done.stderr
    return Roots(folder / "moved", folder / "other", folder / "parts")


def _compared(gristmill: Gristmill, a: str | Path, b: str | Path, *more: str) -> dict[str, Any]:
    done = gristmill("diff", a, b, "--format", "json", *more)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def _known(root: Path, tag: str = "") -> dict[str, dict[str, Any]]:
    """All documents of a release by id; of records that are the same the one that is kept."""
    marks = releases.stages(str(root), tag)

    def rows(stage: str, table: str) -> list[list[dict[str, Any]]]:
        return [pq.read_table(one).to_pylist() for one in sorted((root / stage / marks[stage] / table).iterdir())]

    texts = {row["id"]: row["text"] for part in rows("release", "corpus") for row in part}
    found: dict[str, dict[str, Any]] = {}
    for verdicts, clusters in zip(rows("decide", "verdicts"), rows("dedup", "clusters"), strict=True):
        for verdict, cluster in zip(verdicts, clusters, strict=True):
            kept = cluster["outcome"] == "kept"
            rules = [reason["rule"] for reason in verdict["reasons"]]
            by = rules if cluster["outcome"] == "filtered" else [cluster["outcome"]]
            if kept or verdict["id"] not in found:
                text = texts.get(verdict["id"]) if kept else None
                found[verdict["id"]] = {**verdict, "kept": kept, "by": by, "text": text}
    return found


def _twin(a: dict[str, dict[str, Any]], b: dict[str, dict[str, Any]]) -> dict[str, Any]:
    both = a.keys() & b.keys()
    kinds: Counter[tuple[str, str]] = Counter()
    for id_ in both:
        if a[id_]["kept"] != b[id_]["kept"]:
            what, side = ("dropped", b) if a[id_]["kept"] else ("kept", a)
            kinds.update((what, by) for by in side[id_]["by"])
    kept = [id_ for id_ in both if a[id_]["kept"] and b[id_]["kept"]]
    dropped = [id_ for id_ in both if not a[id_]["kept"] and not b[id_]["kept"]]
    texts = sum(a[id_]["text"] != b[id_]["text"] for id_ in kept)
    return {
        "both": len(both),
        "only_a": len(a.keys() - b.keys()),
        "only_b": len(b.keys() - a.keys()),
        "kept": len(kept),
        "dropped": len(dropped),
        "newly_dropped": sum(a[id_]["kept"] and not b[id_]["kept"] for id_ in both),
        "newly_kept": sum(b[id_]["kept"] and not a[id_]["kept"] for id_ in both),
        "other_text": texts,
        "other_reason": sum(a[id_]["by"] != b[id_]["by"] for id_ in dropped),
        "kinds": kinds,
    }


def _kinds(found: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter({(c["what"], c["by"]): c["documents"] for c in found["changes"] if c["what"] in ("dropped", "kept")})


@pytest.mark.parametrize(("one", "other"), [("moved@v1", "moved"), ("moved@v1", "other"), ("other", "moved")])
def test_documents_that_changed_are_those_of_the_twin(roots: Roots, gristmill: Gristmill, one: str, other: str) -> None:
    folder = roots.moved.parent
    found = _compared(gristmill, folder / one, folder / other)
    sides = [_known(folder / name.partition("@")[0], name.partition("@")[2]) for name in (one, other)]
    wanted = _twin(*sides)
    assert _kinds(found) == wanted.pop("kinds")
    assert {name: found["documents"][name] for name in wanted} == wanted
    assert wanted["newly_dropped"] + wanted["newly_kept"]
    if "other" in (one, other):
        assert (wanted["only_a"], wanted["only_b"]) == (1, 1)
    else:
        assert wanted["other_text"]
    of_sources = [sum(row.values()) for row in found["documents"]["sources"].values()]
    names = ("only_a", "only_b", "newly_dropped", "newly_kept", "other_text")
    assert sum(of_sources) == sum(wanted[name] for name in names)


def test_samples_are_documents_of_their_change(roots: Roots, gristmill: Gristmill) -> None:
    found = _compared(gristmill, f"{roots.moved}@v1", roots.moved, "--samples", "4", "--chars", "5000")
    before, after = _known(roots.moved, "v1"), _known(roots.moved)
    assert {change["what"] for change in found["changes"]} == {"dropped", "text"}
    for change in found["changes"]:
        assert 0 < len(change["samples"]) == min(4, change["documents"])
        for sample in change["samples"]:
            a, b = before[sample["id"]], after[sample["id"]]
            assert (sample["a"]["outcome"] == "kept", sample["b"]["outcome"] == "kept") == (a["kept"], b["kept"])
            assert "jane.roe" not in sample["text"]
            if change["what"] == "dropped" and "." in change["by"]:
                assert any(line.startswith(f"{change['by']} ") for line in sample["b"]["evidence"])
            if change["what"] == "text":
                assert (sample["text_a"], sample["text_b"]) == (a["text"], b["text"])
    again = _compared(gristmill, f"{roots.moved}@v1", roots.moved, "--samples", "4", "--chars", "5000")
    assert again == found
    other = _compared(gristmill, f"{roots.moved}@v1", roots.moved, "--samples", "4", "--seed", "1")
    ids = [[s["id"] for c in one["changes"] for s in c["samples"]] for one in (found, other)]
    assert ids[0] != ids[1]


def test_keys_files_funnel_and_rules_that_differ_are_told(roots: Roots, gristmill: Gristmill) -> None:
    found = _compared(gristmill, f"{roots.moved}@v1", roots.moved)
    keys = {one["key"]: (one["a"], one["b"]) for one in found["parameters"]}
    assert keys.pop("clean")[0] == []
    assert keys == {"filters.length.min_words": (12, 40), "filters.repetition.max_char_ratio": (0.2, 0.1)}
    assert found["files"] == []
    funnel = {row["name"]: (row["a"], row["b"]) for row in found["funnel"]}
    before, after = _known(roots.moved, "v1"), _known(roots.moved)
    assert funnel["documents in the corpus"] == tuple(sum(d["kept"] for d in side.values()) for side in (before, after))
    assert funnel["tokens"][0] > funnel["tokens"][1] > 0
    rules = {row["name"]: (row["a"], row["b"]) for row in found["rules"]}
    fired = [Counter(r["rule"] for d in side.values() for r in d["reasons"]) for side in (before, after)]
    assert rules == {name: (fired[0][name], fired[1][name]) for name in fired[0] | fired[1]}
    for by, groups in (("source", found["sources"]), ("language", found["languages"])):
        counted = [Counter(d[by] for d in side.values() if d["kept"]) for side in (before, after)]
        wanted = {name: (counted[0][name], counted[1][name]) for name in counted[0] | counted[1]}
        assert {
            g["name"]: (g["kept"]["a"], g["kept"]["b"]) for g in groups if max(g["kept"]["a"], g["kept"]["b"])
        } == wanted


def test_input_files_that_differ_are_counted(roots: Roots, gristmill: Gristmill) -> None:
    found = _compared(gristmill, f"{roots.moved}@v1", roots.other)
    assert found["files"] == [{"source": "broken", "only_a": 0, "only_b": 0, "changed": 1}]
    assert {one["key"] for one in found["parameters"]} == {"ingest.part_bytes"}


def test_other_parts_alone_change_no_document(roots: Roots, gristmill: Gristmill) -> None:
    found = _compared(gristmill, f"{roots.moved}@v1", roots.parts)
    assert found["parameters"] == [{"key": "ingest.part_bytes", "a": 60_000, "b": 25_000}]
    assert found["changes"] == []
    assert found["documents"]["repeats_a"] == found["documents"]["repeats_b"]
    assert found["documents"]["both"] + found["documents"]["repeats_a"] == found["funnel"][2]["a"]


def test_pieces_of_any_size_say_the_same(roots: Roots) -> None:
    a, b = open_side(f"{roots.moved}@v1").opened, open_side(str(roots.other)).opened
    whole = changes.between(a, b, 3, 0)
    assert len(list(pieces.matched(a, b, 10))) > 20
    assert changes.between(a, b, 3, 0, piece_rows=10) == whole


def test_one_release_is_the_same_as_itself(roots: Roots, gristmill: Gristmill) -> None:
    done = gristmill("diff", f"{roots.moved}@v1", f"{roots.moved}@v1")
    assert "one release: every stage is the same" in done.stdout
    assert "recipe: 0 differences" in done.stdout
    assert ", by " not in done.stdout


def test_text_says_what_is_not_shown(roots: Roots, gristmill: Gristmill) -> None:
    lines = gristmill("diff", f"{roots.moved}@v1", roots.moved, "--samples", "1").stdout.splitlines()
    assert "  filters.length.min_words: 12 -> 40" in lines
    found = _compared(gristmill, f"{roots.moved}@v1", roots.moved)
    (most,) = [c for c in found["changes"] if c["by"] == "repetition.repeated_chars"]
    count = most["documents"]
    assert f"kept in A, dropped in B, by repetition.repeated_chars: {count} ({count - 1} not shown)" in lines


def test_page_escapes_documents_and_stands_alone(roots: Roots, tmp_path: Path, gristmill: Gristmill) -> None:
    page = tmp_path / "new" / "diff.html"
    done = gristmill("diff", f"{roots.moved}@v1", roots.other, "--page", page, "--samples", "50")
    assert done.stdout.splitlines()[-1] == f"page      {page}"
    html = page.read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert 'src="' not in html
    before = page.read_bytes()
    gristmill("diff", f"{roots.moved}@v1", roots.other, "--page", page, "--samples", "50")
    assert page.read_bytes() == before
    gristmill("diff", f"{roots.moved}@v1", roots.moved, "--page", page)
    assert "<mark>" in page.read_text("utf-8")


def test_in_a_store_it_is_the_same(roots: Roots, gristmill: Gristmill) -> None:
    with serving(ObjectStore()) as store:
        one, other = put(store, roots.moved, "b/one"), put(store, roots.other, "b/other")
        found = _compared(gristmill, f"{one}@v1", other)
    wanted = _compared(gristmill, f"{roots.moved}@v1", roots.other)
    assert found.pop("a")["release"] == wanted.pop("a")["release"]
    assert found.pop("b")["release"] == wanted.pop("b")["release"]
    assert found == wanted


def test_what_is_not_there_is_one_line(roots: Roots, tmp_path: Path, gristmill: Gristmill) -> None:
    for arguments, message in (
        ((f"{roots.moved}@v7", roots.moved), "has no release 'v7'; named: v1"),
        ((roots.moved, tmp_path / "nothing"), "is no release"),
        ((roots.moved, roots.moved, "--page", "diff.txt"), "name a file that ends in .html"),
    ):
        done = gristmill("diff", *arguments)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert message in done.stderr


def test_a_folder_with_an_at_sign_is_no_tag(roots: Roots, tmp_path: Path) -> None:
    odd = tmp_path / "a@b"
    shutil.copytree(roots.moved, odd, symlinks=True)
    assert open_side(str(odd)).mark == open_side(str(roots.moved)).mark
    assert open_side(f"{odd}@v1").mark == open_side(f"{roots.moved}@v1").mark
    assert current.read(str(odd))
