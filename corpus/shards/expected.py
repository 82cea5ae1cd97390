"""What the shards are to have, from the counts of the stages before them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.shards.splits import SPLITS, TRAIN, held

Counts = Mapping[str, int]


def trained(encoded: Counts, splits: Counts | None) -> Counts:
    """Documents and tokens that no split holds out, under the names by which stage encode counts them."""
    found = Counter(encoded)
    for (_, language, source), out in held(splits or {}).items():
        for suffix in ("", f".{language}", f"\t{source}\t{language}"):
            found[f"documents{suffix}"] -= out.documents
            found[f"tokens{suffix}"] -= out.tokens
    return dict(found)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Documents, and tokens with their ends of documents by split and language; one split "" where there are none."""

    documents: int
    tokens: Mapping[str, Mapping[str, int]]

    @property
    def sum(self) -> int:
        """Tokens in all."""
        return sum(sum(own.values()) for own in self.tokens.values())


def expected(encoded: Counts, splits: Counts | None, mix: Counts | None) -> Expected:
    """Of the stages encode, splits and mix; None for a stage that the recipe does not ask for."""
    given = mix if mix is not None else trained(encoded, splits)
    languages = [name.removeprefix("tokens.") for name in encoded if name.startswith("tokens.")]
    train = {name: given.get(f"tokens.{name}", 0) + given.get(f"documents.{name}", 0) for name in languages}
    if splits is None:
        return Expected(documents=given["documents"], tokens={"": train})
    found: dict[str, dict[str, int]] = {split: dict.fromkeys(languages, 0) for split in SPLITS}
    documents = given["documents"]
    for (split, language, _), out in held(splits).items():
        found[split][language] += out.tokens + out.documents
        documents += out.documents
    asked = {split: own for split, own in found.items() if any(own.values())}
    return Expected(documents=documents, tokens={TRAIN: train, **asked})
