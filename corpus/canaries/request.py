"""What of a recipe canaries are made for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.canaries.recipe_table import Canaries
from corpus.canaries.texts import LANGUAGES
from corpus.duplicates.passages import Passages
from corpus.texts.pii_policy import Policy
from corpus.texts.repeated_lines import LineRule


@dataclass(frozen=True, kw_only=True)
class Tried:
    """Stages of the recipe and what determines which outcome of theirs is right."""

    table: Canaries
    seed: int
    ngram: int  # words of a shingle
    threshold: float  # of [dedup]
    sources: tuple[str, ...]  # in the recipe's order
    rules: Mapping[str, tuple[str, ...]]  # by filter that judges: reasons whose threshold is set somewhere
    keep_labels: tuple[str, ...]  # languages that stay; none: all
    modelled: tuple[str, ...]  # languages whose perplexity is judged so that the most surprising text goes
    domains: tuple[str, ...]  # whose documents go, as the recipe itself lists them
    words: tuple[str, ...]  # of addresses whose documents go
    suites: int  # documents that may have a phrase; 0: there is no [contamination]
    code: tuple[str, ...] | None  # patterns of languages that are code; None: there is no [code]
    lines: tuple[LineRule, ...]
    passages: Passages | None
    pii: Policy

    def kept(self, languages: Sequence[str]) -> list[str]:
        """Those of the languages that are not to go."""
        return [one for one in languages if one in self.keep_labels or not self.keep_labels]

    @property
    def language(self) -> str:
        """Of cases that may be in any: English where it stays, else the first that does."""
        kept = self.kept(LANGUAGES)
        return "eng_Latn" if "eng_Latn" in kept or not kept else kept[0]


@dataclass(frozen=True, kw_only=True)
class Original:
    """A document that the corpus keeps."""

    text: str
    language: str  # that it is declared as, or ""
    source: str
