"""A source as the recipe declares it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Interval, MinLen

from corpus.html.extraction import Extraction, Extractor
from corpus.sources import declared_encoding, formats, skipping
from filters import language_keys

_BREAKS = "\u2028\u2029"  # Unicode's own ends of lines and paragraphs, which are no control characters


@dataclass(frozen=True, kw_only=True)
class Source:
    """A [[sources]] table: where documents come from, how they are read, and what is known of all of them."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    name: Annotated[str, MinLen(1)]
    """Name of the source, unlike all others: it is in ids of documents and in every table. Any characters but control
    characters and ends of lines."""
    path: Annotated[str, MinLen(1)]
    """File, folder or glob, from the recipe's folder; or a URI of pyarrow.fs."""
    format: Literal["auto", formats.Name] = "auto"
    """Format of the files; "auto" goes by their extensions, which may stand before .gz, .gzip, .zst, .zstd, .bz2, .xz
    or .lz4."""
    encoding: str = ""
    """Encoding of CSV and TSV, by a label of the WHATWG standard ("windows-1252", "shift_jis"); unsaid it is UTF-8.
    Text and pages are told by their bytes, other formats are UTF-8."""
    uid: str = ""
    """Its entry in the [catalogue]; unsaid it is the source's name."""
    licence: str = ""
    """Licence of records that carry none; unsaid it is the one of its entry in the [catalogue]."""
    language: str = ""
    """Language of every record, trusted: an id, ISO 639 or BCP 47 tag, or a programming language by its name."""
    text_field: str = "text"
    """Name of the JSON key or column that holds the text."""
    inputs_field: str = ""
    """Field of what is asked, for prompted data: with targets_field, instead of text_field."""
    targets_field: str = ""
    """Field of what is answered, for prompted data: set with inputs_field or not at all."""
    id_field: str = "id"
    """Field of the record's own id; without one a record is named by its file and place."""
    url_field: str = "url"
    """Field of the address."""
    licence_field: str = ""
    """Field of the licence; "": none, so `licence` holds for all."""
    date_field: str = ""
    """Field of the date, ISO 8601, without a zone UTC; "": none. WARC has its own."""
    language_field: str = ""
    """Field of the language, trusted where it is set; "" leaves language to the filter."""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Values or patterns that fields must hold for a record to be kept, by field: where.type = ["text", "article*"].
    Numbers are compared as JSON writes them, of a list in JSON any value may fit, lists in Parquet and Arrow do not; a
    record without the field is left out."""
    restricted: bool = False
    """Whether its texts are not to be used freely: what duplicates one is not either."""
    extractor: Extractor = "main"
    """What of an HTML page is its text: "main" (the main text, by our own model), "all" (all that shows) or
    "trafilatura" (that package's main text with FineWeb's settings; pip install "gristmill[html]")."""
    comments: bool = False
    """Whether readers' comments below a page's main text are part of it, for extractor = "main". FineWeb leaves them
    out."""
    tables: bool = True
    """Whether tables of a page are part of its text; tables that only lay the page out always are."""
    links: bool = False
    """Whether an HTML link's address stands behind its text, as [text](address)."""
    formulas: bool = True
    """Whether formulas of a page are part of its text, each once, as $TeX$ where the page has TeX."""
    mojibake: Literal["auto", "repair", "keep"] = "auto"
    """Whether lines of UTF-8 that were once read as windows-1252 are put right, where that is certain; "auto" does it
    for pages: WARC, WET and HTML."""
    max_record_bytes: Annotated[int, Interval(ge=1, le=1 << 30)] = 64 << 20
    """Largest record, in bytes of text; larger ones are rejected. A worker peaks below 1.5 GB on a text of the default
    size."""
    max_html_bytes: Annotated[int, Interval(ge=1, le=1 << 28)] = 5 << 20
    """Largest HTML page, in bytes; larger ones are rejected. Crawls cut at 5 MiB; 5 MB of bare <p> peak at 0.6 GB, 16
    MB at 2.3."""

    skip: tuple[str, ...] = ()
    """Records to leave out, as "file#offset": the file's path below the source's root and the offset as they stand in
    rejects and in messages. Each counts as a reject; one that names no record stops the run."""

    def __post_init__(self) -> None:
        self._check_labels()
        for name in self.skip:
            if wrong := skipping.fault(name):
                raise ValueError(wrong)
            if self.skip.count(name) > 1:
                raise ValueError(f"skip holds {name!r} twice: take one out")
        if not self.name.strip():
            raise ValueError(f"name {self.name!r} is blank: give the source a name that shows")
        broken = [c for c in self.name if ord(c) < 32 or 127 <= ord(c) < 160 or c in _BREAKS]
        if broken:
            raise ValueError(f"name {self.name!r} holds {broken[0]!r}: name it without control characters")
        if bool(self.inputs_field) != bool(self.targets_field):
            raise ValueError("inputs_field and targets_field name the two halves of a prompt: set both or neither")
        if not all(self.where.values()) or not all(self.where):
            raise ValueError("where: name the values that a field must hold, or take the field out")
        named = {"where": bool(self.where), "inputs_field and targets_field": self.prompted}
        if self.format != "auto" and not formats.FORMATS[self.format].fields and any(named.values()):
            asked = next(key for key, here in named.items() if here)
            raise ValueError(f"format {self.format!r} has no fields: {asked} are for the others")

    def _check_labels(self) -> None:
        if self.language:
            language_keys.only(self.language)
        if self.encoding:
            declared_encoding.known(self.encoding)

    @property
    def entry(self) -> str:
        """uid of its entry in the catalogue."""
        return self.uid or self.name

    @property
    def extraction(self) -> Extraction:
        """How the text of its HTML pages is taken."""
        return Extraction(
            extractor=self.extractor,
            comments=self.comments,
            tables=self.tables,
            links=self.links,
            formulas=self.formulas,
        )

    def skips(self, file: str, offset: int) -> bool:
        """Whether a record is left out by name."""
        return bool(self.skip) and skipping.name_of(file, offset) in self.skip

    @property
    def prompted(self) -> bool:
        """Whether its records are inputs and targets."""
        return bool(self.inputs_field)

    def named_fields(self) -> dict[str, str]:
        """Fields beside the text that the recipe names, by its keys. The default names of ids and addresses are asked
        for, not named."""
        keys = ("id_field", "url_field", "licence_field", "date_field", "language_field")
        defaults = {one.name: one.default for one in dataclasses.fields(self)}
        return {key: value for key in keys if (value := getattr(self, key)) and value != defaults[key]}
