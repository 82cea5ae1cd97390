"""What was asked of the texts of a release, and the lines that answer it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.errors import RecipeError
from corpus.query.opened import Opened, open_for_queries
from corpus.search import answer, hits, indexed, pattern, scan, selection, texts, unsearched
from corpus.search.answer import Total
from corpus.search.hits import Hit
from corpus.search.pattern import Expression, Pattern, Phrase
from corpus.search.ranked import answer as ranked_answer
from corpus.search.ranked import hits as passage_hits
from corpus.search.ranked import ranking
from corpus.search.ranked.hits import PassageHit
from corpus.search.ranked.ranking import Query, Sums
from corpus.search.scan import PartFound
from corpus.search.selection import Selection
from corpus.search.texts import Texts
from corpus.stages.bm25 import BM25
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
    ranked: bool
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
    if request.ranked:
        query = Query(request.phrase)
        passages, sums, unsearched_ = ranked(opened_for(request), request, query, session)
        ranked_lines = ranked_answer.as_json if request.format == "jsonl" else ranked_answer.as_text
        return Answer(notes=[], lines=ranked_lines(passages, sums, unsearched_))
    wanted = pattern.of(request.phrase, regex=request.regex)
    shown, said = exact(opened_for(request), request, wanted, session)
    lines = answer.as_json if request.format == "jsonl" else answer.as_text
    return Answer(notes=list(notes(wanted)), lines=lines(shown, said))


def opened_for(request: Request) -> Opened:
    """The release that is asked. Raises RecipeError."""
    return open_for_queries(request.release, request.root, request.tag)


def exact(
    opened: Opened, request: Request, wanted: Phrase | Expression, session: "Session"
) -> tuple[Iterator[Hit], Total]:
    """Every occurrence counted, the first ones shown. Raises RecipeError for a language or source that is none."""
    chosen = selection.of(request.lang, request.source)
    chosen.check(texts.sources(opened.stages))
    table = texts.of(opened.stages, request.table)
    index = opened.stages.table(TEXTINDEX.blocks) if request.table == texts.CORPUS else None
    found = searched(session, table, index, wanted, chosen, request.hits)
    said = answer.total(
        request.table,
        table.table.rows,
        found,
        overlapping=isinstance(wanted, Phrase),
        unsearched=list(unsearched.lines(opened.stages, request.table)),
    )
    return hits.hits(table, found, request.hits, opened.policy), said


def ranked(
    opened: Opened, request: Request, query: Query, session: "Session"
) -> tuple[Iterator[PassageHit], Sums, list[str]]:
    """The passages that fit best, and what is not searched. Raises RecipeError, also where there is no index."""
    if request.regex or request.table != texts.CORPUS:
        raise RecipeError("--ranked goes by words of the corpus: leave --regex and --table out")
    index = opened.stages.table(BM25.blocks)
    if index is None:
        raise RecipeError(f"{opened.release} has no index for --ranked: add the table [bm25] to the recipe and run it")
    chosen = selection.of(request.lang, request.source)
    chosen.check(texts.sources(opened.stages))
    table = texts.of(opened.stages, texts.CORPUS)

    def parts(label: str, function: Callable[[int], Iterable[Any]]) -> Sequence[Any]:
        return in_process.over_parts(session, label, table.parts, function)

    found, sums = ranking.find(table.table, index, query, chosen, request.hits, parts)
    return passage_hits.hits(table, found, query, opened.policy), sums, [*unsearched.lines(opened.stages, texts.CORPUS)]


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


def notes(wanted: Phrase | Expression) -> Iterator[str]:
    """What is to be said of a phrase before its answer."""
    if isinstance(wanted, Phrase) and wanted.strange:
        yield (
            "the phrase is not in the one form that texts have (NFC, line feeds, no control characters), so nothing "
            "can be found: write it in that form"
        )
