"""Checks of what one trainer alone asserts, and of its own table in the model: what is handed on unread may contradict
the numbers that the other checks speak of.

Sources: Megatron-LM core 0.16.1 (megatron/training/arguments.py validate_args), GPT-NeoX (megatron/neox_arguments/
arguments.py, commit ea7aefd8), Megatron-DeepSpeed of bigscience (megatron/arguments.py parse_args,
megatron/tokenizer/tokenizer.py, commit 8387ae17).
"""

from collections.abc import Iterator

from corpus.launch import neox
from corpus.launch.check import Check, advises, holds
from corpus.launch.handoff import Job

# Megatron's options that stand for a key of the model, the layout or the data.
_WRITTEN = frozenset({
    "--tensor-model-parallel-size", "--pipeline-model-parallel-size", "--context-parallel-size", "--num-layers",
    "--hidden-size", "--num-attention-heads", "--seq-length", "--max-position-embeddings", "--micro-batch-size",
    "--global-batch-size", "--train-samples", "--lr", "--min-lr", "--lr-decay-samples", "--lr-warmup-samples",
    "--adam-beta1", "--adam-beta2", "--adam-eps", "--weight-decay", "--clip-grad", "--seed", "--save-interval",
    "--eval-interval", "--eval-iters", "--rampup-batch-size", "--bf16", "--fp16", "--make-vocab-size-divisible-by",
    "--pad-vocab-size-to", "--pp-partition-method", "--per-split-data-args-path", "--zero-stage", "--deepspeed_config",
    "--train-weighted-split-paths-path", "--valid-weighted-split-paths-path", "--test-weighted-split-paths-path",
})  # fmt: skip
# Those that stop it beside ours: another source of data, iterations instead of samples, names that are gone.
_STOPS = frozenset({
    "--data-path", "--data-args-path", "--train-data-path", "--valid-data-path", "--test-data-path", "--split",
    "--mock-data", "--train-weighted-split-paths", "--valid-weighted-split-paths", "--test-weighted-split-paths",
    "--train-iters", "--lr-decay-iters", "--lr-warmup-iters", "--lr-warmup-fraction", "--encoder-num-layers",
    "--encoder-seq-length", "--batch-size", "--warmup", "--model-parallel-size",
})  # fmt: skip
# GPT-NeoX' settings that may be others than a launch writes: no check speaks of them.
_FREE = frozenset({
    "optimizer", "zero_optimization", "fp16", "lr_decay_style", "log_interval", "data_impl", "distributed_backend",
})  # fmt: skip
_CONTRADICT = frozenset({"precision", "data_path", "train_batch_size"})
_FILES = frozenset({"save", "load", "launcher", "deepspeed_slurm"})  # of other files that run.sh and slurm.sh hand over
_ROWS = 128  # Megatron-DeepSpeed's own --make-vocab-size-divisible-by, which is not written beside --pad-vocab-size-to


def checks(job: Job) -> Iterator[Check]:
    """Every one, in order."""
    if job.layout.cp > 1:
        yield from _context(job)
    if job.target == "neox":
        yield from _neox(job)
        return
    own = job.model.megatron.arguments if job.target == "megatron" else job.model.bloom.arguments
    names = [argument.partition("=")[0] for argument in own if argument.startswith("--")]
    wrong = sorted({name for name in names if name in _WRITTEN | _STOPS})
    yield holds(
        "arguments given once",
        not wrong,
        f"{len(names)} of the model's own for {job.target}"
        + "".join(f"; {name} is given by the launch" for name in wrong),
        "say it by the model's keys or --layout, which the checks go by: the last one given would count, or stop the "
        "trainer",
    )
    if job.target == "bloom":
        padded = job.model.pad_vocab_to
        yield holds(
            "padded vocabulary: trainer",
            padded % _ROWS == 0,
            f"pad_vocab_to {padded:,}, rows by {_ROWS}",
            f"Megatron-DeepSpeed takes multiples of {_ROWS} alone: raise pad_vocab_to to one",
        )


def _context(job: Job) -> Iterator[Check]:
    model, cp = job.model, job.layout.cp
    yield holds(
        "context parallelism",
        job.target == "megatron" and model.sequence_length % (2 * cp) == 0,
        f"CP {cp}, sequences of {model.sequence_length} tokens; target {job.target}",
        f"only Megatron-core has it, for sequences of a multiple of {2 * cp} tokens: leave cp out of --layout",
    )


def _neox(job: Job) -> Iterator[Check]:
    model = job.model
    own = {key.replace("-", "_") for key in model.neox}
    written = (set(neox.settings(job, own={})) | _CONTRADICT) - _FREE
    wrong = sorted((own & written) | (own & _FILES)) + sorted(key for key in model.neox if "-" in key)
    yield holds(
        "settings given once",
        not wrong,
        f"{len(model.neox)} of the model's own" + "".join(f"; {key}" for key in wrong),
        "say what the launch writes by the model's keys or --layout, and spell keys with _: GPT-NeoX refuses a key "
        "that is there twice, and the checks go by the model's keys",
    )
    final = neox.settings(job)
    enabled = {
        name: bool(isinstance(table := final.get(name), dict) and table.get("enabled")) for name in ("fp16", "bf16")
    }
    other = "bf16" if model.precision == "fp16" else "fp16"
    zero = final["zero_optimization"]
    stage = zero.get("stage") if isinstance(zero, dict) else None
    yield holds(
        "settings of DeepSpeed",
        not enabled[other] and stage in (0, 1, 2, 3),
        f"precision {model.precision}, {other} {'enabled' if enabled[other] else 'not enabled'}; "
        f"stage {stage} of zero_optimization",
        f"take [neox.{other}] out of the model or change its precision; give zero_optimization a stage of 0 to 3",
    )
    optimizer = final["optimizer"] if isinstance(final["optimizer"], dict) else {}
    lr = optimizer["params"].get("lr") if isinstance(optimizer.get("params"), dict) else None
    yield holds(
        "optimizer",
        isinstance(optimizer.get("type"), str) and isinstance(lr, int | float) and model.min_lr <= lr,
        f"type {optimizer.get('type')}, lr {lr}, min_lr {model.min_lr:g}",
        "give [neox.optimizer] a type and params with an lr that is not below min_lr, or take it out of the model",
    )
    yield advises(
        "learning rate after its decay",
        final["lr_decay_style"] != "cosine" or model.decay_samples >= model.train_samples,
        f"decay ends at {model.decay_samples:,}, training at {model.train_samples:,} samples",
        "GPT-NeoX' cosine goes on past its end, so that the learning rate rises again: raise decay_samples",
    )
