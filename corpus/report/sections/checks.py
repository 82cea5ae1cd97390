"""What can be checked of languages and texts without people, by language and source (Kreutzer et al. 2022)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus.report import checked
from corpus.report.checked import CLOSE, SIGNS, Checked, Sized, Tally
from corpus.report.documents import VERDICTS
from corpus.report.drawing.bins import LOG
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.sources.accounts import Noted
from corpus.sources.record import CODED
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.store.tally import added, read
from filters.languages import language_id

FEWEST = 20  # documents below which a share is chance, as for alarms of losses
_SHOWN = 100  # rows of sources on the page; facts.json has all
# Shares from which a cell is marked: a tenth of documents, of lines what `repetition` drops a document for (Gopher).
LIMITS: Mapping[str, float] = {
    **{"disagrees": 0.1, "wrong_script": 0.1, "unusual_script": 0.1, "close": 0.25, "repeated_lines": 0.3},
    **{"signs": 0.1, "flagged": 0.1},
}


@dataclass(frozen=True, kw_only=True)
class Code:
    """Documents of a source whose declared language has a code that is deprecated, ambiguous or of a macro-language."""

    source: str
    code: str
    kind: str
    id: str  # what it is read as
    records: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """A language, or a language of a source. Shares are null where there is nothing that they are of, and where the
    recipe does not measure them."""

    language: str
    source: str  # "": all
    documents: int
    kept: int
    declared: int
    shares: Mapping[str, float | None]  # by name of LIMITS
    mean_chars: float
    low_chars: float | None  # code points that a twentieth, a half and all but a twentieth of documents have at most;
    median_chars: float | None  # from bins 19 % wide; null of a source
    high_chars: float | None
    marked: Sequence[str]  # of `shares`, those above their limits, where there are FEWEST documents


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Codes by source, languages and their sources with most documents first."""

    codes: Sequence[Code]
    languages: Sequence[Place]
    sources: Sequence[Place]
    limits: Mapping[str, float]
    fewest: int
    close: float
    signs: float
    measured: Mapping[str, bool]  # by filter


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Names of shares with their heads; rows of sources, those with most marks first."""

    heads: Mapping[str, str]
    sources: Sequence[Place]


_HEADS = {
    "disagrees": "other language found",
    "wrong_script": "not its script",
    "unusual_script": "unusual script",
    "close": "two languages close",
    "repeated_lines": "repeated lines",
    "signs": "numbers, symbols",
    "flagged": "flagged words",
}
_NEEDS = {"repeated_lines": "repetition", "signs": "symbols", "flagged": "flagged"}
# What each share is of: by name of its column in Checked.
_OF = {
    **{"disagrees": "asked", "wrong_script": "asked", "unusual_script": "documents", "close": "scored"},
    **{"repeated_lines": "lines", "signs": "documents", "flagged": "listed"},
}


def reads(audit: Audit) -> tuple[Ref, ...]:
    return (*checked.reads(audit.judging), counts(INGEST))


def tally(part: Part) -> Tally:
    return checked.tally(part)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return checked.merge(values)


def facts(opened: Opened, found: Tally) -> Facts:
    have = checked.measured(opened.recipe.judging)
    rows = read(Checked, found["checked"])
    return Facts(
        codes=_codes(opened.tally(INGEST, Noted)),
        languages=_places(
            added(Checked, (replace(row, source="") for row in rows)),
            read(Sized, found["sized"]),
            have,
        ),
        sources=_places(rows, (), have),
        limits=LIMITS,
        fewest=FEWEST,
        close=CLOSE,
        signs=SIGNS,
        measured={name: name in have for name in checked.OPTIONAL},
    )


def _codes(noted: Iterable[Noted]) -> list[Code]:
    rows = []
    for row in (one for one in noted if one.kind == CODED):
        kind, _, code = row.detail.partition(" ")
        rows.append(Code(source=row.source, code=code, kind=kind, id=language_id(code) or "", records=row.count))
    return sorted(rows, key=lambda row: (-row.records, row.source, row.code))


def _places(rows: Iterable[Checked], sized: Iterable[Sized], have: Sequence[str]) -> list[Place]:
    bins: dict[str, np.ndarray] = {}
    for size in sized:
        own = bins.setdefault(size.language, np.zeros(LOG.count, np.int64))
        own[int(size.bin)] += size.documents
    places = [_place(row, bins.get(row.language), have) for row in rows]
    return sorted(places, key=lambda place: (-place.documents, place.language, place.source))


def _place(row: Checked, bins: np.ndarray | None, have: Sequence[str]) -> Place:
    shares = {name: _share(row, name, have) for name in LIMITS}
    low, median, high = (None if bins is None else _quantile(bins, share) for share in (0.05, 0.5, 0.95))
    over = [name for name, share in shares.items() if share is not None and share > LIMITS[name]]
    return Place(
        language=row.language,
        source=row.source,
        documents=row.documents,
        kept=row.kept,
        declared=row.declared,
        shares=shares,
        mean_chars=row.chars / row.documents,
        low_chars=low,
        median_chars=median,
        high_chars=high,
        marked=over if row.documents >= FEWEST else [],
    )


def _share(row: Checked, name: str, have: Sequence[str]) -> float | None:
    whole: int = getattr(row, _OF[name])
    if not whole or _NEEDS.get(name, "") not in ("", *have):
        return None
    return float(getattr(row, name) / whole)


def _quantile(bins: np.ndarray, share: float) -> float:
    """The end of the bin up to which this share of documents lies."""
    return float(LOG.edges[int(np.searchsorted(np.cumsum(bins), share * bins.sum())) + 1])


def shown(_: Opened, __: Tally, known: Facts) -> Shown:
    order = sorted(
        known.sources, key=lambda place: (-len(place.marked), -place.documents, place.language, place.source)
    )
    return Shown(heads=_HEADS, sources=order[:_SHOWN])


SECTION: Section[Tally, Facts, Shown] = Section(
    name="checks",
    key="checks",
    links=(("checks", "Checks"),),
    reads=reads,
    over=(VERDICTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
)
