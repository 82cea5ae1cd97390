"""Sheets and judgments for tests."""

from collections.abc import Mapping, Sequence

from corpus.annotation import cells, key
from corpus.annotation.key import Item, Key
from corpus.annotation.scoring.judgments import Judgment, Sheet

HEAD = ("language", "text", "code", "offensive", "pornographic", "is", "note", "item", "annotator", "sample")


def item(name: str, *, source: str = "web", of: str = "kept", documents: int = 100, detected: str = "deu_Latn") -> Item:
    return Item(
        item=name,
        id=f"id of {name}",
        of=of,
        language="deu_Latn",
        source=source,
        documents=documents,
        half="",
        declared="",
        detected=detected,
        score=0.75,
    )


def key_of(*items: Item) -> Key:
    return key.read(key.to_bytes(items), "key.tsv")


def sheet(own: Key, rows: Sequence[Mapping[str, str]], annotator: str = "anna") -> Sheet:
    """Cells by column; `item` must be there."""
    usual = {"language": "deu_Latn", "text": "t", "annotator": annotator, "sample": own.mark}
    lines = [[{**usual, **row}.get(name, "") for name in HEAD] for row in rows]
    return Sheet(name=f"{annotator}.tsv", folder="", data=cells.to_bytes(HEAD, lines), key=own)


def judgment(name: str, annotator: str, code: str, language: str = "deu_Latn", is_: str = "") -> Judgment:
    return Judgment(
        item=name,
        annotator=annotator,
        language=language,
        source="web",
        of="kept",
        values={"code": code},
        language_is=is_,
        where="",
    )
