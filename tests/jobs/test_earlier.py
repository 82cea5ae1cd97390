"""A new crawl against earlier releases: what they kept stays, copies of it go; of theirs only keys are read."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.planning import plan
from corpus.planning.opening import open_plan
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from filters.arrow import strings
from jobs import build
from jobs.engine import in_process
from jobs.engine.session import Session

RECIPE = """
name = "crawl"
{sources}
[ingest]
part_bytes = {part_bytes}
[dedup]
{dedup}
[tokenizer]
vocab_size = 300
[[filters]]
use = "minhash"
seed = {seed}
"""
Found = dict[str, tuple[str, str | None, float | None]]


def text(number: int, changed: int = 0) -> str:
    return " ".join(f"w{number * 7 + (5 if i < changed else 0)}x{i}" for i in range(60))


OLD = {f"old-{n}": text(n) for n in range(30)} | {f"old-near-{n}": text(n, 2) for n in range(6)}
NEW = (
    {f"copy-{n}": text(n) + " !" for n in range(3)}
    | {f"near-{n}": text(n, 1) for n in range(3, 9)}
    | {f"near-near-{n}": text(n, 3) for n in range(3)}
    | {f"new-{n}": text(100 + n) for n in range(8)}
    | {f"new-near-{n}": text(100 + n, 1) for n in range(4)}
)


def write(folder: Path, name: str, texts: dict[str, str]) -> None:
    rows = [{"id": key, "text": value} for key, value in texts.items()]
    random.Random(3).shuffle(rows)
    (folder / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def planned(
    folder: Path, names: list[str], dedup: str, root: str, *, part_bytes: int = 1 << 20, seed: int = 1
) -> plan.Plan:
    sources = "\n".join(f'[[sources]]\nname = "{name}"\npath = "{name}.jsonl"\n' for name in names)
    path = folder / f"{root}.toml"
    path.write_text(RECIPE.format(sources=sources, dedup=dedup, part_bytes=part_bytes, seed=seed), "utf-8")
    return open_plan(str(path), str(folder / root))


def clusters(of: plan.Plan, session: Session) -> tuple[Found, dict[str, int]]:
    """Outcome, locator or id of the one that stays, and similarity, by locator; and the counts of dedup."""
    build.run(of, session, lambda _: None, until="dedup")
    done = of.finished()
    documents, found = done[INGEST].table("documents"), done[DEDUP].table("clusters")
    rows = [row for part in range(documents.parts) for row in documents.read(part, ["id", "locator"]).to_pylist()]
    names = {row["id"]: row["locator"] for row in rows}
    told = pa.concat_tables([found.read(part) for part in range(found.parts)]).to_pylist()
    return (
        {
            names[row["id"]]: (row["outcome"], names.get(row["kept_id"], row["kept_id"]), row["jaccard"])
            for row in told
            if row["outcome"] != "filtered"
        },
        dict(done[DEDUP].counts),
    )


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, session: Session) -> Path:
    """A folder with a first release in `first`, indexed."""
    folder = tmp_path_factory.mktemp("releases")
    write(folder, "old", OLD)
    write(folder, "new", NEW)
    build.run(planned(folder, ["old"], "index = true", "first"), session, lambda _: None, until="index")
    return folder


def index_of(folder: Path) -> Path:
    return next((folder / "first" / "index").iterdir())


def ids(folder: Path) -> dict[str, str]:
    table = pa.concat_tables(
        [pq.read_table(path, columns=["id", "locator"]) for path in sorted(folder.glob("first/ingest/*/documents/*"))]
    )
    return dict(zip(strings(table["id"]), strings(table["locator"]), strict=True))


@pytest.mark.parametrize(
    ("part_bytes", "few"), [(1 << 20, in_process.FEW_MEMBERS), (2_000, in_process.FEW_MEMBERS), (2_001, 0)]
)
def test_crawl_against_an_index_keeps_what_it_would_keep_beside_the_whole_release(
    released: Path, session: Session, monkeypatch: pytest.MonkeyPatch, part_bytes: int, few: int
) -> None:
    monkeypatch.setattr(in_process, "FEW_MEMBERS", few)
    against = f'against = ["{index_of(released)}"]'
    found, counts = clusters(
        planned(released, ["new"], against, f"second-{part_bytes}", part_bytes=part_bytes), session
    )
    both = 'prefer_sources = ["old", "new"]'
    together, _ = clusters(planned(released, ["old", "new"], both, "together"), session)
    names = ids(released)
    told = {key: (outcome, names.get(kept or "", kept), similar) for key, (outcome, kept, similar) in found.items()}
    assert told == {key: value for key, value in together.items() if key in NEW}
    assert {told[f"copy-{n}"][0] for n in range(3)} == {"exact"}
    for n in range(3, 9):
        outcome, kept, _ = told[f"near-{n}"]
        assert (outcome, str(kept).rpartition("-")[2]) == ("near", str(n))
    assert counts["known"] == sum(kept in OLD for _, kept, _ in told.values()) == 12
    assert counts["size"] + counts["known"] == len(NEW)


def test_no_text_of_the_earlier_release_is_read(released: Path, session: Session, tmp_path: Path) -> None:
    shutil.copytree(released, tmp_path / "moved")
    shutil.rmtree(tmp_path / "moved" / "first" / "ingest")
    (tmp_path / "moved" / "old.jsonl").unlink()
    against = f'against = ["{index_of(tmp_path / "moved")}"]'
    _, counts = clusters(planned(tmp_path / "moved", ["new"], against, "alone"), session)
    assert counts["known"] == 12


def _truncate(index: Path) -> None:
    part = next((index / "index").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-9])


def _lose(index: Path) -> None:
    next((index / "index").glob("*.parquet")).unlink()


def _unfinish(index: Path) -> None:
    (index / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("harm", "seed", "said"),
    [
        (_truncate, 1, "missing or not whole"),
        (_lose, 1, "missing or not whole"),
        (_unfinish, 1, "no finished index"),
        (lambda _: None, 2, "another minhash"),
    ],
)
def test_index_that_cannot_serve_is_refused_and_nothing_is_written(
    released: Path, tmp_path: Path, harm: Callable[[Path], None], seed: int, said: str
) -> None:
    shutil.copytree(released / "first" / "index", tmp_path / "index")
    index = next((tmp_path / "index").iterdir())
    harm(index)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    write(tmp_path, "new", NEW)
    with pytest.raises(RecipeError, match=said) as caught:
        planned(tmp_path, ["new"], f'against = ["{index}"]', "refused", seed=seed)
    assert "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.rglob("*") if p.name not in ("new.jsonl", "refused.toml")) == before


def test_release_is_named_once(released: Path) -> None:
    twice = f'against = ["{index_of(released)}", "{index_of(released)}"]'
    with pytest.raises(RecipeError, match="twice"):
        planned(released, ["new"], twice, "twice")
