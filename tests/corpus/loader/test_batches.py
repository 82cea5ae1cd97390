"""Batches as a trainer takes them; skipped where torch is not installed."""

import math
import pickle
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import RecipeError
from corpus.loader.dataset import TokenDataset
from tests.corpus.loader.releases import LENGTHS, packed, release

torch = pytest.importorskip("torch")

from corpus.loader.batches import TokenLoader  # noqa: E402  (it imports torch)

pytestmark = [
    pytest.mark.filterwarnings("ignore:This DataLoader will create"),  # on a machine of one core
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded"),  # Python 3.12 of torch's own forks
]

S = 32
BATCH = 4


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> TokenDataset:
    return TokenDataset(release(tmp_path_factory.mktemp("release"), LENGTHS), sequence_length=S, seed=3)


def numbers(loader: TokenLoader, batches: int | None = None) -> list[int]:
    return [number for batch in islice(loader, batches) for number in batch["sample"].tolist()]


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_order_is_the_same_for_any_number_of_workers(dataset: TokenDataset, workers: int) -> None:
    wanted = list(TokenLoader(dataset, batch_size=BATCH, samples=80))
    found = list(TokenLoader(dataset, batch_size=BATCH, samples=80, workers=workers))
    assert len(wanted) == len(found) == 20
    for one, other in zip(wanted, found, strict=True):
        for name in ("input_ids", "labels", "cu_seqlens", "sample"):
            assert torch.equal(one[name], other[name])


@pytest.mark.parametrize("workers", [0, 2])
def test_run_that_stops_goes_on_from_its_state_on_other_ranks(dataset: TokenDataset, workers: int) -> None:
    samples = 2 * len(dataset) // 8 * 8  # two epochs
    first = TokenLoader(dataset, batch_size=BATCH, samples=samples, workers=workers)
    read = numbers(first, 6)
    state = first.state_dict()
    assert state["consumed"] == 24  # what workers have read ahead is not counted
    ranks = []
    for rank in range(2):
        loader = TokenLoader(dataset, batch_size=BATCH, rank=rank, world_size=2, samples=samples, workers=workers)
        loader.load_state_dict(state)
        ranks.append(numbers(loader))
    read += [number for pair in zip(*ranks, strict=True) for number in pair]
    assert read == list(range(samples))


@pytest.mark.parametrize("workers", [0, 2])
def test_samples_that_are_no_whole_batch_are_said(dataset: TokenDataset, workers: int) -> None:
    loader = TokenLoader(dataset, batch_size=BATCH, world_size=2, samples=21, workers=workers)
    with pytest.warns(UserWarning, match="the last 5 of 21 samples are not read"):
        assert numbers(loader) == [0, 2, 4, 6, 8, 10, 12, 14]


def test_workers_hand_over_what_lies_in_the_shards(dataset: TokenDataset) -> None:
    """Two or four bytes a token and no labels, which are the same tokens."""
    rows = dataset.rows(range(BATCH))
    assert rows.tokens.dtype == np.int32
    assert rows.tokens.shape == (BATCH, S + 1)
    assert rows.unknown is None
    assert len(pickle.dumps(rows)) < 4 * BATCH * (S + 1) + 2000
    for row, sample in enumerate(dataset[number] for number in range(BATCH)):
        assert rows.input_ids[row].tolist() == sample["input_ids"].tolist()
        assert rows.labels[row].tolist() == sample["labels"].tolist()


def test_packed_rows_and_prompts_come_through_workers_too(tmp_path: Path) -> None:
    more: dict[str, list[object]] = {"targets_at": [[2, None], [4], [1]], "offsets": [[0, 0], [0], [0]]}
    folder = packed(tmp_path, [[[5, 6, 7, 0], [8, 9, 0]], [[10, 11, 12, 13, 14, 15, 0]], [[17, 18, 0]]], 8, more)
    dataset = TokenDataset(folder, seed=1)
    batches = [list(TokenLoader(dataset, batch_size=3, samples=6, workers=workers)) for workers in (0, 1)]
    for one, other in zip(*batches, strict=True):
        assert all(torch.equal(one[name], other[name]) for name in ("input_ids", "labels", "cu_seqlens", "sample"))
        for row, number in enumerate(one["sample"].tolist()):
            assert one["labels"][row].tolist() == dataset[number]["labels"].tolist()


def test_batch_has_the_bounds_of_its_documents(dataset: TokenDataset) -> None:
    batch = next(iter(TokenLoader(dataset, batch_size=BATCH)))
    assert batch["input_ids"].shape == batch["labels"].shape == (BATCH, S)
    bounds = batch["cu_seqlens"].tolist()
    assert (bounds[0], bounds[-1]) == (0, BATCH * S)
    assert batch["max_seqlen"] == max(b - a for a, b in pairwise(bounds))
    flat = batch["input_ids"].reshape(-1)
    assert all(flat[bound - 1] == 0 or bound % S == 0 for bound in bounds[1:])


def test_state_of_another_order_is_refused(dataset: TokenDataset, tmp_path: Path) -> None:
    other = TokenDataset(release(tmp_path, LENGTHS), sequence_length=S, seed=4)
    with pytest.raises(RecipeError, match="is of order"):
        TokenLoader(other, batch_size=1).load_state_dict(TokenLoader(dataset, batch_size=1).state_dict())
    with pytest.raises(RecipeError, match="rank 2 of 2"):
        TokenLoader(dataset, batch_size=1, rank=2, world_size=2)


class TinyGPT(torch.nn.Module):  # type: ignore[name-defined,misc]
    """Two layers, 64 wide."""

    def __init__(self, vocabulary: int, length: int, width: int = 64) -> None:
        super().__init__()
        self.tokens = torch.nn.Embedding(vocabulary, width)
        self.places = torch.nn.Embedding(length, width)
        layer = torch.nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.register_buffer("mask", torch.nn.Transformer.generate_square_subsequent_mask(length))

    def forward(self, ids: object) -> object:
        places = torch.arange(ids.shape[1])  # type: ignore[attr-defined]
        return self.head(self.layers(self.tokens(ids) + self.places(places), mask=self.mask, is_causal=True))


def test_tiny_gpt_learns_from_the_finished_release(finished: Path) -> None:
    folder = next((finished / "out" / "shard").iterdir())
    loader = TokenLoader(TokenDataset(str(folder), sequence_length=64, seed=1), batch_size=16, samples=800)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = TinyGPT(1200, 64)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for batch in loader:
        logits = model(batch["input_ids"])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert len(losses) == 50
    assert loader.consumed == 800
    assert abs(losses[0] - math.log(1200)) < 0.7  # at first every token is as likely as any other
    assert sum(losses[-5:]) / 5 < losses[0] - 1.5
