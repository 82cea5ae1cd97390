#!/usr/bin/env python3
"""Score the documents of `gristmill signals export` with a sequence classifier of `transformers` from a local folder.

    examples/score.py EXPORTED MODEL SCORES [--device cuda] [--batch-tokens 16384] [--column score=1]

Reads: EXPORTED/shards/*.parquet. Writes: SCORES/<the shard's name>, with `id`, `label` (of the best class) and a float
column for each --column NAME=CLASS: the softmax probability of that class, by its name in the model or its number.
Texts longer than --max-tokens are cut there. Documents of a shard are sorted by length and put together up to
--batch-tokens with padding, so little of a batch is padding. A shard that is there is not scored again: run the same
command after it was stopped. Needs torch and transformers; nothing is downloaded.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def main(argv: Sequence[str] | None = None) -> int:
    """Score every shard that is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exported", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("scores", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch-tokens", type=int, default=16_384)
    parser.add_argument("--max-tokens", type=int, default=512)
    parser.add_argument("--column", action="append", default=[], metavar="NAME=CLASS")
    arguments = parser.parse_args(argv)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    classifier = Classifier(arguments.model, arguments.device, arguments.batch_tokens, arguments.max_tokens)
    wanted = {name: classifier.number(kind) for name, kind in (one.split("=", 1) for one in arguments.column)}
    arguments.scores.mkdir(parents=True, exist_ok=True)
    shards = sorted((arguments.exported / "shards").glob("*.parquet"))
    if not shards:
        print(f"{arguments.exported} has no shards: name the folder of `gristmill signals export`", file=sys.stderr)
        return 2
    for shard in shards:
        out = arguments.scores / shard.name
        if out.exists():
            print(f"{shard.name} is there")
            continue
        begun = time.perf_counter()
        table = pq.read_table(shard, columns=["id", "text"])
        scored = classifier.score(table.column("id").to_pylist(), table.column("text").to_pylist(), wanted)
        scratch = out.with_suffix(".tmp")
        pq.write_table(scored, scratch)
        scratch.rename(out)  # whole, or not there
        seconds = time.perf_counter() - begun
        print(f"{shard.name}: {table.num_rows:,} documents, {table.num_rows / seconds:,.1f} a second")
    return 0


class Classifier:
    """A model and its tokenizer, from one folder."""

    def __init__(self, folder: Path, device: str, batch_tokens: int, max_tokens: int) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
        self._model = model.to(device).eval()
        self._device = device
        self._batch_tokens = batch_tokens
        self._max_tokens = max_tokens
        self.classes: list[str] = [model.config.id2label[number] for number in range(model.config.num_labels)]

    def number(self, kind: str) -> int:
        """Of a class, by its name or its number."""
        if kind in self.classes:
            return self.classes.index(kind)
        if kind.isdigit() and int(kind) < len(self.classes):
            return int(kind)
        raise SystemExit(f"the model has no class {kind!r}: it has {', '.join(self.classes)}")

    def score(self, ids: Sequence[str], texts: Sequence[str], wanted: dict[str, int]) -> pa.Table:
        """A row for each document, in the order given."""
        import torch

        encoded = self._tokenizer(list(texts), truncation=True, max_length=self._max_tokens)["input_ids"]
        found: list[Any] = [None] * len(ids)
        with torch.inference_mode():
            for rows in self._batches([len(one) for one in encoded]):
                padded = self._tokenizer.pad({"input_ids": [encoded[row] for row in rows]}, return_tensors="pt")
                logits = self._model(**padded.to(self._device)).logits.float()
                for row, shares in zip(rows, logits.softmax(-1).cpu().tolist(), strict=True):
                    found[row] = shares
        labels = [self.classes[max(range(len(own)), key=own.__getitem__)] for own in found]
        columns = {name: [own[number] for own in found] for name, number in wanted.items()}
        return pa.table({"id": list(ids), "label": labels, **columns})

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Rows by length, the longest first, so that memory that does not suffice is told by the first batch."""
        batch: list[int] = []
        for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
            if batch and lengths[batch[0]] * (len(batch) + 1) > self._batch_tokens:
                yield batch
                batch = []
            batch.append(row)
        if batch:
            yield batch


if __name__ == "__main__":
    sys.exit(main())
