"""The mixture as it was wanted beside what it came to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.mixture import realised
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import listed, percent
from corpus.stages.mix import MIX
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.store.manifest import Json

_SHORT = 0.99  # share of the tokens that were wanted: documents come whole, so a few are always missing


@dataclass(frozen=True, kw_only=True)
class Group:
    """Documents of one key of the mixture: what there is, what was asked for, what was given."""

    key: str
    pairs: Sequence[Sequence[str]]  # source, language
    documents: int
    tokens: int
    asked_share: float
    capped: bool
    wanted_tokens: int
    wanted_share: float
    wanted_epochs: float
    whole: int
    once_more_below: str
    given_documents: int
    given_tokens: int
    given_share: float
    given_epochs: float


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`about/mixture.json` of the stage."""

    mixture: Mapping[str, Json]
    wanted_tokens: int
    given_tokens: int
    groups: Sequence[Group]
    left_over: Sequence[str]


def reads(_: Audit) -> tuple[Ref, ...]:
    return (MIX.about,)


def facts(opened: Opened, _: None) -> Facts:
    told: dict[str, Any] = realised.load(opened.stage(MIX).folder)
    return Facts(**{**told, "groups": [Group(**row) for row in told["groups"]]})


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """Fewer tokens than were wanted, groups that max_epochs holds back, keys without a document."""
    if known.given_tokens < _SHORT * known.wanted_tokens:
        yield Warned(
            kind="short",
            words=f"The mixture has {known.given_tokens:,} tokens where {known.wanted_tokens:,} were wanted "
            f"({percent(known.given_tokens, known.wanted_tokens)}).",
            at="mixture",
            weight=1 - known.given_tokens / known.wanted_tokens,
        )
    capped = [
        f"{row.key} ({percent(row.asked_share, 1)} asked, {percent(row.given_share, 1)} given)"
        for row in known.groups
        if row.capped
    ]
    if capped:
        yield Warned(
            kind="short",
            words=f"max_epochs holds back {len(capped):,} groups of the mixture: {listed(capped)}.",
            at="mixture",
        )
    if known.left_over:
        yield Warned(
            kind="note",
            words=f"Keys of the mixture without a document here: {listed(list(known.left_over), 8)}.",
            at="mixture",
        )


SECTION: Section[None, Facts, None] = Section(
    name="mixture", key="mixture", links=(("mixture", "Mixture"),), reads=reads, facts=facts, warnings=warnings
)
