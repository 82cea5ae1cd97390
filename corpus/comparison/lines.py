"""A comparison as text for a terminal."""

from collections.abc import Iterator, Sequence

import orjson

from corpus.comparison.comparison import Change, Comparison
from corpus.comparison.counts import Group, Row
from corpus.comparison.samples import Sample, Verdict
from corpus.store.manifest import Json
from corpus.texts.terminal import plain

_WIDEST = 100  # of a recipe's value: lists of thousands of words are none to look at
WORDS = {
    "dropped": "kept in A, dropped in B",
    "kept": "dropped in A, kept in B",
    "text": "kept in both, with another text",
    "only A": "only in A",
    "only B": "only in B",
}


def lines(found: Comparison) -> Iterator[str]:
    """All of it; what does not differ is counted."""
    yield f"A  {found.a.name}  release {found.a.release}"
    yield f"B  {found.b.name}  release {found.b.release}"
    if found.same:
        yield "one release: every stage is the same"
    yield ""
    yield f"recipe: {_count(len(found.parameters), 'difference')}"
    for one in found.parameters:
        yield f"  {plain(one.key)}: {value(one.a)} -> {value(one.b)}"
    for files in found.files:
        yield (
            f"  input of {plain(files.source)}: {files.only_a} files only in A, {files.only_b} only in B, "
            f"{files.changed} with other bytes"
        )
    yield from _table("funnel", found.funnel)
    yield from _table("documents on which a rule fired", [row for row in found.rules if row.a != row.b])
    for title, groups in (("source", found.sources), ("language", found.languages)):
        yield from _groups(title, groups)
    yield from _documents(found)
    for change in found.changes:
        yield from _change(change)


def value(found: Json) -> str:
    """Of a key, in one short line."""
    text = found if isinstance(found, str) else orjson.dumps(found).decode()
    text = plain(text)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def reason(verdict: Verdict | None) -> str:
    """A verdict in one line."""
    if verdict is None:
        return "not there"
    return ", ".join([verdict.outcome, *map(plain, verdict.evidence)])


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        width = max(len(title), *(len(plain(row.name)) for row in rows))
        yield ""
        yield f"{title:<{width}}{'A':>16}{'B':>16}{'B - A':>16}"
        for row in rows:
            yield f"{plain(row.name):<{width}}{row.a:>16,}{row.b:>16,}{row.b - row.a:>+16,}"


def _groups(title: str, groups: Sequence[Group]) -> Iterator[str]:
    differing = [one for one in groups if one.differs]
    if differing:
        width = max(len(title), *(len(plain(one.name)) for one in differing))
        yield ""
        yield f"{title:<{width}}{'documents A':>14}{'B':>14}{'kept A':>14}{'B':>14}{'B - A':>12}{'tokens B - A':>16}"
        for one in differing:
            own = (one.documents.a, one.documents.b, one.kept.a, one.kept.b)
            cells = "".join(f"{count:>14,}" for count in own)
            more, tokens = one.kept.b - one.kept.a, one.tokens.b - one.tokens.a
            yield f"{plain(one.name):<{width}}{cells}{more:>+12,}{tokens:>+16,}"
    if len(differing) < len(groups):
        yield f"{_count(len(groups) - len(differing), title)} the same in both"


def _documents(found: Comparison) -> Iterator[str]:
    own = found.documents
    yield ""
    yield f"documents: {own.both:,} in both, {own.only_a:,} only in A, {own.only_b:,} only in B"
    yield f"  kept in both {own.kept:,}, of these with another text {own.other_text:,}"
    yield f"  dropped in both {own.dropped:,}, of these for another reason {own.other_reason:,}"
    yield f"  kept in A, dropped in B {own.newly_dropped:,}; dropped in A, kept in B {own.newly_kept:,}"
    yield f"  of another language {own.other_language:,}"
    if own.repeats_a or own.repeats_b:
        yield f"  records that are the same as another, counted once: {own.repeats_a:,} in A, {own.repeats_b:,} in B"


def _change(change: Change) -> Iterator[str]:
    yield ""
    by = f", by {change.by}" if change.by else ""
    rest = change.documents - len(change.samples)
    yield f"{WORDS[change.what]}{by}: {change.documents:,}" + (f" ({rest:,} not shown)" if rest else "")
    for sample in change.samples:
        yield from _sample(sample)


def _sample(sample: Sample) -> Iterator[str]:
    where = " ".join(filter(None, [plain(sample.source), plain(sample.language), plain(sample.url)]))
    yield f"  {sample.id} {where}"
    yield f"    A: {reason(sample.a)}"
    yield f"    B: {reason(sample.b)}"
    yield f"    {plain(sample.text.replace(chr(10), ' '))}"
