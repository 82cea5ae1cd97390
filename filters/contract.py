"""The contract of all filters as checks: what the pipeline relies on, whatever a filter measures.

For the tests of a filter, ours or a plug-in's: `contract.check(Filter)`. Needs no test framework.
"""

import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import filters
from filters import Filter, declaration
from filters.arrow import array
from filters.batch import Batch

TEXTS = [
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren.\nSie sind mit Vernunft begabt.\n\n"
    "Alle Menschen sind frei.",
    "Все люди рождаются свободными и равными в своём достоинстве и правах.",
    "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心。",
    "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "buy now " * 40,
    "def f(x):\n    return x + 1\n",
]
HOSTILE = [
    "",
    " ",
    "\n" * 1000,
    "a",
    "\u202eright to left\u202c",
    "👩‍👩‍👧‍👦" * 30,
    "\u0301" * 50,
    "\x00\x01",
    "1.1.1.1 " * 20,
    "x" * 100_000,
    "\ufeffbom",
    "ａｂｃ１２３",
    "word\u200bword",
    "می\u200cشود و क्\u200dष \u200c" * 9,
    "_" * 300,
]
SEEDS = ("1", "2")


def check(kind: type[Filter], **parameters: object) -> None:
    """All of the contract for a filter with these parameters. Raises ValueError: the first promise that it breaks."""
    declaration.check(kind)
    instance = kind(**parameters)
    for promise in PROMISES:
        promise(instance)
    same_under_any_hash_seed([instance])


def documents(texts: Sequence[str], language: str | None = None) -> pa.RecordBatch:
    """A batch as filters are given it: the columns that a filter may read."""
    rows = len(texts)
    return pa.record_batch(
        {
            "text": pa.array(texts, pa.string()),
            "source": pa.array([""] * rows, pa.string()),
            "language": pa.array([language] * rows, pa.string()),
            "url": pa.nulls(rows, pa.string()),
            "rights": pa.nulls(rows, pa.string()),
            "date": pa.nulls(rows, pa.timestamp("s", tz="UTC")),
        }
    )


def measured(instance: Filter, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Signals of a filter, those that it reads measured first with their own defaults."""
    signals = {name: measured(filters.load(name)(), batch) for name in instance.reads}
    return instance.measure(Batch(documents=batch, signals=signals))


def digest(instance: Filter) -> str:
    """16 hex digits of what a filter measures of known texts: to be recorded beside its version."""
    found = hashlib.sha256()
    for row in measured(instance, documents(TEXTS)).to_pylist():
        found.update(repr(sorted((k, v.hex() if isinstance(v, bytes) else v) for k, v in row.items())).encode())
    return found.hexdigest()[:16]


def signals_as_declared(instance: Filter) -> None:
    """A row a document, of the declared schema, without null and finite; for no documents and for hostile ones too."""
    for texts in ([], TEXTS, HOSTILE):
        found = measured(instance, documents(texts))
        _hold(instance, found.schema == instance.signals, f"gave {found.schema.names}, not the schema it declares")
        _hold(instance, found.num_rows == len(texts), f"gave {found.num_rows} rows for {len(texts)} documents")
        for name, column in zip(found.schema.names, found.columns, strict=True):
            finite = not pa.types.is_floating(column.type) or pc.all(pc.is_finite(column)).as_py() in (True, None)
            _hold(instance, not column.null_count and finite, f"measured {name!r} as null or not finite")


def each_document_by_itself(instance: Filter) -> None:
    """Slices, neighbours and order change nothing."""
    batch = documents([*TEXTS, *HOSTILE])
    whole = measured(instance, batch)
    for size in (1, 2, 3):
        pieces = [measured(instance, batch.slice(i, size)) for i in range(0, batch.num_rows, size)]
        together = pa.Table.from_batches(pieces).combine_chunks().to_batches()[0]
        _hold(instance, together.equals(whole), f"measured otherwise in batches of {size}")
    order = array(np.random.default_rng(3).permutation(batch.num_rows))
    _hold(instance, measured(instance, batch.take(order)).equals(whole.take(order)), "measured otherwise out of order")


def input_left_alone(instance: Filter) -> None:
    """Measuring changes nothing of the batch."""
    batch = documents(TEXTS)
    measured(instance, batch)
    _hold(instance, batch.equals(documents(TEXTS)), "changed the documents that it was given")


def pickled_and_hashed(instance: Filter) -> None:
    """Workers get it pickled; judging groups languages by their instance."""
    copy = pickle.loads(pickle.dumps(instance))
    _hold(instance, copy == instance and hash(copy) == hash(instance), "is another filter after pickling")


def thresholds_only_judge(instance: Filter) -> None:
    """No threshold changes what is measured."""
    whole = measured(instance, documents(TEXTS))
    for field in fields(instance):  # type: ignore[arg-type]
        if filters.is_threshold(field.name):
            other = ("eng_Latn",) if field.name.startswith("keep_") else 1
            moved = replace(instance, **{field.name: other})  # type: ignore[type-var]
            _hold(instance, measured(moved, documents(TEXTS)).equals(whole), f"measures otherwise by {field.name!r}")


PROMISES: tuple[Callable[[Filter], None], ...] = (
    signals_as_declared,
    each_document_by_itself,
    input_left_alone,
    pickled_and_hashed,
    thresholds_only_judge,
)


def same_under_any_hash_seed(instances: Sequence[Filter]) -> None:
    """The order of Python's sets and dicts of texts shows nowhere: measured in processes of other seeds."""
    code = (
        "import pickle, sys; from filters import contract; "
        "print(*map(contract.digest, pickle.loads(sys.stdin.buffer.read())))"
    )
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            input=pickle.dumps(list(instances)),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout.split()
        for seed in SEEDS
    ]
    for instance, *found in zip(instances, *outputs, strict=True):
        _hold(instance, len(set(found)) == 1, "measured otherwise under another PYTHONHASHSEED")


def _hold(instance: Filter, holds: bool, broken: str) -> None:
    if not holds:
        raise ValueError(f"filter of {type(instance).__module__} {broken}")
