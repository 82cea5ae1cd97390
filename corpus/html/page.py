"""The text of an HTML page: its main text, or all that shows."""

from dataclasses import dataclass

import numpy as np

from corpus.html import elements, trafilatura_text, words
from corpus.html.extraction import Extraction
from corpus.html.head import head
from corpus.html.kernels import choose
from corpus.html.kernels.features import KINDS, WIDTH, features
from corpus.html.kernels.parse import CLASSES
from corpus.html.model import model
from corpus.html.tree import Cut, Tree, cut, text, tree

_MOST_NODES, _DEEPEST = 200_000, 512  # for trafilatura, which is not linear in either; browsers nest to 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What a page says to a reader, and of its use."""

    text: (
        str | None
    )  # a block a line, a blank line around paragraphs; None if the page is more than trafilatura is given
    rights: tuple[tuple[str, str], ...]  # as of `Head`


def read(markup: str, options: Extraction) -> Page:
    """Raises RecipeError where trafilatura is asked for and missing."""
    whole = tree(markup)
    return Page(text=_text(whole, markup, options), rights=head(whole).rights)


def page_text(markup: str, options: Extraction) -> str | None:
    """The text alone; "" if nothing of the page is text. Raises RecipeError as `read` does."""
    return _text(tree(markup), markup, options)


def _text(whole: Tree, markup: str, options: Extraction) -> str | None:
    if options.extractor == "trafilatura":
        if whole.count > _MOST_NODES or whole.depth > _DEEPEST:
            return None
        return trafilatura_text.text(markup, tables=options.tables, links=options.links)
    main = options.extractor == "main"
    page = cut(whole, main=main, formulas=options.formulas)
    if not page.count:
        return ""
    keep = kept(page, share(page), comments=options.comments) if main else np.ones(page.count, np.uint8)
    if not options.tables:
        choose.without_tables(page.tree.nodes, page.tree.count, page.before, page.blocks, keep)
    return text(page, keep, links=options.links)


def share(page: Cut) -> np.ndarray:
    """How much of each block is main text, float64 of 0 to 1, as the model has it."""
    return _judged(page, np.empty((1, WIDTH), np.float32))


def rows_of(page: Cut) -> np.ndarray:
    """What the model goes by, float32 of (blocks, WIDTH)."""
    rows = np.empty((max(1, page.count), WIDTH), np.float32)
    _judged(page, rows)
    return rows[: page.count]


def _judged(page: Cut, rows: np.ndarray) -> np.ndarray:
    nodes, found = page.tree.nodes, np.empty(page.count, np.float64)
    features(
        page.tree.data, nodes, page.tree.count, page.blocks, page.count, page.before, KINDS, CLASSES, words.HASHES,
        words.BITS, rows, model(), found,
    )  # fmt: skip
    return found


def kept(page: Cut, found: np.ndarray, *, comments: bool) -> np.ndarray:
    """Which blocks are the main text, uint8 by block, from the shares that the model found, which it changes."""
    nodes, count = page.tree.nodes, page.tree.count
    limit = choose.threshold(page.blocks, page.count, found)
    choose.whole(nodes, count, page.before, page.blocks, found)
    if found.max() > limit:
        choose.between(nodes, count, page.before, page.blocks, page.count, found, limit)
        choose.code(nodes, count, page.before, page.blocks, page.count, elements.PROPERTIES, found)
    choose.plain(nodes, count, page.before, page.blocks, page.count, found)
    if comments:
        choose.comments(nodes, count, page.before, page.blocks, page.count, found)
    return (found > limit).astype(np.uint8)
