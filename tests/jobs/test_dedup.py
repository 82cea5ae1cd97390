"""The stages pairs and dedup: the same clusters whatever the parts, the cores and the order of input, in one process,
through Spark with the election on the driver, and with the election in tasks;
restricted sources stay restricted; addresses; the declared order."""

import random
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from corpus.duplicates.recipe_tables import Dedup
from corpus.planning import inputs, plan, recipe
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from jobs import build
from jobs.engine import in_process
from jobs.engine.session import Session
from jobs.frames import election
from tests.sessions import Shared, on_spark

RECIPE = """
[[sources]]
name = "free"
path = "free.jsonl"
licence = "CC-BY-4.0"
date_field = "date"
[[sources]]
name = "bound"
path = "bound.jsonl"
licence_field = "licence"
restricted = true
[ingest]
part_bytes = {part_bytes}
[dedup]
url = "latest"
prefer = ["-symbols.digit_ratio", "+words"]
[[filters]]
use = "symbols"
min_letter_ratio = "off"
min_alnum_ratio = "off"
max_digit_ratio = "off"
max_symbol_ratio = "off"
min_special_ratio = "off"
max_special_ratio = "off"
max_upper_ratio = "off"
"""
Found = dict[str, tuple[object, ...]]


def text(number: int, changed: int = 0) -> str:
    """Sixty words of a document's own, of which the first few are of another."""
    return " ".join(f"w{number * 7 + (5 if i < changed else 0)}x{i}" for i in range(60))


def write(folder: Path, seed: int) -> None:
    """Families of near duplicates, a chain of 20, exact copies and addresses, in the order of a seed."""
    free: list[dict[str, str]] = []
    for number in range(24):
        free += [{"text": text(number, changed)} for changed in range(number % 4)]
    chain = [f"c{i}" for i in range(400)]
    free += [{"text": " ".join(chain[i * 3 : i * 3 + 60]), "id": f"chain-{i}"} for i in range(20)]
    free += [{"text": f"{text(number)}!", "id": f"exact-{number}"} for number in range(1, 9)]
    for year in (2019, 2021, 2020):
        page = {"id": f"page-{year}", "text": text(100 + year), "date": f"{year}-05-01T10:00:00Z"}
        free.append({**page, "url": f"HTTP://a.example:80/x/../page?utm_source={year}#top"})
    free.append({"text": text(900), "id": "clean"})
    free += [{"text": "⠓⠑⠇⠇⠕ ⠺⠕⠗⠇⠙ ⠞⠓⠊⠎", "id": f"braille-{i}"} for i in range(3)]
    free.append({"text": "⠓⠑⠇⠇⠕ ⠺⠕⠗⠇⠙  ⠞⠓⠊⠎", "id": "braille-of-other-bytes"})
    free += [{"text": text(950 + i).upper(), "id": f"loud-{i}"} for i in range(4)]
    free += [{"text": text(950 + i), "id": f"plain-{i}"} for i in range(4)]
    bound = [
        {"text": text(900, 1), "id": "near-clean", "licence": "MIT"},
        {"text": text(1) + " ?", "id": "exact-bound"},
    ]
    for name, rows in (("free", free), ("bound", bound)):
        named = [{"id": f"{name}-{i}", **row} for i, row in enumerate(rows)]
        random.Random(seed).shuffle(named)
        (folder / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in named))


def clusters(folder: Path, session: Session, part_bytes: int, recipe_: str = RECIPE) -> Found:
    """(outcome, locator of the one that stays, similarity, size, cluster, restricted) by locator."""
    path = folder / "r.toml"
    path.write_text(recipe_.format(part_bytes=part_bytes), "utf-8")
    read = recipe.load(str(path), root=str(folder / f"out-{len(list(folder.iterdir()))}"))
    planned = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    build.run(planned, session, lambda _: None, until="dedup")
    done = planned.finished()
    documents, found = done[INGEST].table("documents"), done[DEDUP].table("clusters")
    assert found.rows == documents.rows
    columns = ["id", "locator"]
    names = {
        row["id"]: row["locator"] for p in range(documents.parts) for row in documents.read(p, columns).to_pylist()
    }
    rows = pa.concat_tables([found.read(p) for p in range(found.parts)]).to_pylist()
    return {
        names[row["id"]]: (
            row["outcome"],
            names.get(row["kept_id"]),
            row["jaccard"],
            row["size"],
            names.get(row["cluster"]),
            row["restricted"],
        )
        for row in rows
    }


@pytest.mark.timeout(900)
def test_clusters_are_the_same_whatever_the_parts_cores_and_order_and_wherever_they_are_elected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 1)
    found = clusters(tmp_path, Shared(1), part_bytes=1 << 20)
    write(tmp_path, 2)
    session = Shared(2)
    assert clusters(tmp_path, session, part_bytes=1 << 13) == found
    assert clusters(tmp_path, on_spark(2), part_bytes=1 << 13) == found
    monkeypatch.setattr(in_process, "FEW_MEMBERS", 0)
    write(tmp_path, 3)
    assert clusters(tmp_path, session, part_bytes=1 << 14) == found
    monkeypatch.setattr(in_process, "FEW_EDGES", 0)
    monkeypatch.setattr(election, "_TOGETHER", 10)
    assert clusters(tmp_path, session, part_bytes=1 << 13) == found
    assert not list(tmp_path.rglob("rounds"))
    assert found["page-2021"] == ("kept", None, None, 3, "page-2021", False)
    assert found["page-2019"] == ("url", "page-2021", None, 0, "page-2021", False)
    assert found["exact-bound"] == ("kept", None, None, 3, "exact-bound", True)
    assert found["near-clean"][:4] == ("kept", None, None, 2)
    assert found["clean"][:3] == ("near", "near-clean", 55 / 57)
    assert sorted(str(found[f"braille-{i}"][0]) for i in range(3)) == ["exact", "exact", "kept"]
    assert found["braille-of-other-bytes"][0] == "kept"
    for i in range(4):
        assert found[f"loud-{i}"][:2] == ("exact", f"plain-{i}")
        assert found[f"plain-{i}"][3] == 2
    assert {found[f"chain-{i}"][4] for i in range(20)} == {found["chain-0"][4]}
    stays = [i for i in range(20) if found[f"chain-{i}"][0] == "kept"]
    assert 5 <= len(stays) <= 7  # every third or so: neighbours at a distance of up to 2 are alike
    assert all(found[name][5] == (name in ("near-clean", "exact-bound")) for name in found)


@pytest.mark.timeout(300)
def test_exempt_source_loses_nothing_and_nothing_is_lost_for_it(tmp_path: Path) -> None:
    write(tmp_path, 1)
    exempt = RECIPE.replace("[dedup]", '[dedup]\nexempt = ["bou*"]')
    found = clusters(tmp_path, Shared(1), part_bytes=1 << 20, recipe_=exempt)
    assert found["near-clean"] == ("kept", None, None, 1, None, True)
    assert found["clean"][:4] == ("kept", None, None, 1)  # like `near-clean`, which takes no part


@pytest.mark.timeout(300)
def test_addresses_of_a_source_are_compared_without_their_query(tmp_path: Path) -> None:
    pages = [("a", "?page=1"), ("b", "?page=2#top"), ("c", "/other?page=1")]
    for name in ("free", "bound"):
        rows = [
            {"id": f"{name}-{own}", "text": text(number), "licence": "MIT", "url": f"https://{name}.example/news{tail}"}
            for number, (own, tail) in enumerate(pages, start=0 if name == "free" else 100)
        ]
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    cut = RECIPE.replace('url = "latest"', 'url = "best"\nurl_without_query = ["free"]')
    found = clusters(tmp_path, Shared(1), part_bytes=1 << 20, recipe_=cut.replace('date_field = "date"\n', ""))
    assert sorted(str(found[f"free-{own}"][0]) for own in "ab") == ["kept", "url"]
    assert {found[name][0] for name in ("free-c", "bound-a", "bound-b", "bound-c")} == {"kept"}


def test_addresses_without_query_need_addresses() -> None:
    with pytest.raises(ValueError, match="set url to"):
        Dedup(url_without_query=("free",))
