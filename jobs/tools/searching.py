"""What was asked of the texts of a release, and the lines that answer it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.query.opened import open_for_queries
from corpus.search import answer, hits, indexed, pattern, scan, selection, texts, unsearched
from corpus.search.pattern import Expression, Pattern, Phrase
from corpus.search.scan import PartFound
from corpus.search.selection import Selection
from corpus.search.texts import Texts
from corpus.stages.textindex import TEXTINDEX
from corpus.store.table import Table
from jobs.engine import in_process

if TYPE_CHECKING:
    from jobs.engine.session import Session


_TASKS_A_CORE = 4  # of a scan: the last ones to end are a quarter of a core's work apart at the most


@dataclass(frozen=True, kw_only=True)
class Request:
    """A phrase or an expression, and where it is looked for."""

    release: str
    root: str | None
    tag: str
    phrase: str
    regex: bool
    lang: Sequence[str]
    source: Sequence[str]
    table: str
    hits: int
    format: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`notes` are for whoever waits, on stderr."""

    notes: Sequence[str]
    lines: Iterator[str]


def answered(request: Request, session: "Session") -> Answer:
    """Search the whole table. Raises RecipeError for a release, phrase, language or source that is none."""
    wanted = pattern.of(request.phrase, regex=request.regex)
    chosen = selection.of(request.lang, request.source)
    opened = open_for_queries(request.release, request.root, request.tag)
    release, policy = opened.stages, opened.policy
    chosen.check(texts.sources(release))
    table = texts.of(release, request.table)
    index = release.table(TEXTINDEX.blocks) if request.table == texts.CORPUS else None
    found = searched(session, table, index, wanted, chosen, request.hits)
    said = answer.total(
        request.table,
        table.table.rows,
        found,
        overlapping=isinstance(wanted, Phrase),
        unsearched=list(unsearched.lines(release, request.table)),
    )
    shown = hits.hits(table, found, request.hits, policy)
    lines = answer.as_json if request.format == "jsonl" else answer.as_text
    return Answer(notes=list(_notes(wanted)), lines=lines(shown, said))


def searched(
    session: "Session", table: Texts, index: Table | None, wanted: Pattern, chosen: Selection, room: int
) -> list[PartFound]:
    """Each part, on all cores; by the index where there is one and the pattern is a phrase. Where parts are few each is
    scanned in shares, so that no core waits for the largest part."""
    phrase = wanted if index is not None and isinstance(wanted, Phrase) else None
    of = 1 if phrase else max(1, -(-_TASKS_A_CORE * session.cores_here // max(table.parts, 1)))

    def look(number: int) -> list[PartFound]:
        part, share = divmod(number, of)
        if index is not None and phrase is not None:
            return [indexed.part(table.table, index, part, phrase, chosen, room)]
        return [scan.part(table, part, wanted, chosen, room, share, of)]

    return in_process.over_parts(session, "search", table.parts * of, look)


def _notes(wanted: Phrase | Expression) -> Iterator[str]:
    if isinstance(wanted, Phrase) and wanted.strange:
        yield (
            "the phrase is not in the one form that texts have (NFC, line feeds, no control characters), so nothing "
            "can be found: write it in that form"
        )
