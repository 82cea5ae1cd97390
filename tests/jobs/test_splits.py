"""No near copy straddles a split, whatever the partitioning and on both ways to components; and a recipe that asks."""

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.shards.megatron import read_index
from corpus.shards.splits import SPLITS, Quota, Splits
from corpus.shards.tokens import TokenPart, schema, write_token_part
from corpus.stages.built import Built
from corpus.stages.code import CONTAINMENTS
from corpus.stages.columns import CUTS
from corpus.stages.pairs import PAIRS_SCHEMA
from corpus.stages.release import CORPUS, RELEASE
from corpus.stages.splits import HELD, HeldOut
from corpus.stages.splits import SPLITS as STAGE
from jobs.alike import near_copies
from jobs.engine import in_process
from jobs.engine.job import Job
from jobs.engine.session import Session
from jobs.stages import splits
from tests.conftest import Gristmill, tree
from tests.stages import built, job_of, rows, written

CHANCE = random.Random(5)
COUNT = 600
IDS = [f"{CHANCE.getrandbits(128):032x}" for _ in range(COUNT)]
LANGUAGES = [CHANCE.choice(["eng_Latn", "eng_Latn", "tha_Thai"]) for _ in range(COUNT)]
KEYS = [CHANCE.randbytes(16) if i % 50 else b"\0" * 16 for i in range(COUNT)]  # some have no words
GONE = [CHANCE.randbytes(16) for _ in range(100)]  # contents of documents that were not released
TEXTS = [CHANCE.randbytes(16) for _ in range(COUNT)]
for one, other in ((3, 500), (0, 550), (7, 8)):
    TEXTS[one] = TEXTS[other]  # made equal by redaction
CUT_FROM = [(20, 21), (30, 31), (599, 2)]  # a passage of the first is kept by the second
WORDED = [key for key in KEYS if any(key)]
PAIRS_OF: list[Any] = [
    (*CHANCE.sample([*WORDED, *GONE], 2), CHANCE.choice([0.2, 0.6, 0.9]))
    for _ in range(250)
] + [(WORDED[0], key, 0.8) for key in WORDED[100:150]]  # fmt: skip
ASKED = Splits(valid=0.1, test=0.05, max_cluster=20, by_language={"tha_*": Quota(valid=0.2)})


CONTAINED = [(KEYS[40], KEYS[41], 0.1, 0.7), (KEYS[42], KEYS[43], 0.4, 0.3)]  # the second is half in the first, or not


@dataclass
class Stages:
    """The stages before, their tables in parts of these sizes."""

    folder: Path
    sizes: Sequence[int]
    session: Session

    def job(self) -> Job[HeldOut]:
        """Of the stage itself."""
        before = [
            built("ingest", self.folder / "ingest", {"documents": rows(*self.sizes)}),  # of which only rows are read
            self._stage("pairs", "pairs", self._pairs()),
            self._stage("code", "containments", self._contained()),
            self._stage("passages", "cuts", self._passages()),
            self._stage("signals.content", "signals", self._contents()),
            self._stage("release", "corpus", [self._corpus(a, b) for a, b in self.cuts()]),
        ]
        return job_of(STAGE, HeldOut(table=ASKED, seed=9), self.folder, before, self.session)

    def _pairs(self) -> list[pa.Table]:
        found = [
            {"a": a, "b": b, "a_shingles": 9, "b_shingles": 9, "shared": 5, "jaccard": j, "crowded": False}
            for a, b, j in PAIRS_OF
        ]
        return [pa.Table.from_pylist(found[i::2], schema=PAIRS_SCHEMA) for i in range(2)]

    def _contained(self) -> list[pa.Table]:
        found = [
            {
                "a": a, "b": b, "a_fingerprints": 9, "b_fingerprints": 9, "shared": 5, "jaccard": 0.1,
                "a_in_b": inside, "b_in_a": holds, "a_words_in_b": 0.0, "b_words_in_a": 0.0,
                "same": False,
            }
            for a, b, inside, holds in CONTAINED
        ]  # fmt: skip
        return [pa.Table.from_pylist(found, schema=CONTAINMENTS)]

    def _passages(self) -> list[pa.Table]:
        cut = {"start": 0, "end": 1, "rule": "passages.repeated", "count": 2}
        found = [
            [{"id": IDS[i], "row": i - a, "of_id": IDS[of], **cut} for i, of in CUT_FROM if a <= i < b]
            for a, b in self.cuts()
        ]
        return [pa.Table.from_pylist(part, schema=CUTS) for part in found]

    def _contents(self) -> list[pa.Table]:
        return [pa.table({"key": pa.array(KEYS[a:b], pa.binary(16))}) for a, b in self.cuts()]

    def cuts(self) -> list[tuple[int, int]]:
        return list(pairwise(np.cumsum([0, *self.sizes]).tolist()))

    def _corpus(self, first: int, last: int) -> pa.Table:
        found = [
            {
                "id": IDS[i], "row": i - first, "source": "s", "language": LANGUAGES[i], "text": "",
                "restricted": False, "cleaned": False, "redactions": 0, "redacted": False, "content": TEXTS[i],
            }
            for i in range(first, last)
        ]  # fmt: skip
        return pa.Table.from_pylist(found, schema=CORPUS)

    def _stage(self, stage: str, name: str, parts: list[pa.Table]) -> Built:
        folder = self.folder / stage
        return built(stage, folder, {name: written(folder, name, parts).files})

    def tokens(self) -> tuple[TokenPart, ...]:
        found = []
        for number, (a, b) in enumerate(self.cuts()):
            columns: dict[str, Any] = {
                "language": LANGUAGES[a:b], "order": range(b - a), "id": IDS[a:b], "source": ["s"] * (b - a),
                "row": range(b - a), "tokens": [[5] * (i % 7) for i in range(a, b)],
            }  # fmt: skip
            table = pa.Table.from_pydict(columns, schema=schema(pa.uint16()))
            entry = write_token_part(str(self.folder), f"part-{number:05d}", table)
            found.append(TokenPart(folder=str(self.folder), entry=entry, number=number))
        return tuple(found)


def held(stages: Stages) -> tuple[dict[str, str], dict[str, int], dict[str, int]]:
    """Split by id of what is held out; documents taken and wanted by split."""
    job = stages.job()
    corpus = job.table(RELEASE.corpus)
    clusters = splits.EmitClusters(corpus=corpus, copies=near_copies.find(job), seed=9)
    bounds, taken, wanted = splits._bounds(job, clusters)
    task = splits.HoldOut(
        folder=str(stages.folder), clusters=clusters, most=ASKED.max_cluster, bounds=bounds, tokens=stages.tokens()
    )
    found = {}
    for part in range(corpus.parts):
        [receipt] = task(part).values()
        table = pq.read_table(stages.folder / "held" / receipt.files["held"][0].name)
        assert table.schema.equals(HELD)
        for row in table.to_pylist():
            assert row["tokens"] == IDS.index(row["id"]) % 7
            found[row["id"]] = SPLITS[row["split"]]
    return found, taken, wanted


@pytest.mark.parametrize(
    "most", [in_process.FEW_EDGES, pytest.param(0, marks=pytest.mark.slow)]
)  # 0: by rounds in Spark
def test_no_verified_pair_straddles_whatever_the_partitioning(
    tmp_path: Path, session: Session, spark: Session, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    found, taken, wanted = held(Stages(tmp_path / "one", [600], session))
    monkeypatch.setattr(in_process, "FEW_EDGES", most)
    other, _, _ = held(Stages(tmp_path / "many", [250, 0, 350], spark))
    assert found == other

    split = {id_: found.get(id_, "train") for id_ in IDS}
    clusters = connected()
    for cluster in clusters:
        assert len({split[IDS[i]] for i in cluster}) == 1
        assert len(cluster) <= 20 or split[IDS[cluster[0]]] == "train"
    assert any(len(cluster) > 1 and split[IDS[cluster[0]]] != "train" for cluster in clusters)
    for name in SPLITS:
        assert taken[name] == sum(value == name for value in found.values())
        assert wanted[name] - 2 * 20 < taken[name] <= wanted[name]
    thai = sum(language == "tha_Thai" for language in LANGUAGES)
    assert wanted == {
        "valid": pytest.approx(0.1 * (COUNT - thai) + 0.2 * thai, abs=9),
        "test": pytest.approx(30, abs=9),
    }


def connected() -> list[list[int]]:
    """Clusters by search: documents joined by a pair of 0.5 or more, through those not released, or by equal text."""
    joined: dict[Any, set[Any]] = {}
    for i, (key, text) in enumerate(zip(KEYS, TEXTS, strict=True)):
        for name in [text, *([key] if any(key) else [])]:
            joined.setdefault(i, set()).add(name)
            joined.setdefault(name, set()).add(i)
    for a, b, similarity in PAIRS_OF:
        if similarity >= 0.5:
            joined.setdefault(a, set()).add(b)
            joined.setdefault(b, set()).add(a)
    also = [*CUT_FROM, *((KEYS.index(a), KEYS.index(b)) for a, b, *inside in CONTAINED if max(inside) >= 0.5)]
    for i, other in also:
        joined[i].add(other)
        joined[other].add(i)
    seen: set[Any] = set()
    found = []
    for start in range(COUNT):
        waiting, cluster = [start], []
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(joined[node])
                cluster += [node] if isinstance(node, int) else []
        if cluster:
            found.append(cluster)
    return found


@pytest.fixture
def recipe(finished: Path, tmp_path: Path) -> Path:
    """The small recipe with splits and packed sequences."""
    tables = '[splits]\nvalid = 0.1\ntest = 0.05\n\n[shards]\npacking = "best_fit"\nsequence_length = 256'
    path = tmp_path / "held.toml"
    path.write_text((finished / "tiny.toml").read_text("utf-8").replace("[shards]", tables), "utf-8")
    return path


@pytest.mark.slow
def test_splits_are_the_same_bytes_on_one_core(
    finished: Path, recipe: Path, tmp_path: Path, process: Gristmill
) -> None:
    found = []
    for cores in (1, 2):
        root = tmp_path / str(cores)
        shutil.copytree(finished / "out", root, symlinks=True)
        done = process("run", recipe, "--root", root, "--cores", cores, "--until", "shard")
        assert done.returncode == 0, done.stderr
        found.append(tree(root))
    assert found[0] == found[1]


def test_recipe_with_splits_and_packing_has_them_in_every_shard(
    copied: Path, recipe: Path, gristmill: Gristmill
) -> None:
    done = gristmill("run", recipe, "--root", copied, "--cores", "2", "--until", "shard")
    assert done.returncode == 0, done.stderr
    assert "reused: ingest, measure, decide, pairs, dedup, release, train, fertility, encode" in done.stdout
    table = pq.read_table(next(copied.glob("splits/*/held")))
    ids = {name: {r["id"] for r in table.to_pylist() if SPLITS[r["split"]] == name} for name in SPLITS}
    assert len(ids["valid"]) > 8
    assert ids["test"]
    counts = {p.parts[-3]: orjson.loads(p.read_bytes())["counts"] for p in copied.glob("*/*/manifest.json")}
    folder = next(p.parent for p in copied.glob("shard/*/about") if (p.parent / "arrow" / "valid").exists())
    about = orjson.loads((folder / "about" / "shards.json").read_bytes())
    files = sorted(copied.glob("ingest/*/documents/*"))
    documents = [pq.read_table(file, columns=["id"])["id"].to_pylist() for file in files]
    for name, members in ids.items():
        prefixes = [p for p in about["megatron"] if p["split"] == name]
        assert sum(p["documents"] for p in prefixes) == len(members)
        for prefix in prefixes:
            assert prefix["prefix"].startswith(f"megatron/{name}-")
            lineage = pq.read_table(folder / "lineage" / f"{Path(prefix['prefix']).name}.parquet")
            assert {documents[place["part"]][place["row"]] for place in lineage.to_pylist()} <= members
            index = (folder / f"{prefix['prefix']}.idx").read_bytes()
            lengths, _, _ = read_index(index, (folder / f"{prefix['prefix']}.bin").stat().st_size)
            assert (len(lengths), lengths.sum()) == (lineage.num_rows, prefix["tokens"])
    assert sum(p["documents"] for p in about["megatron"]) == counts["release"]["documents"]
    assert about["packed"]["padding_share"] < 0.1
    assert set(about["packed"]["sources"]) == {"manuals", "broken"}

    datasets = pytest.importorskip("datasets")
    opened = datasets.load_from_disk(str(folder / "arrow"))
    assert list(opened) == ["train", "valid", "test"]
    for name, members in ids.items():
        assert {i for row in opened[name] for i in row["ids"]} == members
    assert {i for row in opened["train"] for i in row["ids"]}.isdisjoint(ids["valid"] | ids["test"])
    assert {len(row["input_ids"]) for row in opened["train"]} == {256}
