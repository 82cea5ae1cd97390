"""Where a recipe's own list of terms lies."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import MinLen

from filters.files import FileName
from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class TermFile:
    """A file of terms of a recipe."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    path: Annotated[str, FileName(), MinLen(1)]
    """The file, absolute or from the recipe's folder; docs/whom.md says what it holds."""
    sha256: str
    """Its digest, hexadecimal."""
