"""Writes snorkel.json: what snorkel 0.10.0 says of made-up votes. Where snorkel is installed:

    python -m tests.corpus.agreement.make_snorkel

Votes are drawn by a seed: each voter votes on a share of documents, right with a chance of its own, or votes for one
class alone. snorkel's own 100 epochs stop before its loss does: with them it has 0.867 for a voter that is right in
0.898 of its votes, with 2000 it has 0.894.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("snorkel.json")
LETTERS = {-1: "0", 0: "d", 1: "k"}  # of snorkel's labels: abstain, bad, good


@dataclass(frozen=True, kw_only=True)
class Case:
    """Votes to be drawn: `votes` has for each voter its chances of d and k of a bad document, and of a good one."""

    name: str
    seed: int
    documents: int
    share: float  # of good documents, which both are told
    votes: Sequence[tuple[tuple[float, float], tuple[float, float]]]
    epochs: int = 2000


def accurate(accuracy: float, coverage: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """A voter that is right with this chance where it votes, in both classes alike."""
    right, wrong = coverage * accuracy, coverage * (1 - accuracy)
    return ((right, wrong), (wrong, right))


_FOUR = (accurate(0.9, 0.7), accurate(0.75, 0.9), accurate(0.6, 0.8), accurate(0.8, 0.3))
_SIX = (*_FOUR, accurate(0.7, 0.5), accurate(0.85, 0.6))
CASES = (
    Case(name="few documents", seed=0, documents=4_000, share=0.5, votes=_FOUR),
    Case(name="four", seed=1, documents=20_000, share=0.5, votes=_FOUR),
    Case(name="six", seed=2, documents=20_000, share=0.5, votes=_SIX),
    Case(name="mostly good", seed=3, documents=20_000, share=0.7, votes=_SIX),
    Case(
        name="one class each",
        seed=4,
        documents=20_000,
        share=0.5,
        votes=(
            *(accurate(0.85, 0.9), accurate(0.8, 0.8), accurate(0.75, 0.9)),
            *(((0.4, 0.0), (0.05, 0.0)), ((0.0, 0.06), (0.0, 0.5))),
        ),
    ),
)


def drawn(case: Case) -> np.ndarray:
    """int64[documents, voters], with snorkel's labels."""
    chance = np.random.Generator(np.random.PCG64(case.seed))
    good = (chance.random(case.documents) < case.share).astype(np.int64)
    columns = []
    for voter in case.votes:
        limits = np.array([[drop, drop + keep] for drop, keep in voter])[good]
        at = chance.random(case.documents)
        columns.append(np.where(at < limits[:, 0], 0, np.where(at < limits[:, 1], 1, -1)))
    return np.stack(columns, axis=1)


def answers(case: Case, labels: np.ndarray) -> dict[str, Any]:
    """What snorkel says of them."""
    from snorkel.labeling import LFAnalysis
    from snorkel.labeling.model import LabelModel

    model = LabelModel(cardinality=2, verbose=False)
    model.fit(
        labels, n_epochs=case.epochs, seed=case.seed, class_balance=[1 - case.share, case.share], progress_bar=False
    )
    patterns, counts = np.unique(labels, axis=0, return_counts=True)
    summary = LFAnalysis(labels).lf_summary()
    return {
        "case": asdict(case),
        "weights": [round(float(one), 6) for one in model.get_weights()],
        "summary": [
            {
                "polarity": [int(one) for one in row["Polarity"]],
                "coverage": float(row["Coverage"]),
                "overlaps": float(row["Overlaps"]),
                "conflicts": float(row["Conflicts"]),
            }
            for _, row in summary.iterrows()
        ],
        "patterns": [
            ["".join(LETTERS[one] for one in pattern), int(count), round(float(probability), 6)]
            for pattern, count, probability in zip(
                patterns.tolist(), counts.tolist(), model.predict_proba(patterns)[:, 1].tolist(), strict=True
            )
        ],
    }


if __name__ == "__main__":
    found = [answers(case, drawn(case)) for case in CASES]
    FILE.write_text("[\n" + ",\n".join(json.dumps(one) for one in found) + "\n]\n", "utf-8")
