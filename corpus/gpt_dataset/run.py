"""A Megatron run as its arguments give it, and the samples that a step of it reads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus.errors import RecipeError
from corpus.gpt_dataset.blend import blend, normalise, samples_of
from corpus.gpt_dataset.indices import GptSamples, Piece, split_documents
from corpus.shards.prefix import open_prefix


@dataclass(frozen=True, kw_only=True)
class RampUp:
    """--rampup-batch-size START INCREMENT SAMPLES: the batch grows from `start` in equal steps over `samples`."""

    start: int
    increment: int
    samples: int


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample of a step: `number` in the whole run, and where its tokens lie."""

    number: int
    prefix: str
    pieces: list[Piece]


def parse_blend(values: Sequence[str]) -> tuple[list[str], list[float] | None]:
    """Prefixes and weights of a `--data-path` (megatron/core/datasets/utils.py get_blend_from_list)."""
    weights = [_number(value) for value in values[::2]]
    if len(values) % 2 or None in weights:
        if len(values) % 2 == 0 and any(weight is not None for weight in weights):
            raise RecipeError("--data-path mixes prefixes with and without weights: give every prefix one, or none")
        return list(values), None
    given = [weight for weight in weights if weight is not None]
    if min(given) <= 0:
        raise RecipeError("--data-path has a weight that is not above zero: Megatron refuses it, leave that prefix out")
    return list(values[1::2]), given


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def train_share(split: str) -> float:
    """What `--split 969,30,1` gives to training: the first documents of each prefix, up to this share."""
    shares = [float(share) for share in re.findall(r"[.0-9]+", split) if share.strip(".")]
    if not 1 <= len(shares) <= 3 or shares[0] <= 0:
        raise RecipeError(f"--split {split}: give one to three shares, as 969,30,1, and more than none to training")
    return normalise(shares + [0.0] * (3 - len(shares)))[0]


@dataclass(frozen=True, kw_only=True)
class MegatronRun:
    """What decides a run's order. `weights` None: prefixes by the samples they hold, an epoch of each; `samples`
    (--train-samples, or --train-iters times the batch): None where no prefix is read more than once."""

    prefixes: tuple[str, ...]
    weights: tuple[float, ...] | None
    sequence_length: int
    global_batch_size: int
    seed: int
    samples: int | None = None
    share: float = 1.0
    ramp_up: RampUp | None = None

    def step(self, number: int) -> list[Sample]:
        """The samples of step `number`, from 1 as Megatron logs iterations, in the order of the data-parallel ranks.

        Raises RecipeError for a step beyond the end of the run or of the data.
        """
        first, last = self.bounds(number)
        held = self._held(last)
        if last > held:
            raise RecipeError(
                f"step {number} ends with sample {last}, the run has {held}: give a smaller --step, or the run's own "
                "--train-samples if it reads documents more than once"
            )
        if not self._blended:
            inner = self._dataset(0)
            return [Sample(number=i, prefix=self.prefixes[0], pieces=inner.pieces(i)) for i in range(first, last)]
        prefixes, places = blend(np.array(self._shares), last)
        return [
            Sample(number=i, prefix=self.prefixes[prefix], pieces=self._pieces(int(prefix), int(place)))
            for i, prefix, place in zip(range(first, last), prefixes[first:], places[first:], strict=True)
        ]

    def reads(self, prefix: str, document: int) -> Iterator[tuple[int, int]]:
        """Steps and the numbers of their samples that hold a token of the document with this number in a prefix, in
        order. Raises RecipeError where nothing says how many samples the run has."""
        if self.samples is None and self.weights is not None:
            raise RecipeError("which steps read a document depends on the run's own --train-samples: give them too")
        own = [number for number, name in enumerate(self.prefixes) if name == prefix]
        held = self._held(0)
        found = [np.empty(0, np.int64)]
        if self._blended and own:
            prefixes, places = blend(np.array(self._shares), held)
            for number in own:
                read = np.isin(places, self._dataset(number).samples_of(document))
                found.append(np.flatnonzero((prefixes == number) & read))
        elif own:
            found.append(self._dataset(0).samples_of(document))
        step, (_, last) = 1, self.bounds(1)
        for sample in np.unique(np.concatenate(found)).tolist():
            if self.ramp_up is None:
                step = sample // self.global_batch_size + 1
                last = step * self.global_batch_size
            while last <= sample:
                last += self.batch_at(last)
                step += 1
            if last <= held:  # a run ends with its last whole batch
                yield step, sample

    def bounds(self, number: int) -> tuple[int, int]:
        """Samples first..last-1 of a step."""
        if self.ramp_up is None:
            return (number - 1) * self.global_batch_size, number * self.global_batch_size
        first = 0
        for _ in range(number - 1):
            first += self.batch_at(first)
        return first, first + self.batch_at(first)

    def batch_at(self, consumed: int) -> int:
        """The global batch after so many samples (megatron/core/num_microbatches_calculator.py)."""
        ramp = self.ramp_up
        growths = (self.global_batch_size - ramp.start) // ramp.increment if ramp else 0
        if ramp is None or not growths or consumed > ramp.samples:
            return self.global_batch_size
        return ramp.start + int(consumed / (ramp.samples / growths)) * ramp.increment

    @property
    def _blended(self) -> bool:
        return len(self.prefixes) > 1 or self.weights is not None

    @cached_property
    def _built(self) -> dict[int, GptSamples]:
        return {}

    def _lengths(self, prefix: int) -> tuple[np.ndarray, np.ndarray]:
        lengths = open_prefix(self.prefixes[prefix]).lengths
        return lengths, split_documents(len(lengths), (0.0, self.share))

    def _dataset(self, prefix: int) -> GptSamples:
        """Built for the prefixes that a step reads, and kept."""
        if prefix not in self._built:
            asked = self.samples
            if asked is not None and self._blended:
                asked = None if self.weights is None else samples_of(normalise(self.weights), asked)[prefix]
            lengths, documents = self._lengths(prefix)
            self._built[prefix] = GptSamples(
                lengths, documents, asked, sequence_length=self.sequence_length, seed=self.seed
            )
        return self._built[prefix]

    def _pieces(self, prefix: int, place: int) -> list[Piece]:
        inner = self._dataset(prefix)
        if place >= len(inner):
            raise RecipeError(
                f"{self.prefixes[prefix]} has {len(inner)} samples and the step asks for number {place}: give the "
                "run's own --train-samples"
            )
        return inner.pieces(place)

    @cached_property
    def _shares(self) -> list[float]:
        """Weights of the blend. Given ones are normalised twice, as Megatron does: it moves their last bits."""
        if self.weights is not None:
            return normalise(normalise(self.weights))
        return normalise([float(count) for count in self._epoch_samples])

    @cached_property
    def _epoch_samples(self) -> list[int]:
        found = []
        for prefix in range(len(self.prefixes)):
            lengths, documents = self._lengths(prefix)
            found.append((int(lengths[documents].sum(dtype=np.int64)) - 1) // self.sequence_length)
        return found

    def _held(self, last: int) -> int:
        """Samples of the run; `last` where only the prefixes themselves can tell."""
        if not self._blended:
            return len(self._dataset(0)) if self.samples is None else self.samples
        if self.weights is None:
            return min(self.samples or sum(self._epoch_samples), sum(self._epoch_samples))
        return last if self.samples is None else self.samples
