"""How well each kind of personal data is found, as benchmarks/pii.py measured it on the labelled set."""

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files

import orjson

_CARD = files("filters.data") / "pii-card.json"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Shares over all languages of the set."""

    labelled: int
    precision: float
    recall: float


def digest() -> str:
    """Of the card, 16 hex digits: a report with another card is another report."""
    return blake2b(_CARD.read_bytes(), digest_size=8).hexdigest()


def load() -> dict[str, Measured]:
    """By kind."""
    rows = orjson.loads(_CARD.read_bytes())["rows"]
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for name in ("labelled", "found", "wrong"):
            counted[row["kind"], name] += row[name]
    return {
        kind: Measured(
            labelled=counted[kind, "labelled"],
            precision=_share(counted[kind, "found"], counted[kind, "found"] + counted[kind, "wrong"]),
            recall=_share(counted[kind, "found"], counted[kind, "labelled"]),
        )
        for kind in sorted({row["kind"] for row in rows})
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
