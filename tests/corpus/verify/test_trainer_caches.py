"""A release that was trained on stays verified; what nobody knows stays a fault."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import datasets
import pytest

from jobs.tools.verification import verify

MD5 = "0123456789abcdef0123456789abcdef"
CACHES = {
    "GPT-NeoX": [
        "{p}_train_0_indexmap_1000ns_2048sl_1234s_packedpi_ac_doc_idx.npy",
        "{p}_train_0_indexmap_1000ns_2048sl_1234s_packedpi_ac_sample_idx.npy",
        "{p}_valid_11_indexmap_Nonens_2048sl_1234s_pack_until_overflowpi_shuffle_idx.npy",
    ],
    "Megatron-DeepSpeed": [
        "{p}_train_0_indexmap_5ns_2048sl_42s_doc_idx.npy",
        "{p}_valid_eng_Latn_0_indexmap_5ns_2048sl_42s_sample_idx.npy",
        "{p}_train_indexmap_5ns_42s_decoder_packed_batch_idx.npy",
        "{p}_train_indexmap_2ep_100mns_512msl_0.10ssp_42s.npy",
    ],
    "Megatron-core": [
        "{p}/cache/GPTDataset_indices/" + f"{MD5}-GPTDataset-train-{file}"
        for file in ("description.txt", "document_index.npy", "sample_index.npy", "shuffle_index.npy")
    ],
    "datasets": ["../arrow/cache-0123456789abcdef.arrow", "../arrow/cache-0123456789abcdef_00001_of_00004.arrow"],
}
STRAYS = [
    "nobody_text_document_train_0_indexmap_5ns_2048sl_42s_doc_idx.npy",  # of a prefix that is not there
    "{p}_train_0_indexmap_5ns_2048sl_42s_doc_idx.npy.tmp",
    "{p}_train_0_indexmap_5ns_2048sl_42s_other_idx.npy",
    "{p}/cache/GPTDataset_indices/notes.txt",
    "{p}/cache/GPTDataset_indices/" + f"{MD5}-OtherDataset-train-document_index.npy",
    "{p}.bin.orig",
    "../arrow/cache-x.arrow",
    "../tokenizer/cache-0123456789abcdef.arrow",
]


def shards(root: Path) -> Path:
    return next(root.glob("shard/*"))


def write(root: Path, name: str) -> Path:
    prefix = sorted((shards(root) / "megatron").glob("*.bin"))[0].with_suffix("").name
    path = (shards(root) / "megatron" / name.format(p=prefix)).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x93NUMPY")
    return path


def test_caches_of_trainers_are_named_and_passed_over(copied: Path) -> None:
    written = {writer: sorted(str(write(copied, name)) for name in names) for writer, names in CACHES.items()}
    lines, held = verify(str(copied), 2)
    assert held, lines
    for writer, paths in written.items():
        assert re.search(rf"passed over: {len(paths)} files of {writer}, .*: {re.escape(paths[0])}", lines), lines
    assert lines.splitlines()[-1].startswith("verified: ")


def test_other_strays_stay_faults_beside_them(copied: Path) -> None:
    for names in CACHES.values():
        write(copied, names[0])
    paths = [write(copied, name) for name in STRAYS]
    lines, held = verify(str(copied), 2)
    assert not held
    assert [line for line in lines.splitlines() if line.endswith("is named by no manifest")] == [
        f"  {path} is named by no manifest" for path in sorted(map(str, paths))
    ]


@pytest.mark.parametrize("stage", ["encode", "release"])
def test_a_cache_is_one_beside_shards_alone(copied: Path, stage: str) -> None:
    (next(copied.glob(f"{stage}/*")) / "cache-0123456789abcdef.arrow").write_bytes(b"")
    assert not verify(str(copied), 2)[1]


@pytest.mark.filterwarnings("ignore")  # what the library warns of is its own
def test_what_datasets_writes_is_known(copied: Path) -> None:
    folder = next(iter(sorted({path.parent for path in (shards(copied) / "arrow").rglob("*.arrow")})))
    loaded = datasets.load_from_disk(str(folder))
    loaded.map(lambda row: {"length": len(row["input_ids"])}).shuffle(seed=1)
    assert list(folder.glob("cache-*.arrow"))
    lines, held = verify(str(copied), 2)
    assert held, lines
    assert "files of datasets" in lines


@pytest.mark.filterwarnings("ignore")
def test_what_megatron_core_writes_is_known(copied: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("megatron.core")
    from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig

    prefix = str(sorted((shards(copied) / "megatron").glob("*.bin"))[0].with_suffix(""))
    config = GPTDatasetConfig(
        random_seed=1234, sequence_length=8, blend=([prefix], None), split="1,0,0", path_to_cache=None,
        tokenizer=SimpleNamespace(vocab_size=1000, eod=0, pad=1, unique_identifiers={"class": "test"}),
        reset_position_ids=False, reset_attention_mask=False, eod_mask_loss=False,
    )  # fmt: skip
    BlendedMegatronDatasetBuilder(GPTDataset, [4, 0, 0], lambda: True, config).build()
    assert len(list(Path(prefix).rglob("*.npy"))) == 3
    lines, held = verify(str(copied), 2)
    assert held, lines
    assert "passed over: 4 files of Megatron-core" in lines


def test_release_shipped_without_caches_is_as_before(copied: Path) -> None:
    before = verify(str(copied), 2)
    path = write(copied, CACHES["Megatron-core"][0])
    shutil.rmtree(path.parents[2])
    assert verify(str(copied), 2) == before
    assert "passed over" not in before[0]
