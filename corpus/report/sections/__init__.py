"""The sections of the report, in the order of the page."""

from typing import Any

from corpus.report.section import Section
from corpus.report.sections import (
    canaries,
    contamination,
    dropped,
    duplicates,
    fertility,
    filters,
    funnel,
    lines,
    mixture,
    passages,
    personal,
    provenance,
    rights,
    withdrawn,
)

SECTIONS: tuple[Section[Any, Any, Any], ...] = (
    funnel.SECTION,
    provenance.SECTION,
    canaries.SECTION,
    filters.SECTION,
    dropped.SECTION,
    duplicates.SECTION,
    contamination.SECTION,
    lines.SECTION,
    passages.SECTION,
    fertility.SECTION,
    personal.SECTION,
    rights.SECTION,
    withdrawn.SECTION,
    mixture.SECTION,
)
