"""Files for GPT-NeoX: settings in YAML (formats.md 3.5 and 5.5; megatron/neox_arguments)."""

from collections.abc import Mapping
from typing import Any

import yaml

from corpus.launch import shell
from corpus.launch.handoff import Job


def files(job: Job) -> dict[str, bytes]:
    """By name, for target neox."""
    return {
        "neox.yml": _yaml(settings(job)),
        "slurm.yml": _yaml({"launcher": "slurm", "deepspeed_slurm": True}),
        "run.sh": shell.neox_run(job),
        "slurm.sh": shell.neox_slurm(job),
    }


def _yaml(value: dict[str, Any]) -> bytes:
    text: str = yaml.safe_dump(value, sort_keys=True, allow_unicode=True, width=2**31)
    return text.encode()


def settings(job: Job, own: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All of them; the model's own table comes last, or another in its place."""
    model, layout = job.model, job.layout
    iterations = model.train_samples // model.global_batch
    return {
        "pipe_parallel_size": layout.pp,
        "model_parallel_size": layout.tp,
        "num_layers": model.layers,
        "hidden_size": model.hidden,
        "num_attention_heads": model.heads,
        "seq_length": model.sequence_length,
        "max_position_embeddings": model.positions or model.sequence_length,
        "make_vocab_size_divisible_by": job.divisible_by,
        "optimizer": {
            "type": "Adam",
            "params": {"lr": model.lr, "betas": list(model.betas), "eps": model.epsilon},
        },
        "min_lr": model.min_lr,
        "lr_decay_style": "cosine",
        "lr_decay_iters": model.decay_samples // model.global_batch,
        "warmup": model.warmup_samples / model.decay_samples,  # of lr_decay_iters, in get_learning_rate_scheduler
        "train_iters": iterations,
        "train_micro_batch_size_per_gpu": model.micro_batch,
        "gradient_accumulation_steps": model.global_batch // job.batch_step,
        "gradient_clipping": model.clip,
        "weight_decay": model.weight_decay,
        "zero_optimization": {"stage": model.zero_stage},
        "seed": model.seed,
        "data_impl": "mmap",
        "distributed_backend": "nccl",
        "tokenizer_type": "HFTokenizer",
        "vocab_file": f"{job.at}/tokenizer/tokenizer.json",
        "eval_interval": model.eval_interval,
        "eval_iters": job.eval_iters,
        "checkpoint_factor": model.save_interval,
        "log_interval": 1,
        **({"precision": "bfloat16"} if model.precision == "bf16" else {"fp16": {"enabled": True}}),
        **_data(job),
        **(model.neox if own is None else own),
    }


def _data(job: Job) -> dict[str, Any]:
    """NeoX wants paths of all three splits or of none. Without valid and test the training data stands there: it is not
    read as that, for eval_iters is 0; without test alone, valid does."""
    blend = job.blend
    valid = blend["valid"] or job.trained
    found: dict[str, Any] = {}
    for split, members in (("train", job.trained), ("valid", valid), ("test", blend["test"] or valid)):
        found[f"{split}_data_paths"] = [weighted.path for weighted in members]
        found[f"{split}_data_weights"] = [float(weighted.weight_text) for weighted in members]
    return found
