"""Samples of a Megatron run: against a walk over the documents as helpers.cpp takes it, and against stored numbers."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.gpt_dataset.blend import blend, normalise
from corpus.gpt_dataset.indices import GptSamples, epochs_for, split_documents
from corpus.gpt_dataset.run import MegatronRun, RampUp, parse_blend, train_share

GOLDEN = orjson.loads((Path(__file__).parent / "golden.json").read_bytes())


def walked(lengths: list[int], documents: list[int], sequence_length: int, samples: int) -> list[tuple[int, int]]:
    """helpers.cpp build_sample_idx, line by line."""
    found = [(0, 0)]
    place = offset = 0
    while len(found) <= samples:
        remaining = sequence_length + 1
        while remaining:
            length = lengths[documents[place]] - offset
            remaining -= length
            if remaining <= 0:
                offset += remaining + length - 1
                remaining = 0
            else:
                place += 1
                offset = 0
        found.append((place, offset))
    return found


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=20),
    sequence_length=st.integers(2, 12),
    wanted=st.integers(1, 80),
    seed=st.integers(0, 2**32 - 1),
)
def test_sample_index_is_that_of_a_walk(lengths: list[int], sequence_length: int, wanted: int, seed: int) -> None:
    if sum(lengths) <= sequence_length:
        return
    array = np.array(lengths, np.int32)
    found = GptSamples(array, np.arange(len(lengths)), wanted, sequence_length=sequence_length, seed=seed)
    assert len(found) >= wanted
    index = found.sample_index(np.arange(len(found) + 1))
    assert [tuple(row) for row in index.tolist()] == walked(
        lengths, found.document_index.tolist(), sequence_length, len(found)
    )
    assert sorted(found.shuffle_index.tolist()) == list(range(len(found)))
    stream = [(d, t) for d in found.document_index.tolist() for t in range(lengths[d])]
    for position in range(len(found)):
        begin = int(found.shuffle_index[position]) * sequence_length
        tokens = [(p.document, t) for p in found.pieces(position) for t in range(p.first, p.last)]
        assert tokens == stream[begin : begin + sequence_length + 1]


@given(samples=st.integers(1, 500), tokens=st.integers(2, 300), sequence_length=st.integers(1, 40))
def test_epochs_are_as_many_as_megatron_counts(samples: int, tokens: int, sequence_length: int) -> None:
    epochs = 1
    while epochs * tokens < samples * sequence_length + 1:
        epochs += 1
    assert epochs_for(tokens, samples, sequence_length) == epochs


@given(weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=8), samples=st.integers(1, 300))
def test_blend_takes_the_prefix_that_lags_most(weights: list[float], samples: int) -> None:
    shares = normalise(weights)
    prefixes, places = blend(np.array(shares), samples)
    taken = [0] * len(shares)
    for number, (prefix, place) in enumerate(zip(prefixes.tolist(), places.tolist(), strict=True)):
        lags = [share * max(number, 1) - own for share, own in zip(shares, taken, strict=True)]
        assert (prefix, place) == (lags.index(max(lags)), taken[prefix])
        taken[prefix] += 1
    for prefix, share in enumerate(shares):
        own = places[prefixes == prefix]
        assert own.tolist() == list(range(len(own)))
        assert abs(len(own) - share * samples) <= len(shares)


@pytest.mark.parametrize("case", GOLDEN["indices"], ids=lambda case: case["name"])
def test_indices_are_those_that_megatron_core_made(case: dict[str, object]) -> None:
    lengths = np.array(case["lengths"], np.int32)
    documents = split_documents(len(lengths), tuple(case["split"]))  # type: ignore[arg-type]
    found = GptSamples(lengths, documents, case["samples"], sequence_length=case["sequence_length"], seed=case["seed"])  # type: ignore[arg-type]
    assert found.document_index.tolist() == case["document_index"]
    assert found.sample_index(np.arange(len(found) + 1)).tolist() == case["sample_index"]
    assert found.shuffle_index.tolist() == case["shuffle_index"]


@pytest.mark.parametrize("case", GOLDEN["blends"], ids=lambda case: case["name"])
def test_blends_are_those_that_megatron_core_made(case: dict[str, object]) -> None:
    prefixes, places = blend(np.array(normalise(normalise(case["weights"]))), int(str(case["samples"])))  # type: ignore[arg-type]
    assert prefixes.tolist() == case["dataset_index"]
    assert places.tolist() == case["dataset_sample_index"]


def run_of(**changes: object) -> MegatronRun:
    known = {"prefixes": ("p",), "weights": None, "sequence_length": 8, "global_batch_size": 2048, "seed": 1}
    return MegatronRun(**{**known, **changes})  # type: ignore[arg-type]


def test_steps_follow_each_other_through_a_ramp_up() -> None:
    """BLOOM's: 192 to 2,048 by 16 over 9,765,625 samples."""
    run = run_of(ramp_up=RampUp(start=192, increment=16, samples=9_765_625))
    bounds = [run.bounds(number) for number in (1, 2, 3)]
    assert bounds == [(0, 192), (192, 384), (384, 576)]
    sizes = {last - first for first, last in (run.bounds(number) for number in range(1, 1500, 50))}
    assert sizes <= set(range(192, 2049, 16))
    assert all(a <= b for a, b in pairwise(sorted(sizes)))
    assert run_of().bounds(3) == (4096, 6144)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["a"], (["a"], None)),
        (["30", "a", "70", "b"], (["a", "b"], [30.0, 70.0])),
        (["a", "b"], (["a", "b"], None)),
        (["a", "b", "c"], (["a", "b", "c"], None)),
    ],
)
def test_data_path_is_read_as_megatron_reads_it(values: list[str], wanted: object) -> None:
    assert parse_blend(values) == wanted


def test_mistaken_arguments_are_refused() -> None:
    with pytest.raises(RecipeError, match="with and without weights"):
        parse_blend(["30", "a", "b", "c"])
    with pytest.raises(RecipeError, match="not above zero"):
        parse_blend(["30", "a", "0", "b"])
    with pytest.raises(RecipeError, match="one to three shares"):
        train_share("0,1,0")
    with pytest.raises(RecipeError, match="fewer than one sample"):
        GptSamples(np.array([4], np.int32), np.array([0]), None, sequence_length=8, seed=1)
    assert train_share("969,30,1") == 0.969
