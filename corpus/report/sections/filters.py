"""The rules of the filters: what each drops, together with which others, at which threshold, of which measurements."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, TypedDict

import numpy as np

from corpus.duplicates.rank import AWARE
from corpus.external.recipe_table import LABELLED
from corpus.losses.filtered import Fired, Judged
from corpus.report import documents
from corpus.report.counting import Binned, Counts, added, added_bins, added_rows, by_language, cells, counted
from corpus.report.documents import DOCUMENTS, VERDICTS
from corpus.report.drawing import figures, histograms, nearby, sweep
from corpus.report.drawing.figures import Figure
from corpus.report.drawing.histograms import Histogram
from corpus.report.drawing.nearby import Documents, Near
from corpus.report.drawing.sweep import Curve
from corpus.report.opened import Opened, Part
from corpus.report.reasons import Reasons
from corpus.report.rules import Rule, rules, standing
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import listed, percent, plural, short
from corpus.stages.decide import DECIDE
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts, signals
from corpus.store.tally import Cells, Row, read, total
from filters.arrow import ChunkedArray, array, string_array, strings

_MATRIX = 24  # rules of the matrix: so many columns stand on a screen; the others are said in words
_COMPANIONS = 3  # of these
_MOST = 0.5  # share of a language that a threshold of its own drops, above which it is warned of
_ALONE = 0.1  # share of all documents that a rule drops alone, above which it is warned of


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the filters did."""

    rules: Sequence[Rule]
    overlap: Mapping[str, int]  # documents by two rules that both dropped them, joined by a tab
    sweeps: Sequence[Curve]
    without: Mapping[str, Mapping[str, int]]  # by filter and language: documents that it has no lexicon or model for
    unlabelled: Mapping[str, Mapping[str, int]]  # by [[signals]] and language: documents without a label
    histograms: Sequence[Histogram]


@dataclass(frozen=True, kw_only=True)
class Together:
    """A rule that fired, how often, and the share of that which each rule of the matrix fired on too."""

    rule: str
    fired: int
    shares: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What shares are of; the rules that fired most, a row each; a figure of each that has a number for a threshold."""

    documents: int
    matrix: Sequence[Together]
    others: Mapping[str, str]  # rules that are not in the matrix, with those that drop the same documents
    figures: Sequence[Figure]


@dataclass(frozen=True, kw_only=True)
class Overlap(Row):
    """Documents that two rules both dropped, in order of name."""

    NAME: ClassVar[str] = "overlap"
    first: str
    second: str
    documents: int = 0


@dataclass(frozen=True, kw_only=True)
class Without(Row):
    """Documents of a language that a filter has no lexicon or model for, or that have no label of a [[signals]]."""

    NAME: ClassVar[str] = "without"
    filter: str
    language: str
    documents: int = 0


class Tally(TypedDict):
    """Documents by rule; rows of Overlap and of Without; counts over bins by signal, and by rule; documents to be
    shown beside thresholds."""

    fired: Counts
    alone: Counts
    overlap: list[Cells]
    without: list[Cells]
    histograms: Binned
    unmeasured: Counts  # documents by signal
    outside: Counts  # the same
    sweeps: Binned
    near: dict[str, Near]


def reads(recipe: Audit) -> tuple[Ref, ...]:
    return DOCUMENTS, VERDICTS, counts(INGEST), *(signals(choice.name) for choice in recipe.judged)


def tally(part: Part) -> Tally:
    verdicts = part.read(VERDICTS, ["source", "language"])
    languages = verdicts.column("language")
    reasons = part.once(Reasons.of)
    values = partial(histograms.values, part)
    about = Documents(
        part=part.number,
        sources=strings(verdicts.column("source")),
        languages=strings(languages),
        keys=part.once(documents.keys),
        reasons=reasons,
    )
    return {
        "fired": counted(reasons.rules.tolist()),
        "alone": counted(reasons.alone()),
        "overlap": cells(_overlaps(reasons)),
        "without": cells(_without(part, languages)),
        "histograms": by_language(histograms.tallied(part, string_array(languages.combine_chunks()))),
        "unmeasured": counted(histograms.unmeasured(part)),
        "outside": counted(histograms.outside(part)),
        "sweeps": by_language(sweep.tallied(part.recipe.judged, values, verdicts, reasons)),
        "near": nearby.of_rules(part.recipe.judged, values, about),
    }


def _overlaps(reasons: Reasons) -> Iterator[Overlap]:
    for (first, second), count in Counter(reasons.overlaps()).items():
        yield Overlap(first=first, second=second, documents=count)


def _without(part: Part, languages: ChunkedArray) -> Iterator[Without]:
    """Its signals say which documents a filter is not equipped for."""
    for choice in part.recipe.judged:
        for field in choice.base.signals:
            if field.name in AWARE:
                equipped = np.asarray(part.read(signals(choice.name), [field.name]).column(field.name), bool)
                names = Counter(strings(languages.filter(array(~equipped & part.once(documents.stays)))))
                for language, count in names.items():
                    yield Without(filter=choice.name, language=language, documents=count)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return {
        "fired": added(value["fired"] for value in values),
        "alone": added(value["alone"] for value in values),
        "overlap": added_rows(value["overlap"] for value in values),
        "without": added_rows(value["without"] for value in values),
        "histograms": added_bins(value["histograms"] for value in values),
        "unmeasured": added(value["unmeasured"] for value in values),
        "outside": added(value["outside"] for value in values),
        "sweeps": added_bins(value["sweeps"] for value in values),
        "near": nearby.merged(value["near"] for value in values),
    }


def facts(opened: Opened, found: Tally) -> Facts:
    every = list(rules(opened.recipe.judged, found["fired"], found["alone"]))
    labels = {choice.name for choice in opened.recipe.judged if LABELLED in choice.base.signals.names}
    without: dict[str, Counts] = {}
    for row in read(Without, found["without"]):
        without.setdefault(row.filter, {})[row.language] = row.documents
    lacking = {name: dict(sorted(own.items(), key=lambda item: (-item[1], item[0]))) for name, own in without.items()}
    return Facts(
        rules=every,
        overlap={_both(row.first, row.second): row.documents for row in read(Overlap, found["overlap"])},
        sweeps=list(sweep.curves(every, found["sweeps"])),
        without={name: own for name, own in lacking.items() if name not in labels},
        unlabelled={name: own for name, own in lacking.items() if name in labels},
        histograms=list(histograms.of_rules(every, found["histograms"], found["unmeasured"], found["outside"])),
    )


def _both(*rules: str) -> str:
    """How facts.json names two rules."""
    return "\t".join(sorted(rules))


def shown(opened: Opened, found: Tally, known: Facts) -> Shown:
    near = nearby.shown(found["near"], documents.shelf(opened))
    fired = sorted((rule for rule in known.rules if rule.fired), key=lambda rule: (-rule.fired, rule.name))
    shares = {rule.name: _shares(rule, fired, known.overlap) for rule in fired}
    first = fired[:_MATRIX]
    return Shown(
        documents=opened.counts(INGEST).get("documents", 0),
        matrix=[
            Together(rule=one.name, fired=one.fired, shares=[shares[one.name][other.name] for other in first])
            for one in first
        ],
        others={one.name: _companions(one.name, shares[one.name]) for one in fired[_MATRIX:]},
        figures=list(figures.of_rules(opened.recipe.judged, known.rules, known.sweeps, known.histograms, near)),
    )


def _shares(one: Rule, fired: Sequence[Rule], overlap: Mapping[str, int]) -> dict[str, float]:
    """Of the documents that a rule dropped, the share that each other rule dropped too."""
    return {
        other.name: 1.0 if other is one else overlap.get(_both(one.name, other.name), 0) / one.fired for other in fired
    }


def _companions(rule: str, shares: Mapping[str, float]) -> str:
    others = [(-share, name) for name, share in shares.items() if share and name != rule]
    return ", ".join(f"{name} {percent(-share, 1)}" for share, name in sorted(others)[:_COMPANIONS])


def files(_: Opened, __: Facts, seen: Shown) -> dict[str, bytes]:
    return {"rules.js": figures.data(seen.figures, seen.documents)}


def warnings(opened: Opened, known: Facts) -> Iterable[Warned]:
    """A rule that by itself decides about much is worth a look, and so is a filter that decides about nothing."""
    every = opened.counts(INGEST).get("documents", 0)
    for rule in known.rules:
        if rule.alone > _ALONE * every:
            yield Warned(
                kind="rule",
                words=f"Rule {rule.name} ({_stands(rule)}) dropped {percent(rule.fired, every)} of all documents; "
                f"{percent(rule.alone, every)} no other rule drops.",
                at="rules",
                weight=rule.alone / every,
            )
    yield from _set_for_one(opened, known)
    for name, own in known.without.items():
        yield Warned(
            kind="note",
            words=f"Filter {name} has no lexicon or model for {plural(len(own), 'language')} "
            f"({plural(sum(own.values()), 'document')}) and drops nothing there: {listed(list(own), 6)}.",
            at="rules",
            weight=sum(own.values()),
        )
    for name, own in known.unlabelled.items():
        yield Warned(
            kind="note",
            words=f"{plural(sum(own.values()), 'document')} of {plural(len(own), 'language')} have no label of {name}: "
            f"its rules judge them by its `default`. Most are of {listed(list(own), 6)}.",
            at="rules",
            weight=sum(own.values()),
        )


def _stands(rule: Rule) -> str:
    if not isinstance(rule.threshold, int | float):
        return rule.field
    usual = f"; the filter's default is {standing(rule.default)}" if rule.threshold != rule.default else ""
    return f"{rule.field} = {short(rule.threshold)}{usual}"


def _set_for_one(opened: Opened, known: Facts) -> Iterable[Warned]:
    """A threshold of one language that takes most of it."""
    documents = total(opened.tally(DECIDE, Judged), lambda row: row.language, lambda row: row.documents)
    fired = total(opened.tally(DECIDE, Fired), lambda row: (row.rule, row.language), lambda row: row.documents)
    for rule in known.rules:
        for language, threshold in rule.overrides.items():
            taken, every = fired.get((rule.name, language), 0), documents.get(language, 0)
            if taken > _MOST * every:
                yield Warned(
                    kind="rule",
                    words=f"Rule {rule.name} is set for {language} ({rule.field} = {standing(threshold)}; elsewhere "
                    f"{standing(rule.threshold)}) and drops {percent(taken, every)} of its "
                    f"{plural(every, 'document')}.",
                    at="rules",
                    weight=taken / every,
                )


SECTION: Section[Tally, Facts, Shown] = Section(
    name="filters",
    links=(("rules", "Rules"), ("sweeps", "Thresholds")),
    reads=reads,
    over=(VERDICTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
    files=files,
    warnings=warnings,
)
