"""What the tests of filters share: batches, measuring through `reads`, and a language model of six words."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

import filters
from corpus.stages.ingest import DOCUMENTS
from filters import Filter
from filters.batch import Batch
from filters.perplexity import Model

ARPA = """\\data\\
ngram 1=7
ngram 2=4

\\1-grams:
-1.5\t<unk>
-99\t<s>\t-0.3
-1.2\t</s>
-0.5\tthe\t-0.2
-0.9\tmill\t-0.1
-1.1\tgrain\t-0.4
-1.4\t0

\\2-grams:
-0.2\t<s> the
-0.3\tthe mill
-0.6\tthe grain
-0.4\tmill </s>

\\end\\
"""


def documents(texts: Sequence[str], languages: Sequence[str | None] | None = None) -> pa.RecordBatch:
    """Documents as ingest writes them, in the languages that their source declares."""
    columns = {
        "text": pa.array(texts, pa.string()),
        "language": pa.array(languages if languages is not None else [None] * len(texts), pa.string()),
    }
    filled = [
        columns[field.name]
        if field.name in columns
        else pa.nulls(len(texts), field.type)
        if field.nullable
        else pa.array([f"{i}" for i in range(len(texts))], pa.string()).cast(field.type)
        for field in DOCUMENTS
    ]
    return pa.RecordBatch.from_arrays(filled, schema=DOCUMENTS)


def batch_of(texts: Sequence[str]) -> Batch:
    return Batch(documents=documents(texts))


def measured(instance: Filter, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Signals of a filter, those that it reads measured first with their own defaults."""
    signals = {name: measured(filters.load(name)(), batch) for name in instance.reads}
    return instance.measure(Batch(documents=batch, signals=signals))


def write_arpa(path: Path) -> Model:
    path.write_text(ARPA, "utf-8")
    return Model(path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture(scope="session")
def arpa(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A bigram model of `the mill grain`."""
    return write_arpa(tmp_path_factory.mktemp("models") / "tiny.arpa")
