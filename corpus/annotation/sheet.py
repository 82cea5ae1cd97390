"""What an annotator is given as a table: a row a text, with empty cells for what people say of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.annotation import cells
from corpus.annotation.schemes import Scheme

LANGUAGE, TEXT, IS, NOTE, ITEM, ANNOTATOR, SAMPLE = "language", "text", "is", "note", "item", "annotator", "sample"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text to be judged. Neither source nor outcome is told: they would be judged instead."""

    item: str
    language: str
    text: str


def head(scheme: Scheme) -> list[str]:
    remarks = [IS, NOTE] if scheme.has_remarks else []
    return [LANGUAGE, TEXT, *(one.head for one in scheme.fields), *remarks, ITEM, ANNOTATOR, SAMPLE]


def to_bytes(scheme: Scheme, texts: Sequence[Text], annotator: str, mark: str) -> bytes:
    empty = [""] * (len(head(scheme)) - 5)
    rows = ([one.language, cells.shown(one.text), *empty, one.item, cells.shown(annotator), mark] for one in texts)
    return cells.to_bytes(head(scheme), rows)
