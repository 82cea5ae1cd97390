"""A release feeds a small GPT on a GPU: every view trains, a step is of the documents that `trace` names, and the
loader's tokens a second stand beside those that the GPU takes.

    gristmill run benchmarks/gpu.toml
    python -m benchmarks.gpu build/gpu                # 3 to 8 minutes of one GPU
    python -m benchmarks.gpu build/gpu --cpu          # a model of a thousandth, a few minutes

It needs the release and torch; what of it needs megatron-core is passed over, and said so, where that does not import.
The first line that fails ends it with status 1. Without a GPU it says so and ends.
"""

import argparse
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from benchmarks.gpu_model import Shape, Trainer, mask_of
from corpus.gpt_dataset.run import MegatronRun, Sample
from corpus.lineage import answers, lookup
from corpus.lineage.opened_release import Release, open_release
from corpus.loader.batches import TokenLoader
from corpus.loader.dataset import TokenDataset
from corpus.stages.views import VIEWS
from corpus.store import storage

_SEQUENCE = 512  # of the shards, which are documents
_WORKERS = (0, 1, 2, 4, 8)
_SEED = 1234


class Sizes(SimpleNamespace):
    """Of a run: device, steps of each view, steps whose mean loss is compared (first and last), samples of a batch,
    shape of the model, seconds of each measurement."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", nargs="?", default="build/gpu", help="a release with views (default: build/gpu)")
    parser.add_argument("--cpu", action="store_true", help="a tiny model, few steps")
    parser.add_argument("--steps", type=int, help="of each view (default: 200; 12 with --cpu)")
    arguments = parser.parse_args()
    if not arguments.cpu and not torch.cuda.is_available():
        print("no GPU: nothing was run; --cpu runs a tiny version of it")
        return 0
    sizes = Sizes(device="cuda", steps=200, window=10, batch=32, width=512, layers=8, heads=8, seconds=4.0)
    if arguments.cpu:
        sizes = Sizes(device="cpu", steps=12, window=4, batch=1, width=64, layers=1, heads=2, seconds=1.0)
    sizes.steps = arguments.steps or sizes.steps
    release = open_release(arguments.root)
    name = torch.cuda.get_device_name() if sizes.device == "cuda" else "CPU"
    print(f"{name}, torch {torch.__version__}; {release.about.vocab_size:,} ids; {sizes.steps} steps of {sizes.batch}")
    held = [view(release, one, sizes) for one in release.views]
    held.append(documents(release, sizes))
    held.append(megatron(release, sizes))
    print("every part held" if all(held) else "FAILED: a part above")
    return 0 if all(held) else 1


def view(release: Release, name: str, sizes: Sizes) -> bool:
    """A view trains."""
    dataset = TokenDataset(release.stages[VIEWS].folder, view=name, seed=_SEED)
    return _trained(f"view {name}", dataset, release, sizes, known=_rows_of_view(release, name))


def documents(release: Release, sizes: Sizes) -> bool:
    """The shards train, and the loader's rate by workers beside the rate that is consumed."""
    packed = release.about.packed is not None
    dataset = TokenDataset(release.folder, sequence_length=None if packed else _SEQUENCE, seed=_SEED)
    held = _trained("shards", dataset, release, sizes, known=None)
    for workers in _WORKERS:
        print(f"  loader alone, {workers} workers: {_delivered(dataset, sizes, workers):>14,.0f} tokens/s")
    return held


def _trained(
    what: str, dataset: TokenDataset, release: Release, sizes: Sizes, known: dict[bytes, list[str]] | None
) -> bool:
    """Whether the loss falls, and each row that was fed is of the documents that `trace` names."""
    shape = _shape(release, dataset.tokens, sizes)
    trainer = Trainer(shape, sizes.device, sizes.steps)
    loader = TokenLoader(dataset, batch_size=sizes.batch, workers=2 if sizes.device == "cuda" else 0)
    fed = strange = 0
    started, waited, took = time.perf_counter(), 0.0, 0.0
    batches = iter(loader)
    for number in range(sizes.steps):
        asked = time.perf_counter()
        batch = next(batches)
        waited += time.perf_counter() - asked
        if known is not None and number < sizes.window:
            fed += len(batch["input_ids"])
            strange += sum(row.numpy().tobytes() not in known for row in batch["input_ids"])
        moved = {key: batch[key].to(sizes.device) for key in ("input_ids", "labels", "cu_seqlens")}
        prefixes = batch["prefix_lengths"].to(sizes.device) if "prefix_lengths" in batch else None
        mask = mask_of(tuple(moved["input_ids"].shape), moved["cu_seqlens"], prefixes)
        trainer.step(moved["input_ids"], moved["labels"], mask)
        if number == 0:  # what is compiled and read for the first time is in it
            started, waited = time.perf_counter(), 0.0
    took = time.perf_counter() - started
    rate = (sizes.steps - 1) * sizes.batch * dataset.tokens / took
    traced = "" if known is None else f"; {fed - strange} of {fed} rows are those that `trace` names"
    held = _fell(what, trainer, sizes) and not strange
    print(f"  consumed {rate:,.0f} tokens/s, {100 * waited / took:.1f} % of the time waiting for the loader{traced}")
    return held


def _shape(release: Release, tokens: int, sizes: Sizes) -> Shape:
    vocabulary = -(-release.about.vocab_size // 128) * 128
    return Shape(vocabulary=vocabulary, positions=tokens, width=sizes.width, layers=sizes.layers, heads=sizes.heads)


def _fell(what: str, trainer: Trainer, sizes: Sizes) -> bool:
    parts = trainer.losses[: sizes.window], trainer.losses[-sizes.window :]
    first, last = (float(np.mean(part)) for part in parts)
    fell = last < first
    print(f"{what}: loss {first:.3f} -> {last:.3f}{'' if fell else '  FAILED: it does not fall'}")
    return fell


def _rows_of_view(release: Release, name: str) -> dict[bytes, list[str]]:
    """Ids of the documents of every training row of a view, by its tokens, as `trace --shard` finds them."""
    found: dict[bytes, list[str]] = {}
    for file, rows in release.views[name].arrow.items():
        if rows.split != "train":
            continue
        for row in range(rows.rows):
            places = lookup.in_shard(release, file, row)
            tokens = lookup.tokens(release, places[0], 0, release.views[name].row)
            found[tokens.astype(np.int64).tobytes()] = [f"{place.part}:{place.row}" for place in places]
    return found


def _delivered(dataset: TokenDataset, sizes: Sizes, workers: int) -> float:
    """Tokens a second of the loader alone, after its first batch."""
    loader = iter(TokenLoader(dataset, batch_size=sizes.batch, workers=workers))
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # of more workers than cores
        next(loader)
    started, tokens = time.perf_counter(), 0
    while (took := time.perf_counter() - started) < sizes.seconds:
        tokens += next(loader)["input_ids"].numel()
    return tokens / took


def megatron(release: Release, sizes: Sizes) -> bool:
    """Megatron's own dataset over the prefixes of the shards and of views trains; a step is what `trace` says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of optional accelerators that are absent
            from megatron.core.datasets import gpt_dataset  # noqa: F401, PLC0415
    except ImportError as error:
        print(f"Megatron's GPTDataset: passed over, megatron-core does not import ({error})")
        return True
    held = []
    for what, prefixes in _prefixes(release):
        with tempfile.TemporaryDirectory() as cache:
            held.append(_by_megatron(release, what, prefixes, cache, sizes))
    return all(held)


def _prefixes(release: Release) -> Iterator[tuple[str, list[str]]]:
    """Prefixes of the training split that hold whole sequences: of the shards, then of views."""
    yield "shards", [one.prefix for one in release.about.prefixes if one.split == "train"]
    for name, view in release.views.items():
        if "text" in view.prefixes:
            yield f"view {name}", [one.prefix for one in view.prefixes["text"] if one.split == "train"]


def _by_megatron(release: Release, what: str, prefixes: Sequence[str], cache: str, sizes: Sizes) -> bool:
    weights = [float(release.tokens(prefix).lengths.sum(dtype=np.int64)) for prefix in prefixes]
    kept = [n for n, size in enumerate(weights) if size > _SEQUENCE + 1]  # Megatron has no sample of a shorter one
    names, shares = [prefixes[n] for n in kept], [weights[n] / sum(weights[n] for n in kept) for n in kept]
    samples = sizes.steps * sizes.batch
    dataset = _gpt_dataset(release, names, shares, samples, cache)
    run = MegatronRun(
        prefixes=tuple(release.address(name) for name in names),
        weights=tuple(shares),
        sequence_length=_SEQUENCE,
        global_batch_size=sizes.batch,
        seed=_SEED,
        samples=samples,
    )
    trainer = Trainer(_shape(release, _SEQUENCE, sizes), sizes.device, sizes.steps)
    compared = wrong = 0
    for number in range(1, sizes.steps + 1):
        first = (number - 1) * sizes.batch
        rows = [dataset[n] for n in range(first, first + sizes.batch)]
        ids, labels = (torch.stack([row[key] for row in rows]).long() for key in ("tokens", "labels"))
        if number <= sizes.window or number % 50 == 0:
            told = [_tokens(release, sample) for sample in run.step(number)]
            compared += len(told)
            fed = [[*row.tolist(), int(last[-1])] for row, last in zip(ids, labels, strict=True)]
            wrong += sum(one != other for one, other in zip(told, fed, strict=True))
        mask = torch.ones(_SEQUENCE, _SEQUENCE, dtype=torch.bool, device=sizes.device).tril()
        trainer.step(ids.to(sizes.device), labels.to(sizes.device), mask)
    held = _fell(f"Megatron's GPTDataset, {what}", trainer, sizes) and not wrong
    print(f"  {compared - wrong} of {compared} samples are, token for token, those that `trace --step` names; step 1:")
    for line in islice(answers.of_step(release, run, 1), 1, 4):
        print(f"    {line[:110]}")
    return held


def _tokens(release: Release, sample: Sample) -> list[int]:
    """The tokens of a sample where its pieces lie, by prefix, document and place in it."""
    names = {release.address(prefix): prefix for prefix in release.prefixes}
    prefix = release.tokens(names[sample.prefix])
    pieces = [prefix.tokens(piece.document, piece.first, piece.last).tolist() for piece in sample.pieces]
    return [token for piece in pieces for token in piece]


def _gpt_dataset(release: Release, names: Sequence[str], shares: Sequence[float], samples: int, cache: str) -> Any:
    """As a Megatron run builds it."""
    from megatron.core.datasets.blended_megatron_dataset_builder import (  # noqa: PLC0415
        BlendedMegatronDatasetBuilder,
    )
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig  # noqa: PLC0415
    from megatron.core.datasets.utils import get_blend_from_list  # noqa: PLC0415

    if not torch.distributed.is_initialized():  # the builder asks for it where indices are cached
        address = f"file://{cache}/rendezvous"
        torch.distributed.init_process_group("gloo", init_method=address, rank=0, world_size=1)
    end = release.about.end_of_document
    tokenizer = SimpleNamespace(
        vocab_size=release.about.vocab_size, eod=end, pad=-1, unique_identifiers={"class": "benchmarks.gpu"}
    )
    paths = [storage.resolve(release.address(name))[1] for name in names]
    blend = [text for path, share in zip(paths, shares, strict=True) for text in (repr(share), path)]
    config = GPTDatasetConfig(
        random_seed=_SEED,
        sequence_length=_SEQUENCE,
        blend=get_blend_from_list(blend),
        split="1,0,0",
        path_to_cache=f"{cache}/indices",
        tokenizer=tokenizer,
        reset_position_ids=False,
        reset_attention_mask=False,
        eod_mask_loss=False,
    )
    return BlendedMegatronDatasetBuilder(GPTDataset, [samples, 0, 0], lambda: True, config).build()[0]


if __name__ == "__main__":
    raise SystemExit(main())
