"""Measuring speed by filter and together, in this process: `taskset -c 0 python -m benchmarks.measure FILES`.

With `--model FOLDER`, a model that `gristmill train-lm` made, with perplexity too: all of the text is scored by it.
"""

from collections.abc import Mapping

import pyarrow as pa

import filters
from benchmarks import bench
from corpus.store.table import BATCH_BYTES
from filters import perplexity
from filters.batch import Batch
from filters.languages import UNKNOWN, of_lid176
from filters.lm.model import digest_of
from filters.perplexity import Model

COUNTING = ("length", "words", "lines", "symbols", "repetition", "url", "content", "minhash")
ALL = (*COUNTING, "language", "stopwords", "flagged")


def batches(texts: pa.Table) -> list[pa.RecordBatch]:
    """Batches as the product reads them: bounded by bytes."""
    column = texts.column("text").combine_chunks()
    rows = max(1, int(len(column) * BATCH_BYTES / column.nbytes))
    empty = pa.nulls(len(column), pa.string())
    whole = pa.table({"text": column, "language": empty, "url": empty})
    return whole.to_batches(max_chunksize=rows)


def measured(parts: list[pa.RecordBatch], names: tuple[str, ...], models: Mapping[str, Model] | None = None) -> None:
    chosen = {name: filters.load(name)() for name in names}
    if models:
        chosen["perplexity"] = perplexity.Filter(models=models)
    for part in parts:
        signals: dict[str, pa.RecordBatch] = {}
        batch = Batch(documents=part, signals=signals)
        for name, instance in chosen.items():
            signals[name] = instance.measure(batch)


def every_language(folder: str) -> dict[str, Model]:
    """One model for whatever language is found, so that all of the text is scored."""
    model = Model(path=folder, sha256=digest_of(folder))
    return dict.fromkeys((*of_lid176().values(), UNKNOWN), model)


def main() -> None:
    options = bench.arguments(__doc__ or "", model=True)
    texts = bench.load(options.texts)
    parts = batches(texts)
    size = texts.column("text").nbytes / 1e6
    rows = []
    for label, names in (
        *((name, (name,)) for name in COUNTING),
        ("language", ("language",)),
        ("lexicons and language", ("language", "stopwords", "flagged")),
        ("all without models", COUNTING),
        ("all, language included", ALL),
    ):
        seconds = bench.median_seconds(lambda names=names: measured(parts, names), options.runs)
        rows.append((label, f"{size / seconds:.0f}"))
    if options.model:
        models = every_language(options.model)
        seconds = bench.median_seconds(lambda: measured(parts, ALL, models), options.runs)
        rows.append(("all, language and 5-gram perplexity included", f"{size / seconds:.0f}"))
    body = f"{len(texts):,} documents, {size:.0f} MB. Each line includes finding words and lines.\n\n"
    command = "taskset -c 0 python -m benchmarks.measure FILES --model FOLDER --write"
    bench.publish("measure", command, body + bench.table(("filters", "MB/s"), rows), write=options.write)


if __name__ == "__main__":
    main()
