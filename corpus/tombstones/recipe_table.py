"""The [withdrawals] table."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from filters.strict import STRICT

_MIN, _MAX = 32, 64  # bytes, as of [pii] key


@dataclass(frozen=True, kw_only=True)
class Withdrawals:
    """The [withdrawals] table: what was withdrawn before is not taken in again. The ledger of the recipe's own root
    counts without being named."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    ledger: str = ""
    """The output folder of another run, or a copy of its folder `withdrawals`, whose withdrawn documents are stopped
    here too; a path from the recipe's folder, or a URI."""
    key: str = field(default="", metadata={"secret": True})
    """Key of the digests in the ledger, 32 to 64 bytes, as it was given to `gristmill withdraw`; needed where sources
    are read under a ledger; never shown, nor written to any table or manifest."""

    def __post_init__(self) -> None:
        if self.key and not _MIN <= len(self.key.encode()) <= _MAX:
            raise ValueError(f"key must have {_MIN} to {_MAX} bytes: make one with `openssl rand -hex 32`")
        if self.ledger and not self.key:
            raise ValueError("ledger needs the key that `gristmill withdraw` was given there")
