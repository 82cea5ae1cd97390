"""What of an entry goes with the documents of its source: never a contact, never a private person's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Catalogued:
    """A source of a recipe and its entry; a text that is not known is empty."""

    source: str
    uid: str
    licence: str  # an SPDX expression, "other" or "unknown"
    custodian: str  # an institution's name, "a private individual" for a person's
    access_tier: str

    def shown(self) -> str:
        """For a terminal."""
        custodian = self.custodian or "unknown"
        return f"{self.uid}, licence {self.licence or 'unknown'}, custodian {custodian}, access {self.access_tier}"


def by_source(rows: Iterable[Catalogued]) -> Mapping[str, Catalogued]:
    """By the names of sources."""
    return {row.source: row for row in rows}
