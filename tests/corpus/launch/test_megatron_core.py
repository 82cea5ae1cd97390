"""The blend read by Megatron's own code; skipped where megatron-core is not installed (tests/corpus/shards has how)."""

import json
import warnings
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from corpus.launch.blend import SPLITS
from jobs.tools.launching import Request, launch
from tests.corpus.launch import synthetic

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of optional accelerators that are absent
    torch = pytest.importorskip("torch")
    pytest.importorskip("megatron.core")
    from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig
    from megatron.core.datasets.utils import get_blend_from_list

pytestmark = pytest.mark.filterwarnings("ignore")  # what the trainer warns of is its own


def test_megatron_builds_its_datasets_from_the_blend(tmp_path: Path) -> None:
    """Three sources with the weights that the file has, and held-out data of its own."""
    documents = {"code_python": 20, "eng_Latn": 60, "fra_Latn": 20, "valid-eng_Latn": 20}
    shard = synthetic.shard(tmp_path / "shard", synthetic.tokenizer_json(1000), 1000, documents)
    (tmp_path / "weights.toml").write_text("[weights]\ncode_python = 0.5\neng_Latn = 0.25\nfra_Latn = 0.25\n")
    request = Request(
        release=str(shard), target="megatron", model="neox-20b", layout="tp=2,pp=4,dp=12", to=str(tmp_path / "to"),
        at=None, weights=str(tmp_path / "weights.toml"), max_epochs=4.0, quick=False,
    )  # fmt: skip
    assert launch(request)[1]
    raw = json.loads((tmp_path / "to" / "blend.json").read_text())
    config = GPTDatasetConfig(
        random_seed=1234, sequence_length=8, blend=None, split=None,
        blend_per_split=[None if raw[split] is None else get_blend_from_list(raw[split]) for split in SPLITS],
        tokenizer=SimpleNamespace(vocab_size=1000, eod=0, pad=1, unique_identifiers={"class": "test"}),
        reset_position_ids=False, reset_attention_mask=False, eod_mask_loss=False,
    )  # fmt: skip
    train, valid, test = BlendedMegatronDatasetBuilder(GPTDataset, [400, 10, 0], lambda: True, config).build()
    assert test is None
    taken = Counter(train.dataset_index[:400].tolist())
    assert [taken[n] for n in range(3)] == [200, 100, 100]
    assert len(valid) >= 10
    assert int(train[0]["tokens"].max()) < 1000
