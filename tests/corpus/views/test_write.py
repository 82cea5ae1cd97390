"""Files of a view: the same however documents are parted, and read by Megatron's own reader and by `datasets`."""

import warnings
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.shards.layout import plan_shards
from corpus.shards.prefix import open_prefix
from corpus.shards.read import read_batches
from corpus.views.layout import Place
from corpus.views.recipe_table import View
from corpus.views.write import write_place
from tests.corpus.shards.test_shards import parts_of
from tests.corpus.views import made

KIND = pa.uint16()
CHANCE = np.random.default_rng(7)
DOCUMENTS = [
    (
        f"{number * 7919 % 1000:032x}",
        ("eng_Latn", "tha_Thai")[number % 3 == 0],
        (made.FIRST + CHANCE.integers(0, 500, CHANCE.integers(0, 90))).tolist(),
    )
    for number in range(60)
]


def written(folder: Path, view: View, cuts: list[int]) -> dict[str, bytes]:
    """Files of a view by name, without lineage, which speaks of parts; Arrow ones without columns that do."""
    maker = made.made(view)
    totals: dict[str, int] = {}
    for _, language, tokens in DOCUMENTS:
        totals[language] = totals.get(language, 0) + len(tokens) + 1
    parts, found = parts_of(folder / "tokens", DOCUMENTS, cuts, KIND), {}
    for shard in plan_shards(totals, KIND, 2_000):
        place = Place(view=view, shard=shard)
        files = write_place(str(folder), place, maker, parts, KIND, 1).files
        for table, entries in files.items():
            for entry in entries:
                path = folder / table / entry.name
                data = path.read_bytes()
                if path.suffix == ".arrow":
                    rows = [batch.to_pylist() for batch in read_batches(str(path))]
                    kept = [
                        [{k: v for k, v in row.items() if k not in ("parts", "rows")} for row in own] for own in rows
                    ]
                    data = orjson.dumps(kept)
                if table != "lineage":
                    found[f"{table}/{entry.name}"] = data
    return found


@settings(max_examples=8)
@given(
    objective=st.sampled_from(["causal", "prefix", "span", "ul2"]),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_files_are_the_same_however_documents_are_parted(
    objective: str, cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    view = made.view(objective, sequence_length=48)
    whole = written(tmp_path_factory.mktemp("whole"), view, [])
    assert written(tmp_path_factory.mktemp("parted"), view, cuts) == whole
    assert len([name for name in whole if name.endswith(".arrow")]) > 1


def test_megatron_reads_every_example(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of optional accelerators that are absent
        pytest.importorskip("torch")
        pytest.importorskip("megatron.core")
        from megatron.core.datasets import indexed_dataset
    for objective, sides in (("causal", 1), ("span", 2)):
        names = written(tmp_path, made.view(objective, sequence_length=48), [20])
        bins = [str(tmp_path / name.removesuffix(".bin")) for name in names if name.endswith(".bin")]
        assert len({name.rsplit("_", 2)[1] for name in bins}) == sides
        for prefix in bins:
            read, own = indexed_dataset.IndexedDataset(prefix), open_prefix(prefix)
            ids = [own.tokens(number, 0, int(size)).tolist() for number, size in enumerate(own.lengths.tolist())]
            assert [read[number].tolist() for number in range(len(read))] == ids
