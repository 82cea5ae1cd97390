"""All that a launch folder is written from."""

from dataclasses import dataclass
from typing import Literal

from corpus.launch.architecture import Model
from corpus.launch.blend import Blend, Weighted
from corpus.launch.parallelism import Layout
from corpus.shards.about import About

Target = Literal["megatron", "neox", "bloom"]
TARGETS: tuple[Target, ...] = ("megatron", "neox", "bloom")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A release, a model, a layout and a trainer."""

    target: Target
    model: Model
    layout: Layout
    about: About
    blend: Blend
    at: str  # folder of the shards where the trainer runs
    max_epochs: float  # of a source; more is warned of

    @property
    def trained(self) -> tuple[Weighted, ...]:
        return self.blend["train"]

    @property
    def held_out(self) -> bool:
        return bool(self.blend["valid"])

    @property
    def eval_iters(self) -> int:
        return self.model.eval_iters if self.held_out else 0

    @property
    def batch_step(self) -> int:
        """Sequences that every global batch is a multiple of."""
        return self.model.micro_batch * self.layout.dp

    @property
    def divisible_by(self) -> int:
        """Trainers pad the vocabulary to a multiple of this x TP: so chosen that `pad_vocab_to` comes out."""
        if self.model.pad_vocab_to and self.model.pad_vocab_to % self.layout.tp == 0:
            return self.model.pad_vocab_to // self.layout.tp
        return self.model.divisible_by

    @property
    def padded_vocab(self) -> int:
        """Rows of the embedding: ceil(V / (128 TP)) x 128 TP, unless the model says how many."""
        multiple = self.model.divisible_by * self.layout.tp
        return self.model.pad_vocab_to or -(-self.about.vocab_size // multiple) * multiple

    @property
    def on_store(self) -> bool:
        """Whether the trainer reads from an object store."""
        return "://" in self.at
