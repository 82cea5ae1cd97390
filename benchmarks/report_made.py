"""A finished run that never ran: tallies of many languages and sources, and a report's files of them.

For the benchmark of the page, and for tests that need names and texts which no sample has. Numbers are drawn by seed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

import filters
from corpus.duplicates.recipe_tables import Dedup
from corpus.losses.deduplicated import Outcome
from corpus.losses.filtered import Fired, Judged
from corpus.mixture import realised
from corpus.report import chosen, documents, licences, pages
from corpus.report.copies import Copied
from corpus.report.counting import Binned, cells
from corpus.report.documents import Flow
from corpus.report.drawing import bins
from corpus.report.opened import Opened
from corpus.report.render import Head, Made
from corpus.report.samples import Place, Sample
from corpus.report.sections import SECTIONS, groups, personal, provenance, reading
from corpus.report.sections import filters as rules
from corpus.shards.tallies import Chosen, Held, Packed, Pair
from corpus.sources.accounts import Noted, Read
from corpus.stages.built import Built
from corpus.stages.decide import DECIDE, Judging, by_name
from corpus.stages.decide_table import Decide
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.ingest import INGEST
from corpus.stages.mix import MIX
from corpus.stages.pairs import PAIRS
from corpus.stages.release import RELEASE, Released
from corpus.stages.report import Audit
from corpus.stages.report_table import Report
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.stages.stage import signals
from corpus.stages.train import TRAIN
from corpus.store import tally
from corpus.store.manifest import Manifest
from corpus.store.table import Table
from corpus.store.tally import Row
from corpus.texts.pii_policy import Policy
from corpus.vocabulary.fertility import Encoded, Parallel, Sampled, Vocabulary
from corpus.vocabulary.recipe_tables import Fertility
from filters.choice import Choice

FILTERS = ("language", "length", "symbols", "repetition", "stopwords", "lines", "words")
_LICENCES = ("CC-BY-4.0", "CC0-1.0", "MIT", "Apache-2.0")
_KINDS = ("EMAIL", "PHONE", "IP_ADDRESS", "KEY")
_DONE = ("kept", "filtered", "exact", "near")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Names of what there is; a source has documents of `each` languages. `text` is what every sample says."""

    languages: Sequence[str]
    sources: Sequence[str]
    each: int = 6
    text: str = "A text that stands for all others. " * 20
    url: str = "https://example.org/a/page"
    name: str = "made"
    erased: str = ""  # a language of which a rule leaves nothing
    rule: str = "length.few_words"
    damaged: str = ""  # a source of which a tenth of the bytes was not read
    doubled: tuple[str, str] = ("", "")  # a source, and the one that nearly all of it is a copy of
    unlicensed: str = ""  # a source without licences
    decides: str = ""  # a rule that drops as many documents as there are
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """In place of `samples.Shelf`: the same text wherever it is asked for."""

    plan: Plan
    documents: Table
    chars: int = 600

    def fetch(self, places: Iterable[Place]) -> dict[Place, Sample]:
        return {place: self._sample(place) for place in places}

    def head(self, sample: Sample) -> Sample:
        return sample

    def dropped(self, by_rule: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, list[Sample]]:
        return {rule: [self._sample((part, row)) for _, part, row in rows] for rule, rows in by_rule.items()}

    def _sample(self, place: Place) -> Sample:
        part, row = place
        reasons = [{"rule": self.plan.rule, "value": 3.0, "threshold": 10.0, "text": ""}]
        return Sample(
            id=f"{part:016x}{row:016x}",
            source=self.plan.sources[part % len(self.plan.sources)],
            language=self.plan.languages[row % len(self.plan.languages)],
            url=self.plan.url,
            text=self.plan.text,
            cut=True,
            reasons=reasons,
        )


@dataclass(kw_only=True)
class Drawn:
    """Tallies of a plan as they grow."""

    plan: Plan
    chance: np.random.Generator
    rows: dict[str, list[Row]] = field(default_factory=dict)  # by stage
    flow: list[Flow] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def add(self, stage: str, *rows: Row) -> None:
        self.rows.setdefault(stage, []).extend(rows)


def audit(plan: Plan) -> Audit:
    """With the filters that judge by numbers, at their defaults."""
    judging = [Judging(choice=Choice(name=name, base=filters.load(name)(), judged=True)) for name in FILTERS]
    return Audit(
        name=plan.name,
        seed=plan.seed,
        report=Report(),
        judging=by_name(judging),
        decide=Decide(),
        dedup=Dedup(bands=21, rows=6),
        permutations=126,
        pii=Policy(),
        fertility=Fertility(),
        max_reject_share=0.1,
        custodians=(),
        lexicons={},
    )


def files(plan: Plan, folder: Path) -> dict[str, bytes]:
    """The files of its report, by name; `folder` is where the mixture is read from."""
    recipe, drawn = audit(plan), Drawn(plan=plan, chance=np.random.default_rng(plan.seed))
    names = _rules(recipe)
    for number, source in enumerate(plan.sources):
        _source(drawn, number, source, names)
    _whole(drawn, recipe, names)
    _mixture(drawn, folder)
    opened = _opened(drawn, recipe, folder)
    shelf, documents.shelf = documents.shelf, lambda _: Shelf(plan=plan, documents=opened.table(INGEST.documents))  # type: ignore[assignment,return-value]
    try:
        return pages.bodies(_head(plan, opened), opened, SECTIONS, drawn.found)
    finally:
        documents.shelf = shelf


def _rules(recipe: Audit) -> list[tuple[str, str]]:
    """Name and signal of every rule that judges a number."""
    return [
        (f"{choice.name}.{rule.reason}", f"{choice.name}.{rule.signal}")
        for choice in recipe.judged
        for rule in choice.base.rules
        if not rule.threshold.startswith("keep_") and getattr(choice.base, rule.threshold) is not None
    ]


def _source(drawn: Drawn, number: int, source: str, rules: Sequence[tuple[str, str]]) -> None:
    plan, chance = drawn.plan, drawn.chance
    every = 0
    for step in range(min(plan.each, len(plan.languages))):
        language = plan.languages[(number * plan.each + step) % len(plan.languages)]
        count = int(chance.integers(200, 20_000))
        gone = language == plan.erased
        shares = chance.dirichlet((8, 2, 1, 1)) if not gone else np.array([0.0, 1.0, 0.0, 0.0])
        parts = [int(count * share) for share in shares]
        parts[1 if gone else 0] += count - sum(parts)
        every += count
        drawn.add(DECIDE.name, Judged(source=source, language=language, outcome="filtered", documents=parts[1]))
        drawn.add(DECIDE.name, Judged(source=source, language=language, outcome="kept", documents=count - parts[1]))
        for outcome, documents_ in zip(_DONE, parts, strict=True):
            drawn.add(DEDUP.name, Outcome(source=source, language=language, outcome=outcome, documents=documents_))
            drawn.flow.append(
                Flow(source=source, language=language, outcome=outcome, documents=documents_, bytes=documents_ * 3000)
            )
        for place in chance.integers(0, len(rules), 4).tolist():
            drawn.add(
                DECIDE.name, Fired(source=source, language=language, rule=rules[place][0], documents=parts[1] // 4)
            )
        if gone:
            drawn.add(DECIDE.name, Fired(source=source, language=language, rule=plan.rule, documents=parts[1]))
        drawn.add(ENCODE.name, Pair(source=source, language=language, documents=parts[0], tokens=parts[0] * 700))
        drawn.add(RELEASE.name, Released(language=language, documents=parts[0], bytes=parts[0] * 2900))
        size = {"documents": parts[0], "bytes": parts[0] * 2900, "chars": parts[0] * 2000, "words": parts[0] * 400}
        drawn.add(FERTILITY.name, Sampled(language=language, source=source, **size))
        drawn.add(FERTILITY.name, Encoded(tokenizer="0", language=language, source=source, tokens=parts[0] * 700))
        drawn.add(SPLITS.name, Held(split="valid", source=source, language=language, documents=parts[0] // 200))
    lost = every * 90 if source == plan.damaged else 0
    read = Read(source=source, records=every + 9, rejects=9, documents=every, bytes=every * 900, lost_bytes=lost)
    drawn.add(INGEST.name, read)
    drawn.add(INGEST.name, Noted(source=source, kind="repaired", detail="mojibake", count=3))
    drawn.add(SHARD.name, Packed(source=source, documents=every, cut=every // 9, sequences=every // 2, company=every))


def _whole(drawn: Drawn, recipe: Audit, rules_: Sequence[tuple[str, str]]) -> None:
    """Tallies of the sections."""
    plan = drawn.plan
    flow = cells(drawn.flow)
    licensed = cells(
        licences.Licensed(
            source=pair.source,
            language=pair.language,
            licence="" if pair.source == plan.unlicensed else _LICENCES[number % len(_LICENCES)],
            documents=pair.documents,
        )
        for number, pair in enumerate(row for row in drawn.rows[ENCODE.name] if isinstance(row, Pair))
    )
    drawn.found = {
        "overview": licensed,
        "licences": licensed,
        "funnel": flow,
        "taken": None,
        "reading": cells(reading.Rejected(source=name, reason="broken", records=9) for name in plan.sources),
        "provenance": cells(
            provenance.Known(source=name, documents=900, url=900, licence=450, date=0, language=900)
            for name in plan.sources
        ),
        "filters": _filters(drawn, recipe, rules_),
        "dropped": {name: [[n, n, n] for n in range(3)] for name, _ in rules_},
        "duplicates": {
            "flow": flow,
            "sizes": {"2": 900, "7": 30},
            "removals": chosen.merge_removals([], 0),
            "proposed": chosen.merge_proposed([], 0),
        },
        "copies": None,
        "fertility": None,
        "personal": cells(personal.Found(kind=kind, action="replace", spans=70) for kind in _KINDS),
        "mixture": None,
        "splits": None,
        "shards": None,
        "groups": _groups(drawn, flow, licensed),
    }
    drawn.add(SPLITS.name, Chosen(split="valid", wanted=900, taken=900), Chosen(split="test"))
    drawn.add(FERTILITY.name, Vocabulary(tokenizer="0", size=32_768))
    drawn.add(FERTILITY.name, *(Parallel(tokenizer="0", language=name, tokens=900) for name in plan.languages))


def _filters(drawn: Drawn, recipe: Audit, rules_: Sequence[tuple[str, str]]) -> rules.Tally:
    chance, languages = drawn.chance, drawn.plan.languages
    histograms: Binned = {}
    sweeps: Binned = {}
    for name, signal in rules_:
        scale, tried = bins.of(signal), bins.tried(signal)
        middle = scale.count * (0.5 if scale is bins.RATIO else 0.25)
        for language in languages:
            values = np.clip(chance.normal(middle, middle / 3, 300), 0, scale.count - 1).astype(int)
            histograms.setdefault(signal, {})[language] = np.bincount(values, minlength=scale.count).tolist()
            kept = np.sort(chance.integers(0, 300, len(tried)))
            least = any(rule.threshold.startswith("min_") for rule in _of(recipe, name))
            sweeps.setdefault(name, {})[language] = [*(kept[::-1] if least else kept).tolist(), 300]
    near = {
        name: {
            "kept": [[0.1 * n, n, n, n, 10.0 + n] for n in range(3)],
            "dropped": [[0.1 * n, n, n, n + 9, 9.0 - n] for n in range(3)],
            "binned": [[n, n, n, n + 99, 3.0 * n] for n in range(40)],
        }
        for name, _ in rules_
    }
    fired = {name: int(chance.integers(9, 900)) for name, _ in rules_}
    every = sum(row.documents for row in drawn.flow)
    fired |= {name: every for name in fired if name == drawn.plan.decides}
    both = [(a, b) for a, _ in rules_ for b, _ in rules_ if a < b]
    return {
        "fired": fired,
        "alone": {name: count // 3 for name, count in fired.items()},
        "overlap": cells(
            rules.Overlap(first=a, second=b, documents=int(chance.integers(0, min(fired[a], fired[b]))))
            for a, b in both
        ),
        "without": cells(rules.Without(filter="stopwords", language=name, documents=9) for name in languages[::5]),
        "histograms": histograms,
        "unmeasured": {rules_[0][1]: 12},
        "outside": {},
        "sweeps": sweeps,
        "near": near,  # type: ignore[typeddict-item]
    }


def _of(recipe: Audit, name: str) -> list[Any]:
    filter_, _, reason = name.partition(".")
    return [rule for rule in recipe.judging[filter_].choice.base.rules if rule.reason == reason]


def _groups(drawn: Drawn, flow: Any, licensed: Any) -> groups.Tally:
    plan, chance = drawn.plan, drawn.chance
    names = {"language": plan.languages, "source": plan.sources}
    lengths: Binned = {}
    samples: dict[str, dict[str, list[list[Any]]]] = {}
    sites: dict[str, dict[str, list[list[Any]]]] = {}
    for kind, own in names.items():
        for number, name in enumerate(own):
            for label in (kind, f"kept {kind}"):
                counts = np.bincount(chance.integers(5, 18, 200), minlength=bins.SIZES.count).tolist()
                lengths.setdefault(label, {})[name] = counts
            for outcome in ("kept", "filtered", "copies"):
                samples.setdefault(f"{outcome} {kind}", {})[name] = [[n, number, n] for n in range(groups.SAMPLES)]
            sites.setdefault(kind, {})[name] = [[n, f"site-{n % 7}.example"] for n in range(groups.SITES)]
    found = [
        groups.Found(source=row.source, language=row.language, kind=_KINDS[number % len(_KINDS)], spans=7)
        for number, row in enumerate(drawn.flow)
        if row.outcome == "kept"
    ]
    return {
        "flow": flow,
        "lengths": lengths,
        "licensed": licensed,
        "found": cells(found),
        "samples": samples,
        "sites": sites,
    }


def _mixture(drawn: Drawn, folder: Path) -> None:
    shares = drawn.chance.dirichlet(np.ones(len(drawn.plan.languages)))
    told = [
        {
            "key": f"*:{name}",
            "pairs": [],
            "documents": 9,
            "tokens": 1000,
            "asked_share": share,
            "capped": share > 0.05,
            "wanted_tokens": int(share * 1e9),
            "wanted_share": share,
            "wanted_epochs": 1.5,
            "whole": 1,
            "once_more_below": "0",
            "given_documents": 9,
            "given_tokens": int(share * 1e9),
            "given_share": share,
            "given_epochs": 1.5,
        }
        for name, share in zip(drawn.plan.languages, shares.tolist(), strict=True)
    ]
    about = folder / "about"
    about.mkdir(parents=True, exist_ok=True)
    facts = {"mixture": {"max_epochs": 4.0}, "wanted_tokens": 10**9, "given_tokens": 10**9, "groups": told}
    (about / realised.FILE).write_bytes(orjson.dumps({**facts, "left_over": []}))


def _counts(drawn: Drawn) -> dict[str, dict[str, int]]:
    read = [row for row in drawn.rows[INGEST.name] if isinstance(row, Read)]
    tokens = sum(row.tokens for row in drawn.rows[ENCODE.name] if isinstance(row, Pair))
    released = [row for row in drawn.rows[RELEASE.name] if isinstance(row, Released)]
    sums = {name: sum(getattr(row, name) for row in read) for name in ("records", "rejects", "documents")}
    corpus = {name: sum(getattr(row, name) for row in released) for name in ("documents", "bytes")}
    return {
        INGEST.name: sums,
        RELEASE.name: {**corpus, "spans": 280, "pii_dropped": 0},
        ENCODE.name: {"tokens": tokens},
        SHARD.name: {"files": 9, "packed.sequences": 99, "packed.padding": 3, "packed.cut": 2},
        PAIRS.name: {"pairs": 99, "not_compared": 4},
        SPLITS.name: {"copies": 5},
    }


def _opened(drawn: Drawn, recipe: Audit, folder: Path) -> Opened:
    counts, stages = _counts(drawn), {}
    every = (INGEST, DECIDE, DEDUP, RELEASE, ENCODE, SHARD, PAIRS, FERTILITY, TRAIN, MIX, SPLITS)
    for stage in every:
        tallies: dict[str, Any] = {kind.NAME: [] for kind in stage.tallies}
        tallies |= tally.cells(drawn.rows.get(stage.name, ()))
        written = Manifest(
            stage=stage.name,
            fingerprint="0" * 16,
            identity={"stage": stage.name, "version": stage.version, "params": {"size": 32_768}},
            tables={},
            counts=counts.get(stage.name, {}),
            tallies=tallies,
            format={},
        )
        stages[stage.name] = Built(name=stage.name, folder=str(folder), manifest=written)
    refs = {ref for section in SECTIONS for ref in section.reads(recipe) if ref.table and ref.stage in stages}
    refs |= {signals(name) for name in ("length", "content")}
    names = drawn.plan.sources
    copied = [
        Copied(source=one, kept_in=other, documents=int(drawn.chance.integers(1, 90)))
        for number, one in enumerate(names)
        for other in {one, names[(number * 7) % len(names)]}
        if one != drawn.plan.doubled[0]
    ]
    one, other = drawn.plan.doubled
    copied += [Copied(source=one, kept_in=other, documents=_kept(drawn, one) - 7)] if one else []
    equal = {one: 2 for section in SECTIONS for one in section.repeated}
    tables = {ref: Table(folder=str(folder), name=ref.table, files=()) for ref in refs}
    return Opened(recipe=recipe, tables=tables, stages=stages, repeated=equal, copied=copied)


def _kept(drawn: Drawn, source: str) -> int:
    """Documents that the filters kept."""
    return sum(row.documents for row in drawn.flow if row.source == source and row.outcome != "filtered")


def _head(plan: Plan, opened: Opened) -> Head:
    return Head(
        name=plan.name,
        fingerprint="0" * 16,
        seed=plan.seed,
        stages={name: built.fingerprint for name, built in opened.stages.items()},
        made=[Made.of(name, built.manifest.identity) for name, built in opened.stages.items()],
    )
