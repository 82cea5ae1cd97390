"""The mixture as it was wanted beside what it came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.mixture import realised
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.stages.mix import MIX
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.store.manifest import Json


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


SECTION: Section[None, Facts, None] = Section(
    name="mixture", key="mixture", links=(("mixture", "Mixture"),), reads=reads, facts=facts
)
