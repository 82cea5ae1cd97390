"""What a threshold decides: documents kept wherever it stood, all other rules being as they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from corpus import storage
from corpus.errors import DataError
from corpus.plan import Plan
from corpus.report import Facts, bins
from corpus.stages.report import REPORT


def curves(rules: Sequence[Mapping[str, Any]], tally: Mapping[str, Sequence[int]]) -> Iterator[Facts]:
    """For each rule with a threshold: `thresholds`, and `kept` documents at each, in all and by language.

    `free` are the documents that no other rule drops, which is the most that this rule can keep.
    """
    for rule in rules:
        by_language = {
            key.split("\t")[1]: counts for key, counts in tally.items() if key.split("\t")[0] == rule["name"]
        }
        if not by_language:
            continue
        tried = bins.tried(rule["signal"])
        *kept, free = (sum(column) for column in zip(*by_language.values(), strict=True))
        moving = [i for i, count in enumerate(kept) if 0 < count < free]
        first, last = (max(moving[0] - 1, 0), moving[-1] + 2) if moving else (0, 1)
        yield {
            "name": rule["name"],
            "field": rule["field"],
            "value": rule["threshold"],
            "free": free,
            "thresholds": list(tried[first:last]),
            "kept": kept[first:last],
            "by_language": {name: own[first:last] for name, own in by_language.items()},
        }


def text(plan: Plan) -> str:
    """The sweeps of a finished report for a terminal."""
    data = storage.read_bytes(storage.join(plan[REPORT].folder, "report", "facts.json"))
    if data is None:
        raise DataError("the report has no facts.json: delete its folder and run again")
    facts = orjson.loads(data)
    lines = [f"{facts['documents']:,} documents; kept if one threshold moved and the others stayed:"]
    for curve in facts["sweeps"]:
        stands = "off" if curve["value"] is None else f"{curve['value']:g}"
        lines += ["", f"{curve['name']}   {curve['field']} = {stands}; no other rule drops {curve['free']:,}"]
        for edge, kept in table(curve):
            lines.append(f"  {edge:>12.4g}  {kept:>12,}  {100 * kept / max(facts['documents'], 1):6.2f} %")
    return "\n".join(lines)


def table(curve: Mapping[str, Any], steps: int = 9) -> list[tuple[float, int]]:
    """Thresholds, and what they keep: about `steps` of them, spread over what changes something."""
    pairs = list(zip(curve["thresholds"], curve["kept"], strict=True))
    changing = [pair for i, pair in enumerate(pairs) if i == 0 or pair[1] != pairs[i - 1][1]]
    if len(changing) <= steps:
        return changing
    levels = [curve["free"] * step / (steps - 1) for step in range(steps)]
    nearest = {min(range(len(changing)), key=lambda i: (abs(changing[i][1] - level), i)) for level in levels}
    return [changing[i] for i in sorted(nearest)]
