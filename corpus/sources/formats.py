"""The formats of input files: a row each, from which the readers, the extensions and the recipe's key go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Name = Literal["warc", "wet", "arc", "html", "jsonl", "json", "csv", "tsv", "parquet", "arrow", "text"]


@dataclass(frozen=True, kw_only=True)
class Format:
    """How files of a format are told, shared among tasks and read."""

    reader: str  # module of corpus whose `read` gives the records of a slice
    extensions: tuple[str, ...]
    packed: bool = True  # whether it is read through compression
    web: bool = False  # whether its texts are out of pages, which were read and written by many
    fields: bool = False  # whether records have fields with names
    whole: bool = False  # whether a file is one record
    encodings: bool = False  # whether its source may declare one
    cut: Literal["", "at lines", "at members", "at row groups"] = ""  # where a large file is cut; "": nowhere


FORMATS: Final[Mapping[Name, Format]] = {
    "warc": Format(reader="archives.warc", extensions=(".warc",), web=True, cut="at members"),
    "wet": Format(reader="archives.warc", extensions=(".wet",), web=True, cut="at members"),
    "arc": Format(reader="archives.arc", extensions=(".arc",), web=True, cut="at members"),
    "html": Format(reader="readers.pages", extensions=(".html", ".htm", ".xhtml"), web=True, whole=True),
    "jsonl": Format(reader="readers.jsonl", extensions=(".jsonl", ".ndjson"), fields=True, cut="at lines"),
    "json": Format(reader="readers.json_values", extensions=(".json",), fields=True),
    "csv": Format(reader="readers.delimited", extensions=(".csv",), fields=True, encodings=True),
    "tsv": Format(reader="readers.delimited", extensions=(".tsv",), fields=True, encodings=True),
    "parquet": Format(
        reader="readers.columnar", extensions=(".parquet",), packed=False, fields=True, cut="at row groups"
    ),
    "arrow": Format(reader="readers.columnar", extensions=(".arrow", ".feather", ".ipc"), packed=False, fields=True),
    "text": Format(
        reader="readers.plain", extensions=(".txt", ".md", ".markdown", ".rst", ".adoc", ".org"), whole=True
    ),
}
EXTENSIONS: Final[Mapping[str, Name]] = {end: name for name, one in FORMATS.items() for end in one.extensions}
READERS: Final = tuple(sorted({f"corpus.{one.reader}" for one in FORMATS.values()}))
