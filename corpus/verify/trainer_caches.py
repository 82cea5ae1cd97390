"""Files that trainers and `datasets` write beside the shards that they read: caches, which a release does without.

Names are those of Megatron-LM core 0.16.1 (gpt_dataset.py, masked_dataset.py: `<prefix>/cache/<class>_indices/`),
GPT-NeoX (gpt2_dataset.py, pairwise_dataset.py, commit ea7aefd8), Megatron-DeepSpeed (gpt_dataset.py, dataset_utils.py,
decoder_packed_mtf_dataset.py, commit 8387ae17) and Hugging Face `datasets` 5.2 (Dataset._get_cache_file_path).
"""

import re
from collections.abc import Iterable

from corpus.stages.built import Built
from corpus.stages.shard import SHARD
from corpus.stages.views import VIEWS

_SAMPLES = r"_[^/]+_indexmap_(?:\d+|None)ns"  # after a prefix: name of the split, number of samples
_INDEX = r"(?:doc|sample|shuffle)_idx\.npy"
_BESIDE = {
    "GPT-NeoX": rf"{_SAMPLES}_\d+sl_\d+s_[a-z_]+pi(?:_ac)?_{_INDEX}",
    "Megatron-DeepSpeed": rf"{_SAMPLES}_\d+sl_\d+s_{_INDEX}"  # GPT-NeoX' too, before it had packings
    rf"|{_SAMPLES}_\d+s_decoder_packed_(?:batch|shuffle)_idx\.npy"
    r"|_[^/]+_indexmap(?:_\d+ep)?(?:_\d+mns)?_\d+msl_\d+\.\d\dssp_\d+s\.npy",
    "Megatron-core": r"/cache/(?P<kind>\w+)_indices/[0-9a-f]{32}-(?P=kind)(?:-(?:train|valid|test))?-"
    r"(?:description\.txt|(?:document|sample|shuffle)_index\.npy)",
}
_DATASETS = re.compile(r"cache-[0-9a-f]{16}(?:_\d{5}_of_\d{5})?\.arrow")
_PROMPTS = "_inputs_document"  # Megatron-DeepSpeed names a prefix of pairs without it


class Caches:
    """Tells caches of the shards of a stage from what nobody knows."""

    def __init__(self, built: Built) -> None:
        tables = built.manifest.tables if built.name in (SHARD.name, VIEWS.name) else {}
        bins = [entry.name.removesuffix(".bin") for entry in tables.get("megatron", ()) if entry.name.endswith(".bin")]
        self._prefixes = _longest_first({*bins, *(name.removesuffix(_PROMPTS) for name in bins)})
        self._arrow = {table for table in tables if table.split("/")[0] == "arrow"}

    def writer(self, name: str) -> str | None:
        """Who writes a file of this name, as it is from the folder of the stage on; None for nobody that is known."""
        folder, _, file = name.rpartition("/")
        if folder in self._arrow:
            return "datasets" if _DATASETS.fullmatch(file) else None
        if not name.startswith("megatron/"):
            return None
        below = name.removeprefix("megatron/")
        for prefix in self._prefixes:
            if below.startswith(prefix):
                rest = below.removeprefix(prefix)
                return next((who for who, names in _BESIDE.items() if re.fullmatch(names, rest)), None)
        return None


def _longest_first(prefixes: Iterable[str]) -> list[str]:
    return sorted(prefixes, key=lambda prefix: (-len(prefix), prefix))
