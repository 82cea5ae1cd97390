"""What `gristmill trace --text` prints: spans of the text, and of each the documents that hold it with all that is
known of them. Safe for a terminal, and without personal data, in what was given as in what was found.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from corpus.gpt_dataset.run import MegatronRun
from corpus.lineage import copies, document, lookup
from corpus.lineage.copies import Copy
from corpus.lineage.opened_release import Release
from corpus.search import texts, unsearched
from corpus.search.snippet import snippets
from corpus.search.spans import Span, Wanted
from corpus.stages.dedup import DEDUP
from corpus.texts.terminal import plain

_SHOWN = 200  # code points of a span: its beginning
_LISTED = 5  # copies, and steps, that are named


def lines(
    release: Release, wanted: Wanted, spans: Sequence[Span], count: int, run: MegatronRun | None
) -> Iterator[str]:
    """Of each span the first `count` documents; with the steps that read them, if the run is given."""
    covered = np.zeros(len(wanted.data), bool)
    for span in spans:
        covered[span.first : span.last] = True
    yield (
        f"text       {len(covered):,} bytes, {int(covered.sum()):,} of them in spans that stand in the corpus: "
        f"{_many(len(spans), 'longest span')}"
    )
    if wanted.text != wanted.given:
        yield "text       brought to the one form that texts have (NFC, line feeds, no control characters)"
    corpus = texts.of(release.stages, texts.CORPUS)
    first = [_documents(span, count) for span in spans]
    known = _known(corpus, first)
    clusters = release.stages.table(DEDUP.clusters)
    ids = [one["id"] for one in known.values()]
    gone = copies.of(clusters, ids) if clusters else {}
    shown: set[tuple[int, int]] = set()
    own = snippets(wanted.text, "", None, [(span.first, span.last) for span in spans], release.policy, 0)
    for span, places, said in zip(spans, first, own, strict=True):
        yield ""
        often = f"{_many(len(span.places), 'time')} in {_many(span.documents, 'document')}"
        yield f"span       bytes {span.first:,} to {span.last:,}: {often}"
        yield f"           {_cut(said.match)}"
        for part, row, byte in places:
            yield from _document(release, known[part, row], byte, span)
            if (part, row) in shown:
                yield "           (shown above)"
                continue
            shown.add((part, row))
            yield from _whereabouts(release, known[part, row], part, gone, run)
        if span.documents > len(places):
            yield f"more       {_many(span.documents - len(places), 'document')}, not shown (-n)"
    yield ""
    yield from (f"not searched: {plain(line)}" for line in unsearched.lines(release.stages, texts.CORPUS))


def _documents(span: Span, count: int) -> list[tuple[int, int, int]]:
    """The first place in each of the first documents."""
    found: dict[tuple[int, int], int] = {}
    for part, row, byte in span.places.tolist():
        if (part, row) not in found:
            if len(found) == count:
                break
            found[part, row] = byte
    return [(part, row, byte) for (part, row), byte in found.items()]


def _known(
    corpus: texts.Texts, first: Sequence[Sequence[tuple[int, int, int]]]
) -> dict[tuple[int, int], dict[str, str]]:
    """Rows of the corpus by part and row."""
    by_part: dict[int, set[int]] = {}
    for places in first:
        for part, row, _ in places:
            by_part.setdefault(part, set()).add(row)
    return {
        (part, row): one
        for part, rows in sorted(by_part.items())
        for row, one in zip(sorted(rows), corpus.take(part, sorted(rows)), strict=True)
    }


def _document(release: Release, known: Mapping[str, str], byte: int, span: Span) -> Iterator[str]:
    place = (byte, byte + span.last - span.first)
    (found,) = snippets(known["text"], known["language"], known["url"], [place], release.policy)
    yield f"document   {known['id']}"
    yield f"stands     byte {byte:,} of its text: {plain(found.before)}[[{_cut(found.match)}]]{plain(found.after)}"


def _whereabouts(
    release: Release, known: Mapping[str, str], part: int, gone: Mapping[str, Sequence[Copy]], run: MegatronRun | None
) -> Iterator[str]:
    """Origin, decisions, copies, shards and steps."""
    row = int(known["row"])
    own = document.row_of(release.documents, part, row)
    yield from list(document.origin(own, part, row, release.policy, release.about.sources))[1:]
    yield from document.decided(release.stages, part, row)
    yield from _listed("copies", "went for it", [str(one) for one in gone.get(known["id"], ())])
    places = list(lookup.of_document(release, part, row))
    yield from (f"tokens     {place}" for place in places)
    if not places:
        yield "tokens     none: the document is in no shard"
    if run is not None:
        prefixed = [place for place in places if release.address(place.file) in run.prefixes]
        steps = [
            f"step {step} (sample {sample})"
            for place in prefixed
            for step, sample in run.reads(release.address(place.file), place.number)
        ]
        yield from _listed("read by", "samples of the run", steps, none="no step of the run")


def _listed(name: str, what: str, found: Sequence[str], none: str = "") -> Iterator[str]:
    if found:
        more = f" and {len(found) - _LISTED:,} more" if len(found) > _LISTED else ""
        yield f"{name:<10} {len(found):,} {what}: {', '.join(found[:_LISTED])}{more}"
    elif none:
        yield f"{name:<10} {none}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _cut(text: str) -> str:
    return plain(text[:_SHOWN]) + (" ..." if len(text) > _SHOWN else "")
