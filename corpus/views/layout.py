"""Which files a view has: for each range of the shards one of rows, and one or two prefixes of examples."""

from dataclasses import dataclass

from corpus.shards.layout import Shard
from corpus.views.recipe_table import View

TEXT, INPUTS, TARGETS = "text", "inputs", "targets"  # what Megatron's prefixes hold


@dataclass(frozen=True, kw_only=True)
class Place:
    """A view of a shard's documents."""

    view: View
    shard: Shard

    @property
    def name(self) -> str:
        """Of its files, without what they hold."""
        return f"{self.view.name}-{self.shard.name}"

    @property
    def table(self) -> str:
        """The folder of its rows, or of its prefixes, below the stage's."""
        return megatron_or_arrow(self.shard.kind, self.view.name, self.shard.split)

    def prefix(self, side: str) -> str:
        return f"{self.name}_{side}_document"


def megatron_or_arrow(kind: str, view: str, split: str) -> str:
    """An Arrow folder holds one view of one split, as `datasets` opens it."""
    return "/".join(one for one in (kind, view, split) if one) if kind == "arrow" else kind
