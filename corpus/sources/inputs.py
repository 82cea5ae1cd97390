"""The input files of a source, with what they are."""

from dataclasses import dataclass

from corpus.sources import inventory
from corpus.sources.inventory import SourceFile, Unit
from corpus.sources.source import Source


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Every input file of a source with its sha256, in order; `units` is how tasks share them."""

    source: Source
    files: tuple[SourceFile, ...]
    digests: tuple[str, ...]

    def identity(self) -> list[list[str | int]]:
        return [[f.file, f.size, digest] for f, digest in zip(self.files, self.digests, strict=True)]

    def units(self, unit_bytes: int) -> list[Unit]:
        return inventory.plan_units(list(self.files), unit_bytes)
