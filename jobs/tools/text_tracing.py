"""A text traced to the documents of a release that hold it, and the lines that say so."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import RecipeError
from corpus.gpt_dataset.run import MegatronRun
from corpus.lineage.opened_release import Release
from corpus.search import span_answer, spans
from corpus.search.spans import Wanted
from corpus.stages.release import RELEASE
from corpus.stages.textindex import TEXTINDEX
from jobs.engine import in_process
from jobs.engine.session import Session


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A text, or the file that has it ("-": stdin); spans of `least` bytes; documents shown of each."""

    text: str | None
    file: str | None
    least: int
    documents: int
    cores: int | None


def lines(release: Release, asked: Asked, run: MegatronRun | None) -> Iterator[str]:
    """Raises RecipeError for a text that cannot be read, or is too long."""
    wanted = Wanted(_text(asked))
    index = release.stages.table(TEXTINDEX.blocks)
    corpus = release.stages[RELEASE].table("corpus")
    session = Session(asked.cores)

    def parts(label: str, function: Callable[[int], Iterable[Any]]) -> Sequence[Any]:
        return in_process.over_parts(session, label, corpus.parts, function)

    found = spans.find(corpus, index, wanted, asked.least, parts)
    return span_answer.lines(release, wanted, found, asked.documents, run)


def _text(asked: Asked) -> str:
    if asked.text is not None:
        return asked.text
    file = asked.file or "-"
    most = spans.MOST + 1  # a byte more than is taken, so that what is longer is known
    try:
        if file == "-":
            data = sys.stdin.buffer.read(most)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(most)
        return data.decode()
    except UnicodeDecodeError as error:
        if len(data) == most:
            raise RecipeError(f"--text-file {file} has over {spans.MOST:,} bytes: give a part of it") from error
        raise RecipeError(f"--text-file {file} is not UTF-8: write it so") from error
