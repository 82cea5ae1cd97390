"""Where the documents are from: sources, custodians, places, dates; by the catalogue and by datasheet.toml."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from corpus.catalogue import names
from corpus.datasheet.facts import Facts, Found, Source
from corpus.datasheet.queries.sizes import share
from corpus.datasheet.sources import CRAWLED, LICENSED, OTHER, PRIVATE, PUBLIC, SYNTHETIC, USER
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.shard import SHARD

_ENTRIES: Final = "about/shards.json: sources; the catalogue's entries, where it was given"
_TYPES: Final = {
    PUBLIC: "Secondary Data analysis",
    LICENSED: "Secondary Data analysis",
    PRIVATE: "Secondary Data analysis",
    CRAWLED: "Web Scraping",
    USER: "User-generated content data",
    SYNTHETIC: "Software Collection",
    OTHER: "Others",
}


def released(facts: Facts, kind: str = "") -> list[Source]:
    """Sources that have documents in the corpus, of a kind."""
    return [one for one in facts.sources if one.sum.documents and kind in ("", one.kind)]


def _origin(facts: Facts) -> str:
    marks = [facts.fingerprint(INGEST, RELEASE, SHARD)]
    marks += [f"catalogue/{facts.catalogue_mark}"] if facts.entries else []
    marks += [f"datasheet.toml/{facts.answers.mark}"] if facts.answers.sources else []
    return ", ".join(marks)


def _found(facts: Facts, value: object, query: str, sources: Sequence[Source] = ()) -> Found:
    by = "declared" if any(one.by == "declared" for one in sources) else "auto"
    return Found(value=value, fingerprint=_origin(facts), query=f"{query}; {_ENTRIES}", by=by)


def sources(facts: Facts) -> Found:
    whole = facts.figures.bytes
    rows = [
        {
            "source": one.name,
            "owner": one.custodian or "not known",
            "entry": one.uid or "none",
            "licence": one.licence or "by record",
            "access": one.access or "not known",
            "kind": one.kind or "not known",
            "records": one.records,
            "documents": one.sum.documents,
            "bytes": one.sum.bytes,
            "share of bytes": share(one.sum.bytes, whole),
        }
        for one in facts.sources
    ]
    return _found(facts, rows, "tally sources of ingest; corpus: documents and bytes of text by source")


def _used(kind: str, facts: Facts) -> Found | None:
    """Yes where a source is of this kind; No where the kind of every source is known and none is of this one."""
    of_kind = released(facts, kind)
    if not of_kind and not all(one.kind for one in released(facts)):
        return None
    if kind == LICENSED and not of_kind and any(one.by == "auto" for one in released(facts, PRIVATE)):
        return None  # the catalogue knows that there are terms, and not whether they were bought
    basis = of_kind or released(facts)
    return _found(facts, "Yes" if of_kind else "No", f"kinds of sources with released documents: {kind}", basis)


def _list(kind: str, facts: Facts) -> Found | None:
    of_kind = released(facts, kind)
    whole = facts.figures.bytes
    rows = [
        {
            "name": one.uid or one.name,
            "link": one.link or "none given",
            "version": ", ".join(f"{file[0]} sha256 {file[2][:16]}" for file in one.files[:_FILES]) + _more(one),
            "bytes": one.sum.bytes,
            "share of bytes": share(one.sum.bytes, whole),
        }
        for one in of_kind
    ]
    return (
        _found(facts, rows, f"files of ingest, bytes of corpus, of sources of kind {kind}", of_kind) if rows else None
    )


_FILES: Final = 3  # named of a source; all of them stand in the manifest of ingest


def _more(source: Source) -> str:
    left = len(source.files) - _FILES
    return f" and {left:,} files more" if left > 0 else ""


def purchased(facts: Facts) -> Found | None:
    used = _used(LICENSED, facts)
    if used is None:
        return None
    licensed = [one.name for one in released(facts, LICENSED)]
    value = (
        f"Licensed by agreement: {', '.join(licensed)}."
        if licensed
        else "No source was purchased, or licensed by an agreement of its own: documents are under the licences that "
        "are listed by bytes."
    )
    return _found(facts, value, "kinds of sources with released documents: licensed", released(facts))


def synthetic_models(facts: Facts) -> Found | None:
    models = {one.name: one.synthetic_by for one in released(facts, SYNTHETIC) if one.synthetic_by}
    value = [f"{name}: {', '.join(by)}" for name, by in models.items()]
    return (
        Found(
            value=value,
            fingerprint=f"datasheet.toml/{facts.answers.mark}",
            query="synthetic_by of sources",
            by="declared",
        )
        if value
        else None
    )


def custodians(facts: Facts) -> Found | None:
    known = [one for one in released(facts) if one.custodian]
    if len(known) < len(released(facts)):
        return None
    return _found(facts, [f"{one.name}: {one.custodian}" for one in known], "custodian of each source")


def places(facts: Facts) -> Found | None:
    found: dict[str, list[str]] = {}
    for one in released(facts):
        entry = facts.entries.get(one.name)
        spoken = entry.languages.language_locations if entry and entry.languages else ()
        if not spoken:
            return None
        found[one.name] = [names.place(name) or name for name in spoken]
    return _found(facts, [f"{name}: {', '.join(own)}" for name, own in found.items()], "language_locations of entries")


def derived_from(facts: Facts) -> Found:
    rows = [
        {
            "source": one.name,
            "entry": one.uid or "none",
            "link": one.link or "none given",
            "licence": one.licence or "by record",
            "file": file[0],
            "bytes": file[1],
            "sha256": file[2],
        }
        for one in facts.sources
        for file in one.files
    ]
    return _found(facts, rows, "params of ingest: files of each source with size and sha256")


def raw_data(facts: Facts) -> Found:
    files = [file for one in facts.sources for file in one.files]
    return _found(
        facts,
        f"{len(files):,} input files of {sum(file[1] for file in files):,} bytes as they are stored, each known by its "
        f"sha256: {', '.join(f'{one.name} ({len(one.files):,})' for one in facts.sources)}. They are not copied.",
        "params of ingest: files of each source",
    )


def collection_types(facts: Facts) -> Found | None:
    rows = released(facts)
    if not all(one.kind for one in rows):
        return None
    return _found(
        facts, list(dict.fromkeys(_TYPES[one.kind] for one in rows)), "kinds of sources, in RAI's words", rows
    )


def _days(facts: Facts, kind: str = "") -> tuple[str, str, int] | None:
    """First and last day of released documents, and how many have one; of sources of a kind."""
    names = [one.name for one in released(facts, kind)]
    dated = [facts.figures.dates[name] for name in names if name in facts.figures.dates]
    if not dated:
        return None
    first, last = min(one.first for one in dated), max(one.last for one in dated)
    return _day(first), _day(last), sum(one.documents for one in dated)


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _dated(facts: Facts, value: object) -> Found:
    return Found(
        value=value,
        fingerprint=facts.fingerprint(INGEST, RELEASE),
        query="documents: least and greatest date of rows that corpus has",
    )


def latest_date(facts: Facts) -> Found | None:
    found = _days(facts)
    if found is None:
        return None
    day, dated, whole = found[1], found[2], facts.figures.documents
    return _dated(facts, f"{day[5:7]}/{day[:4]} (of the {dated:,} of {whole:,} documents that have a date)")


def period(facts: Facts) -> Found | None:
    found = _days(facts)
    if found is None:
        return None
    return _dated(
        facts,
        f"{found[0]} to {found[1]}, of the {found[2]:,} of {facts.figures.documents:,} documents that have a date",
    )


def timeframe(facts: Facts) -> Found | None:
    found = _days(facts)
    return _dated(facts, [found[0], found[1]]) if found else None


def crawl_period(facts: Facts) -> Found | None:
    found = _days(facts, CRAWLED)
    return _dated(facts, f"{found[0][5:7]}/{found[0][:4]} to {found[1][5:7]}/{found[1][:4]}") if found else None


def crawl_sources(facts: Facts) -> Found | None:
    rows = released(facts, CRAWLED)
    if not rows or not all(one.description for one in rows):
        return None
    return _found(facts, [f"{one.name}: {one.description}" for one in rows], "description of crawled sources")


def source_packages(facts: Facts) -> Found:
    rows = [
        {
            "source": one.name,
            "name": one.uid or one.name,
            "licence": one.licence,
            "custodian": one.custodian,
            "link": one.link,
            "bytes": sum(file[1] for file in one.files),
            "sha256": [file[2] for file in one.files],
        }
        for one in facts.sources
    ]
    return _found(facts, rows, "params of ingest: files of each source")


def usage(facts: Facts) -> Found | None:
    """How freely it may be used, as far as tiers of access say: the strictest of its sources."""
    tiers = {one.access for one in released(facts)}
    if "" in tiers or "unstated" in tiers:
        return None
    strictest = next((tier for tier in ("compute-only", "query-only", "gated", "open") if tier in tiers), "")
    value = f"access {strictest}: the strictest tier of its sources"
    return _found(facts, value, "access_tier of each source") if strictest else None


QUERIES: Final[dict[str, Callable[[Facts], Found | None]]] = {
    **{f"{kind}_used": partial(_used, kind) for kind in (PUBLIC, LICENSED, PRIVATE, CRAWLED, USER, SYNTHETIC, OTHER)},
    **{f"{kind}_list": partial(_list, kind) for kind in (PUBLIC, PRIVATE, OTHER)},
    **{
        one.__name__: one
        for one in (
            *(sources, purchased, synthetic_models, custodians, places, derived_from, raw_data, collection_types),
            *(latest_date, period, timeframe, crawl_period, crawl_sources, source_packages, usage),
        )
    },
}
