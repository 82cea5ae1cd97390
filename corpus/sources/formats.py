"""The formats of input files: a row each, from which the readers, the extensions and the recipe's key go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Name = Literal["warc", "wet", "arc", "html", "jsonl", "json", "parquet", "arrow", "text"]


@dataclass(frozen=True, kw_only=True)
class Format:
    """How files of a format are told, shared among tasks and read."""

    reader: str  # module of corpus.sources whose `read` gives the records of a slice
    extensions: tuple[str, ...]
    packed: bool = True  # whether it is read through .gz and .zst
    fields: bool = False  # whether records have fields with names
    cut: Literal["", "lines", "row groups"] = ""  # where a large file is cut; "": nowhere


FORMATS: Final[Mapping[Name, Format]] = {
    "warc": Format(reader="warc", extensions=(".warc",)),
    "wet": Format(reader="warc", extensions=(".wet",)),
    "arc": Format(reader="arc", extensions=(".arc",)),
    "html": Format(reader="pages", extensions=(".html", ".htm", ".xhtml")),
    "jsonl": Format(reader="jsonl", extensions=(".jsonl", ".ndjson"), fields=True, cut="lines"),
    "json": Format(reader="json_values", extensions=(".json",), fields=True),
    "parquet": Format(reader="columnar", extensions=(".parquet",), packed=False, fields=True, cut="row groups"),
    "arrow": Format(reader="columnar", extensions=(".arrow", ".feather", ".ipc"), packed=False, fields=True),
    "text": Format(reader="plain", extensions=(".txt",)),
}
EXTENSIONS: Final[Mapping[str, Name]] = {end: name for name, one in FORMATS.items() for end in one.extensions}
READERS: Final = tuple(sorted({f"{__package__}.{one.reader}" for one in FORMATS.values()}))
