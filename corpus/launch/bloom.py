"""Files for bigscience's Megatron-DeepSpeed, as BLOOM was launched (formats.md 3.4; tr11-176B-ml.slurm)."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from corpus.launch import megatron, shell
from corpus.launch.blend import Weighted
from corpus.launch.handoff import Job
from corpus.launch.shell import Here, Word


def files(job: Job) -> dict[str, bytes]:
    """By name, for target bloom."""
    return {
        "arguments.sh": shell.arguments(_options(job)),
        "deepspeed.json": deepspeed_json(job),
        "run.sh": shell.torchrun(job, "MEGATRON_DEEPSPEED", shell.CHECKPOINTS, {}),
        "slurm.sh": shell.slurm(job),
        **{f"{split}-splits.txt": splits_text(groups(job, split)) for split in _splits(job)},
    }


def _splits(job: Job) -> list[str]:
    return [split for split in ("train", "valid", "test") if job.blend[split]]


def _options(job: Job) -> Iterable[Sequence[Word]]:
    model = job.model
    # With rotary embeddings parse_args refuses a number of positions.
    rotary = any(argument.rpartition("=")[2] == "rotary" for argument in model.bloom.arguments)
    yield from megatron.shared(job, None if rotary else model.positions or model.sequence_length)
    if model.pad_vocab_to:
        yield ("--pad-vocab-size-to", str(model.pad_vocab_to))
    else:
        yield ("--make-vocab-size-divisible-by", str(model.divisible_by))
    if model.partition == "layers+embedding":
        yield ("--pp-partition-method", "type:transformer|embedding")
    yield ("--tokenizer-type", "PretrainedFromHF")
    yield ("--tokenizer-name-or-path", f"{job.at}/tokenizer")
    for split in _splits(job):
        yield (f"--{split}-weighted-split-paths-path", Here(name=f"{split}-splits.txt"))
    yield ("--data-impl", "mmap")
    yield ("--distributed-backend", "nccl")
    yield ("--deepspeed",)
    yield ("--deepspeed_config", Here(name="deepspeed.json"))
    yield ("--zero-stage", str(model.zero_stage))
    yield from shell.by_option(model.bloom.arguments)


def deepspeed_json(job: Job) -> bytes:
    """DeepSpeed takes the steps between updates from the arguments: they change while the batch ramps up."""
    model = job.model
    settings = {
        "train_micro_batch_size_per_gpu": model.micro_batch,
        "train_batch_size": model.global_batch,
        "gradient_clipping": model.clip,
        "zero_optimization": {"stage": model.zero_stage},
        model.precision: {"enabled": True},
        "steps_per_print": 2000,
        "wall_clock_breakdown": False,
    }
    return orjson.dumps(settings, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def groups(job: Job, split: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Weights and paths by name: the whole split, and of held-out data each source, for it is evaluated by group."""
    found = {split: [(weighted.weight_text, weighted.path) for weighted in job.blend[split]]}
    if split != "train":
        by_stem: dict[str, list[Weighted]] = {}
        for weighted in job.blend[split]:
            by_stem.setdefault(weighted.prefix.stem.removeprefix(f"{split}-"), []).append(weighted)
        for stem, of_stem in by_stem.items():
            total = sum(weighted.weight for weighted in of_stem)
            found[f"{split}_{stem}"] = [(f"{w.weight / total:.12g}", w.path) for w in of_stem]
    return found


def splits_text(named: Mapping[str, Sequence[tuple[str, str]]]) -> bytes:
    """One line of groups `"NAME: WEIGHT 0:1 PATH, ..."`; the whole of each prefix, for splits are prefixes here."""
    texts = [
        f"{name}: " + ", ".join(f"{weight} 0:1 {path}" for weight, path in members) for name, members in named.items()
    ]
    return ('"' + '" "'.join(texts) + '"\n').encode()
