"""Checks of arithmetic: layout, batches, layers, heads, vocabulary, schedule. Nothing is read.

Sources: formats.md 3.4 and 3.5; Megatron's and NeoX' own assertions (megatron/training/arguments.py,
megatron/neox_arguments/arguments.py).
"""

from collections.abc import Iterator

from corpus.launch.check import Check, advises, holds
from corpus.launch.handoff import Job
from tokenizer.sizes import AMBIGUOUS_ADVICE, AMBIGUOUS_SIZES

_UINT16_BELOW = AMBIGUOUS_SIZES.start  # all three trainers take 16 bits below this (formats.md 5.1)
_WASTE = 0.5  # of the embedding's rows: a vocabulary half of which is padding is not the one the model was made for


def checks(job: Job) -> Iterator[Check]:
    """Every one, in order."""
    yield from _world(job)
    yield from _batches(job)
    yield from _shape(job)
    yield from _vocabulary(job)
    yield from _schedule(job)


def _world(job: Job) -> Iterator[Check]:
    layout = job.layout
    yield holds(
        "world size",
        layout.world == layout.nodes * layout.gpus,
        f"DP {layout.dp} x TP {layout.tp} x PP {layout.pp}"
        + (f" x CP {layout.cp}" if layout.cp > 1 else "")
        + f" = {layout.world} GPUs; "
        f"{layout.nodes} nodes x {layout.gpus} = {layout.nodes * layout.gpus}",
        "give nodes=, gpus= or dp= in --layout so that both are the same",
    )
    yield advises(
        "tensor parallelism",
        layout.gpus % layout.tp == 0,
        f"TP {layout.tp}, {layout.gpus} GPUs a node",
        "a tensor group over several nodes sends every activation through the network: take a TP that divides a node",
    )


def _batches(job: Job) -> Iterator[Check]:
    model, step = job.model, job.batch_step
    of = f"micro batch {model.micro_batch} x DP {job.layout.dp} = {step}"
    yield holds(
        "global batch",
        model.global_batch % step == 0,
        f"{model.global_batch} sequences ({model.global_batch * model.sequence_length:,} tokens); {of}",
        f"make global_batch a multiple of {step}",
    )
    ramp = model.ramp_up
    if ramp is None:
        return
    yield holds(
        "ramp-up: trainer",
        job.target != "neox",
        f"the model ramps its batch up from {ramp.start}; target {job.target}",
        "GPT-NeoX has no batch ramp-up: take ramp_up out of the model",
    )
    grown = model.global_batch - ramp.start
    yield holds(
        "ramp-up: increments",
        grown > 0 and grown % ramp.increment == 0,
        f"({model.global_batch} - {ramp.start}) / {ramp.increment} = {grown / ramp.increment:g} increments",
        f"choose start and increment so that one or more whole steps lead to {model.global_batch}; none is a division "
        "by zero in both Megatrons: take ramp_up out of the model then",
    )
    sizes = range(ramp.start, model.global_batch + 1, ramp.increment)
    wrong = [size for size in sizes if size % step]
    yield holds(
        "ramp-up: every batch",
        not wrong,
        f"{len(sizes)} batches from {ramp.start} to {model.global_batch}; {of}"
        + (f"; {len(wrong)} are no multiple, the first is {wrong[0]}" if wrong else ""),
        f"make start and increment multiples of {step}",
    )
    yield holds(
        "ramp-up: samples",
        ramp.samples <= model.train_samples,
        f"ramp-up over {ramp.samples:,} of {model.train_samples:,} samples",
        "lower ramp_up.samples: the whole batch is never reached",
    )


def _shape(job: Job) -> Iterator[Check]:
    model, layout = job.model, job.layout
    with_embedding = model.partition == "layers+embedding"
    units = model.layers + 2 * with_embedding
    method = "type:transformer|embedding: the embedding and the head count as a layer each"
    yield holds(
        "layers by PP",
        units % layout.pp == 0,
        f"{model.layers} layers" + (f" + 2 ({method})" if with_embedding else "") + f" over {layout.pp} stages = "
        f"{units / layout.pp:g} each",
        f"choose layers or PP so that they divide; or partition = {_other(model.partition)!r} in the model, "
        f"which would make {(model.layers + 2 * (not with_embedding)) / layout.pp:g} each",
    )
    yield holds(
        "heads by TP",
        model.heads % layout.tp == 0,
        f"{model.heads} heads over TP {layout.tp} = {model.heads / layout.tp:g} each",
        "choose a TP that divides the heads",
    )
    yield holds(
        "hidden by heads",
        model.hidden % model.heads == 0,
        f"hidden {model.hidden} / {model.heads} heads = {model.hidden / model.heads:g}",
        "choose a hidden size that the heads divide",
    )
    yield holds(
        "hidden by TP",
        model.hidden % layout.tp == 0,
        f"hidden {model.hidden} over TP {layout.tp} = {model.hidden / layout.tp:g} each",
        "choose a TP that divides the hidden size",
    )
    yield holds(
        "positions",
        not model.positions or model.sequence_length <= model.positions,
        f"sequences of {model.sequence_length} tokens, "
        + (f"{model.positions} positions" if model.positions else "no learned positions"),
        "raise positions or shorten sequence_length",
    )


def _other(partition: str) -> str:
    return "layers" if partition == "layers+embedding" else "layers+embedding"


def _vocabulary(job: Job) -> Iterator[Check]:
    size, padded, tp = job.about.vocab_size, job.padded_vocab, job.layout.tp
    yield holds(
        "vocabulary and type of ids",
        size not in AMBIGUOUS_SIZES and (job.about.dtype == "uint16") == (size < _UINT16_BELOW),
        f"{size:,} ids, stored as {job.about.dtype}; trainers read uint16 below {_UINT16_BELOW:,}, else int32",
        AMBIGUOUS_ADVICE if size in AMBIGUOUS_SIZES else "build the stage shard again: its type does not fit",
    )
    how = "pad_vocab_to" if job.model.pad_vocab_to else f"ceil(V / ({job.model.divisible_by} x TP {tp}))"
    yield holds(
        "padded vocabulary",
        size <= padded and padded % tp == 0,
        f"{size:,} padded to {padded:,} by {how}; {padded / tp:g} rows for each of TP {tp}",
        f"make pad_vocab_to a multiple of TP {tp} that is not below {size:,}, or take it out of the model",
    )
    yield advises(
        "padding of the vocabulary",
        size > padded * _WASTE,
        f"{1 - size / padded:.1%} of {padded:,} rows of the embedding stand for no token",
        "take pad_vocab_to out of the model, or check that this is the tokenizer that it was meant for",
    )


def _schedule(job: Job) -> Iterator[Check]:
    model = job.model
    yield holds(
        "schedule",
        model.warmup_samples < model.decay_samples and model.min_lr <= model.lr,
        f"warm-up {model.warmup_samples:,}, decay {model.decay_samples:,} samples; lr {model.lr:g} to {model.min_lr:g}",
        "warm-up must end before decay does, and min_lr be no more than lr",
    )
    yield holds(
        "steps",
        bool(model.ramp_up) or model.train_samples >= model.global_batch,
        f"{model.train_samples:,} samples in batches of {model.global_batch}",
        "not one batch: the trainer would stop at once, having trained nothing; raise train_samples",
    )
    yield advises(
        "decay and training",
        model.decay_samples <= model.train_samples,
        f"decay ends at {model.decay_samples:,}, training at {model.train_samples:,} samples",
        "the learning rate never reaches min_lr: lower decay_samples",
    )
    if job.target == "neox":
        whole = model.train_samples % model.global_batch == 0
        yield advises(
            "iterations",
            whole,
            f"{model.train_samples:,} samples / {model.global_batch} = {model.train_samples / model.global_batch:,.2f}",
            "GPT-NeoX counts iterations: the number is rounded down",
        )
