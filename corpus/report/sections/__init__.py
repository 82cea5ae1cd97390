"""The sections of the report, in the order of the page."""

from typing import Any

from corpus.report.section import Section
from corpus.report.sections import (
    agreement,
    canaries,
    checks,
    contamination,
    dropped,
    duplicates,
    fertility,
    filters,
    funnel,
    lines,
    mentions,
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
    checks.SECTION,
    canaries.SECTION,
    filters.SECTION,
    agreement.SECTION,
    dropped.SECTION,
    mentions.SECTION,
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
