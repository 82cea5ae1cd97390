"""An entry of the catalogue: what is known of a source, a set that was made of sources, or an organization.

The sections and fields are those of the BigScience catalogue, with one section more (`governance`) for what it lacked:
how freely a source may be used, and until when. A section or a field that an entry has not is not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar

from corpus.catalogue.words import (
    ForDownload,
    FromPrimary,
    GenericPii,
    HasLicences,
    HasPii,
    InstanceCount,
    InstanceSize,
    LicenceProperty,
    Likely,
    Medium,
    NoPii,
    NumericPii,
    PrimaryAvailability,
    PrimaryLicence,
    SensitivePii,
    Tier,
    Transcribed,
    Type,
)
from filters.strict import STRICT

Texts = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the source is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    """Its name."""
    description: str = ""
    """What it is, in sentences."""
    homepage: str = ""
    """Address of its page."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class Languages:
    """Languages that the source holds, and where they are spoken that wrote it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    language_names: Texts
    """BCP 47 tags; English names of languages; groups and dialects of the BigScience catalogue; "Programming Language"
    and names of such."""
    language_comments: str = ""
    """What there is to say of them."""
    language_locations: Texts = ()
    """Countries by ISO 3166-1 code or English name, regions of the world by name."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class Custodian:
    """Who holds the source. The contact_* fields and `additional` are never shown, and never leave the catalogue."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    """Name of the institution or person; a private person's is never shown."""
    in_catalogue: str = ""
    """uid of its own entry, of type organization."""
    type: str = ""
    """Such as "A commercial entity" or "A private individual"."""
    location: str = ""
    """Country by ISO 3166-1 code or English name."""
    contact_name: str = ""
    """Whom to ask."""
    contact_email: str = ""
    """Where to write."""
    contact_submitter: bool = False
    """Whether whoever wrote the entry may be asked for the contact."""
    additional: str = ""
    """Where there is more on the custodian."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class Procurement:
    """How the data are had."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    for_download: ForDownload = ""
    """Whether they can be downloaded."""
    download_url: str = ""
    """Where; never shown, for entries hold people's addresses here."""
    download_email: str = ""
    """Whom to ask for them; never shown."""


@dataclass(frozen=True, kw_only=True)
class Licensing:
    """Under which terms the data may be used."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    has_licenses: HasLicences = ""
    """Whether terms are stated."""
    license_text: str = ""
    """The terms, or where they stand."""
    license_properties: tuple[LicenceProperty, ...] = ()
    """What the terms are in general."""
    license_list: Texts = ()
    """SPDX expressions, each alone or before ": " and its title; "other" and "unknown" where there is none. Several
    hold together."""


@dataclass(frozen=True, kw_only=True)
class Pii:
    """Personal data that the source is likely to hold."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    has_pii: HasPii = ""
    """Whether it does."""
    generic_pii_likely: Likely = ""
    """How likely names, addresses and the like are."""
    generic_pii_list: tuple[GenericPii, ...] = ()
    """Which of them."""
    numeric_pii_likely: Likely = ""
    """How likely numbers of people are."""
    numeric_pii_list: tuple[NumericPii, ...] = ()
    """Which of them."""
    sensitive_pii_likely: Likely = ""
    """How likely opinions, health and the like are."""
    sensitive_pii_list: tuple[SensitivePii, ...] = ()
    """Which of them."""
    no_pii_justification_class: NoPii = ""
    """Why there is none."""
    no_pii_justification_text: str = ""
    """The same in words, for "other"."""


@dataclass(frozen=True, kw_only=True)
class Availability:
    """How the data are had, under which terms, and what they hold of people."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    procurement: Procurement | None = None
    """How they are had."""
    licensing: Licensing | None = None
    """Under which terms."""
    pii: Pii | None = None
    """What they hold of people."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class SourceCategory:
    """What kind of source a primary one is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    category_type: str = ""
    """collection, website, or another word."""
    category_web: str = ""
    """Of a website: wiki, forum, blog, official website and the like."""
    category_media: str = ""
    """Of a collection: news articles, books/book publisher, radio and the like."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class ProcessedFromPrimary:
    """What a processed source was made of."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    from_primary: FromPrimary = ""
    """Whether it was taken from other sources."""
    primary_availability: PrimaryAvailability = ""
    """Whether these can be looked at."""
    primary_license: PrimaryLicence = ""
    """Whether their terms allow it."""
    primary_types: Texts = ()
    """What kinds of sources they are."""
    from_primary_entries: Texts = ()
    """uids of their own entries."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class Media:
    """In which form the data are, and how many."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    category: tuple[Medium, ...] = ()
    """Text, sound and film, images."""
    text_format: Texts = ()
    """Formats of texts."""
    audiovisual_format: Texts = ()
    """Formats of sound and film."""
    image_format: Texts = ()
    """Formats of images."""
    database_format: Texts = ()
    """Formats of databases and archives."""
    text_is_transcribed: Transcribed = ""
    """Whether the text was made from another medium."""
    instance_type: str = ""
    """What one instance is: article, book, webpage and the like."""
    instance_count: InstanceCount = ""
    """How many there are."""
    instance_size: InstanceSize = ""
    """How many words one has."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class Governance:
    """How freely the source may be used, and until when. Not of the BigScience catalogue."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    access_tier: Tier = "unstated"
    """open, gated (after an agreement), query-only or compute-only (it may not be handed on); unstated goes by
    procurement."""
    expires: date | None = None
    """The last day on which it may be used (ISO 8601)."""
    validated: bool = False
    """Whether a second person has checked this section."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the catalogue."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    uid: str
    """Its name in recipes: small letters, digits and _, unlike all others."""
    type: Type
    """primary (a source), processed (made of sources) or organization."""
    description: Description
    """What it is."""
    languages: Languages | None = None
    """Languages, and where they are spoken."""
    custodian: Custodian | None = None
    """Who holds it."""
    availability: Availability | None = None
    """How it is had, and under which terms."""
    source_category: SourceCategory | None = None
    """What kind of source a primary one is."""
    processed_from_primary: ProcessedFromPrimary | None = None
    """What a processed one was made of."""
    media: Media | None = None
    """In which form the data are."""
    governance: Governance | None = None
    """How freely it may be used."""

    def sections(self) -> Iterator[tuple[str, Any]]:
        """Its sections by name, those that it has."""
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and not isinstance(value, str):
                yield one.name, value

    @property
    def unvalidated(self) -> tuple[str, ...]:
        """Names of sections that nobody has checked."""
        return tuple(name for name, section in self.sections() if not section.validated)

    @property
    def licensing(self) -> Licensing:
        """Its terms; empty ones where it states none."""
        return (self.availability.licensing if self.availability else None) or Licensing()

    @property
    def pii(self) -> Pii:
        """The personal data that it is likely to hold; nothing said where it says nothing."""
        return (self.availability.pii if self.availability else None) or Pii()

    @property
    def tier(self) -> Tier:
        """As stated, else by how the data are had: a download is open, one after an agreement gated."""
        if self.governance and self.governance.access_tier != "unstated":
            return self.governance.access_tier
        procurement = self.availability.procurement if self.availability else None
        said = procurement.for_download if procurement else ""
        return "gated" if said.startswith("Yes - after") else "open" if said.startswith("Yes") else "unstated"
