"""A run with a mixture, from what the small run has encoded: same bytes again, counts that agree, refusals."""

from itertools import pairwise
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.arrow import strings
from tests.conftest import Gristmill, tree, write_recipe

pytestmark = pytest.mark.timeout(900)  # two runs, one behind the other

BROKEN = 3.5  # epochs
TABLE = f"""
[mixture]
epochs = {{ broken = {BROKEN}, "manuals:fra_Latn" = 2, "*" = 0.75 }}
"""


def recipe(folder: Path, table: str = TABLE) -> Path:
    path = write_recipe(folder)
    path.write_text(path.read_text("utf-8") + table, "utf-8")
    return path


@pytest.fixture(scope="module")
def mixed(finished: Path, tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """The folder of a finished run with a mixture; everything up to the token parts is the small run's."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "out").mkdir()
    for path in (finished / "out").iterdir():
        if path.name not in ("shard", "report", "current.json"):
            (folder / "out" / path.name).symlink_to(path)
    made = gristmill("run", recipe(folder), "--root", folder / "out", "--cores", "2")
    assert made.returncode == 0, made.stderr
    return folder


def stage(folder: Path, name: str) -> tuple[Path, dict[str, int]]:
    found = next(path for path in (folder / "out" / name).iterdir() if (path / "manifest.json").exists())
    return found, orjson.loads((found / "manifest.json").read_bytes())["counts"]


def test_shards_have_every_copy_that_the_mixture_wants(mixed: Path) -> None:
    folder, counts = stage(mixed, "shard")
    mix, given = stage(mixed, "mix")
    encoded = stage(mixed, "encode")[1]
    assert counts["arrow.documents"] == counts["megatron.documents"] == given["documents"] != encoded["documents"]
    assert counts["arrow.tokens"] == counts["megatron.tokens"] == given["documents"] + given["tokens"]
    files = sorted((folder.parents[1] / "ingest").glob("*/documents/*"))
    sources = [pq.read_table(file, columns=["source"])["source"].to_pylist() for file in files]
    seen: dict[tuple[int, int], list[int]] = {}
    for path in folder.glob("lineage/*.parquet"):
        for row in pq.read_table(path).to_pylist():
            seen.setdefault((row["part"], row["row"]), []).append(row["copy"])
    assert all(sorted(copies) == list(range(len(copies))) for copies in seen.values())
    assert {len(copies) for (part, row), copies in seen.items() if sources[part][row] == "broken"} <= {3, 4}
    facts = orjson.loads((mix / "about" / "mixture.json").read_bytes())
    rows = {row["key"]: row for row in facts["groups"]}
    assert set(rows) == {"*", "broken", "manuals:fra_Latn"}
    assert rows["manuals:fra_Latn"]["given_epochs"] == 2.0
    assert 3 <= rows["broken"]["given_epochs"] <= 4
    assert rows["*"]["given_epochs"] == pytest.approx(0.75, abs=0.05)
    assert facts["given_tokens"] == counts["arrow.tokens"]
    about = orjson.loads((folder / "about" / "shards.json").read_bytes())
    assert about["epochs"]["source"]["broken"] == rows["broken"]["given_epochs"]
    assert about["epochs"]["language"]["fra_Latn"] == 2.0


def test_arrow_shards_are_in_the_global_order_and_keep_copies_apart(mixed: Path) -> None:
    folder = stage(mixed, "shard")[0]
    ids: list[str] = []
    for path in sorted(folder.glob("arrow/*.arrow")):
        with pa.ipc.open_stream(pa.memory_map(str(path))) as reader:
            table = reader.read_all()
        assert table.schema.field("copy").type == pa.int16()
        ids += strings(table["id"])
    assert len(ids) > len(set(ids))
    assert all(one != other for one, other in pairwise(ids))


def test_mixture_again_on_one_core_through_spark_gives_the_same_bytes(
    mixed: Path, tmp_path: Path, process: Gristmill
) -> None:
    (tmp_path / "out").mkdir()
    for path in (mixed / "out").iterdir():
        if path.name not in ("mix", "shard", "report", "current.json"):
            (tmp_path / "out" / path.name).symlink_to(path)
    # A run that was killed in the middle: one part of the mixture is there.
    old = stage(mixed, "mix")[0]
    new = tmp_path / "out" / "mix" / old.name
    receipt = Path("receipts", "parts", "000000.json")
    (new / receipt.parent).mkdir(parents=True)
    (new / "copies").mkdir()
    name = orjson.loads((old / receipt).read_bytes())["files"]["copies"][0]["name"]
    (new / "copies" / name).write_bytes((old / "copies" / name).read_bytes())
    (new / receipt).write_bytes((old / receipt).read_bytes())
    where = ("run", recipe(tmp_path), "--root", tmp_path / "out", "--until", "shard")
    done = process(*where, "--cores", "1", "--engine", "spark")
    assert done.returncode == 0, done.stderr
    for name in ("mix", "shard"):
        assert tree(tmp_path / "out" / name) == tree(mixed / "out" / name)


def test_plan_and_report_show_the_mixture(mixed: Path, finished: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    plan = gristmill("plan", recipe(tmp_path), "--root", mixed / "out").stdout
    assert "were wanted" in plan
    assert "manuals:fra_Latn" in plan
    page = (mixed / "out" / "report" / "index.html").read_text("utf-8")
    assert '<h2 id="mixture">' in page
    solved = gristmill("plan", recipe(tmp_path), "--root", finished / "out").stdout
    assert " 2.000 " in solved
    assert "were wanted" not in solved
    fresh = gristmill("plan", recipe(tmp_path), "--root", tmp_path / "nothing").stdout
    assert "solved when stage encode has counted the tokens" in fresh


def test_language_that_the_corpus_lacks_is_met_after_decide(tmp_path: Path, gristmill: Gristmill) -> None:
    wrong = recipe(tmp_path, '[mixture]\nweights = { "*" = 0.5, "*:tlh_Latn" = 0.5 }\n')
    done = gristmill("run", wrong, "--root", tmp_path / "out", "--cores", "2")
    assert done.returncode == 2
    assert "'*:tlh_Latn' fits no document of the corpus; its sources have " in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list((tmp_path / "out").glob("pairs/*"))


@pytest.mark.parametrize(
    ("verb", "table", "message"),
    [
        ("run", "tokens = 1_000_000_000_000", "4 epochs of all there is are"),
        ("plan", 'weights = { "*" = 0.5, "*:tlh_Latn" = 0.5 }', "'*:tlh_Latn' fits no document of the corpus"),
    ],
)
def test_mixture_that_the_corpus_cannot_give_is_refused_in_one_line(
    copied: Path, tmp_path: Path, process: Gristmill, verb: str, table: str, message: str
) -> None:
    wrong = recipe(tmp_path, f"[mixture]\n{table}\n")
    done = process(verb, wrong, "--root", copied, JAVA_HOME="/nowhere")
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
