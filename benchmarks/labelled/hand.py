"""Lines written by hand: forms that people write and generators do not know, and what only looks like them."""

import re
from pathlib import Path

from benchmarks.labelled.card import Document

LINES = Path(__file__).parents[2] / "data" / "pii" / "hand.tsv"
_LABEL = re.compile(r"\{\{([A-Z_]+)\|(.+?)\}\}")


def load(path: Path = LINES) -> list[Document]:
    """A document a line: the language's id, a tab, the text with {{KIND|value}} around what is personal."""
    documents = []
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        language, _, marked = line.partition("\t")
        marked = marked.replace("\\n", "\n").replace("\\u00a0", "\u00a0")
        text, spans, last = "", [], 0
        for match in _LABEL.finditer(marked):
            text += marked[last : match.start()]
            spans.append((len(text), len(text) + len(match[2]), match[1]))
            text += match[2]
            last = match.end()
        text += marked[last:]
        negative = None if spans else "by hand"
        documents.append(
            Document(id=f"hand-{number:03}", language=language, text=text, spans=tuple(spans), negative=negative)
        )
    return documents
