"""The sections of the report, in the order of the page."""

from typing import Any

from corpus.report.section import Section
from corpus.report.sections import (
    canaries,
    contamination,
    copies,
    dropped,
    duplicates,
    fertility,
    filters,
    funnel,
    groups,
    licences,
    lines,
    mixture,
    overview,
    passages,
    personal,
    provenance,
    reading,
    rights,
    shards,
    splits,
    taken,
)

SECTIONS: tuple[Section[Any, Any, Any], ...] = (
    overview.SECTION,
    funnel.SECTION,
    taken.SECTION,
    reading.SECTION,
    provenance.SECTION,
    licences.SECTION,
    canaries.SECTION,
    filters.SECTION,
    dropped.SECTION,
    duplicates.SECTION,
    copies.SECTION,
    contamination.SECTION,
    lines.SECTION,
    passages.SECTION,
    fertility.SECTION,
    personal.SECTION,
    rights.SECTION,
    mixture.SECTION,
    splits.SECTION,
    shards.SECTION,
    groups.SECTION,
)
