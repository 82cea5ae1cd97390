"""The arithmetic of a launch against counting, over layouts and models that Hypothesis makes up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.launch import architecture, arithmetic
from corpus.launch.architecture import RampUp
from corpus.launch.blend import blend
from corpus.launch.handoff import Job
from corpus.launch.parallelism import Layout
from corpus.shards.about import About, Prefix

SHAPE = architecture.load("neox-20b")


def wrong_while_ramping(ramp: RampUp, whole: int, fits: Callable[[int], bool]) -> set[str]:
    found, last = set(), None
    for size in range(ramp.start, whole + 1, ramp.increment):
        last = size
        if not fits(size):
            found.add("ramp-up: every batch")
    return found if last == whole and ramp.start < whole else found | {"ramp-up: increments"}


def padded_in_words(job: Job) -> int:
    rows = job.model.pad_vocab_to
    while not job.model.pad_vocab_to and rows < job.about.vocab_size:
        rows += 128 * job.layout.tp
    return rows


def wrong_in_words(job: Job) -> set[str]:
    """The names of checks that must fail, by counting rather than dividing."""
    m, place = job.model, job.layout
    found = set()
    gpus = [(node, gpu) for node in range(place.nodes) for gpu in range(place.gpus)]
    ranks = [(d, p, t) for d in range(place.dp) for p in range(place.pp) for t in range(place.tp)]
    if len(gpus) != len(ranks):
        found.add("world size")

    def fits(batch: int) -> bool:
        return batch in range(0, batch + 1, m.micro_batch * place.dp)

    if not fits(m.global_batch):
        found.add("global batch")
    if m.ramp_up:
        found |= wrong_while_ramping(m.ramp_up, m.global_batch, fits)
    units = m.layers + (2 if m.partition == "layers+embedding" else 0)
    stages = [sum(1 for unit in range(units) if unit % place.pp == stage) for stage in range(place.pp)]
    if len(set(stages)) > 1:
        found.add("layers by PP")
    for what, name in ((m.heads, "heads by TP"), (m.hidden, "hidden by TP")):
        if what not in range(0, what + 1, place.tp):
            found.add(name)
    if m.hidden not in range(0, m.hidden + 1, m.heads):
        found.add("hidden by heads")
    rows = padded_in_words(job)
    assert job.padded_vocab == rows
    if rows < job.about.vocab_size or rows not in range(0, rows + 1, place.tp):
        found.add("padded vocabulary")
    return found


SMALL = st.integers(1, 12)


@given(
    layout_=st.builds(
        Layout, tp=st.integers(1, 5), pp=st.integers(1, 5), dp=st.integers(1, 5), nodes=SMALL, gpus=SMALL
    ),
    micro=st.integers(1, 4),
    batch=st.integers(1, 200),
    ramp=st.none() | st.builds(RampUp, start=st.integers(1, 60), increment=SMALL, samples=st.just(1)),
    layers=st.integers(1, 40),
    heads=SMALL,
    hidden=st.integers(1, 200),
    vocabulary=st.integers(1, 5000),
    padded=st.just(0) | st.integers(1, 6000),
    partition=st.sampled_from(["layers", "layers+embedding"]),
)
def test_checks_agree_with_counting(
    layout_: Layout, micro: int, batch: int, ramp: RampUp | None, layers: int, heads: int, hidden: int,
    vocabulary: int, padded: int, partition: Literal["layers", "layers+embedding"],
) -> None:  # fmt: skip
    changed = replace(
        SHAPE, micro_batch=micro, global_batch=batch, ramp_up=ramp, layers=layers, heads=heads, hidden=hidden,
        pad_vocab_to=padded, partition=partition,
    )  # fmt: skip
    prefix = Prefix(prefix="megatron/a-0-of-1_text_document", documents=1, tokens=9, split="train", sha256=("", ""))
    about = About(
        dtype="uint16",
        vocab_size=vocabulary,
        end_of_document=0,
        tokenizer_sha256="",
        prefixes=(prefix,),
        prompted={},
        arrow={},
        packed=None,
        epochs={},
        source_epochs={},
    )
    job = Job(
        target="megatron",
        model=changed,
        layout=layout_,
        about=about,
        blend=blend(about, "/data", None),
        at="/data",
        max_epochs=4.0,
    )
    assert {check.name for check in arithmetic.checks(job) if check.state == "FAILED"} == wrong_in_words(job)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=300), st.integers(1, 5))
def test_weights_as_written_sum_to_one_and_read_each_source_equally_often(tokens: list[int], shards: int) -> None:
    prefixes = tuple(
        Prefix(
            prefix=f"megatron/s{n // shards}-{n:05d}-of-9_text_document",
            documents=1,
            tokens=count,
            split="train",
            sha256=("", ""),
        )
        for n, count in enumerate(tokens)
    )
    about = About(
        dtype="int32",
        vocab_size=9,
        end_of_document=0,
        tokenizer_sha256="",
        prefixes=prefixes,
        prompted={},
        arrow={},
        packed=None,
        epochs={},
        source_epochs={},
    )
    written = {w.prefix: float(w.weight_text) for w in blend(about, "/data", None)["train"]}
    assert len(written) == len(prefixes)
    assert sum(written.values()) == pytest.approx(1, abs=1e-9)
    assert all(written[p] * sum(tokens) == pytest.approx(p.tokens, rel=1e-9) for p in prefixes)
