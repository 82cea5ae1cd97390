"""Judging texts at once, without a run: what the filters of a recipe say of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from corpus.judging import signals
from filters.batch import Batch
from filters.choice import Choice

_ROWS = 500  # of a batch: what is measured of a text is the same in any


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text, and the language that its source tells; None: it is guessed."""

    text: str
    language: str | None


def measured(choices: Sequence[Choice], texts: Sequence[Text]) -> Iterator[tuple[Mapping[str, pa.RecordBatch], int]]:
    """Signals by filter of each batch of texts, in order, and how many texts those are."""
    for first in range(0, len(texts), _ROWS):
        own = texts[first : first + _ROWS]
        documents = pa.record_batch(
            {
                "text": pa.array([one.text for one in own], pa.string()),
                "source": pa.array([""] * len(own), pa.string()),
                "language": pa.array([one.language for one in own], pa.string()),
                "url": pa.nulls(len(own), pa.string()),
            }
        )
        found: dict[str, pa.RecordBatch] = {}
        for choice in choices:
            found[choice.name] = signals.measure(choice.name, choice.base, Batch(documents=documents, signals=found))
        yield found, len(own)


def fired(choices: Sequence[Choice], texts: Sequence[Text], known_from: float) -> list[tuple[str, ...]]:
    """For each text the rules that drop it; () for one that is kept."""
    found: list[tuple[str, ...]] = []
    for own, rows in measured(choices, texts):
        head = pa.record_batch({"id": pa.array([""] * rows), "source": pa.array([""] * rows)})
        judged = [choice for choice in choices if choice.judged]
        verdicts = signals.judge(judged, own, head, known_from)
        found += [tuple(one["rule"] for one in reasons or ()) for reasons in verdicts.column("reasons").to_pylist()]
    return found
