"""A recipe, read: what parameters of stages are made of. Stages know it by type alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from corpus.bm25.recipe_table import Bm25
from corpus.canaries.recipe_table import Canaries
from corpus.catalogue.catalogued import Catalogued
from corpus.catalogue.recipe_table import Catalogue
from corpus.contamination.recipe_table import Contamination
from corpus.duplicates.passages import Passages
from corpus.duplicates.recipe_tables import Code, Dedup
from corpus.external.recipe_table import External
from corpus.mixture.budget import Budget
from corpus.mixture.recipe_table import Mixture
from corpus.shards.recipe_table import Shards
from corpus.shards.splits import Splits
from corpus.sources.limits import Ingest
from corpus.sources.source import Source
from corpus.stages.decide_table import Decide
from corpus.stages.report_table import Report
from corpus.stages.run_table import Run
from corpus.textindex.recipe_table import TextIndex
from corpus.texts.cleaning import Cleaning
from corpus.texts.pii_policy import Policy
from corpus.texts.repeated_lines import LineRule
from corpus.tombstones.recipe_table import Withdrawals
from corpus.views.recipe_table import View
from corpus.vocabulary.recipe_tables import Fertility, TokenizerTable
from filters.choice import Choice


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A whole recipe, checked."""

    name: str
    """What the run is called in manifests and in the report; unsaid it is the file's name without .toml."""
    root: str
    """Folder or URI for all outputs, from the working directory; unsaid it is build/ and the file's name without .toml.
    --root of the command line wins."""
    base: str  # folder that source paths are relative to
    seed: int
    """Integer from which follow the global order of documents, held-out clusters, copies of the mixture, and samples of
    the tokenizer and the report."""
    sources: tuple[Source, ...]
    catalogue: Catalogue | None  # None: sources are not held against one
    catalogued: tuple[Catalogued, ...]  # what goes with documents of those sources that have an entry
    choices: tuple[Choice, ...]  # in order of execution
    signals: tuple[External, ...]  # labels that other programs made
    labelled: tuple[Choice, ...]  # their thresholds, in the same order
    ingest: Ingest
    decide: Decide
    dedup: Dedup
    code: Code | None  # None: no such stage
    contamination: Contamination | None  # the same
    lines: tuple[LineRule, ...]
    passages: Passages | None  # the same
    clean: tuple[Cleaning, ...]
    pii: Policy
    tokenizer: TokenizerTable
    mixture: Mixture | None  # None: every document once
    budget: Budget | None  # None: nothing is said of training
    splits: Splits | None  # None: no such stage
    canaries: Canaries | None  # None: no such stages
    fertility: Fertility
    shards: Shards
    views: tuple[View, ...]
    textindex: TextIndex | None  # the same
    bm25: Bm25 | None  # the same
    report: Report
    run: Run
    withdrawals: Withdrawals

    @property
    def schemas(self) -> Mapping[str, pa.Schema]:
        """Columns of all that has signals, by name."""
        return {choice.name: choice.base.signals for choice in (*self.choices, *self.labelled)}

    @property
    def measured(self) -> tuple[str, ...]:
        """Names of all that has signals."""
        return (*(choice.name for choice in self.choices), *(table.name for table in self.signals))

    @property
    def judged(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in (*self.choices, *self.labelled) if choice.judged)

    @property
    def prompted(self) -> bool:
        """Whether a source has inputs and targets."""
        return any(source.prompted for source in self.sources)

    @property
    def permutations(self) -> int:
        """Values in a MinHash signature."""
        return int(self._minhash.permutations)

    @property
    def ngram(self) -> int:
        """Words of a shingle."""
        return int(self._minhash.ngram)

    @property
    def _minhash(self) -> Any:
        return next(choice.base for choice in self.choices if choice.name == "minhash")
