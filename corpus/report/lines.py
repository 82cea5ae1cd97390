"""The commonest lines that were cut, and what cutting took by rule and source."""

from collections.abc import Iterator, Mapping

import numpy as np

from corpus.policy import Policy
from corpus.redaction import pieces
from corpus.table import Table

_SHOWN = 20
_CHARS = 200  # of a line


def taken(counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Rows of rule, source, lines, bytes, from the manifest's counts; most bytes first."""
    rows = []
    for name, lines in counts.items():
        if name.startswith("cuts."):
            _, rule, source = name.split(".", 2)
            size = counts[f"bytes.{rule}.{source}"]
            rows.append({"rule": rule, "source": source, "lines": lines, "bytes": size})
    return sorted(rows, key=lambda row: (-int(str(row["bytes"])), str(row["rule"]), str(row["source"])))


def commonest(cuts: Table, documents: Table, verdicts: Table, policy: Policy) -> list[dict[str, object]]:
    """Up to 20 cut lines that most documents have, as they stand in one of these, personal data replaced. Of lines of
    one rule with the same count and length one is shown: the table of cuts does not say which are the same."""
    best: dict[tuple[int, str, int], tuple[int, int, int, int]] = {}
    for part in range(cuts.parts):
        for batch in cuts.batches(part, ["row", "start", "end", "rule", "count"]):
            row, start, end, count = (batch.column(name).to_numpy() for name in ("row", "start", "end", "count"))
            seen = len(best)
            for place in np.argsort(-count, kind="stable"):
                key = (-int(count[place]), batch.column("rule")[int(place)].as_py(), int(end[place] - start[place]))
                best.setdefault(key, (part, int(row[place]), int(start[place]), int(end[place])))
                if len(best) > seen + _SHOWN:
                    break
        best = dict(sorted(best.items())[:_SHOWN])
    return list(_shown(best, documents, verdicts, policy))


def _shown(
    best: Mapping[tuple[int, str, int], tuple[int, int, int, int]], documents: Table, verdicts: Table, policy: Policy
) -> Iterator[dict[str, object]]:
    for (count, rule, _), (part, row, start, end) in best.items():
        found = next(documents.take(part, [row], ["source", "text", "url"])).to_pylist()[0]
        language = next(verdicts.take(part, [row], ["language"])).column("language")[0].as_py()
        (line,) = pieces(found["text"], language, found["url"], [(start, end)], policy)
        yield {"rule": rule, "source": found["source"], "count": -count, "text": line.strip()[:_CHARS]}
