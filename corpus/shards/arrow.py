"""Arrow shards: IPC streams, uncompressed, that `datasets` maps into memory; a row a document, or a row a sequence."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import orjson
import pyarrow as pa

from corpus.shards.gather import Block, together
from corpus.shards.pack import Packing, Sequences, best_fit, concatenate, fill
from corpus.shards.tallies import Packed
from corpus.shards.tokens import TARGETS_AT
from corpus.store import storage
from corpus.store.manifest import FileEntry
from filters.arrow import Array, array, lists, schema, strings

# Tokens that are packed together: 128 MB at 32 bits, and 16,384 sequences of 2,048, which lognormal lengths fill to
# the last (docs/decisions/0021-sequences-and-splits.md). The groups follow the global order: each is a random sample.
_GROUP_TOKENS = 1 << 25
_BATCH_ROWS = 1000  # what `datasets` itself writes into a record batch
_BATCH_TOKENS = 1 << 23  # unless the sequences are longer than 8,192


def documents_schema(kind: pa.DataType, *, prompted: bool = False) -> pa.Schema:
    """A row a document."""
    found = schema(
        [
            pa.field("input_ids", pa.list_(kind)),
            pa.field("id", pa.string()),
            pa.field("source", pa.string()),
            pa.field("language", pa.string()),
            pa.field("part", pa.int32()),
            pa.field("row", pa.int32()),
            pa.field("copy", pa.int16()),  # 0 for the first; others where the mixture repeats the document
        ]
    )
    return found.append(TARGETS_AT) if prompted else found


def sequences_schema(kind: pa.DataType, *, prompted: bool = False) -> pa.Schema:
    """A row a sequence; the lists after `input_ids` have an entry for each document in it, in order."""
    found = schema(
        [
            pa.field("input_ids", pa.list_(kind)),  # filled up with padding
            pa.field("seq_lengths", pa.list_(pa.int32())),  # tokens of each document; what they leave is padding
            pa.field("ids", pa.list_(pa.string())),
            pa.field("sources", pa.list_(pa.string())),
            pa.field("languages", pa.list_(pa.string())),
            pa.field("parts", pa.list_(pa.int32())),
            pa.field("rows", pa.list_(pa.int32())),
            pa.field("copies", pa.list_(pa.int16())),
            pa.field("offsets", pa.list_(pa.int32())),  # where the piece begins in its document, in tokens
        ]
    )
    return found.append(pa.field(TARGETS_AT.name, pa.list_(TARGETS_AT.type))) if prompted else found


def schema_of(packing: Packing, kind: pa.DataType, *, prompted: bool) -> pa.Schema:
    """Of the shards: `targets_at` is there where a source is prompted."""
    of = documents_schema if packing.kind == "documents" else sequences_schema
    return of(kind, prompted=prompted)


def documents(blocks: Iterable[Block], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """A batch a block."""
    for block in blocks:
        places = [array(column) for column in (block.parts, block.rows, block.copies)]
        tokens = lists(block.offsets.astype(np.int32), array(block.tokens))
        columns: list[Array] = [tokens, block.ids, block.sources, block.languages, *places]
        columns += [] if block.targets_at is None else [block.targets_at]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


@dataclass
class Packer:
    """Packs blocks, a group at a time, and counts what it packed; `name` is the shard's."""

    packing: Packing
    name: str
    schema: pa.Schema
    counts: Counter[str] = field(default_factory=Counter)
    rows: list[Packed] = field(default_factory=list)

    def batches(self, blocks: Iterable[Block]) -> Iterator[pa.RecordBatch]:
        """Sequences in the order of the shard."""
        pack: Callable[[np.ndarray, int], Sequences] = best_fit if self.packing.kind == "best_fit" else concatenate
        for number, block in enumerate(_groups(blocks)):
            sequences = pack(np.diff(block.offsets), self.packing.length)
            if self.packing.kind == "best_fit":  # by length otherwise, the fullest first
                text = f"{self.packing.seed} {self.name} {number}".encode()
                sequences = sequences.shuffled(int.from_bytes(blake2b(text, digest_size=8).digest(), "little"))
            self._count(block, sequences)
            rows = max(1, min(_BATCH_ROWS, _BATCH_TOKENS // self.packing.length))
            for first in range(0, len(sequences), rows):
                yield self._batch(block, sequences, first, min(first + rows, len(sequences)))

    def _batch(self, block: Block, sequences: Sequences, first: int, last: int) -> pa.RecordBatch:
        size = self.packing.length
        offsets = sequences.offsets[first : last + 1]
        pieces = slice(offsets[0], offsets[-1])
        document, start, length = sequences.document[pieces], sequences.start[pieces], sequences.length[pieces]
        offsets = offsets - offsets[0]
        places = block.offsets[document] + start
        ids = array(fill(block.tokens, places, length, offsets, size, self.packing.padding))
        bounds, taken = offsets.astype(np.int32), array(document)
        own: list[Array] = [
            array(length.astype(np.int32)),
            *(column.take(taken) for column in (block.ids, block.sources, block.languages)),
            pa.array(block.parts[document]),
            pa.array(block.rows[document]),
            pa.array(block.copies[document]),
            pa.array(start.astype(np.int32)),
            *([] if block.targets_at is None else [block.targets_at.take(taken)]),
        ]
        whole = np.arange(last - first + 1, dtype=np.int32) * size
        columns = [lists(whole, ids), *(lists(bounds, one) for one in own)]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _count(self, block: Block, sequences: Sequences) -> None:
        """Sequences, padding, and documents in more than one sequence; by source what its sequences hold."""
        tokens = int(sequences.length.sum())
        cut = np.bincount(sequences.document, minlength=len(block.ids)) > 1
        self.counts.update(sequences=len(sequences), padding=len(sequences) * self.packing.length - tokens)
        self.counts.update(cut=int(cut.sum()))
        names = block.sources.dictionary_encode()
        source = names.indices.to_numpy()
        company = np.diff(sequences.offsets)
        sequence = np.repeat(np.arange(len(sequences)), company)
        for number, name in enumerate(strings(names.dictionary)):
            mine = np.unique(sequence[source[sequences.document] == number])
            found = Packed(
                source=name,
                documents=int(np.count_nonzero(source == number)),
                cut=int(np.count_nonzero(cut[source == number])),
                sequences=len(mine),
                company=int(company[mine].sum()),
            )
            self.rows.append(found)


def _groups(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks joined until they have _GROUP_TOKENS."""
    waiting: list[Block] = []
    tokens = 0
    for block in blocks:
        waiting.append(block)
        tokens += len(block.tokens)
        if tokens >= _GROUP_TOKENS:
            yield together(waiting)
            waiting, tokens = [], 0
    if waiting:
        yield together(waiting)


def packing_facts(counts: Mapping[str, int], packed: Iterable[Packed], packing: Packing) -> dict[str, object]:
    """What was packed, as the stage counted it: shares of tokens and documents, documents a sequence."""
    sources = {
        row.source: {
            "cut_share": round(row.cut / row.documents, 6),
            "documents_a_sequence": round(row.company / row.sequences, 3),
        }
        for row in packed
    }
    sequences = counts.get("packed.sequences", 0)
    return {
        "packing": packing.kind,
        "sequence_length": packing.length,
        "padding_id": packing.padding,
        "sequences": sequences,
        "padding_share": round(counts.get("packed.padding", 0) / max(sequences * packing.length, 1), 6),
        "cut_share": round(counts.get("packed.cut", 0) / max(counts.get("arrow.documents", 0), 1), 6),
        "sources": sources,
    }


def describe(folder: str, table: str, files: Sequence[FileEntry], fingerprint: str, split: str = "") -> list[FileEntry]:
    """state.json and dataset_info.json, with which `datasets.load_from_disk` opens the folder of a table."""
    state: Mapping[str, object] = {
        "_data_files": [{"filename": file.name} for file in files],
        "_fingerprint": fingerprint,
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": split or table.partition("/")[2] or "train",
    }
    return [
        publish_json(folder, table, name, value) for name, value in (("dataset_info.json", {}), ("state.json", state))
    ]


def publish_json(folder: str, table: str, name: str, value: object) -> FileEntry:
    """A small file of a table."""
    with storage.publish(storage.join(folder, table), name) as sink:
        sink.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    return FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)
