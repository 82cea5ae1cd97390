"""Arguments that Megatron-core and Megatron-DeepSpeed share, and Megatron-core's own files (formats.md 5.3)."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from corpus.launch import shell
from corpus.launch.blend import SPLITS, Weighted
from corpus.launch.handoff import Job
from corpus.launch.shell import Here, Variable, Word

_JSON = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def files(job: Job) -> dict[str, bytes]:
    """By name, for target megatron."""
    return {
        "arguments.sh": shell.arguments(_options(job), [_FAST]),
        "blend.json": blend_json(job),
        "sequences.json": sequences_json(job),
        "run.sh": shell.torchrun(job, "MEGATRON", shell.CHECKPOINTS | shell.CACHE, _environment(job)),
        "slurm.sh": shell.slurm(job),
    }


_FAST = 'Megatron-core from 0.20 on starts faster with: --per-dataset-sequences-path "$HERE"/sequences.json'


# With these the trainer refuses 1 where it otherwise demands it (0.16.1, validate_args).
_FSDP = {"--use-torch-fsdp2", "--use-megatron-fsdp", "--use-custom-fsdp"}


def _environment(job: Job) -> Mapping[str, str]:
    """Overridable. With TP or CP the trainer demands it of GPUs before Blackwell (0.16.1, validate_args), where kernels
    must start in the order of their queue; later ones take either."""
    split = job.layout.tp > 1 or job.layout.cp > 1
    return {"CUDA_DEVICE_MAX_CONNECTIONS": "1"} if split and _FSDP.isdisjoint(job.model.megatron.arguments) else {}


def _options(job: Job) -> Iterable[Sequence[Word]]:
    yield from shared(job, job.model.positions or job.model.sequence_length)
    if job.layout.cp > 1:
        yield ("--context-parallel-size", str(job.layout.cp))
    yield ("--make-vocab-size-divisible-by", str(job.divisible_by))
    if job.model.partition == "layers+embedding":
        yield ("--account-for-embedding-in-pipeline-split",)
        yield ("--account-for-loss-in-pipeline-split",)
    yield ("--tokenizer-type", "HuggingFaceTokenizer")
    yield ("--tokenizer-model", f"{job.at}/tokenizer")
    yield ("--per-split-data-args-path", Here(name="blend.json"))
    yield ("--data-cache-path", Variable(name="CACHE"))
    if job.on_store:
        yield ("--object-storage-cache-path", Variable(name="CACHE", below="objects"))
        yield ("--no-mmap-bin-files",)
    yield ("--distributed-backend", "nccl")
    yield from shell.by_option(job.model.megatron.arguments)


def shared(job: Job, positions: int | None) -> Iterable[Sequence[Word]]:
    """Shape, batches, optimiser and schedule: both trainers spell these alike. `positions`: None to say none."""
    model, layout = job.model, job.layout
    numbers: dict[str, object] = {
        "tensor-model-parallel-size": layout.tp,
        "pipeline-model-parallel-size": layout.pp,
        "num-layers": model.layers,
        "hidden-size": model.hidden,
        "num-attention-heads": model.heads,
        "seq-length": model.sequence_length,
        **({} if positions is None else {"max-position-embeddings": positions}),
        "micro-batch-size": model.micro_batch,
        "global-batch-size": model.global_batch,
        "train-samples": model.train_samples,
        "lr": model.lr,
        "min-lr": model.min_lr,
        "lr-decay-style": "cosine",
        "lr-decay-samples": model.decay_samples,
        "lr-warmup-samples": model.warmup_samples,
        "optimizer": "adam",
        "adam-beta1": model.betas[0],
        "adam-beta2": model.betas[1],
        "adam-eps": model.epsilon,
        "weight-decay": model.weight_decay,
        "clip-grad": model.clip,
        "seed": model.seed,
        "log-interval": 1,
        "save-interval": model.save_interval,
        "eval-interval": model.eval_interval,
        "eval-iters": job.eval_iters,
    }
    yield from ((f"--{name}", str(value)) for name, value in numbers.items())
    if model.ramp_up:
        ramp = model.ramp_up
        yield ("--rampup-batch-size", str(ramp.start), str(ramp.increment), str(ramp.samples))
    yield (f"--{model.precision}",)


def blend_json(job: Job) -> bytes:
    """All three keys, null for a split without prefixes: Megatron asks for each."""
    return orjson.dumps({split: _list(job.blend[split]) or None for split in SPLITS}, option=_JSON)


def _list(split: Sequence[Weighted]) -> list[str]:
    return [text for weighted in split for text in (weighted.weight_text, weighted.path)]


def sequences_json(job: Job) -> bytes:
    """Of each prefix its sequences and its document boundaries, one more than its documents."""
    sizes = {
        weighted.path: [weighted.prefix.documents, weighted.prefix.documents + 1]
        for split in job.blend.values()
        for weighted in split
    }
    return orjson.dumps(sizes, option=_JSON)
