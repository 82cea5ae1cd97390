"""Tables to the audit: what happened to whom, on one page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.duplicates.recipe_tables import Dedup
from corpus.stages.agreed import AGREED
from corpus.stages.code import CODE
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE, Judging, by_name
from corpus.stages.decide_table import Decide
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.index import INDEX
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.matches import MATCHES
from corpus.stages.mix import MIX
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import Ref, optional
from corpus.stages.release import RELEASE
from corpus.stages.report_table import Report
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.stages.stage import Stage, Written, counts, signals
from corpus.stages.train import TRAIN
from corpus.stages.trial import TRIAL
from corpus.texts.pii_policy import Policy
from corpus.vocabulary.recipe_tables import Fertility
from filters.choice import Choice
from filters.people.term_file import TermFile

if TYPE_CHECKING:
    from corpus.stages.request import Request

TABLE = "report"  # and the stage that writes it


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What the pages say of the recipe."""

    name: str
    seed: int
    report: Report
    judging: Mapping[str, Judging]  # by filter
    decide: Decide
    dedup: Dedup
    permutations: int  # values in a MinHash signature
    pii: Policy
    fertility: Fertility
    max_reject_share: float
    custodians: tuple[str, ...]  # sources whose entry in the catalogue names one
    lexicons: Mapping[str, TermFile]  # of the filter mentions

    @property
    def judged(self) -> tuple[Choice, ...]:
        return tuple(judging.choice for judging in self.judging.values())


def _params(request: "Request") -> Audit:
    recipe = request.recipe
    return Audit(
        name=recipe.name,
        seed=recipe.seed,
        report=recipe.report,
        judging=by_name(Judging(choice=choice) for choice in recipe.judged),
        decide=recipe.decide,
        dedup=recipe.dedup,
        permutations=recipe.permutations,
        pii=recipe.pii,
        fertility=recipe.fertility,
        max_reject_share=recipe.ingest.max_reject_share,
        custodians=tuple(one.source for one in recipe.catalogued if one.custodian),
        lexicons=next((getattr(one.base, "lexicons", {}) for one in recipe.choices if one.name == "mentions"), {}),
    )


def _reads(request: "Request") -> tuple[Ref, ...]:
    return reads(request.recipe.measured)


def reads(filters: Iterable[str]) -> tuple[Ref, ...]:
    """All stages, with those of these filters: the page names every one with its fingerprint."""
    measured = dict.fromkeys([*filters, "length", "content"])
    return (
        INGEST.documents,
        INGEST.rejects,
        *(signals(name) for name in measured),
        optional(AGREED.voters),
        optional(AGREED.alike),
        DECIDE.verdicts,
        PAIRS.pairs,
        optional(counts(CODE)),
        DEDUP.clusters,
        optional(counts(MATCHES)),
        optional(CONTAMINATION.proofs),
        optional(LINES.cuts),
        optional(PASSAGES.cuts),
        RELEASE.corpus,
        RELEASE.redactions,
        optional(counts(TRIAL)),
        optional(counts(INDEX)),
        counts(TRAIN),
        counts(FERTILITY),
        counts(ENCODE),
        optional(counts(SPLITS)),
        optional(MIX.about),
        counts(SHARD),
    )


REPORT: Stage[Audit] = Stage(
    name=TABLE,
    version=10,
    writes={TABLE: Written()},
    params=_params,
    reads=_reads,
    libraries=("google-re2", "jinja2", "phonenumberslite", "publicsuffixlist", "python-stdnum", "regex", "unicodedata"),
)
