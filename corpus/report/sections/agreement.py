"""What filters agree on: how often each votes, with and against others, and how often it is right, without labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.stages.agreed import AGREED, MOST_RARE, Cast
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts


@dataclass(frozen=True, kw_only=True)
class Voter:
    """A rule or labelling function: documents by what it did with them, and what was learned of it. Numbers that the
    votes do not tell are null."""

    voter: str
    keep: int
    drop: int
    neither: int
    unmeasured: int
    overlaps: int
    conflicts: int
    identified: bool
    why: str
    accuracy: float | None
    keep_right: float | None
    drop_right: float | None
    drop_if_good: float | None
    drop_if_bad: float | None
    error: float | None

    @property
    def votes(self) -> int:
        return self.keep + self.drop


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Voters that drop the same documents, more than their accuracies explain or nearly all."""

    first: str
    second: str
    both: int
    either: int
    expected: float | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the label model was fitted to, and what it says; voters in the recipe's order."""

    documents: int  # that were asked of
    patterns: int
    rare: int  # documents of patterns that the model was not fitted to
    known: int
    unknown: int
    good_share: float | None
    rounds: int
    settled: bool
    voters: Sequence[Voter]
    alike: Sequence[Alike]
    many_rare: bool  # more than is passed over without a warning


def reads(_: Audit) -> tuple[Ref, ...]:
    return counts(AGREED), AGREED.voters, AGREED.alike


def facts(opened: Opened, _: None) -> Facts:
    own = opened.counts(AGREED)
    cast = {row.voter: row for row in opened.tally(AGREED, Cast)}
    return Facts(
        documents=own["counted"],
        patterns=own["found_patterns"],
        rare=own["rare"],
        known=own["known"],
        unknown=own["unknown"],
        good_share=own["good_millionths"] / 1e6 if own["good_millionths"] >= 0 else None,
        rounds=own["rounds"],
        settled=bool(own["settled"]),
        voters=[_voter(row, cast[row["voter"]]) for row in _rows(opened, AGREED.voters)],
        many_rare=own["rare"] > MOST_RARE * own["counted"],
        alike=[Alike(**row) for row in _rows(opened, AGREED.alike)],
    )


def _rows(opened: Opened, ref: Ref) -> Sequence[Mapping[str, Any]]:
    return [row for found in opened.table(ref).each(_COLUMNS[ref.table]) for row in found.to_pylist()]


_COLUMNS: Mapping[str, Sequence[str]] = {
    AGREED.voters.table: (
        *("voter", "identified", "why", "accuracy", "keep_right", "drop_right", "drop_if_good", "drop_if_bad"),
        "error",
    ),
    AGREED.alike.table: ("first", "second", "both", "either", "expected"),
}


def _voter(learned: Mapping[str, Any], cast: Cast) -> Voter:
    return Voter(**{**vars(cast), **learned})


SECTION: Section[None, Facts, None] = Section(
    name="agreement", key="agreement", links=(("agreement", "Agreement of filters"),), reads=reads, facts=facts
)
