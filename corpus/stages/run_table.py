"""The [run] table."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Interval

from corpus.store import memory
from filters.strict import STRICT

MOST_CORES = 10_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """The [run] table: what of a machine a run takes. No byte depends on it, and it is in no stage's identity.
    GRISTMILL_CORES and GRISTMILL_MEMORY of the environment go before it, --cores and --memory before these."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    cores: Annotated[int, Interval(ge=0, le=MOST_CORES)] = 0
    """Tasks that run at a time on this machine; 0 is all cores that it may use."""
    memory: str = ""
    """Memory of all worker processes together, as "48 GB" or "64 GiB"; one that passes its share of 80 % of it is ended
    and its task tried again. Unsaid it is all that this machine may use."""

    def __post_init__(self) -> None:
        _ = self.bytes

    @property
    def bytes(self) -> int | None:
        """Of memory; None for all that there is. Raises ValueError for what is no size."""
        return memory.size(self.memory) if self.memory else None
