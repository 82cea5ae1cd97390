"""A source as the recipe declares it."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, MinLen

Format = Literal["auto", "warc", "wet", "html", "jsonl", "parquet", "arrow", "text"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One [[sources]] table."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    name: Annotated[str, MinLen(1)]
    path: Annotated[str, MinLen(1)]  # file, folder or glob, from the recipe's folder; or a URI of pyarrow.fs
    format: Format = "auto"  # by the files' extensions
    licence: str = ""  # of records that carry none
    language: str = ""  # of every record, trusted
    text_field: str = "text"  # the names of JSON keys or columns
    inputs_field: str = ""  # prompted data: instead of text_field what is asked, and in targets_field what is answered
    targets_field: str = ""
    id_field: str = "id"
    url_field: str = "url"
    licence_field: str = ""
    date_field: str = ""  # ISO 8601, without a zone UTC; WARC has its own
    language_field: str = ""  # trusted where it is set; "" leaves language to the filter
    restricted: bool = False  # not to be used freely: what duplicates it is not either
    main_content: bool = True  # of HTML: the main content only, or all text that shows
    max_record_bytes: Annotated[int, Ge(1)] = 64 << 20  # measured: a worker peaks below 1.5 GB on a text of this size
    max_html_bytes: Annotated[int, Ge(1)] = 5 << 20  # where crawls cut; 5 MB of bare <p> peaks at 0.6 GB, 16 MB at 2.3

    def __post_init__(self) -> None:
        if bool(self.inputs_field) != bool(self.targets_field):
            raise ValueError("inputs_field and targets_field name the two halves of a prompt: set both or neither")
        if self.prompted and self.format in ("warc", "wet", "html", "text"):
            raise ValueError(f"format {self.format!r} has no fields: inputs_field and targets_field are for the others")

    @property
    def prompted(self) -> bool:
        """Whether its records are inputs and targets."""
        return bool(self.inputs_field)
