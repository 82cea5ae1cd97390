"""One language or one source on a screen: what the page's script shows of it, as files beside the page."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict
from urllib.parse import urlsplit

import numpy as np
import pyarrow.compute as pc

from corpus.report import beside, documents, grouped, licences
from corpus.report.counting import Binned, added_bins, added_rows, by_language, cells
from corpus.report.documents import CLUSTERS, DOCUMENTS, LENGTHS, VERDICTS, Flows
from corpus.report.drawing import bins
from corpus.report.grouped import Kept
from corpus.report.licences import Licensed
from corpus.report.opened import Opened, Part
from corpus.report.samples import Sample
from corpus.report.section import Section
from corpus.stages.decide import DECIDE
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.store.tally import Cells, Row, read
from filters.arrow import equal, strings

KINDS = ("language", "source")
SAMPLES = 2  # documents of each outcome that are shown of a group
SITES = 60  # documents of a group whose sites are told: shares then are right to 13 points (95 %)
CHARS = 240  # code points of a document that is shown
_FILE = 64  # groups whose documents stand in one file


@dataclass(frozen=True, kw_only=True)
class Found(Row):
    """Spans of personal data in the corpus."""

    NAME: ClassVar[str] = "found"
    language: str
    source: str
    kind: str
    spans: int = 0


class Tally(TypedDict):
    """`lengths`: bytes of documents over bins.SIZES by "language" and "source", and of those kept by "kept language"
    and "kept source"; `samples` and `sites`: rows with the smallest order keys by group."""

    flow: Flows
    lengths: Binned
    licensed: list[Cells]
    found: list[Cells]
    samples: Kept
    sites: Kept


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a screen shows but texts: a mapping for each language and each source, most documents first."""

    kinds: Sequence[str]  # outcomes
    language: Sequence[Mapping[str, Any]]
    source: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """By kind and name of the group: documents and whether they are in the corpus."""

    samples: Mapping[str, Mapping[str, Sequence[tuple[str, Sample]]]]


def reads(_: Audit) -> tuple[Ref, ...]:
    stages = (INGEST, DECIDE, ENCODE, FERTILITY)
    return (
        DOCUMENTS,
        VERDICTS,
        CLUSTERS,
        LENGTHS,
        RELEASE.corpus,
        RELEASE.redactions,
        *(counts(stage) for stage in stages),
    )


def tally(part: Part) -> Tally:
    return {
        "flow": part.once(documents.flow),
        "lengths": by_language(_lengths(part)),
        "licensed": part.once(licences.of),
        "found": cells(_found(part)),
        "samples": grouped.gathered(_samples(part)),
        "sites": grouped.gathered(_sites(part)),
    }


def _lengths(part: Part) -> Iterator[tuple[str, str, list[int]]]:
    if not part.has(VERDICTS):
        return
    sizes = part.read(LENGTHS, ["bytes"]).column("bytes").to_numpy().astype(np.float64)
    kept = equal(part.read(CLUSTERS, ["outcome"]).column("outcome"), "kept")
    for kind in KINDS:
        coded = part.read(VERDICTS, [kind]).column(kind).combine_chunks().dictionary_encode()
        names, which = strings(coded.dictionary), coded.indices.to_numpy(zero_copy_only=False)
        for label, rows in ((kind, slice(None)), (f"kept {kind}", kept)):
            found = bins.SIZES.histograms(sizes[rows], which[rows], len(names))
            yield from ((label, name, own) for name, own in zip(names, found.tolist(), strict=True))


def _found(part: Part) -> Iterator[Found]:
    if not part.has(RELEASE.redactions):
        return
    spans = part.read(RELEASE.redactions, ["id", "kind"])
    texts = part.read(RELEASE.corpus, ["id", "language", "source"])
    places = pc.index_in(spans.column("id"), value_set=texts.column("id").combine_chunks())
    there = texts.take(places.drop_null())
    names = (strings(there.column("language")), strings(there.column("source")))
    kinds = strings(spans.column("kind").filter(places.is_valid()))
    for (language, source, kind), count in Counter(zip(*names, kinds, strict=True)).items():
        yield Found(language=language, source=source, kind=kind, spans=count)


def _samples(part: Part) -> Iterator[tuple[str, str, list[Any]]]:
    """Outcome and kind, group, [order key, part, row]."""
    if not part.has(VERDICTS):
        return
    outcomes = [_shown_as(one) for one in strings(part.read(CLUSTERS, ["outcome"]).column("outcome"))]
    keys, verdicts = part.once(documents.keys), part.read(VERDICTS, list(KINDS))
    for kind in KINDS:
        names = strings(verdicts.column(kind))
        for row in grouped.smallest(list(zip(names, outcomes, strict=True)), keys, SAMPLES):
            yield f"{outcomes[row]} {kind}", names[row], [int(keys[row]), part.number, row]


def _shown_as(outcome: str) -> str:
    return outcome if outcome in ("kept", "filtered") else "copies"


def _sites(part: Part) -> Iterator[tuple[str, str, list[Any]]]:
    """Kind, group, [order key, host] of documents of the corpus."""
    if not part.has(RELEASE.corpus):
        return
    rows = part.read(RELEASE.corpus, ["id", "url", *KINDS])
    keys, urls = documents.keys_of(rows.column("id"), part.recipe.seed), rows.column("url")
    for kind in KINDS:
        names = strings(rows.column(kind))
        for row in grouped.smallest(names, keys, SITES):
            yield kind, names[row], [int(keys[row]), host(urls[row].as_py() or "")]


def host(url: str) -> str:
    """Of an address, without `www.`; "" for none.

    >>> host("https://www.example.org:8080/a"), host("no address")
    ('example.org', '')
    """
    try:
        found = urlsplit(url).hostname or ""
    except ValueError:  # brackets that are no IPv6 address
        return ""
    return found.removeprefix("www.")


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return {
        "flow": documents.merge_flow([value["flow"] for value in values]),
        "lengths": added_bins(value["lengths"] for value in values),
        "licensed": added_rows(value["licensed"] for value in values),
        "found": added_rows(value["found"] for value in values),
        "samples": grouped.merged([value["samples"] for value in values], SAMPLES),
        "sites": grouped.merged([value["sites"] for value in values], SITES),
    }


def facts(opened: Opened, found: Tally) -> Facts:
    flow = documents.flows(found["flow"])
    about = grouped.About(
        opened=opened,
        flow=flow,
        licensed=read(Licensed, found["licensed"]),
        spans=[(row.language, row.source, row.kind, row.spans) for row in read(Found, found["found"])],
        lengths=found["lengths"],
        sites={
            kind: {name: [site for _, site in rows] for name, rows in found["sites"].get(kind, {}).items()}
            for kind in KINDS
        },
    )
    return Facts(kinds=sorted({row.outcome for row in flow}), **{kind: about.groups(kind) for kind in KINDS})


def shown(opened: Opened, found: Tally, _: Facts) -> Shown:
    """Every part is read once."""
    wanted = {
        (label, name): [(part, row) for _, part, row in rows]
        for label, own in found["samples"].items()
        for name, rows in own.items()
    }
    texts = documents.shelf(opened).fetch(place for places in wanted.values() for place in places)
    samples: dict[str, dict[str, list[tuple[str, Sample]]]] = {kind: {} for kind in KINDS}
    for (label, name), places in wanted.items():
        outcome, kind = label.split(" ")
        samples[kind].setdefault(name, []).extend((outcome, texts[place]) for place in places)
    return Shown(samples=samples)


def files(_: Opened, known: Facts, seen: Shown) -> dict[str, bytes]:
    """`groups.js`, and the documents of some groups in each `samples-<kind>-<number>.js`."""
    made = {
        "groups.js": beside.data("groups", {"kinds": known.kinds, "language": known.language, "source": known.source})
    }
    order: dict[str, Callable[[Facts], Sequence[Mapping[str, Any]]]] = {
        "language": lambda one: one.language,
        "source": lambda one: one.source,
    }
    for kind, rows in order.items():
        names = [row["name"] for row in rows(known)]
        for first in range(0, len(names), _FILE):
            name = f"samples-{kind}-{first // _FILE}"
            texts = [[_sample(*one) for one in seen.samples[kind].get(own, ())] for own in names[first : first + _FILE]]
            made[f"{name}.js"] = beside.data(name, texts)
    return made


def _sample(outcome: str, one: Sample) -> list[str]:
    more = "…" if one.cut or len(one.text) > CHARS else ""
    rules = ", ".join(str(reason["rule"]) for reason in one.reasons)
    return [outcome, rules, one.language, one.source, one.url, one.id, one.text[:CHARS] + more]


SECTION: Section[Tally, Facts, Shown] = Section(
    name="groups",
    key="groups",
    reads=reads,
    over=(VERDICTS, RELEASE.corpus),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
    files=files,
)
