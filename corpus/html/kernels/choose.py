"""Which blocks are kept, from the share of each that is main text."""

import numpy as np

from corpus.html import elements, words
from corpus.html.kernels.blocks import Blocks
from corpus.html.kernels.nodes import Nodes
from filters.jit import int64, njit

_STEPS = 64  # of shares: finer ones changed no page's threshold by more than a block
_LOWEST, _HIGHEST = 0.05, 0.5
_N = elements.NUMBER
_TABLE, _TD, _TH = _N["table"], _N["td"], _N["th"]
_PRE = elements.PRE
_TABLES = np.zeros(elements.COUNT, np.bool_)
_TABLES[_TABLE] = True
_WHOLE = _TABLES.copy()
for _name in ("ul", "ol", "menu", "dl"):
    _WHOLE[_N[_name]] = True
_PARTS = np.zeros(elements.COUNT, np.bool_)
for _name in ("ul", "ol", "menu", "dl", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption"):
    _PARTS[_N[_name]] = True
_COMMENT = 1 << words.KINDS.index("COMMENT")
_ASIDE = _COMMENT
for _kind in (
    "NAV", "FOOTER", "HEADER", "SIDE", "RELATED", "SHARE", "COOKIE", "AD", "SUBSCRIBE", "MODAL", "META", "TAGS",
    "nav", "header", "footer", "aside", "form", "button",
):  # fmt: skip
    _ASIDE |= 1 << words.FEATURES.index(_kind)
_NO_CODE = _COMMENT
for _kind in ("SHARE", "COOKIE", "AD", "SUBSCRIBE", "MODAL", "nav", "form", "button"):
    _NO_CODE |= 1 << words.FEATURES.index(_kind)
_SMALL = 1500  # characters: so short a page is its main text but for what its elements call something else
_HOLDS = 0.6  # share of a page's characters above which an element is the page, whatever its class says
_MENUS = 100  # a page has menus if one in so many characters stands in blocks of links
_SAID = 20  # characters of a comment that says something
_CELLS, _CELL_CHARS = 4, 120  # a table has so many cells at least, of so many characters at most on the average


@njit(cache=True, nogil=True)
def threshold(blocks: Blocks, made: int, share: np.ndarray) -> float:
    """The share from which on blocks are kept, so that the expected F1 of characters is highest.

    The best threshold is half the best F1 (Lipton, Elkan and Naryanaswamy 2014): a page that the model is sure of gets
    a strict one, a page that it is not sure of a loose one.
    """
    chars = np.zeros(_STEPS + 1, np.float64)
    sure = np.zeros(_STEPS + 1, np.float64)
    wanted = 0.0
    for b in range(made):
        step = int64(share[b] * _STEPS)
        chars[step] += blocks.chars[b]
        sure[step] += blocks.chars[b] * share[b]
        wanted += blocks.chars[b] * share[b]
    kept = found = best = 0.0
    for step in range(_STEPS, -1, -1):
        kept += chars[step]
        found += sure[step]
        if kept > 0:
            best = max(best, 2.0 * found / (kept + wanted))
    return min(_HIGHEST, max(_LOWEST, best / 2.0))


@njit(cache=True, nogil=True)
def whole(nodes: Nodes, count: int, before: np.ndarray, blocks: Blocks, share: np.ndarray) -> None:
    """Gives the blocks of an innermost table or list the share that they have on the average, if that is more: a cell
    or an item of a word or two says little by itself.
    """
    for i in range(count):
        if not _WHOLE[nodes.tag[i]] or _holds(nodes, i, _WHOLE):
            continue
        a, z = int64(before[i]), int64(before[nodes.end[i]])
        mass, chars = 0.0, 0.0
        for b in range(a, z):
            mass += share[b] * blocks.chars[b]
            chars += blocks.chars[b]
        for b in range(a, z):
            share[b] = max(share[b], mass / max(chars, 1.0))


@njit(cache=True, nogil=True)
def between(
    nodes: Nodes, count: int, before: np.ndarray, blocks: Blocks, made: int, share: np.ndarray, limit: float
) -> None:
    """Gives lists, headings and figures that stand between two other kept blocks, all right below one element, but what
    is links for the most part or named otherwise: pages with gold lists have few, so the model is a hard judge of them.
    """
    first = np.full(count, made, np.int32)  # by element, the first kept block right below it that is no such part
    last = np.full(count, -1, np.int32)
    for b in range(made):
        owner = blocks.owner[b]
        if share[b] > limit and not _PARTS[nodes.tag[owner]]:
            parent = nodes.parent[owner]
            first[parent] = min(first[parent], b)
            last[parent] = b
    around = _around(nodes, count, before, blocks, made, _HOLDS)
    surplus = np.zeros(made + 1, np.int64)  # of links over other characters, in all blocks before
    for b in range(made):
        surplus[b + 1] = surplus[b] + 2 * int64(blocks.linked[b]) - int64(blocks.chars[b])
    i = 0
    while i < count:
        parent = nodes.parent[i]
        a, z = before[i], before[nodes.end[i]]
        within = first[parent] < a and z <= last[parent]
        if _PARTS[nodes.tag[i]] and within and not around[i] & _ASIDE and surplus[z] <= surplus[a]:
            share[a:z] = 1.0
            i = int64(nodes.end[i])
        else:
            i += 1


@njit(cache=True, nogil=True)
def code(
    nodes: Nodes, count: int, before: np.ndarray, blocks: Blocks, made: int, properties: np.ndarray, share: np.ndarray
) -> None:
    """Gives what is preformatted, but among comments and in what is no text: gold texts often lack code, so the model
    is no judge of it.
    """
    around = _around(nodes, count, before, blocks, made, _HOLDS)
    i = 0
    while i < count:
        if properties[nodes.tag[i]] & _PRE and not around[i] & _NO_CODE:
            share[before[i] : before[nodes.end[i]]] = 1.0
            i = int64(nodes.end[i])
        else:
            i += 1


@njit(cache=True, nogil=True)
def _holds(nodes: Nodes, node: int, tags: np.ndarray) -> bool:
    """Whether an element of those tags stands in a subtree."""
    for k in range(node + 1, nodes.end[node]):
        if tags[nodes.tag[k]]:
            return True
    return False


@njit(cache=True, nogil=True)
def plain(nodes: Nodes, count: int, before: np.ndarray, blocks: Blocks, made: int, share: np.ndarray) -> None:
    """Gives all of a short page, or of one without menus, but for what is a part of something else by the classes and
    names of what it stands in.
    """
    chars = linked = menus = 0
    for b in range(made):
        own, own_linked = int64(blocks.chars[b]), int64(blocks.linked[b])
        chars += own
        linked += own_linked
        menus += own if 2 * own_linked > own else 0
    short = chars <= _SMALL and 2 * linked <= chars
    if not short and menus * _MENUS > chars:
        return
    around = _around(nodes, count, before, blocks, made, 1.0)
    for b in range(made):
        if not around[blocks.owner[b]] & _ASIDE:
            share[b] = 1.0


@njit(cache=True, nogil=True)
def _around(nodes: Nodes, count: int, before: np.ndarray, blocks: Blocks, made: int, most: float) -> np.ndarray:
    """int64 by element: the bits of it and of those around it, but the body's and of those that hold more than the
    share `most` of the page's characters.
    """
    chars = np.zeros(made + 1, np.int64)
    for b in range(made):
        chars[b + 1] = chars[b] + blocks.chars[b]
    bits = np.zeros(count, np.int64)
    for i in range(1, count):
        bits[i] = bits[nodes.parent[i]]
        if nodes.bits[i] and chars[before[nodes.end[i]]] - chars[before[i]] <= most * chars[made]:
            bits[i] |= nodes.bits[i]
    return bits


@njit(cache=True, nogil=True)
def comments(nodes: Nodes, count: int, before: np.ndarray, blocks: Blocks, made: int, share: np.ndarray) -> None:
    """Gives what stands in a section of comments, but for links, buttons and words by themselves."""
    around = _around(nodes, count, before, blocks, made, 1.0)
    for b in range(made):
        chars = int64(blocks.chars[b])
        words_first = 2 * (int64(blocks.linked[b]) + int64(blocks.control[b])) < chars
        if around[blocks.owner[b]] & _COMMENT and words_first and chars >= _SAID:
            share[b] = 1.0


@njit(cache=True, nogil=True)
def without_tables(nodes: Nodes, count: int, before: np.ndarray, blocks: Blocks, keep: np.ndarray) -> None:
    """Leaves out the blocks of tables of data: with no table within, and cells that are short."""
    for i in range(count):
        if nodes.tag[i] != _TABLE or _holds(nodes, i, _TABLES):
            continue
        cells = chars = 0
        for k in range(i + 1, nodes.end[i]):
            cells += nodes.tag[k] == _TD or nodes.tag[k] == _TH
        a, z = int64(before[i]), int64(before[nodes.end[i]])
        for b in range(a, z):
            chars += int64(blocks.chars[b])
        if cells >= _CELLS and chars <= _CELL_CHARS * cells:
            keep[a:z] = 0
