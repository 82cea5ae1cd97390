"""What stages that index the texts of a corpus have in common: blocks are counted while a part of them is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from corpus.store.entries import FileEntry
from corpus.store.manifest import Receipt

B = TypeVar("B")


def written(
    folder: str,
    part: int,
    table: str,
    write: Callable[[str, int, Iterable[B]], FileEntry],
    blocks: Iterable[B],
    names: Sequence[str],
) -> Mapping[str, Receipt]:
    """The receipt of a part: how many blocks, and the sums of their attributes of these names."""
    counts: Counter[str] = Counter(dict.fromkeys(("blocks", *names), 0))

    def counted() -> Iterator[B]:
        for block in blocks:
            counts.update(blocks=1, **{name: getattr(block, name) for name in names})
            yield block

    entry = write(folder, part, counted())
    return {folder: Receipt(task=part, files={table: [entry]}, counts=dict(sorted(counts.items())))}
