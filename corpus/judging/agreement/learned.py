"""What a fitted label model says of its voters, its patterns, and of voters that say the same thing; as tables."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpus.judging.agreement.latent import ANSWERS, BAD, GOOD, Model
from corpus.judging.agreement.votes import DROP, KEEP, UNMEASURED
from corpus.stages.agreed import ALIKE, PATTERNS, VOTERS

# Two voters are alike where they drop so many documents together, and either twice as many as the model has it, or
# nearly all that one of them drops: two that are one make a class of their own, and the model finds nothing in it.
_FEWEST_ALIKE: Final = 20
_TIMES: Final = 2.0
_NEARLY: Final = 0.8
_MOST_ALIKE: Final = 100


def voters(names: Sequence[str], model: Model, votes: np.ndarray, documents: np.ndarray) -> pa.Table:
    """VOTERS, of patterns (uint8[patterns, voters]) with their documents (int64)."""
    good = model.posterior(votes)[0]
    rows = []
    for voter, name in enumerate(names):
        error = float(model.error[voter])
        row: dict[str, Any] = {"voter": name, "identified": not model.why[voter], "why": model.why[voter]}
        row["error"] = error if np.isfinite(error) and error > 0 else None
        rows.append(row | (_learned(model, voter, votes[:, voter], documents, good) if not model.why[voter] else {}))
    return pa.Table.from_pylist(rows, schema=VOTERS)


def _learned(
    model: Model, voter: int, own: np.ndarray, documents: np.ndarray, good: np.ndarray
) -> dict[str, float | None]:
    kept, dropped = (_sum(documents * (own == one)) for one in (KEEP, DROP))
    right_kept = _sum(documents * (own == KEEP) * good)
    right_dropped = _sum(documents * (own == DROP) * (1.0 - good))
    chances = {answer: model.chances[voter, place] for place, answer in enumerate(ANSWERS)}
    return {
        "accuracy": (right_kept + right_dropped) / (kept + dropped),
        "keep_right": right_kept / kept if kept else None,
        "drop_right": right_dropped / dropped if dropped else None,
        "keep_if_good": float(chances[KEEP][GOOD]),
        "drop_if_good": float(chances[DROP][GOOD]),
        "keep_if_bad": float(chances[KEEP][BAD]),
        "drop_if_bad": float(chances[DROP][BAD]),
    }


def patterns(texts: Sequence[str], model: Model, votes: np.ndarray, documents: np.ndarray) -> pa.Table:
    """PATTERNS, the most frequent first."""
    good, known = model.posterior(votes)
    order = sorted(range(len(texts)), key=lambda place: (-int(documents[place]), texts[place]))
    rows = [
        {
            "votes": texts[place],
            "documents": int(documents[place]),
            "probability": float(good[place]) if known[place] else None,
        }
        for place in order
    ]
    return pa.Table.from_pylist(rows, schema=PATTERNS)


def alike(names: Sequence[str], model: Model, votes: np.ndarray, documents: np.ndarray) -> pa.Table:
    """ALIKE: what the model, for which votes on documents of a class are chance, cannot explain or cannot see."""
    rows = sorted(
        _alike(names, model, votes, documents), key=lambda row: (row["surprise"], row["first"], row["second"])
    )
    kept = [{name: row[name] for name in ALIKE.names} for row in rows[:_MOST_ALIKE]]
    return pa.Table.from_pylist(kept, schema=ALIKE)


def _alike(names: Sequence[str], model: Model, votes: np.ndarray, documents: np.ndarray) -> Iterator[dict[str, Any]]:
    good = model.posterior(votes)[0]
    for one, other in combinations(range(len(names)), 2):
        drops, others = votes[:, one] == DROP, votes[:, other] == DROP
        both, either = int(documents[drops & others].sum()), int(documents[drops | others].sum())
        if both < _FEWEST_ALIKE:
            continue
        told = not model.why[one] and not model.why[other]
        expected = _expected(model, one, other, votes, documents, good) if told else None
        if (expected is not None and both > _TIMES * expected) or both >= _NEARLY * either:
            row = {"first": names[one], "second": names[other], "both": both, "either": either, "expected": expected}
            yield {**row, "surprise": (expected or 0.0) - both}


def _expected(model: Model, one: int, other: int, votes: np.ndarray, documents: np.ndarray, good: np.ndarray) -> float:
    """Documents that both drop, if each errs by itself."""
    place = ANSWERS.index(DROP)
    asked = documents * ((votes[:, one] != UNMEASURED) & (votes[:, other] != UNMEASURED))
    chances = model.chances[one, place] * model.chances[other, place]
    return _sum(asked * good) * float(chances[GOOD]) + _sum(asked * (1.0 - good)) * float(chances[BAD])


def _sum(values: np.ndarray) -> float:
    """One after the other: the same on every machine."""
    return float(np.bincount(np.zeros(len(values), np.int64), weights=values, minlength=1)[0])
