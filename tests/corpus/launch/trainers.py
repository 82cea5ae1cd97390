"""How the trainers read what a launch writes, as far as they assert anything (formats.md 3.4, 5.3, 5.5)."""

import argparse
import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

_INTEGERS = (
    "tensor-model-parallel-size pipeline-model-parallel-size context-parallel-size num-layers "
    "hidden-size num-attention-heads seq-length "
    "max-position-embeddings micro-batch-size global-batch-size train-samples lr-decay-samples lr-warmup-samples seed "
    "log-interval save-interval eval-interval eval-iters make-vocab-size-divisible-by pad-vocab-size-to zero-stage"
)
_NUMBERS = "lr min-lr adam-beta1 adam-beta2 adam-eps weight-decay clip-grad init-method-std rotary-percent"
_FLAGS = (
    "bf16 fp16 account-for-embedding-in-pipeline-split account-for-loss-in-pipeline-split no-mmap-bin-files deepspeed "
    "embed-layernorm checkpoint-activations "
    "use-torch-fsdp2 use-megatron-fsdp "
    "deepspeed-activation-checkpointing abort-on-unmet-fused-kernel-constraints untie-embeddings-and-output-weights"
)
_TEXTS = (
    "tokenizer-model tokenizer-name-or-path per-split-data-args-path data-cache-path object-storage-cache-path "
    "train-weighted-split-paths-path valid-weighted-split-paths-path test-weighted-split-paths-path "
    "pp-partition-method"
)
_CHOICES = {
    "lr-decay-style": ["constant", "linear", "cosine", "inverse-square-root", "WSD"],
    "optimizer": ["adam", "sgd"],
    "tokenizer-type": ["HuggingFaceTokenizer", "PretrainedFromHF"],
    "data-impl": ["lazy", "cached", "mmap", "infer"],
    "distributed-backend": ["nccl", "gloo"],
    "position-embedding-type": ["learned_absolute", "rope", "alibi", "rotary", "absolute"],
}


def array(script: Path, environment: dict[str, str]) -> list[str]:
    """The array ARGUMENTS as bash has it."""
    code = 'source "$1"; printf "%s\\0" "${ARGUMENTS[@]}"'
    command = ["bash", "-uec", code, "-", str(script)]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def megatron_arguments(words: Sequence[str]) -> argparse.Namespace:
    """Exits on what neither Megatron knows."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for kind, names in ((int, _INTEGERS), (float, _NUMBERS), (str, _TEXTS)):
        for name in names.split():
            parser.add_argument(f"--{name}", type=kind)
    for name in _FLAGS.split():
        parser.add_argument(f"--{name}", action="store_true")
    for name, choices in _CHOICES.items():
        parser.add_argument(f"--{name}", choices=choices)
    parser.add_argument("--rampup-batch-size", nargs=3)
    parser.add_argument("--deepspeed_config")
    return parser.parse_args(words)


Group = list[tuple[float, str]]


def megatron_blend(path: Path) -> dict[str, Group | None]:
    """`--per-split-data-args-path`: all three keys, each null, or weights and prefixes in turn."""
    raw = json.loads(path.read_text())
    assert raw.keys() == {"train", "valid", "test"}
    return {split: None if value is None else blend_from_list(value) for split, value in raw.items()}


def blend_from_list(values: list[str]) -> Group:
    """megatron.core.datasets.utils.get_blend_from_list: an even count with numbers at the even places is weighted."""
    assert len(values) % 2 == 0
    return [(float(weight), path.strip()) for weight, path in zip(values[::2], values[1::2], strict=True)]


def bloom_splits(path: Path) -> dict[str, list[tuple[float, float, float, str]]]:
    """Megatron-DeepSpeed's parse_data_paths_path and parse_data_paths: weight, start, end, path by name."""
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) == 1
    assert lines[0][-2:] == '"\n'
    assert lines[0][0] == '"'
    found = {}
    for value in lines[0][1:-2].split('" "'):
        name, *rest = value.split(":")
        members = []
        for member in ":".join(rest).strip().split(","):
            assert len(member.split()) == 3
            weight, split, place = member.split()
            start, end = split.split(":")
            assert float(start) < float(end)
            members.append((float(weight), float(start), float(end), place))
        assert name not in found
        found[name] = members
    return found


def neox_settings(path: Path) -> dict[str, Any]:
    """NeoXArgs: keys with either sign, values that its checks want."""
    raw = yaml.safe_load(path.read_text())
    settings = {key.replace("-", "_"): value for key, value in raw.items()}
    given = [settings.get(f"{split}_data_paths") is not None for split in ("train", "valid", "test")]
    assert any(given) == all(given)
    for split in ("train", "valid", "test"):
        weights = settings[f"{split}_data_weights"]
        assert len(settings[f"{split}_data_paths"]) == len(weights)
        assert sum(weights) > 0
    assert "data_path" not in settings
    assert settings["min_lr"] <= settings["optimizer"]["params"]["lr"]
    assert all(type(number) is float for number in (settings["min_lr"], settings["optimizer"]["params"]["lr"]))
    return settings


def slurm_directives(script: str) -> dict[str, str]:
    """What sbatch reads: comments before the first command."""
    found = {}
    for line in script.splitlines():
        if line and not line.startswith("#"):
            break
        if match := re.fullmatch(r"#SBATCH --([a-z-]+)=(\S+)", line):
            found[match[1]] = match[2]
    return found
