"""The [catalogue] table."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import MinLen

from corpus.catalogue.words import LicenceProperty, Tier
from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The [catalogue] table: where sources are documented, and what of it the recipe takes. A source that has no entry,
    or whose entry does not allow it, stops the run before anything is built."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    path: Annotated[str, MinLen(1)]
    """A file of entries (TOML or JSON: one, or a list), or a folder of such files; from the recipe's folder."""
    allow_licences: Annotated[tuple[str, ...], MinLen(1)]
    """SPDX ids, or patterns of them: in "CC-BY-*" the star takes no hyphen, so that CC-BY-NC-4.0 is none of them; "*"
    alone is every licence that SPDX lists. "other", "unknown" and LicenseRef-... are allowed where they are named."""
    deny_properties: tuple[LicenceProperty, ...] = ("do not distribute", "copyright - all rights reserved")
    """Properties of licences that refuse a source, whatever its licence."""
    allow_unclear: bool = False
    """Whether a source may have no terms, or unclear ones, of its own or of what it was made of."""
    allow_access: tuple[Tier, ...] = ("open", "gated")
    """Access tiers that are allowed: "open", "gated", "query-only", "compute-only", "unstated"."""
    require_validated: bool = True
    """Whether every section of an entry must have been checked by a second person."""
