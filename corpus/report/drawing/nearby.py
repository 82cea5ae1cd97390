"""Documents about which one threshold alone decides, to be looked at: those next to it on either side, and one of each
bin of the measurement, so that wherever the threshold is dragged there is something to read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import numpy as np

from corpus.report.drawing import bins
from corpus.report.drawing.axis import SENTINEL
from corpus.report.reasons import Reasons
from corpus.report.samples import Sample, Shelf
from filters.choice import Choice

HAIR = 3  # documents on each side of the threshold
SPREAD = 6  # of the others
CHARS = 160  # code points of each: two lines

Rows = list[list[Any]]


class Near(TypedDict):
    """Rows of one rule: distance to the threshold, or bin; order key, part, row, value."""

    kept: Rows
    dropped: Rows
    binned: Rows


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Of a part: source and language of each, its order key, and why it was dropped."""

    part: int
    sources: Sequence[str]
    languages: Sequence[str]
    keys: np.ndarray
    reasons: Reasons


def of_rules(choices: Sequence[Choice], values: Any, documents: Documents) -> dict[str, Near]:
    """By rule; `values(choice, signal)` is float64[documents]."""
    fired = np.bincount(documents.reasons.rows, minlength=len(documents.keys))
    places = list(zip(documents.languages, documents.sources, strict=True))
    kinds = {place: number for number, place in enumerate(dict.fromkeys(places))}
    which = np.array([kinds[place] for place in places], np.int64)
    found = {}
    for choice in choices:
        judged = [choice.for_document(*place) for place in kinds]
        for rule in choice.base.rules:
            if rule.threshold.startswith("keep_"):
                continue
            name = f"{choice.name}.{rule.reason}"
            own = np.bincount(documents.reasons.rows[documents.reasons.rules == name], minlength=len(fired))
            limits = [getattr(one, rule.threshold) for one in judged]
            thresholds = np.array([np.nan if limit is None else float(limit) for limit in limits])
            measured = values(choice, rule.signal)
            free = np.flatnonzero((fired == own) & (measured < SENTINEL) & ~np.isnan(thresholds[which]))
            found[name] = _near(
                f"{choice.name}.{rule.signal}", measured, thresholds[which], free, own.astype(bool), documents
            )
    return found


def _near(
    signal: str, values: np.ndarray, thresholds: np.ndarray, free: np.ndarray, dropped: np.ndarray, about: Documents
) -> Near:
    gaps = np.abs(values[free] - thresholds[free])
    keys = about.keys[free]
    order = free[np.lexsort((keys, gaps))]
    gap = dict(zip(free.tolist(), gaps.tolist(), strict=True))

    def row(place: int, first: float) -> list[Any]:
        return [first, int(about.keys[place]), about.part, place, float(values[place])]

    scale = bins.of(signal)
    places = np.clip(np.searchsorted(np.array(scale.edges), values[free], side="right") - 1, 0, scale.count - 1)
    by_key = np.lexsort((keys, places))
    _, first = np.unique(places[by_key], return_index=True)
    return {
        "kept": [row(place, gap[place]) for place in order[~dropped[order]][:HAIR].tolist()],
        "dropped": [row(place, gap[place]) for place in order[dropped[order]][:HAIR].tolist()],
        "binned": [row(int(free[by_key[i]]), int(places[by_key[i]])) for i in first.tolist()],
    }


def merged(parts: Iterable[Mapping[str, Near]]) -> dict[str, Near]:
    """What all parts say together."""
    found: dict[str, Near] = {}
    for part in parts:
        for name, near in part.items():
            own = found.get(name, {"kept": [], "dropped": [], "binned": []})
            found[name] = {
                "kept": sorted(own["kept"] + near["kept"])[:HAIR],
                "dropped": sorted(own["dropped"] + near["dropped"])[:HAIR],
                "binned": _first_of_each(own["binned"] + near["binned"]),
            }
    return dict(sorted(found.items()))


def _first_of_each(rows: Rows) -> Rows:
    first: dict[int, list[Any]] = {}
    for row in sorted(rows):
        first.setdefault(row[0], row)
    return [*first.values()]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A document and the value that is judged. `dropped`: by this rule alone; `hair`: next to the threshold."""

    value: float
    dropped: bool
    hair: bool
    sample: Sample


def shown(found: Mapping[str, Near], shelf: Shelf) -> dict[str, list[Beside]]:
    """Texts, in order of their values; every part is read once."""
    chosen = {name: list(_chosen(near)) for name, near in found.items()}
    texts = shelf.fetch((part, row) for rows in chosen.values() for part, row, _, _ in rows)
    return {
        name: sorted(
            (
                Beside(
                    value=value,
                    dropped=any(reason["rule"] == name for reason in texts[part, row].reasons),
                    hair=hair,
                    sample=_head(texts[part, row]),
                )
                for part, row, value, hair in rows
            ),
            key=lambda one: (one.value, one.sample.id),
        )
        for name, rows in chosen.items()
    }


def _chosen(near: Near) -> Iterator[tuple[int, int, float, bool]]:
    """Part, row, value, and whether it is next to the threshold; each document once."""
    seen = set()
    for _, _, part, row, value in near["kept"] + near["dropped"]:
        seen.add((part, row))
        yield part, row, value, True
    others = [one for one in near["binned"] if (one[2], one[3]) not in seen]
    step = max(len(others) / SPREAD, 1.0)
    for i in range(min(SPREAD, len(others))):
        _, _, part, row, value = others[int((i + 0.5) * step)]
        yield part, row, value, False


def _head(sample: Sample) -> Sample:
    return replace(sample, text=sample.text[:CHARS], cut=sample.cut or len(sample.text) > CHARS)
