"""Our files read by Megatron's own code, token for token; skipped where megatron-core is not installed.

`pip install torch==2.13.0 && pip install --no-deps megatron-core==0.16.1` makes these run.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from corpus.shards.layout import plan_shards
from corpus.shards.megatron import read_index
from corpus.shards.write_shard import Vocabulary, write_shard
from tests.corpus.shards.test_prompted import read as read_prompts
from tests.corpus.shards.test_prompted import write
from tests.corpus.shards.test_shards import parts_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of optional accelerators that are absent
    torch = pytest.importorskip("torch")
    pytest.importorskip("megatron.core")
    from megatron.core.datasets import indexed_dataset
    from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig
    from megatron.core.datasets.utils import get_blend_from_list

pytestmark = pytest.mark.filterwarnings("ignore")  # what the trainer warns of is its own

SEQUENCE = 32
SIZES = [1_000, 100_000]


def write_prefixes(folder: Path, vocabulary: int) -> list[str]:
    """Two languages in several shards, from two token parts."""
    chance = np.random.default_rng(5)
    kind = pa.uint16() if vocabulary < 65_500 else pa.int32()
    documents = [
        (f"{n:032x}", ("eng_Latn", "tha_Thai")[n % 3 == 0], chance.integers(2, 1_000, chance.integers(1, 90)).tolist())
        for n in range(700)
    ]
    parts = parts_of(folder, documents, [300], kind)
    totals: dict[str, int] = {}
    for _, language, tokens in documents:
        totals[language] = totals.get(language, 0) + len(tokens) + 1
    shards = [shard for shard in plan_shards(totals, kind, 20_000) if shard.kind == "megatron"]
    for shard in shards:
        write_shard(str(folder), shard, parts, Vocabulary(size=vocabulary, end=0, kind=kind))
    return [str(folder / "megatron" / f"{shard.name}_text_document") for shard in shards]


def documents_of(prefix: str) -> list[list[int]]:
    data = Path(prefix + ".bin").read_bytes()
    lengths, pointers, kind = read_index(Path(prefix + ".idx").read_bytes(), len(data))
    return [np.frombuffer(data, kind, n, at).tolist() for n, at in zip(lengths, pointers, strict=True)]


@pytest.mark.parametrize("vocabulary", SIZES)
def test_indexed_dataset_reads_every_token_of_every_document(tmp_path: Path, vocabulary: int) -> None:
    for prefix in write_prefixes(tmp_path, vocabulary):
        read = indexed_dataset.IndexedDataset(prefix)
        assert [read[number].tolist() for number in range(len(read))] == documents_of(prefix)
        assert read.index.dtype == (np.uint16 if vocabulary < 65_500 else np.int32)
        assert read.document_indices.tolist() == list(range(len(read) + 1))


@pytest.mark.parametrize("vocabulary", SIZES)
def test_shard_has_the_bytes_of_megatrons_own_builder(tmp_path: Path, vocabulary: int) -> None:
    prefix = write_prefixes(tmp_path, vocabulary)[0]
    dtype = indexed_dataset.DType.optimal_dtype(vocabulary)
    builder = indexed_dataset.IndexedDatasetBuilder(str(tmp_path / "twin.bin"), dtype=dtype)
    for tokens in documents_of(prefix):
        builder.add_document(torch.tensor(tokens), [len(tokens)])
    builder.finalize(str(tmp_path / "twin.idx"))
    for suffix in (".bin", ".idx"):
        assert Path(prefix + suffix).read_bytes() == (tmp_path / f"twin{suffix}").read_bytes()


def test_pairs_and_labels_of_prompts_are_read(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("inputs", "targets", "label"):
        ids, documents, kind = read_prompts(tmp_path, name)
        read = indexed_dataset.IndexedDataset(str(tmp_path / "megatron" / f"eng_Latn-00000-of-00001_{name}_document"))
        assert len(read) == len(ids)
        assert [read[number].tolist() for number in range(len(read))] == documents
        assert read.index.dtype == kind


@pytest.fixture
def process_group(tmp_path: Path) -> Iterator[None]:
    """The builder asks for one as soon as indices are cached."""
    address = f"file://{tmp_path}/rendezvous"
    torch.distributed.init_process_group("gloo", init_method=address, rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def assert_samples_are_the_stream(dataset: GPTDataset, own: list[list[int]]) -> None:
    """Sample i is S + 1 tokens of the shuffled documents end to end, the last one shared with the next sample."""
    stream = [token for document in dataset.document_index for token in own[document]]
    for position in range(len(dataset)):
        first = int(dataset.shuffle_index[position]) * SEQUENCE
        sample = dataset[position]
        assert sample["tokens"].tolist() == stream[first : first + SEQUENCE]
        assert sample["labels"].tolist() == stream[first + 1 : first + SEQUENCE + 1]


@pytest.mark.usefixtures("process_group")
def test_blended_gpt_dataset_gives_the_tokens_of_the_documents(tmp_path: Path) -> None:
    prefixes = write_prefixes(tmp_path, SIZES[0])
    tokenizer = SimpleNamespace(vocab_size=1000, eod=0, pad=1, unique_identifiers={"class": "test"})
    blend = [text for n, prefix in enumerate(prefixes) for text in (str(n + 1), prefix)]
    config = GPTDatasetConfig(
        random_seed=1234, sequence_length=SEQUENCE, blend=get_blend_from_list(blend), split="90,10,0",
        path_to_cache=str(tmp_path / "cache"), tokenizer=tokenizer, reset_position_ids=False,
        reset_attention_mask=False, eod_mask_loss=False,
    )  # fmt: skip
    train, valid, test = BlendedMegatronDatasetBuilder(GPTDataset, [200, 20, 0], lambda: True, config).build()
    assert test is None
    assert (len(train), len(valid)) >= (200, 20)
    for split in (train, valid):
        for prefix, dataset in zip(prefixes, split.datasets, strict=True):
            assert_samples_are_the_stream(dataset, documents_of(prefix))
        for position in range(len(split)):
            inner = split.datasets[split.dataset_index[position]][split.dataset_sample_index[position]]
            assert split[position]["tokens"].tolist() == inner["tokens"].tolist()
