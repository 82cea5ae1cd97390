"""What the shards are to have, from the tallies of the stages before them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.shards.splits import SPLITS, TRAIN
from corpus.shards.tallies import Held, Pair
from corpus.store import tally


def trained(encoded: Iterable[Pair], held: Iterable[Held] | None) -> list[Pair]:
    """Documents and tokens of each source and language that no split holds out."""
    out = list(held or ())
    documents = tally.total(out, lambda row: (row.source, row.language), lambda row: row.documents)
    tokens = tally.total(out, lambda row: (row.source, row.language), lambda row: row.tokens)
    return [
        replace(
            row,
            documents=row.documents - documents.get((row.source, row.language), 0),
            tokens=row.tokens - tokens.get((row.source, row.language), 0),
        )
        for row in encoded
    ]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Documents, and tokens with their ends of documents by split and language; one split "" where there are none."""

    documents: int
    tokens: Mapping[str, Mapping[str, int]]

    @property
    def sum(self) -> int:
        """Tokens in all."""
        return sum(sum(own.values()) for own in self.tokens.values())


def expected(encoded: Sequence[Pair], held: Sequence[Held] | None, mixed: Sequence[Pair] | None) -> Expected:
    """Of the stages encode, splits and mix; None for a stage that the recipe does not ask for."""
    given = mixed if mixed is not None else trained(encoded, held)
    languages = sorted({row.language for row in encoded})
    lengths = tally.total(given, lambda row: row.language, lambda row: row.tokens + row.documents)
    train = {name: lengths.get(name, 0) for name in languages}
    documents = sum(row.documents for row in given)
    if held is None:
        return Expected(documents=documents, tokens={"": train})
    found: dict[str, dict[str, int]] = {split: dict.fromkeys(languages, 0) for split in SPLITS}
    for row in held:
        found[row.split][row.language] += row.tokens + row.documents
        documents += row.documents
    asked = {split: own for split, own in found.items() if any(own.values())}
    return Expected(documents=documents, tokens={TRAIN: train, **asked})
