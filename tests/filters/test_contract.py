"""The contract holds for the plug-in of docs/adding.md, and each promise is one that a filter can break."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pytest

from filters import Filter, contract
from filters.arrow import strings
from filters.batch import Batch
from filters.rules import Rule
from tests import plugins


def test_example_of_the_page_passes_its_own_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(plugins.install(tmp_path)))
    for name in [name for name in sys.modules if name.partition(".")[0] == plugins.PACKAGE]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path / "tests"))
    own = import_module("test_emoji")
    own.test_contract()
    own.test_share()


@dataclass(frozen=True, kw_only=True)
class Faulty:
    """Measures as it is told to."""

    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = pa.schema([pa.field("a", pa.float64(), nullable=False)])
    rules: ClassVar[tuple[Rule, ...]] = (Rule(reason="much", signal="a", threshold="max_a"),)
    fault: str
    max_a: float = 0.5

    def measure(self, batch: Batch) -> pa.RecordBatch:
        texts = strings(batch.text)
        values = {
            "none": [float(len(text)) for text in texts],
            "rows": [0.0],
            "infinite": [float("inf")] * len(texts),
            "neighbours": [float(len(texts))] * len(texts),
            "threshold": [self.max_a] * len(texts),
            "seed": [float(hash(text) % 1000) for text in texts],
        }[self.fault]
        return pa.RecordBatch.from_arrays([pa.array(values, pa.float64())], schema=self.signals)


def test_filter_without_a_fault_passes() -> None:
    contract.check(Faulty, fault="none")


@pytest.mark.parametrize(
    ("fault", "promise", "expected"),
    [
        ("rows", contract.signals_as_declared, "gave 1 rows for 0 documents"),
        ("infinite", contract.signals_as_declared, "measured 'a' as null or not finite"),
        ("neighbours", contract.each_document_by_itself, "measured otherwise in batches of 1"),
        ("threshold", contract.thresholds_only_judge, "measures otherwise by 'max_a'"),
        ("seed", lambda filter_: contract.same_under_any_hash_seed([filter_]), "under another PYTHONHASHSEED"),
    ],
)
def test_broken_promise_is_named(fault: str, promise: Callable[[Filter], None], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        promise(Faulty(fault=fault))
    with pytest.raises(ValueError, match=expected):
        contract.check(Faulty, fault=fault)
