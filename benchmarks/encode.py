"""Text to finished shards on one core, beside `encode_batch` of `tokenizers` on the same text in the same run.

    taskset -c 0 python -m benchmarks.encode FILE... [--tokenizer tokenizer.json] [--before FILE] [--giant 200]

Parquet files with `id`, `source`, `lang` and `text`. Ours reads a corpus part as stage release writes it, encodes
it, judges its sample and writes `.bin`, `.idx`, Arrow and lineage with digests, by the tasks of the stages.
Theirs gets strings in memory and its ids are thrown away. Without --tokenizer one of 32,000 is learned from the text.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.shards.layout import item_bytes, plan_shards, token_type
from corpus.shards.pack import Packing
from corpus.shards.tallies import Pair
from corpus.shards.tokens import TokenPart
from corpus.shards.write_shard import Vocabulary
from corpus.store import cores, manifest, table, tally
from corpus.store.table import Table
from corpus.vocabulary.judged import Chosen
from jobs.stages.encode import EncodePart
from jobs.stages.shard import ShardTask
from tokenizer import encode
from tokenizer.bpe import learn_merges
from tokenizer.counts import count_pretokens
from tokenizer.encode import Encoder
from tokenizer.given import open_json
from tokenizer.save import save

_TRAINED_ON = 20_000_000  # bytes
_PEER_BATCH = 1000  # documents in a call: what `datasets` hands over
_PART_BYTES = 128 << 20  # as [ingest] has it
_SHARD_BYTES = 500_000_000  # as [shards] has it


def main() -> None:
    arguments = _arguments()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    documents = _documents(arguments.texts, arguments.megabytes * 1_000_000)
    size = _bytes(documents)
    print(f"{documents.num_rows:,} documents, {size / 1e6:.1f} MB, {cores.usable()} cores")
    with tempfile.TemporaryDirectory() as scratch:
        folder = _tokenizer(arguments.tokenizer, scratch, documents)
        corpus = _corpus(scratch, documents)
        _peer(folder, documents.slice(0, 10))  # what is loaded and compiled once is loaded and compiled now
        Encoder(path=folder + "/tokenizer.json").encode(pa.array(["a"]))
        theirs = _seconds(lambda: _peer(folder, documents))
        print(f"tokenizers encode_batch: {size / 1e6 / theirs:.2f} MB/s")
        _ours(scratch + "/new text", corpus, folder, size, theirs)
        if arguments.before:
            encode._fast.cache_clear()
            Encoder(path=folder + "/tokenizer.json").encode(_texts(_documents([arguments.before], 1 << 40)))
            _ours(scratch + "/new text after other text", corpus, folder, size, theirs)
        _ours(scratch + "/the same text again", corpus, folder, size, theirs)
        if arguments.giant:
            _giant(folder, documents, arguments.giant * 1_000_000, scratch)


def _ours(scratch: str, corpus: Table, folder: str, size: int, theirs: float) -> None:
    """Both stages, and what each took. Of new text `gigatoken` knows no word yet; it keeps those that it has met."""
    task = EncodePart(
        folder=scratch + "/encode",
        corpus=corpus,
        tokenizer=folder,
        seed=1,
        prompted=False,
        slow=False,
        judged=Chosen(below=1 << 55, least=frozenset()),
    )
    started = time.process_time()
    receipts = [receipt for part in range(corpus.parts) for receipt in task(part).values()]
    encoded = time.process_time() - started
    counts: dict[str, int] = {}
    for receipt in receipts:
        for name, count in receipt.counts.items():
            counts[name] = counts.get(name, 0) + count
    encoder = Encoder(path=folder + "/tokenizer.json")
    kind = token_type(encoder.vocab_size)
    pairs = manifest.tallied(Pair, receipts)
    tokens = tally.total(pairs, lambda row: row.language, lambda row: row.tokens + row.documents)
    parts = tuple(
        TokenPart(folder=task.folder, entry=receipt.files["tokens"][0], number=number)
        for number, receipt in enumerate(receipts)
    )
    shards = tuple(plan_shards(tokens, kind, _SHARD_BYTES))
    vocabulary = Vocabulary(size=encoder.vocab_size, end=encoder.end, kind=kind)
    shard = ShardTask(
        folder=scratch + "/shard",
        groups=(shards,),
        parts=parts,
        vocabulary=vocabulary,
        packing=Packing(kind="documents", length=0, padding=encoder.end, seed=1),
        prompted=None,
    )
    started = time.process_time()
    shard(0)
    written = time.process_time() - started
    token_bytes = 2 * sum(tokens.values()) * item_bytes(kind)  # in Megatron's files and in Arrow's
    print(
        f"{Path(scratch).name}: encode {size / 1e6 / encoded:.1f} MB/s of text, {counts['judged']} documents judged; "
        f"shards {token_bytes / 1e6 / written:.0f} MB/s of tokens ({len(shards)} shards of {len(tokens)} languages); "
        f"both {size / 1e6 / (encoded + written):.1f} MB/s of text, {theirs / (encoded + written):.1f} times"
    )


def _giant(folder: str, documents: pa.Table, size: int, scratch: str) -> None:
    """One document of this size, in a process of its own: its peak of memory over what stood there with the text."""
    joined = " ".join(documents.column("text").to_pylist()).encode()
    text = (joined * (size // len(joined) + 1))[:size].decode(errors="ignore")
    path = Path(scratch, "giant.txt")
    path.write_text(text, "utf-8", newline="")
    child = get_context("spawn").Process(target=_measure_giant, args=(folder, str(path)))
    child.start()
    child.join()


def _measure_giant(folder: str, path: str) -> None:
    data = pa.memory_map(path).read_buffer()
    data = pa.py_buffer(bytes(data))  # in memory, as a row of a batch is
    column = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, data.size], np.int32)), data)
    encoder = Encoder(path=folder + "/tokenizer.json")
    encoder.encode(pa.array(["a"]))
    before = _peak()
    started = time.process_time()
    ids, _ = encoder.encode(column)
    seconds = time.process_time() - started
    more = _peak() - before
    print(
        f"one document of {data.size / 1e6:.0f} MB: {data.size / 1e6 / seconds:.0f} MB/s, {len(ids):,} ids of "
        f"{ids.nbytes / 1e6:.0f} MB, {more / 1e3:.0f} MB more memory at the peak"
    )


def _peak() -> int:
    """kB of memory at the peak; `ru_maxrss` is inherited from the parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _peer(folder: str, documents: pa.Table) -> None:
    opened = open_json(Path(folder, "tokenizer.json").read_bytes())
    for batch in documents.select(["text"]).to_batches(max_chunksize=_PEER_BATCH):
        opened.encode_batch(batch.column(0).to_pylist(), add_special_tokens=False)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _documents(paths: list[str], most: int) -> pa.Table:
    """Rows as the corpus has them, up to so many bytes of text."""
    whole = pa.concat_tables([pq.read_table(path, columns=["id", "source", "lang", "text"]) for path in paths])
    whole = whole.filter(pc.is_valid(whole.column("text")))
    ends = np.cumsum(pc.binary_length(whole.column("text")).to_numpy())
    whole = whole.slice(0, int(np.searchsorted(ends, most)))
    rows = np.arange(len(whole))
    return pa.table(
        {
            "id": pa.array([f"{row * 0x9E3779B97F4A7C15 % (1 << 64):032x}" for row in rows.tolist()]),
            "row": pa.array(rows.astype(np.int32)),
            "source": whole.column("source").cast(pa.string()),
            "language": pc.fill_null(whole.column("lang").cast(pa.string()), "und"),
            "text": whole.column("text").cast(pa.string()),
            "targets_at": pa.nulls(len(whole), pa.int32()),
        }
    ).combine_chunks()


def _bytes(documents: pa.Table) -> int:
    return int(pc.sum(pc.binary_length(documents.column("text"))).as_py())


def _corpus(scratch: str, documents: pa.Table) -> Table:
    """Parts and row groups of the sizes that a run has."""
    ends = np.cumsum(pc.binary_length(documents.column("text")).to_numpy())
    entries = []
    for part in range(int(ends[-1]) // _PART_BYTES + 1):
        first, last = np.searchsorted(ends, [part * _PART_BYTES, (part + 1) * _PART_BYTES])
        with table.write_part(scratch, "corpus", f"part-{part:05d}", documents.schema) as (writer, written):
            at = int(first)
            while at < last:
                stop = max(int(np.searchsorted(ends, ends[at] + table.BATCH_BYTES)), at + 1)
                stop = min(stop, int(last))
                writer.write(documents.slice(at, stop - at).combine_chunks().to_batches()[0])
                at = stop
        entries.append(written.result())
    return Table(folder=scratch, name="corpus", files=tuple(entries))


def _tokenizer(named: str | None, scratch: str, documents: pa.Table) -> str:
    if named:
        return str(Path(named).parent)
    step = max(1, _bytes(documents) // _TRAINED_ON)
    texts = _texts(documents.take(pa.array(np.arange(0, documents.num_rows, step))))
    folder = scratch + "/tokenizer"
    Path(folder).mkdir()
    save(folder, learn_merges(*count_pretokens(texts), 32_000 - 258))
    return folder


def _texts(documents: pa.Table) -> pa.StringArray:
    whole = documents.column("text").combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+", help="Parquet files")
    parser.add_argument("--megabytes", type=int, default=40, help="of text (default: 40)")
    parser.add_argument("--tokenizer", help="a tokenizer.json with its tokenizer_config.json beside it")
    parser.add_argument("--before", help="other text, which a worker has encoded before")
    parser.add_argument("--giant", type=int, default=0, help="also one document of so many megabytes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
