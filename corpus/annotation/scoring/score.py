"""All that sheets say, and whether it is enough."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.annotation.key import Item
from corpus.annotation.schemes import Scheme
from corpus.annotation.scoring import agreement, confusion, consensus, shares
from corpus.annotation.scoring.agreement import Agreement
from corpus.annotation.scoring.confusion import Confusion
from corpus.annotation.scoring.consensus import Said
from corpus.annotation.scoring.judgments import Read, Sheet
from corpus.annotation.scoring.shares import Corpus, Flagged, Group, Share
from corpus.annotation.strata import CUT, KEPT, Stratum

_NAMED = 5  # corpora that a gate's line names


@dataclass(frozen=True, kw_only=True)
class Annotated:
    """By one annotator: texts that they were given, judged, and found acceptable."""

    name: str
    given: int
    acceptable: Share


@dataclass(frozen=True, kw_only=True)
class Score:
    """`judgments` of `texts`; `missing`: texts of the sample that no sheet has; `open`, `incomplete`, `rounded`: of
    judgments.Read."""

    scheme: str
    acceptable_means: str
    judgments: int
    texts: int
    missing: int
    open: int
    incomplete: int
    rounded: int
    notes: int
    annotators: Sequence[Annotated]
    corpora: Sequence[Corpus]
    languages: Sequence[Group]
    sources: Sequence[Group]
    every: Sequence[Group]  # one an outcome
    flagged: Flagged
    agreement: Sequence[Agreement]
    confusion: Confusion


def score(read: Read, sheets: Sequence[Sheet]) -> tuple[Score, list[Said]]:
    """And what is said of each text."""
    scheme = read.scheme
    items: dict[str, Item] = {}
    for sheet in sheets:
        items |= sheet.key.items if sheet.key else {}
    texts = consensus.said(scheme, read.judgments)
    corpora = shares.corpora(scheme, texts, _sizes(items))
    given = _given(read, items)
    found = Score(
        scheme=scheme.name,
        acceptable_means=scheme.acceptable_means,
        judgments=len(read.judgments),
        texts=len(texts),
        missing=len(items.keys() - given),
        open=read.open,
        incomplete=read.incomplete,
        rounded=read.rounded,
        notes=read.notes,
        annotators=_annotators(scheme, read),
        corpora=corpora,
        languages=shares.groups(corpora, lambda one: one.stratum.language),
        sources=shares.groups(corpora, lambda one: one.stratum.source),
        every=shares.groups(corpora, lambda _: "all"),
        flagged=shares.flagged(scheme, corpora),
        agreement=agreement.agreements(scheme, read.judgments),
        confusion=confusion.confusion(scheme, texts, items),
    )
    return found, texts


def _sizes(items: Mapping[str, Item]) -> dict[Stratum, int]:
    return {one.stratum: one.documents for one in items.values()}


def _given(read: Read, items: Mapping[str, Item]) -> set[str]:
    """Items of the key that some sheet has."""
    return {item for own in read.items.values() for item in own if item in items}


def _annotators(scheme: Scheme, read: Read) -> list[Annotated]:
    judged: Counter[str] = Counter(one.annotator for one in read.judgments)
    good: Counter[str] = Counter(one.annotator for one in read.judgments if scheme.acceptable(one.values))
    return [
        Annotated(name=name, given=len(own), acceptable=shares.share(good[name], judged[name]))
        for name, own in read.items.items()
    ]


def gate(found: Score, least: float) -> str:
    """What is wrong, in one line; "" if in every corpus of kept texts at least this share is acceptable. A corpus that
    nobody judged is no corpus that is good."""
    own = [one for one in found.corpora if one.stratum.of in ("", KEPT)]
    if not own:
        return f"--min-c {least:g} is not met: no text that was kept was judged"
    low = [one for one in own if not one.judged or one.acceptable.share < least]
    if not low:
        return ""
    named = ", ".join(_named(one) for one in low[:_NAMED])
    more = f" and {len(low) - _NAMED:,} more" if len(low) > _NAMED else ""
    return f"--min-c {least:g} is not met by {len(low):,} of {len(own):,} corpora: {named}{more}"


def _named(one: Corpus) -> str:
    where = "/".join(filter(None, (one.stratum.language, one.stratum.source)))
    return f"{where} {one.acceptable.share:.3f} of {one.judged:,}" if one.judged else f"{where} not judged"


def labels(texts: Sequence[Said], items: Mapping[str, Item]) -> list[tuple[str, bool]]:
    """Ids of documents and whether they are acceptable, in order. What was cut out of one says nothing of it."""
    found: dict[str, bool] = {}
    for one in texts:
        if one.of != CUT and one.item in items:
            found[items[one.item].id] = one.acceptable
    return sorted(found.items())
