"""Steps of a run against megatron-core's own datasets, token for token; skipped where it is not installed."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from corpus.gpt_dataset.run import MegatronRun, RampUp, parse_blend, train_share
from corpus.shards.prefix import open_prefix

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of optional accelerators that are absent
    torch = pytest.importorskip("torch")
    pytest.importorskip("megatron.core")
    from megatron.core import num_microbatches_calculator
    from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig
    from megatron.core.datasets.utils import get_blend_from_list

    from tests.corpus.shards.test_megatron_core import SEQUENCE, write_prefixes

pytestmark = pytest.mark.filterwarnings("ignore")  # what the trainer warns of is its own

BATCH = 7
SPLIT = "90,10,0"


@pytest.fixture
def process_group(tmp_path: Path) -> Iterator[None]:
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/met", rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def theirs(blend: list[str], samples: int, cache: Path, *, per_split: bool) -> object:
    tokenizer = SimpleNamespace(vocab_size=1000, eod=0, pad=1, unique_identifiers={"class": "test"})
    found = get_blend_from_list(blend)
    data = {"blend_per_split": [found, None, None]} if per_split else {"blend": found, "split": SPLIT}
    config = GPTDatasetConfig(
        random_seed=1234, sequence_length=SEQUENCE, path_to_cache=str(cache), tokenizer=tokenizer,
        reset_position_ids=False, reset_attention_mask=False, eod_mask_loss=False, **data,
    )  # fmt: skip
    return BlendedMegatronDatasetBuilder(GPTDataset, [samples, 0, 0], lambda: True, config).build()[0]


@pytest.mark.usefixtures("process_group")
@pytest.mark.parametrize("epochs", [0.4, 1.3, 2.9])
@pytest.mark.parametrize("kind", ["one", "weighted", "by size", "per split", "one per split"])
def test_every_step_reads_what_megatron_reads(tmp_path: Path, kind: str, epochs: float) -> None:
    prefixes = write_prefixes(tmp_path, 1000)
    if kind.startswith("one"):
        blend = prefixes[:1]
    elif kind == "by size":
        blend = prefixes[: len(prefixes) - 1 + len(prefixes) % 2]  # an odd number: Megatron takes an even one for pairs
    else:
        blend = [text for n, prefix in enumerate(prefixes) for text in (str(n + 1.7), prefix)]
    names, weights = parse_blend(blend)
    tokens = sum(Path(f"{name}.bin").stat().st_size // 2 for name in names)
    samples = int(epochs * tokens / SEQUENCE)
    dataset = theirs(blend, samples, tmp_path / "cache", per_split=kind.endswith("per split"))
    run = MegatronRun(
        prefixes=tuple(names),
        weights=None if weights is None else tuple(weights),
        sequence_length=SEQUENCE,
        global_batch_size=BATCH,
        seed=1234,
        samples=samples,
        share=1.0 if kind.endswith("per split") else train_share(SPLIT),
    )
    opened = {name: open_prefix(name) for name in names}
    held = min(samples, len(dataset))  # type: ignore[arg-type]
    for step in range(1, held // BATCH + 1):
        for sample in run.step(step):
            own = [opened[sample.prefix].tokens(p.document, p.first, p.last) for p in sample.pieces]
            whole = dataset[sample.number]  # type: ignore[index]
            assert np.concatenate(own)[:-1].tolist() == whole["tokens"].tolist()
            assert np.concatenate(own)[1:].tolist() == whole["labels"].tolist()


def test_ramp_up_is_that_of_megatron() -> None:
    calculator = num_microbatches_calculator.RampupBatchsizeNumMicroBatchesCalculator(
        2048, 2, 8, False, 0, 192, 16, 9_765_625
    )
    run = MegatronRun(
        prefixes=("p",), weights=None, sequence_length=8, global_batch_size=2048, seed=1,
        ramp_up=RampUp(start=192, increment=16, samples=9_765_625),
    )  # fmt: skip
    consumed = 0
    assert run.ramp_up is not None
    while consumed < 10_000_000:
        calculator.update(consumed, True)
        assert run.batch_at(consumed) == calculator.get_current_global_batch_size()
        consumed += run.batch_at(consumed)
