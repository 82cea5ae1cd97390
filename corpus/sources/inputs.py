"""The input files of a source, with what they are."""

from dataclasses import dataclass

from corpus.sources.inventory import SourceFile
from corpus.sources.source import Source


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Every input file of a source, digested, in order."""

    source: Source
    files: tuple[SourceFile, ...]
