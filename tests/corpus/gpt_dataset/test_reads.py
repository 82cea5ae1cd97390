"""The steps that read a document are those whose samples hold it."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import RecipeError
from corpus.gpt_dataset.run import MegatronRun, RampUp
from corpus.shards.megatron import index_bytes


@pytest.fixture
def prefixes(tmp_path: Path) -> list[str]:
    """Two, with documents of 1 to 40 tokens; a sample has 9."""
    chance = np.random.default_rng(5)
    found = []
    for name in "ab":
        lengths = chance.integers(1, 40, 60)
        (tmp_path / f"{name}.idx").write_bytes(index_bytes(lengths, np.dtype(np.uint16)))
        (tmp_path / f"{name}.bin").write_bytes(np.zeros(lengths.sum(), np.uint16).tobytes())
        found.append(str(tmp_path / name))
    return found


@pytest.mark.parametrize(
    ("count", "changes", "steps"),
    [
        (1, {}, 30),
        (1, {"samples": 400}, 80),  # documents come more than once
        (1, {"samples": 403, "share": 0.7}, 80),
        (2, {}, 50),
        (2, {"weights": (3.0, 1.0), "samples": 200}, 40),
        (2, {"weights": (0.2, 0.8), "samples": 300}, 60),
        (2, {"samples": 200, "ramp_up": RampUp(start=2, increment=1, samples=60), "weights": (1.0, 1.0)}, 40),
    ],
)
def test_reads_are_the_steps_turned_round(prefixes: list[str], count: int, changes: dict[str, Any], steps: int) -> None:
    known: dict[str, Any] = {"weights": None, "sequence_length": 8, "global_batch_size": 5, "seed": 3}
    run = MegatronRun(**{**known, "prefixes": tuple(prefixes[:count]), **changes})
    wanted: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    number = 0
    for number in range(1, steps * 9):
        try:
            samples = run.step(number)
        except RecipeError:
            break
        for sample in samples:
            for document in dict.fromkeys(piece.document for piece in sample.pieces):
                wanted[sample.prefix, document].append((number, sample.number))
    assert number > steps // 2
    for prefix in prefixes[:count]:
        for document in range(60):
            assert list(run.reads(prefix, document)) == wanted[prefix, document]


def test_a_document_of_another_prefix_is_read_by_no_step(prefixes: list[str]) -> None:
    run = MegatronRun(prefixes=(prefixes[0],), weights=None, sequence_length=8, global_batch_size=5, seed=3)
    assert list(run.reads(prefixes[1], 0)) == []


def test_a_run_whose_end_is_not_known_is_refused(prefixes: list[str]) -> None:
    weights = (1.0, 2.0)
    run = MegatronRun(prefixes=tuple(prefixes), weights=weights, sequence_length=8, global_batch_size=5, seed=3)
    with pytest.raises(RecipeError, match="--train-samples"):
        list(run.reads(prefixes[0], 0))
