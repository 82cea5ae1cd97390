"""The [dedup] and [code] tables."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Interval, Le, Lt

from filters import language_keys
from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class Dedup:
    """The [dedup] table: which documents are duplicates, which of them stays, and what stops or warns."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    recall: Annotated[float, Gt(0), Lt(1)] = 0.998
    """Probability that a pair at the threshold is proposed. The default gives 21 bands of 6 rows of 126 values at 0.8,
    of which a pair of 0.7 is proposed with 0.93 and one of 0.5 with 0.28; all that are proposed are verified."""
    bands: Annotated[int, Ge(0)] = 0
    """Bands of a signature; 0: solved from threshold and recall (corpus.duplicates.curve) when the recipe is read."""
    rows: Annotated[int, Ge(0)] = 0
    """Values of a signature in a band; 0: solved like bands. bands x rows is at most the permutations of `minhash`."""
    leaders: Annotated[int, Interval(ge=1, le=10_000)] = 32
    """Members of a bucket that all others in it are compared with: its first 32. Pairs that are given up so are
    counted."""
    threshold: Annotated[float, Gt(0), Le(1)] = 0.8
    """Exact Jaccard similarity of word shingles from which a document goes for one that stays."""
    url: Literal["off", "latest", "best"] = "off"
    """What goes by the address: "latest" or "best" leaves of the documents of one address the latest, or the best by
    prefer; "off" nothing."""
    url_without_query: tuple[str, ...] = ()
    """Names or patterns of sources whose addresses are compared without what stands behind `?`, by `url`: ROOTS'
    dedup_document_on_url. Only where parameters name no other page."""
    exempt: tuple[str, ...] = ()
    """Names or patterns of sources that take no part: none of their documents goes, none goes for them. They are
    counted."""
    prefer: tuple[str, ...] = ("source", "+words")
    """The order of election, first key first; then what is not mostly in capitals, then the id. Keys: "source",
    "licence", "date", or a number that a filter measures ("words" is content.words), with + for more and - for less
    first."""
    prefer_sources: tuple[str, ...] = ()
    """Sources in order: earlier named wins at the key "source"; those not named come after."""
    prefer_licences: tuple[str, ...] = ()
    """Licences in order, for the key "licence"; those not named come after."""
    restricted_licences: tuple[str, ...] = ()
    """Licences, in any case of letters, whose documents are restricted, beside those of sources that say `restricted =
    true`."""
    restricted: Literal["stays", "by_rank"] = "stays"
    """How a restricted document ranks: "stays" puts it before all others, so that no copy of it counts as free;
    "by_rank" ranks it as any."""
    max_loss_share: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Share of what the filters kept of a source or language that deduplication may take without a warning: over half
    is worth a look, and the sources that peers are known to have wiped out lost 0.9 and more (marin#6854)."""
    allow_vanish: tuple[str, ...] = ()
    """Sources of which deduplication may leave nothing; any other that vanishes stops the run."""
    against: tuple[str, ...] = ()
    """Roots or indexes of earlier releases, from the recipe's folder: what they kept stays, and copies of it go."""
    index: bool = False
    """Whether to write an index of this release, for later ones to name in `against`."""

    def __post_init__(self) -> None:
        if self.url_without_query and self.url == "off":
            raise ValueError('url_without_query says how addresses are compared: set url to "latest" or "best"')


@dataclass(frozen=True, kw_only=True)
class Code:
    """The [code] table: which source code is contained in other code. Without it no stage compares code."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    languages: tuple[str, ...] = ("code_*",)
    """Ids or patterns of declared languages: a document of one is code."""
    sources: tuple[str, ...] = ()
    """Names or patterns of sources: a document of one is code too."""
    containment: Annotated[float, Gt(0), Le(1)] = 0.8
    """Share of a document's fingerprints that one that stays must have for it to go: as [dedup] threshold."""
    words: Annotated[float, Interval(ge=0, le=1)] = 0.7
    """Share of its distinct 5-word shingles, comments left out, that the other must have too, or they share a form, not
    a text. Code that is the same but for comments and layout needs none of these."""
    min_shared: Annotated[int, Ge(1)] = 8
    """Fewest fingerprints that a pair must share to be compared: 8 are about 23 + 7 x 9 tokens, a function of a dozen
    lines."""
    max_documents: Annotated[int, Ge(1)] = 10
    """Documents of a language that may have a fingerprint: in more, and in more than max_share, it is boilerplate.
    Copies of one code count as one. MOSS' -m is 10 by default."""
    max_share: Annotated[float, Interval(ge=0, le=1)] = 0.001
    """Share of a language's documents that may have a fingerprint, where that is more than max_documents."""
    leaders: Annotated[int, Interval(ge=1, le=10_000)] = 32
    """Documents of a fingerprint that all others of it meet: the 32 with the most. Meetings that are given up so are
    counted."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "languages", language_keys.listed(self.languages))
