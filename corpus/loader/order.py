"""Which samples a rank reads: a batch sampler, so that the order is the same for any number of workers."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RankOrder:
    """Batches of global sample numbers of one rank, from `consumed` on: consumed + rank, + world_size, ...

    All ranks together read `batch_size` x `world_size` samples that follow each other at each turn. With `samples`, the
    length of the run, a last turn that would pass it is left out; without it the order has no end.
    """

    batch_size: int
    rank: int
    world_size: int
    consumed: int
    samples: int | None

    @property
    def left_out(self) -> int:
        """Samples at the end of the run that are fewer than a turn."""
        if self.samples is None or self.samples <= self.consumed:
            return 0
        return (self.samples - self.consumed) % (self.batch_size * self.world_size)

    def __iter__(self) -> Iterator[list[int]]:
        first, turn = self.consumed, self.batch_size * self.world_size
        while self.samples is None or first + turn <= self.samples:
            yield list(range(first + self.rank, first + turn, self.world_size))
            first += turn
