"""One contract for all filters: what the pipeline relies on, whatever a filter measures."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import filters
from filters import Filter, is_threshold
from filters.arrow import array
from filters.batch import Batch

GOLDEN = Path(__file__).with_name("golden.json")
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
    "_" * 300,
]


def documents(texts: Sequence[str], language: str | None = None) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "text": pa.array(texts, pa.string()),
            "language": pa.array([language] * len(texts), pa.string()),
            "url": pa.nulls(len(texts), pa.string()),
        }
    )


def measured(name: str, batch: pa.RecordBatch, instance: Filter | None = None) -> pa.RecordBatch:
    """Signals of a filter, those that it reads measured first."""
    found = instance or filters.load(name)()
    return found.measure(Batch(documents=batch, signals={other: measured(other, batch) for other in found.reads}))


every_filter = pytest.mark.parametrize("name", filters.names())


@every_filter
def test_signals_have_the_declared_schema_and_no_gap(name: str) -> None:
    for texts in ([], TEXTS, HOSTILE):
        found = measured(name, documents(texts))
        assert found.schema == filters.load(name).signals
        assert found.num_rows == len(texts)
        for column in found.columns:
            assert column.null_count == 0
            assert not pa.types.is_floating(column.type) or pc.all(pc.is_finite(column)).as_py() in (True, None)


@every_filter
def test_signals_do_not_depend_on_slices_neighbours_or_order(name: str) -> None:
    batch = documents([*TEXTS, *HOSTILE])
    whole = measured(name, batch)
    for size in (1, 2, 3):
        pieces = [measured(name, batch.slice(i, size)) for i in range(0, batch.num_rows, size)]
        assert pa.Table.from_batches(pieces).combine_chunks().to_batches()[0].equals(whole)
    order = array(np.random.default_rng(3).permutation(batch.num_rows))
    assert measured(name, batch.take(order)).equals(whole.take(order))


@every_filter
def test_measuring_leaves_its_input_as_it_was(name: str) -> None:
    batch = documents(TEXTS)
    measured(name, batch)
    assert batch.equals(documents(TEXTS))


@every_filter
def test_filter_survives_pickling_and_serves_as_a_key(name: str) -> None:
    instance = filters.load(name)()
    copy = pickle.loads(pickle.dumps(instance))
    assert copy == instance
    assert hash(copy) == hash(instance)  # judging groups languages by their instance


@every_filter
def test_threshold_never_changes_what_is_measured(name: str) -> None:
    instance = filters.load(name)()
    whole = measured(name, documents(TEXTS))
    for field in fields(instance):  # type: ignore[arg-type]
        if is_threshold(field.name):
            moved = replace(instance, **{field.name: ("eng_Latn",) if field.name.startswith("keep_") else 1})  # type: ignore[type-var]
            assert measured(name, documents(TEXTS), moved).equals(whole)


@every_filter
def test_rules_judge_declared_signals_by_declared_thresholds(name: str) -> None:
    kind = filters.load(name)
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    judged = {rule.threshold for rule in kind.rules}
    assert judged == {field for field in known if is_threshold(field)}
    assert {rule.signal for rule in kind.rules} <= set(kind.signals.names)
    assert len({rule.reason for rule in kind.rules}) == len(kind.rules)


def digest(name: str) -> str:
    found = hashlib.sha256()
    for row in measured(name, documents(TEXTS)).to_pylist():
        found.update(repr(sorted((k, v.hex() if isinstance(v, bytes) else v) for k, v in row.items())).encode())
    return found.hexdigest()[:16]


@every_filter
def test_output_is_that_of_its_version(name: str) -> None:
    """`GRISTMILL_GOLDEN=write` records the digests, for a filter that is new or whose version was raised."""
    golden = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    key = f"{name}@{filters.load(name).version}"
    if os.environ.get("GRISTMILL_GOLDEN") == "write":
        golden[key] = digest(name)
        GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n", "utf-8")
    assert golden.get(key) == digest(name), f"{name}: output changed: raise its version, then record the new digest"


def test_signals_are_the_same_under_any_hash_seed() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); from tests.filters.test_every_filter import digest; import filters;"
        "print({name: digest(name) for name in filters.names()})"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
