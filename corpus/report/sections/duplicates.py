"""Duplicates: what the banding proposes and misses, what was removed, by which similarity, and pairs side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypedDict

from corpus.duplicates import curve
from corpus.duplicates.curve import probability
from corpus.duplicates.recipe_tables import Dedup
from corpus.report import chosen, documents, judging, pairs, render
from corpus.report.as_json import inline
from corpus.report.chosen import Proposed, Removals
from corpus.report.counting import Counts, added, counted
from corpus.report.crossed import Crossed, crossed
from corpus.report.documents import CLUSTERS, DOCUMENTS, LENGTHS, VERDICTS, Flows
from corpus.report.opened import Opened, Part
from corpus.report.pairs import Looked, Side, Tables, first_of_each, sides
from corpus.report.people import strata
from corpus.report.people.strata import Clusters
from corpus.report.samples import Sample
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import plural
from corpus.stages.dedup import DEDUP
from corpus.stages.pairs import PAIRS, PAIRS_SCHEMA
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import signals

PROPOSED = PAIRS.pairs
CONTENTS = signals("content")

_CURVE = 50  # segments in which the S-curve is drawn
_LATER = "allow_vanish"  # of [dedup]: it changes no bytes


@dataclass(frozen=True, kw_only=True)
class Below:
    """Pairs just below the threshold: from a similarity, and up to but without another."""

    from_: float
    to: float
    pairs: int


@dataclass(frozen=True, kw_only=True)
class Area:
    """Areas between the S-curve and a step at the threshold."""

    wasted: float
    missed: float


@dataclass(frozen=True, kw_only=True)
class Deduplication:
    """The banding, and the pairs that it proposed."""

    settings: Mapping[str, object] = inline()  # the recipe's [dedup]
    pairs: int
    not_compared: int
    permutations: int
    found: float  # probability that a pair at the threshold is proposed
    curve: Sequence[tuple[float, float]]  # similarity, probability
    points: Sequence[tuple[float, float]]  # the same, where it is printed
    area: Area
    compared: Sequence[int]  # pairs over bins.RATIO
    alike: int
    refused: int
    below: Below
    missed: float  # share of the pairs at or over the threshold that are expected not to have been proposed
    strata: Mapping[str, int]  # removals, near ones by similarity first
    sizes: Sequence[Clusters]
    exempt: int  # documents of sources that took no part


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What deduplication did."""

    dedup: Deduplication
    cluster_sizes: Mapping[str, int]  # documents by the size of the cluster that they stand for
    largest: Sequence[tuple[int, str]]  # size, id of the document that stays
    crossed: Sequence[Crossed]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Pairs by stratum; documents that stay."""

    looked: Looked
    removed: Mapping[str, Sequence[Side]]
    clusters: Mapping[str, Sequence[Side]]
    refused: Sequence[Side]
    largest: Sequence[tuple[int, Sample]]


class Tally(TypedDict):
    """Of a number that a table has no part of, what no rows give."""

    flow: Flows
    sizes: Counts
    removals: Removals
    proposed: Proposed


def reads(_: Audit) -> tuple[Ref, ...]:
    return DOCUMENTS, VERDICTS, CLUSTERS, LENGTHS, CONTENTS, PROPOSED


def _most(recipe: Audit) -> int:
    """Removals sampled of each stratum."""
    return max(recipe.report.pairs, recipe.report.judged)


def tally(part: Part) -> Tally:
    recipe = part.recipe
    removals, sizes = chosen.merge_removals([], 0), counted(())
    if part.has(CLUSTERS):
        clusters = part.read(CLUSTERS, ["id", "outcome", "kept_id", "jaccard", "size"])
        keys = part.once(documents.keys)
        removals = chosen.removals(clusters, keys, part.number, recipe.dedup.threshold, _most(recipe))
        sizes = counted(map(str, clusters.column("size").to_pylist()))
    similar = part.read(PROPOSED, ["a", "b", "jaccard"]) if part.has(PROPOSED) else PAIRS_SCHEMA.empty_table()
    return {
        "flow": part.once(documents.flow),
        "sizes": sizes,
        "removals": removals,
        "proposed": chosen.proposed(similar, recipe.dedup, recipe.seed, recipe.report.pairs),
    }


def merge(recipe: Audit, values: Sequence[Tally]) -> Tally:
    return {
        "flow": documents.merge_flow([value["flow"] for value in values]),
        "sizes": added(value["sizes"] for value in values),
        "removals": chosen.merge_removals([value["removals"] for value in values], _most(recipe)),
        "proposed": chosen.merge_proposed([value["proposed"] for value in values], recipe.report.pairs),
    }


def facts(opened: Opened, found: Tally) -> Facts:
    return Facts(
        dedup=_deduplication(opened.recipe, opened.counts(PAIRS), opened.counts(DEDUP), found),
        cluster_sizes=found["sizes"],
        largest=[(-size, id_) for size, id_, *_ in found["removals"]["largest"]],
        crossed=crossed(documents.flows(found["flow"])),
    )


def _deduplication(recipe: Audit, counts: Mapping[str, int], elected: Mapping[str, int], found: Tally) -> Deduplication:
    dedup, proposed, removals = recipe.dedup, found["proposed"], found["removals"]["strata"]
    low, high = strata.below(dedup.threshold)
    return Deduplication(
        settings={name: value for name, value in asdict(dedup).items() if name != _LATER},
        pairs=counts.get("pairs", 0),
        not_compared=counts.get("not_compared", 0),
        permutations=recipe.permutations,
        found=probability(dedup.threshold, dedup.bands, dedup.rows),
        curve=_proposing(dedup, [j / _CURVE for j in range(_CURVE + 1)]),
        points=_proposing(dedup, curve.printed(dedup.threshold)),
        area=Area(
            wasted=curve.wasted(dedup.threshold, dedup.bands, dedup.rows),
            missed=curve.missed(dedup.threshold, dedup.bands, dedup.rows),
        ),
        compared=proposed["compared"],
        alike=proposed["alike"],
        refused=proposed["refused"],
        below=Below(from_=low, to=high, pairs=proposed["below"]),
        missed=chosen.missed(proposed),
        strata={name: removals[name] for name in strata.ordered([*removals], dedup.threshold)},
        sizes=strata.sizes(found["sizes"]),
        exempt=elected.get("exempt", 0),
    )


def _proposing(dedup: Dedup, similarities: Sequence[float]) -> list[tuple[float, float]]:
    """With the probability that a pair of each similarity is proposed."""
    return [(s, probability(s, dedup.bands, dedup.rows)) for s in similarities]


def shown(opened: Opened, found: Tally, _: Facts) -> Shown:
    recipe, shelf = opened.recipe, documents.shelf(opened)
    tables = Tables(clusters=opened.table(CLUSTERS), contents=opened.table(CONTENTS))
    looked = pairs.look(shelf, tables, found["removals"], found["proposed"]["sample"], recipe.report.pairs)
    chars = recipe.report.sample_chars
    removed = first_of_each(looked, recipe.dedup.threshold, recipe.report.pairs)
    return Shown(
        looked=looked,
        removed={name: sides(own, chars) for name, own in removed.items()},
        clusters={name: sides(own, chars) for name, own in looked.clusters.items()},
        refused=sides(looked.refused, chars),
        largest=looked.largest,
    )


def files(opened: Opened, known: Facts, seen: Shown) -> dict[str, bytes]:
    """Removals for a person to judge: a sheet, and a page with the pairs by their numbers there."""
    recipe, mark = opened.recipe, opened.stage(DEDUP).fingerprint
    judged = first_of_each(seen.looked, recipe.dedup.threshold, recipe.report.judged)
    drawn = {name: sides(own, recipe.report.sample_chars) for name, own in judged.items()}
    page = render.template("pairs.html").render(recipe=recipe, fingerprint=mark, dedup=known.dedup, strata=drawn)
    return {"pairs.html": page.encode(), judging.SHEET: judging.sheet(judged, known.dedup.strata, mark)}


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """A banding that proposes less than was asked for, and pairs that nobody compared."""
    own = known.dedup
    wanted = own.settings["recall"]
    if isinstance(wanted, float) and own.found < wanted:
        yield Warned(
            kind="gate",
            words=f"A pair at the threshold of deduplication is proposed with probability {own.found:.4f}; the recipe "
            f"wants {wanted:g}.",
            at="duplicates",
        )
    if own.not_compared:
        yield Warned(
            kind="note",
            words=f"{plural(own.not_compared, 'pair')} of crowded buckets were not compared: copies may be left.",
            at="duplicates",
            weight=own.not_compared,
        )


SECTION: Section[Tally, Facts, Shown] = Section(
    name="duplicates",
    links=(("duplicates", "Duplicates"),),
    reads=reads,
    over=(CLUSTERS, PROPOSED),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
    files=files,
    warnings=warnings,
)
