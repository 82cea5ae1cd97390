"""Every token of every epoch once, in an order that the seed alone decides."""

import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import DataError, RecipeError
from corpus.loader.dataset import TokenDataset
from corpus.loader.mixture import BLOCK, Mixture
from corpus.loader.order import RankOrder
from corpus.loader.permutation import Permutation
from corpus.loader.rows import IGNORED
from corpus.loader.sample_streams import Concatenated, Stream
from tests.conftest import ROOT
from tests.corpus.loader.releases import LENGTHS, packed, release

S = 32
THIRDS = {"eng_Latn": 0.5, "tha_Thai": 0.5, "zul_Latn": 0.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return release(tmp_path_factory.mktemp("release"), LENGTHS)


@given(size=st.integers(1, 2000), seed=st.integers(0, 2**63), epoch=st.integers(0, 9))
def test_permutation_gives_every_place_once(size: int, seed: int, epoch: int) -> None:
    permutation = Permutation(size, seed, epoch)
    assert sorted(permutation[place] for place in range(size)) == list(range(size))


def test_permutation_spreads_places_evenly() -> None:
    """Where each of 7 places goes under 7,000 keys: 1,000 times to each other one, give or take five deviations."""
    counts = np.zeros((7, 7), int)
    for key in range(7000):
        permutation = Permutation(7, key)
        for place in range(7):
            counts[place, permutation[place]] += 1
    assert np.all(np.abs(counts - 1000) < 5 * np.sqrt(1000 * 6 / 7))
    assert Permutation(1 << 40, 3)[12345] < 1 << 40


def stream_of(folder: str) -> list[int]:
    files = sorted(Path(folder, "arrow").glob("*.arrow"))
    return [
        token
        for file in files
        for row in pa.ipc.open_stream(pa.memory_map(str(file))).read_all()["input_ids"]
        for token in row.as_py()
    ]


def epochs_in_words(stream: list[int], length: int, epochs: int) -> list[list[tuple[tuple[int, ...], tuple[int, ...]]]]:
    """Inputs and labels of each epoch, sorted: the stream repeated without end and cut every `length` tokens."""
    endless = stream * (epochs + 2 + length // len(stream))
    found: list[list[tuple[tuple[int, ...], tuple[int, ...]]]] = [[] for _ in range(epochs)]
    for begin in range(0, epochs * len(stream), length):
        one = endless[begin : begin + length + 1]
        found[begin // len(stream)].append((tuple(one[:-1]), tuple(one[1:])))
    return [sorted(epoch) for epoch in found]


def by_epoch(dataset: TokenDataset, epochs: int) -> list[list[tuple[tuple[int, ...], tuple[int, ...]]]]:
    found: list[list[tuple[tuple[int, ...], tuple[int, ...]]]] = [[] for _ in range(epochs)]
    number = 0
    while (sample := dataset[number])["epoch"] < epochs:
        found[sample["epoch"]].append((tuple(sample["input_ids"].tolist()), tuple(sample["labels"].tolist())))
        number += 1
    return found


def test_an_epoch_holds_every_sample_of_the_documents_once(folder: str) -> None:
    dataset = TokenDataset(folder, sequence_length=S, seed=3)
    stream = stream_of(folder)
    assert len(stream) % S  # there is a tail
    assert len(dataset) == -(-len(stream) // S)
    orders = by_epoch(dataset, 4)
    assert [sorted(order) for order in orders] == epochs_in_words(stream, S, 4)
    assert len(orders[0]) == len(dataset)
    assert orders[0] != sorted(orders[0])
    again = TokenDataset(folder, sequence_length=S, seed=3)
    assert by_epoch(again, 1)[0] == orders[0]
    other = TokenDataset(folder, sequence_length=S, seed=4)
    assert by_epoch(other, 1)[0] != orders[0]


def test_every_token_is_shown_in_each_epoch_of_every_language(folder: str) -> None:
    """The end of a stream included: of three small languages it is up to a tenth."""
    for language in LENGTHS:
        weights = {name: float(name == language) for name in LENGTHS}
        dataset = TokenDataset(folder, sequence_length=S, seed=3, by="language", weights=weights)
        stream = sum(LENGTHS[language]) + len(LENGTHS[language])
        shown = Counter(token for i in range(len(dataset)) for token in dataset[i]["input_ids"].tolist())
        assert len(shown) - 1 == sum(LENGTHS[language])  # each has a number of its own, but for the end
        assert shown[0] >= len(LENGTHS[language])
        assert 0 <= sum(shown.values()) - stream < S


@given(units=st.integers(1, 300), length=st.integers(1, 40), epochs=st.integers(1, 6))
def test_epochs_follow_each_other_without_gap_or_overlap(units: int, length: int, epochs: int) -> None:
    """Each token is an input as often as every other, give or take the last cut."""
    stream = Stream(name="", by="", batches=[], ends=np.array([units]))
    cutter = Concatenated(stream=stream, sequence_length=length, wrap=True)
    firsts = [cutter.first(epoch) for epoch in range(epochs + 1)]
    assert firsts[0] == 0
    for epoch, (first, after) in enumerate(pairwise(firsts)):
        assert {cutter.epoch(number) for number in range(first, after)} <= {epoch}
        assert after - first in (units // length, -(-units // length))
    shown = Counter(token % units for token in range(firsts[-1] * length))
    assert len(shown) == units
    assert max(shown.values()) - min(shown.values()) <= 1
    assert 0 <= firsts[-1] * length - epochs * units < length


@pytest.mark.parametrize("length", [200, 2000, 5000])
def test_stream_shorter_than_a_sample_is_repeated_within_it_if_that_is_said(folder: str, length: int) -> None:
    weights = {"eng_Latn": 0.0, "tha_Thai": 0.0, "zul_Latn": 1.0}
    tokens = sum(LENGTHS["zul_Latn"]) + len(LENGTHS["zul_Latn"])
    parameters: dict[str, Any] = {"sequence_length": length, "by": "language", "weights": weights}
    if length >= tokens:
        with pytest.raises(RecipeError, match=f'zul_Latn has {tokens} tokens.*short_streams = "wrap"'):
            TokenDataset(folder, **parameters)
    dataset = TokenDataset(folder, **parameters, short_streams="wrap")
    assert dataset.wrapped == ({"zul_Latn": tokens} if length >= tokens else {})
    samples = [dataset[number] for number in range(5)]
    assert all(len(sample["input_ids"]) == length == sample["seq_lengths"].sum() for sample in samples)
    if length >= tokens:
        first = [token for sample in samples for token in sample["input_ids"].tolist()]
        assert first == (first[:tokens] * (len(first) // tokens + 1))[: len(first)]
        assert [sample["epoch"] for sample in samples] == [n * length // tokens for n in range(5)]
    with pytest.raises(RecipeError, match="short_streams is 'drop'"):
        TokenDataset(folder, **parameters, short_streams="drop")  # type: ignore[arg-type]


def test_lengths_are_those_of_the_documents_in_a_sample(folder: str) -> None:
    dataset = TokenDataset(folder, sequence_length=S, seed=3)
    for number in range(len(dataset)):
        sample = dataset[number]
        assert sample["seq_lengths"].sum() == S
        ends = np.cumsum(sample["seq_lengths"])
        assert np.flatnonzero(sample["input_ids"] == 0).tolist() == [
            e - 1 for e in ends if sample["input_ids"][e - 1] == 0
        ]
        assert all(sample["input_ids"][end - 1] == 0 for end in ends[:-1])


def test_a_sample_is_read_from_any_place_at_once(folder: str) -> None:
    """A run of a trillion samples in, in a mixture, no sample before it is looked at."""
    dataset = TokenDataset(folder, sequence_length=S, seed=3, by="language", weights=THIRDS)
    sample = dataset[10**12]
    assert len(sample["input_ids"]) == S
    assert sample["epoch"] > 10**9


def test_mixture_keeps_weights_and_reads_each_stream_epoch_by_epoch(folder: str) -> None:
    weights = {"eng_Latn": 0.25, "tha_Thai": 0.75, "zul_Latn": 0.0}
    dataset = TokenDataset(folder, sequence_length=S, seed=3, by="language", weights=weights)
    samples = [dataset[i] for i in range(400)]
    counts = Counter(sample["stream"] for sample in samples)
    assert counts.keys() == {"eng_Latn", "tha_Thai"}
    assert abs(counts["tha_Thai"] - 300) < 5 * np.sqrt(400 * 0.75 * 0.25)
    own = [sample for sample in samples if sample["stream"] == "tha_Thai"]
    tokens = sum(LENGTHS["tha_Thai"]) + len(LENGTHS["tha_Thai"])
    assert [sample["epoch"] for sample in own] == [n * S // tokens for n in range(len(own))]
    per_epoch = [[tuple(s["input_ids"].tolist()) for s in own if s["epoch"] == epoch] for epoch in range(2)]
    assert all(len(set(epoch)) == len(epoch) for epoch in per_epoch)
    twice = Counter(token for epoch in per_epoch for sample in epoch for token in sample)
    assert len(twice) - 1 == sum(LENGTHS["tha_Thai"])
    assert set(twice.values()) - {twice[0]} <= {2, 3}  # three times: what the last sample has of the next epoch


@settings(max_examples=8)  # each lays out two blocks of a million samples
@given(weights=st.lists(st.integers(1, 1000), min_size=2, max_size=6), seed=st.integers(0, 99))
def test_mixture_is_exact_over_a_block(weights: list[int], seed: int) -> None:
    shares = [weight / sum(weights) for weight in weights]
    mixture = Mixture([str(n) for n in range(len(weights))], shares, seed)
    assert mixture.quotas.sum() == BLOCK
    assert np.all(np.abs(mixture.quotas - np.array(shares) * BLOCK) < 1)
    last = [-1] * len(weights)
    for sample in range(BLOCK - 50, BLOCK + 50):  # numbers go on from block to block
        stream, number = mixture.place(sample)
        assert last[stream] in (-1, number - 1)
        last[stream] = number


@pytest.mark.parametrize("world_size", [1, 2, 8])
@given(consumed=st.integers(0, 100), batch_size=st.integers(1, 5), samples=st.integers(1, 200))
def test_ranks_share_the_samples_without_overlap(world_size: int, consumed: int, batch_size: int, samples: int) -> None:
    orders = [
        list(RankOrder(batch_size=batch_size, rank=rank, world_size=world_size, consumed=consumed, samples=samples))
        for rank in range(world_size)
    ]
    assert len({len(order) for order in orders}) == 1
    for turn, batches in enumerate(zip(*orders, strict=True)):
        first = consumed + turn * batch_size * world_size
        assert sorted(chain(*batches)) == list(range(first, first + batch_size * world_size))
    left = samples - consumed - sum(map(len, chain(*orders)))
    assert left < batch_size * world_size


def read(dataset: TokenDataset, batches: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    return [tuple(dataset[i]["input_ids"].tolist()) for batch in batches for i in batch]


def test_eight_ranks_and_a_resume_on_two_read_what_one_reads_over_two_epochs(folder: str) -> None:
    dataset = TokenDataset(folder, sequence_length=S, seed=3)
    samples = 2 * len(dataset) // 16 * 16
    whole = read(dataset, list(RankOrder(batch_size=4, rank=0, world_size=1, consumed=0, samples=samples)))

    def together(world_size: int, consumed: int, turns: int | None) -> list[tuple[int, ...]]:
        orders = [
            RankOrder(batch_size=1, rank=rank, world_size=world_size, consumed=consumed, samples=samples)
            for rank in range(world_size)
        ]
        ranks = [read(dataset, list(islice(order, turns))) for order in orders]
        return [sample for turn in zip(*ranks, strict=True) for sample in turn]

    assert together(8, 0, None) == whole
    assert together(8, 0, 5) + together(2, 40, None) == whole
    shown = Counter(token for sample in whole for token in sample if token)
    assert len(shown) == sum(map(sum, LENGTHS.values()))
    assert set(shown.values()) <= {1, 2, 3}  # a batch that not every rank has is left out


def test_packed_rows_are_samples_whose_labels_stay_in_their_document(tmp_path: Path) -> None:
    folder = packed(tmp_path, [[[5, 6, 0], [7, 0]], [[8, 9, 10, 11, 12, 0]], [[3, 0]]], 6)
    dataset = TokenDataset(folder, seed=1)
    assert len(dataset) == 3
    found = {tuple(s["input_ids"].tolist()): s for s in (dataset[i] for i in range(3))}
    sample = found[5, 6, 0, 7, 0, 1]
    assert sample["labels"].tolist() == [6, 0, IGNORED, 0, IGNORED, IGNORED]
    assert sample["seq_lengths"].tolist() == [3, 2, 1]
    assert found[8, 9, 10, 11, 12, 0]["labels"].tolist() == [9, 10, 11, 12, 0, IGNORED]
    assert found[3, 0, 1, 1, 1, 1]["labels"].tolist() == [0, *[IGNORED] * 5]
    with pytest.raises(RecipeError, match="packed"):
        TokenDataset(folder, sequence_length=4)


@pytest.mark.parametrize("size", [None, 4])
def test_inputs_of_prompts_are_no_labels(tmp_path: Path, size: int | None) -> None:
    rows = [[[5, 6, 7, 0], [8, 9, 0]], [[10, 11, 12, 13, 14, 15, 16]], [[17, 18, 0]]]
    if size is None:
        folder = packed(tmp_path, rows, 7, {"targets_at": [[2, None], [9], [9]], "offsets": [[0, 0], [0], [7]]})
        inputs = {5, 6, *range(10, 19)}
    else:
        folder = packed(tmp_path, [[[5, 6, 7, 0]], [[8, 9, 10, 0]], [[11, 12, 0]]], 0, {"targets_at": [2, None, 1]})
        inputs = {5, 6, 11}
    dataset = TokenDataset(folder, sequence_length=size, seed=1)
    seen = set()
    for sample in (dataset[number] for number in range(len(dataset))):
        following = np.append(sample["input_ids"][1:], -1)
        learned = sample["labels"] != IGNORED
        assert inputs.isdisjoint(sample["labels"][learned])
        assert np.array_equal(sample["labels"][:-1][learned[:-1]], following[:-1][learned[:-1]])
        seen |= set(sample["labels"][learned].tolist())
    assert seen == ({7, 0, 9} if size is None else {7, 0, 8, 9, 10, 12})


def test_dataset_that_is_pickled_reads_the_same(folder: str) -> None:
    dataset = TokenDataset(folder, sequence_length=S, seed=3, by="language", weights=THIRDS)
    again = pickle.loads(pickle.dumps(dataset))
    assert again.order == dataset.order
    assert all(np.array_equal(again[i]["input_ids"], dataset[i]["input_ids"]) for i in range(20))


def test_trainer_imports_neither_spark_nor_torch_nor_a_compiler() -> None:
    """A dataset is made on every rank of a large run: it must be there at once."""
    code = "import sys, corpus.loader.dataset; print([m for m in ('pyspark', 'torch', 'numba') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_tokens_are_not_copied_until_a_sample_is_asked_for(folder: str) -> None:
    before = pa.total_allocated_bytes()
    dataset = TokenDataset(folder, sequence_length=S)
    assert pa.total_allocated_bytes() - before < 1000
    assert len(dataset) > 0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "sequence_length"),
        ({"sequence_length": 10**6}, "fewer than one sample"),
        ({"sequence_length": 8, "by": "language"}, "needs both"),
        ({"sequence_length": 8, "by": "url", "weights": {}}, "needs both"),
        ({"sequence_length": 8, "by": "language", "weights": {"eng_Latn": 1.0}}, "'tha_Thai' has no weight"),
        ({"sequence_length": 8, "by": "language", "weights": {**THIRDS, "xx": 0.0}}, "'xx' is in no shard"),
        ({"sequence_length": 8, "by": "language", "weights": {**THIRDS, "tha_Thai": 0.4}}, "sum to 0.9:"),
        ({"sequence_length": 8, "by": "language", "weights": {**THIRDS, "zul_Latn": 1e-9}}, "is under"),
        ({"sequence_length": 8, "split": "valid"}, "there are: train"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(folder: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        TokenDataset(folder, **parameters)  # type: ignore[arg-type]


def test_files_that_are_not_those_of_the_manifest_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no finished release"):
        TokenDataset(str(tmp_path), sequence_length=S)
    folder = release(tmp_path / "r", LENGTHS)
    path = next((tmp_path / "r" / "arrow").glob("*.arrow"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="its manifest says"):
        TokenDataset(folder, sequence_length=S)
    with pytest.warns(UserWarning, match="sizes alone were compared"):
        TokenDataset(folder, sequence_length=S, verify=False)
    path.write_bytes(data[:-8])
    with pytest.raises(DataError, match="another size"):
        TokenDataset(folder, sequence_length=S)
