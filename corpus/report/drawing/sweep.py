"""What a threshold decides: documents kept wherever it stood, all other rules being as they are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.report.drawing import bins
from corpus.report.drawing.axis import SENTINEL
from corpus.report.reasons import Reasons
from corpus.report.rules import Rule
from corpus.stages.report import TABLE
from corpus.store import storage
from filters.arrow import strings
from filters.choice import Choice

Values = Callable[[Choice, str], np.ndarray]  # filter and signal to float64[documents]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A rule with a threshold, and documents kept at each that is tried, in all and by language."""

    name: str
    field: str
    value: object  # where the threshold stands; None: off
    free: int  # documents that no other rule drops, which is the most that this rule can keep
    thresholds: Sequence[float]
    kept: Sequence[int]
    by_language: Mapping[str, Sequence[int]]
    free_by_language: Mapping[str, int]


def tallied(
    choices: Sequence[Choice], values: Values, verdicts: pa.Table, reasons: Reasons
) -> Iterator[tuple[str, str, list[int]]]:
    """For each rule and language, of the documents that no other rule drops, those kept by each threshold that is
    tried (`bins.tried`), and at last all of them: whatever the threshold, it decides about these alone. Documents of a
    source that sets the threshold itself are left out."""
    languages, sources = (verdicts.column(name).combine_chunks() for name in ("language", "source"))
    fired = np.bincount(reasons.rows, minlength=len(languages))
    coded = languages.dictionary_encode()
    names, which = strings(coded.dictionary), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    for choice in choices:
        judged = [choice.for_language(language) for language in names]
        for rule in choice.base.rules:
            if rule.threshold.startswith("keep_"):
                continue
            name = f"{choice.name}.{rule.reason}"
            own = np.bincount(reasons.rows[reasons.rules == name], minlength=len(languages))
            measured = values(choice, rule.signal)
            edges = np.array(bins.tried(f"{choice.name}.{rule.signal}"))
            set_apart = [s for s in strings(pc.unique(sources)) if rule.threshold in choice.of_source(s)]
            moved = ~np.asarray(pc.is_in(sources, value_set=pa.array(set_apart, pa.string())), bool)
            free = np.flatnonzero(moved & (fired == own))
            least = rule.threshold.startswith("min_")
            counts = _kept(measured[free], which[free], len(names), edges, least=least).tolist()
            for language, own_filter, kept in zip(names, judged, counts, strict=True):
                if getattr(own_filter, rule.threshold) is not None:
                    yield name, language, kept


def _kept(values: np.ndarray, groups: np.ndarray, count: int, edges: np.ndarray, *, least: bool) -> np.ndarray:
    """int64[count, edges + 1]: by group (whole numbers below `count`) how many of the values are on the good side of
    each edge, at it or, with `least`, above it, else below; and at last all of them."""
    # Of each value how many edges it is at or above, which keep it; without `least` how many it is above, which do not.
    places = np.searchsorted(edges, values, side="right" if least else "left")
    width = len(edges) + 1
    found = np.bincount(groups * width + places, minlength=count * width).reshape(count, width)
    total = found.sum(axis=1, keepdims=True)
    below = np.cumsum(found[:, :-1], axis=1)
    return np.hstack([total - below if least else below, total])


def curves(rules: Sequence[Rule], tally: Mapping[str, Mapping[str, Sequence[int]]]) -> Iterator[Curve]:
    """For each rule with a threshold, from what `tallied` says of all parts: the thresholds that change something."""
    for rule in rules:
        by_language = tally.get(rule.name, {})
        if not by_language:
            continue
        tried = bins.tried(rule.signal)
        *kept, free = (sum(column) for column in zip(*by_language.values(), strict=True))
        drawn = sum(threshold < SENTINEL for threshold in tried)  # beyond it the unmeasured alone would move
        low = [i for i in range(drawn) if kept[i] != kept[0]]
        high = [i for i in range(drawn) if kept[i] != kept[drawn - 1]]
        first, last = (low[0] - 1, high[-1] + 2) if low else (0, 1)
        yield Curve(
            name=rule.name,
            field=rule.field,
            value=rule.threshold,
            free=free,
            thresholds=list(tried[first:last]),
            kept=kept[first:last],
            by_language={name: own[first:last] for name, own in by_language.items()},
            free_by_language={name: own[-1] for name, own in by_language.items()},
        )


def text(folder: str) -> str:
    """The sweeps of a finished report for a terminal."""
    data = storage.read_bytes(storage.join(folder, TABLE, "facts.json"))
    if data is None:
        raise DataError("the report has no facts.json: delete its folder and run again")
    facts = orjson.loads(data)
    lines = [f"{facts['documents']:,} documents; kept if one threshold moved and the others stayed:"]
    for curve in (Curve(**row) for row in facts["sweeps"]):
        stands = "off" if curve.value is None else f"{curve.value:g}"
        lines += ["", f"{curve.name}   {curve.field} = {stands}; no other rule drops {curve.free:,}"]
        for edge, kept in table(curve):
            lines.append(f"  {edge:>12.4g}  {kept:>12,}  {100 * kept / max(facts['documents'], 1):6.2f} %")
    return "\n".join(lines)


def table(curve: Curve, steps: int = 9) -> list[tuple[float, int]]:
    """Thresholds, and what they keep: about `steps` of them, spread over what changes something."""
    pairs = list(zip(curve.thresholds, curve.kept, strict=True))
    changing = [pair for i, pair in enumerate(pairs) if i == 0 or pair[1] != pairs[i - 1][1]]
    if len(changing) <= steps:
        return changing
    levels = [curve.free * step / (steps - 1) for step in range(steps)]
    nearest = {min(range(len(changing)), key=lambda i: (abs(changing[i][1] - level), i)) for level in levels}
    return [changing[i] for i in sorted(nearest)]
