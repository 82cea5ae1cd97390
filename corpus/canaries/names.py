"""Stages that canaries are for, as they are called: what is below them cannot ask them for their names."""

from typing import Final

INGEST: Final = "ingest"
LANGUAGE: Final = "signals.language"
DECIDE: Final = "decide"
DEDUP: Final = "dedup"
CODE: Final = "code"
CONTAMINATION: Final = "contamination"
LINES: Final = "lines"
PASSAGES: Final = "passages"
RELEASE: Final = "release"
ORDER: Final = (INGEST, LANGUAGE, DECIDE, DEDUP, CODE, CONTAMINATION, LINES, PASSAGES, RELEASE)
