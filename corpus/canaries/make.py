"""All canaries of a recipe: the same every time for the same seed, corpus and suites."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from corpus.canaries import items, judged, names, personal, repeats
from corpus.canaries.case import Case, Check
from corpus.canaries.request import Original, Tried
from corpus.contamination.items import Item

_BROKEN = (
    ("line that is no JSON", b'{"text": "a line that was cut off in its mid'),
    ("record without text", b'{"id": "nothing"}'),
    ("text that is empty", b'{"id": "empty", "text": " \\n "}'),
)


def cases(tried: Tried, originals: Sequence[Original], found: Sequence[Item]) -> list[Case]:
    """In order. Each part draws from a seed of its own, so that none changes another."""
    made = [
        *_broken(tried),
        *judged.cases(_random(tried, "judged"), tried),
        *repeats.duplicates(_random(tried, "duplicates"), tried, originals),
        *repeats.code(_random(tried, names.CODE), tried),
        *items.cases(_random(tried, "items"), tried, found),
        *repeats.lines(_random(tried, names.LINES), tried),
        *repeats.passages(_random(tried, names.PASSAGES), tried),
        *personal.cases(_random(tried, "personal"), tried),
    ]
    return [one if one.source in tried.sources else replace(one, source=_source(tried, one.name)) for one in made]


def _random(tried: Tried, what: str) -> Random:
    return Random(f"canaries:{tried.seed}:{what}")


def _source(tried: Tried, name: str) -> str:
    """Of a case that may be of any, so that each source's own thresholds are tried; a copy goes with its original."""
    return Random(f"{tried.seed}:{name.removesuffix(' original').removesuffix(' whole')}").choice(tried.sources)


def _broken(tried: Tried) -> Iterator[Case]:
    for kind, line in _BROKEN:
        for number in range(tried.table.cases):
            check = Check(stage=names.INGEST, kind=kind)
            yield Case(name=f"ingest/{kind}/{number:03}", text="", line=line, checks=(check,))
