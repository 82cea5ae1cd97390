"""What is known of the texts that people judge, and what they must not see: a table that stays with who drew the
sample."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from corpus.annotation import cells
from corpus.annotation.strata import Stratum
from corpus.errors import RecipeError

KEY = "key.tsv"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A text that is judged. `documents`: of its stratum; `half`: of the text, where it is a line; `declared`,
    `detected`: languages, by the source and by the model."""

    item: str
    id: str
    of: str
    language: str
    source: str
    documents: int
    half: str
    declared: str
    detected: str
    score: float  # of `detected`

    @property
    def stratum(self) -> Stratum:
        return Stratum(language=self.language, source=self.source, of=self.of)


_HEAD = tuple(field.name for field in fields(Item))


@dataclass(frozen=True, kw_only=True)
class Key:
    """`mark` names the sample: a digest of its key."""

    mark: str
    items: Mapping[str, Item]


def to_bytes(items: Sequence[Item]) -> bytes:
    rows = ([cells.shown(str(getattr(one, name))) for name in _HEAD] for one in items)
    return cells.to_bytes(_HEAD, rows)


def mark(data: bytes) -> str:
    """With a word before it: a spreadsheet takes 12e4... for a number and rounds it."""
    return f"sample {hashlib.blake2b(data, digest_size=6).hexdigest()}"


def read(data: bytes, name: str) -> Key:
    """Raises RecipeError for what is no key as it was written: sizes and ids in it are what shares follow from."""
    lines = cells.parse(data, name)
    if tuple(lines[0].cells) != _HEAD:
        raise RecipeError(f"{name} is no key of a sample: its first line must be {' '.join(_HEAD)}")
    found: dict[str, Item] = {}
    for line in lines[1:]:
        row = dict(zip(_HEAD, (cells.read(cell) for cell in line.cells), strict=True))
        try:
            numbers = {"documents": int(row.pop("documents")), "score": float(row.pop("score"))}
        except ValueError as error:
            raise RecipeError(f"{name}, line {line.number}: {error}: take the key as it was written") from error
        found[row["item"]] = Item(**row, **numbers)  # type: ignore[arg-type]
    return Key(mark=mark(data), items=found)
