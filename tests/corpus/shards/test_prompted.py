"""Prompts in shards: pairs as Megatron-DeepSpeed reads them, labels as GPT-NeoX does, places in Arrow."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.shards.layout import plan_shards
from corpus.shards.megatron import MASKED, read_index
from corpus.shards.order import order_keys
from corpus.shards.pack import Packing
from corpus.shards.prompted import halves, joined
from corpus.shards.tokens import TokenPart, schema, write_token_part
from corpus.shards.write_shard import WHOLE, Vocabulary, write_shard
from corpus.store.manifest import FileEntry
from filters.arrow import integers, strings

CHANCE = np.random.default_rng(2)
DOCUMENTS = {
    f"{n:032x}": (
        CHANCE.integers(2, 900, CHANCE.integers(3, 40)).tolist(),
        int(CHANCE.integers(1, 3)) if n % 3 else None,
    )
    for n in range(200)
}


def token_part(folder: Path) -> TokenPart:
    ids = pa.array(list(DOCUMENTS))
    written = schema(pa.uint16(), prompted=True)
    columns: dict[str, Any] = {
        "language": ["eng_Latn"] * len(ids), "order": order_keys(ids, 3), "id": ids, "source": ["s"] * len(ids),
        "row": range(len(ids)), "tokens": [tokens for tokens, _ in DOCUMENTS.values()],
        "targets_at": [at for _, at in DOCUMENTS.values()],
    }  # fmt: skip
    entry: FileEntry = write_token_part(str(folder), "part-0", pa.Table.from_pydict(columns, schema=written))
    return TokenPart(folder=str(folder), entry=entry, number=0)


def write(folder: Path, packing: Packing = WHOLE) -> dict[str, int]:
    totals = {"eng_Latn": sum(len(tokens) + 1 for tokens, _ in DOCUMENTS.values())}
    vocabulary = Vocabulary(size=1000, end=0, kind=pa.uint16())
    counts: dict[str, int] = {}
    for shard in plan_shards(totals, pa.uint16(), 1 << 30):
        counts |= write_shard(str(folder), shard, [token_part(folder)], vocabulary, packing, ("pairs", "labels")).counts
    return counts


def read(folder: Path, name: str) -> tuple[list[str], list[list[int]], np.dtype[np.generic]]:
    """Ids by the lineage, and documents, of a prefix."""
    prefix = f"eng_Latn-00000-of-00001_{name}_document"
    data = (folder / "megatron" / f"{prefix}.bin").read_bytes()
    lengths, pointers, kind = read_index((folder / "megatron" / f"{prefix}.idx").read_bytes(), len(data))
    rows = pq.read_table(folder / "lineage" / f"{prefix}.parquet")["row"]
    ids = [list(DOCUMENTS)[row] for row in integers(rows)]
    return ids, [np.frombuffer(data, kind, n, at).tolist() for n, at in zip(lengths, pointers, strict=True)], kind


def test_pairs_and_labels_fit_the_text(tmp_path: Path) -> None:
    counts = write(tmp_path)
    ids, texts, _ = read(tmp_path, "text")
    assert dict(zip(ids, texts, strict=True)) == {name: [*tokens, 0] for name, (tokens, _) in DOCUMENTS.items()}

    inputs_of, inputs, kind = read(tmp_path, "inputs")
    targets_of, targets, _ = read(tmp_path, "targets")
    assert inputs_of == targets_of == [name for name in ids if DOCUMENTS[name][1] is not None]
    assert kind == np.uint16
    for name, question, answer in zip(inputs_of, inputs, targets, strict=True):
        tokens, at = DOCUMENTS[name]
        assert (question, answer) == (tokens[:at], [*tokens[at:], 0])
    assert counts["megatron.inputs"] == counts["megatron.targets"] == len(inputs)

    label_of, labels, kind = read(tmp_path, "label")
    assert (label_of, kind) == (ids, np.dtype(np.int32))
    for name, text, label in zip(ids, texts, labels, strict=True):
        at = DOCUMENTS[name][1] or 0
        assert label == [MASKED] * at + text[at:]  # not shifted


@pytest.mark.parametrize("packing", [WHOLE, Packing(kind="best_fit", length=16, padding=1, seed=1)])
def test_arrow_says_where_targets_begin(tmp_path: Path, packing: Packing) -> None:
    write(tmp_path, packing)
    table = pa.ipc.open_stream((tmp_path / "arrow" / "data-00000-of-00001.arrow").read_bytes()).read_all()
    ids, places = ("id", "targets_at") if packing is WHOLE else ("ids", "targets_at")
    for row in table.to_pylist():
        pairs = [(row[ids], row[places])] if packing is WHOLE else zip(row[ids], row[places], strict=True)
        for name, at in pairs:
            assert DOCUMENTS[name][1] == at


def test_halves_are_encoded_apart() -> None:
    texts = pa.array(["Sum? 4", "plain", "翻訳: 訳", ""])
    found = halves(texts, pa.array([4, None, 3, None], pa.int32()))
    assert found.texts.to_pylist() == ["Sum?", " 4", "plain", "翻訳:", " 訳", ""]
    lengths = [len(text) for text in strings(found.texts)]
    bounds, at = joined(found, np.concatenate([[0], np.cumsum(lengths)]))
    assert np.diff(bounds).tolist() == [6, 5, 5, 0]
    assert at.to_pylist() == [4, None, 3, None]
