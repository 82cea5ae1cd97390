"""Lines that many documents of a source have: menus, notices, templates; and what of them stays.

ROOTS removed lines seen ten times or more from all documents of a source (`dedup_template_soft`, Laurencon et al. 2022,
appendix), CCNet all but the first copy of a paragraph (Wenzek et al. 2020, section 3.1). Counted are documents, not
occurrences: a line that a document has twice counts once, and stays or goes in both places.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from annotated_types import Ge

from filters.arrow import schema, strings
from filters.kernels.buffers import buffers
from filters.kernels.cut_spans import span_bytes
from filters.kernels.line_hashes import Lines, at_edges, hash_lines, look_up

KEY = ("scope", "high", "low")  # of a line: place of its source in the recipe, and the halves of its hash

REPEATED = schema(
    [  # a line of a part that its table's limit is exceeded for
        pa.field("scope", pa.int32(), nullable=False),
        pa.field("high", pa.int64(), nullable=False),
        pa.field("low", pa.int64(), nullable=False),
        pa.field("count", pa.int64(), nullable=False),  # documents of the source that have it
        pa.field("first", pa.string(), nullable=False),  # the smallest id among them
    ]
)
COUNTED = REPEATED.append(pa.field("limit", pa.int64(), nullable=False))  # of one part: repeated or not


@dataclass(frozen=True, kw_only=True)
class LineRule:
    """A [[lines]] table. For a line of a source the first table decides whose patterns and lengths fit.

    * `keep-first`: a line in more than one document of its source stays in the one with the smallest id.
    * `drop-all`: a line in more than one document goes from all of them.
    * `keep-none-above`: a line in more than `max_documents` goes from all of them; in fewer it stays in all.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    sources: tuple[str, ...] = ("*",)
    """Names or patterns of the sources whose lines it is for; counted are documents of one source."""
    rule: Literal["keep-first", "drop-all", "keep-none-above"]
    """What happens to a line that several documents have."""
    max_documents: Annotated[int, Ge(1)] | None = None
    """For keep-none-above, which needs it: documents that may have a line; ROOTS: 9."""
    min_chars: Annotated[int, Ge(0)] = 15
    """Code points of the shortest line that the table is for, white space collapsed: ROOTS' size of a line that is
    counted."""
    max_chars: Annotated[int, Ge(0)] | None = None
    """Code points of the longest line that the table is for; unsaid there is no limit."""
    min_words: Annotated[int, Ge(0)] = 0
    """Words of the shortest line that the table is for."""
    max_words: Annotated[int, Ge(0)] | None = None
    """Words of the longest line that the table is for; unsaid there is no limit. Short lines are menus: a table of
    their own can be stricter."""
    edges_only: bool = False
    """Whether lines go only from the unbroken run of such lines at the head or the tail of a text."""

    def __post_init__(self) -> None:
        if (self.rule == "keep-none-above") != (self.max_documents is not None):
            raise ValueError(
                'max_documents goes with rule = "keep-none-above" and no other: '
                + ("give it" if self.max_documents is None else "take it out")
            )
        for least, most, what in (
            (self.min_chars, self.max_chars, "chars"),
            (self.min_words, self.max_words, "words"),
        ):
            if most is not None and most < least:
                raise ValueError(f"max_{what} {most} is below min_{what} {least}: no line fits")

    @property
    def limit(self) -> int:
        """Documents that may have a line without anything happening to it."""
        return self.max_documents or 1

    def fits(self, lines: Lines) -> np.ndarray:
        """bool[lines]"""
        good = (lines.chars >= self.min_chars) & (lines.words >= self.min_words)
        if self.max_chars is not None:
            good &= lines.chars <= self.max_chars
        if self.max_words is not None:
            good &= lines.words <= self.max_words
        return good


class Cuts(NamedTuple):
    """The lines to be cut from a batch, in order of text and line."""

    row: np.ndarray  # int64: place in the batch
    start: np.ndarray  # int64, end likewise: code points; blank lines beside a cut line go with it
    end: np.ndarray
    rule: np.ndarray  # int64: place of the table in the recipe
    known: np.ndarray  # int64: place of the line among the known
    emptied: np.ndarray  # int64: places of texts of which no line would be left; their cuts are among the rest


@dataclass(frozen=True, kw_only=True)
class LineScan:
    """Texts to lines with the table that decides each, and to cuts."""

    rules: tuple[LineRule, ...]
    sources: tuple[str, ...]  # all of the recipe, in its order

    def lines(self, batch: pa.RecordBatch) -> tuple[Lines, np.ndarray, np.ndarray, np.ndarray]:
        """Of a batch with `source` and `text`: its lines; for each its text, its scope (the source's place) and its
        table (-1 where none fits)."""
        lines = hash_lines(*buffers(batch.column("text")))
        text = np.repeat(np.arange(batch.num_rows), np.diff(lines.offsets))
        places = {name: place for place, name in enumerate(self.sources)}
        scope = np.array([places[name] for name in strings(batch.column("source"))], np.int64)[text]
        table = np.full(len(text), -1, np.int64)
        for number, rule in enumerate(self.rules):
            mine = np.array([any(fnmatchcase(name, p) for p in rule.sources) for name in self.sources], bool)
            table[(table < 0) & mine[scope] & rule.fits(lines)] = number
        return lines, text, scope, table

    def cuts(self, batch: pa.RecordBatch, known: pa.Table) -> Cuts:
        """What goes from the texts of a batch (`id`, `source`, `text`); `known` is REPEATED, sorted by KEY."""
        lines, text, scope, table = self.lines(batch)
        keys = [known.column(name).to_numpy() for name in KEY]
        found = look_up(scope, lines.high.view(np.int64), lines.low.view(np.int64), *keys)
        hit = (found >= 0) & (table >= 0)
        keeping = np.array([rule.rule == "keep-first" for rule in self.rules], bool)
        ids = np.array(batch.column("id").to_pylist(), object)
        of = np.array(known.column("first").to_pylist(), object)
        asked = np.flatnonzero(hit & keeping[table])
        hit[asked] = of[found[asked]] != ids[text[asked]]
        head, tail = at_edges(lines.offsets, hit)
        edges = np.array([rule.edges_only for rule in self.rules], bool)
        hit &= head | tail | ~edges[table]
        _, tail = at_edges(lines.offsets, hit)
        start, end = _spans(lines, text, tail)
        left = np.bincount(text[~hit], minlength=batch.num_rows)
        here = np.bincount(text[hit], minlength=batch.num_rows)
        cut = np.flatnonzero(hit)
        return Cuts(text[cut], start[cut], end[cut], table[cut], found[cut], np.flatnonzero((left == 0) & (here > 0)))


def _spans(lines: Lines, text: np.ndarray, tail: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From each line to the next, so that line feeds and blank lines go with it; of a tail that goes, from the end of
    the line before to the line's own end, so that the text ends as it did."""
    start, end = lines.start.astype(np.int64), lines.stop.astype(np.int64)
    if not len(text):
        return start, end
    same = text[1:] == text[:-1]
    following = np.append(np.where(same, start[1:], end[:-1]), end[-1])
    before = np.append(0, np.where(same, end[:-1], 0))
    return np.where(tail, before, start), np.where(tail, end, following)


class Tally:
    """Counts of the lines of a part: documents that have each, and the smallest id among them."""

    def __init__(self, scan: LineScan) -> None:
        self._scan = scan
        self._pieces: list[tuple[np.ndarray, ...]] = []
        self._ids: list[str] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch's lines (`id`, `source`, `text`)."""
        lines, text, scope, table = self._scan.lines(batch)
        counted = np.flatnonzero(table >= 0)
        high, low = lines.high.view(np.int64)[counted], lines.low.view(np.int64)[counted]
        limits = np.array([rule.limit for rule in self._scan.rules], np.int64)[table[counted]]
        self._pieces.append((scope[counted], high, low, text[counted] + len(self._ids), limits))
        self._ids += strings(batch.column("id"))

    def rows(self) -> pa.Table:
        """COUNTED: the lines of this part with their counts in it alone."""
        if not self._pieces:
            return COUNTED.empty_table()
        scope, high, low, document, limit = (np.concatenate(column) for column in zip(*self._pieces, strict=True))
        by_id = np.argsort(np.array(self._ids, object), kind="stable")
        rank = np.empty(len(by_id), np.int64)
        rank[by_id] = np.arange(len(by_id))
        place = rank[document] if len(document) else document
        order = np.lexsort((place, low, high, scope))
        scope, high, low, place, limit = (column[order] for column in (scope, high, low, place, limit))
        line = _differs(scope, high, low)
        once = _differs(scope, high, low, place)
        starts = np.flatnonzero(line)
        counts = np.add.reduceat(once.astype(np.int64), starts) if len(starts) else np.empty(0, np.int64)
        ids = np.array(self._ids, object)[by_id]
        columns = [scope[starts].astype(np.int32), high[starts], low[starts], counts, ids[place[starts]], limit[starts]]
        return pa.Table.from_arrays(
            [pa.array(c, kind) for c, kind in zip(columns, COUNTED.types, strict=True)], schema=COUNTED
        )


def _differs(*columns: np.ndarray) -> np.ndarray:
    """bool: whether a row of sorted columns differs from the one before it; the first does."""
    found = np.zeros(len(columns[0]), bool)
    found[:1] = True
    for column in columns:
        found[1:] |= column[1:] != column[:-1]
    return found


def known_lines(rows: pa.Table) -> pa.Table:
    """REPEATED sorted by KEY, as `LineScan.cuts` takes it."""
    return rows.select(REPEATED.names).cast(REPEATED).sort_by([(name, "ascending") for name in KEY])


def cut_bytes(texts: pa.StringArray, cuts: Cuts) -> np.ndarray:
    """int64: bytes of UTF-8 that each cut takes out of its text."""
    found = np.zeros(len(cuts.row), np.int64)
    span_bytes(*buffers(texts), cuts.row, cuts.start, cuts.end, found)
    return found
