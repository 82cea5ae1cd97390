"""One contract for all filters: what the pipeline relies on, whatever a filter measures."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import filters
from filters import Filter, contract, declaration

GOLDEN = Path(__file__).with_name("golden.json")

every_filter = pytest.mark.parametrize("name", filters.names())


@every_filter
@pytest.mark.parametrize("promise", contract.PROMISES, ids=lambda promise: promise.__name__)
def test_promise_is_kept(name: str, promise: Callable[[Filter], None]) -> None:
    promise(filters.load(name)())


@every_filter
def test_class_declares_what_a_filter_must(name: str) -> None:
    declaration.check(filters.load(name))


@every_filter
def test_output_is_that_of_its_version(name: str) -> None:
    """`GRISTMILL_GOLDEN=write` records the digests, for a filter that is new or whose version was raised."""
    golden = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    kind = filters.load(name)
    key, found = f"{name}@{kind.version}", contract.digest(kind())
    if os.environ.get("GRISTMILL_GOLDEN") == "write":
        golden[key] = found
        GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n", "utf-8")
    assert golden.get(key) == found, f"{name}: output changed: raise its version, then record the new digest"


def test_signals_are_the_same_under_any_hash_seed() -> None:
    contract.same_under_any_hash_seed([filters.load(name)() for name in filters.names()])
