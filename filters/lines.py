"""How lines end and begin: prose has sentences, menus and lists have not.

C4 (Raffel et al. 2020, section 2.2), Gopher (Rae et al. 2021, appendix A1.1), FineWeb (Penedo et al. 2024, section
3.5), and ROOTS' limits of lines of code (Laurencon et al. 2022).
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Ge, Interval

from filters.arrow import schema
from filters.batch import Batch
from filters.rules import Rule

Share = Annotated[float, Interval(ge=0, le=1)]
Count = Annotated[int, Ge(0)]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Shares and counts of lines (`filters.kernels.lines` defines each). Every threshold is off by default: all of
    them were set on English pages of the web, or on code."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 2
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [  # shares are 0.0 where there are no lines or no words
            pa.field("finished_ratio", pa.float64(), nullable=False),  # lines that end a sentence / lines
            pa.field("short_ratio", pa.float64(), nullable=False),  # lines of up to 30 code points / lines
            pa.field("bullet_ratio", pa.float64(), nullable=False),  # lines that begin with a bullet / lines
            pa.field("ellipsis_ratio", pa.float64(), nullable=False),  # lines that end in an ellipsis / lines
            pa.field("feeds_per_word", pa.float64(), nullable=False),
            pa.field("sentences", pa.int32(), nullable=False),
            pa.field("mean_chars", pa.float64(), nullable=False),  # code points of the text but line feeds / lines
            pa.field("longest_chars", pa.int32(), nullable=False),
            pa.field("c4_lines", pa.int32(), nullable=False),  # lines that C4 retains
            pa.field("c4_sentences", pa.int32(), nullable=False),  # in them
            pa.field("braces", pa.int32(), nullable=False),  # lines for which C4 drops a page: with a curly bracket,
            pa.field("lorem_ipsum", pa.int32(), nullable=False),  # or with "lorem ipsum"
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="few_finished", signal="finished_ratio", threshold="min_finished_ratio"),
        Rule(reason="many_short", signal="short_ratio", threshold="max_short_ratio"),
        Rule(reason="many_bullets", signal="bullet_ratio", threshold="max_bullet_ratio"),
        Rule(reason="many_ellipses", signal="ellipsis_ratio", threshold="max_ellipsis_ratio"),
        Rule(reason="list", signal="feeds_per_word", threshold="max_feeds_per_word"),
        Rule(reason="few_sentences", signal="sentences", threshold="min_sentences"),
        Rule(reason="long_mean", signal="mean_chars", threshold="max_mean_chars"),
        Rule(reason="narrow", signal="longest_chars", threshold="min_longest_chars"),
        Rule(reason="long", signal="longest_chars", threshold="max_longest_chars"),
        Rule(reason="few_c4_sentences", signal="c4_sentences", threshold="min_c4_sentences"),
        Rule(reason="curly_bracket", signal="braces", threshold="max_braces"),
        Rule(reason="lorem_ipsum", signal="lorem_ipsum", threshold="max_lorem_ipsum"),
    )

    min_finished_ratio: Share | None = None
    """Least share of lines that end a sentence. FineWeb: 0.12."""
    max_short_ratio: Share | None = None
    """Largest share of lines of up to 30 code points. FineWeb: 0.67."""
    max_bullet_ratio: Share | None = None
    """Largest share of lines that begin with a bullet. Gopher: 0.90."""
    max_ellipsis_ratio: Share | None = None
    """Largest share of lines that end in an ellipsis. Gopher: 0.30."""
    max_feeds_per_word: Annotated[float, Ge(0)] | None = None
    """Most line feeds a word. FineWeb, as datatrove's list rule: 0.30."""
    min_sentences: Count | None = None
    """Fewest sentences."""
    max_mean_chars: Annotated[float, Ge(0)] | None = None
    """Greatest mean length of lines, in code points. Code: 100 (Chen et al. 2021, Codex)."""
    min_longest_chars: Count | None = None
    """Least length of the longest line, in code points. ROOTS' code: 20."""
    max_longest_chars: Count | None = None
    """Greatest length of the longest line, in code points. ROOTS' code: 1000."""
    min_c4_sentences: Count | None = None
    """Fewest sentences in the lines that C4 retains. C4: 5."""
    max_braces: Count | None = None
    """Most lines for which C4 drops a page because of a curly bracket. C4: 0."""
    max_lorem_ipsum: Count | None = None
    """Most lines for which C4 drops a page because of "lorem ipsum". C4: 0."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        found = batch.lines
        lines = np.maximum(found.of("lines"), 1)
        shares = [found.of(name) / lines for name in ("finished", "short", "bullets", "trailing")]
        columns = [
            *shares,
            np.where(batch.index.words > 0, found.of("feeds") / np.maximum(batch.index.words, 1), 0.0),
            found.of("sentences"),
            (batch.index.chars - found.of("feeds")) / lines,
            *(found.of(name) for name in ("longest", "c4_lines", "c4_sentences", "braces", "lorem")),
        ]
        return pa.RecordBatch.from_arrays([pa.array(np.copy(column)) for column in columns], schema=self.signals)
