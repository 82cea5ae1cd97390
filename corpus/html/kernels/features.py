"""What is known of each block: itself, its neighbours, the elements that hold it, and the page; and what follows.

All of it is linear in the page: sums over a subtree are differences of running sums, and what elements inherit is
handed down once.
"""

import numpy as np

from corpus.html import elements, words
from corpus.html.kernels.blocks import Blocks
from corpus.html.kernels.nodes import Nodes
from corpus.html.kernels.parse import words_of
from corpus.html.kernels.trees import Trees, share_of
from filters.jit import int64, njit

_TEXT = elements.TEXT
_N = elements.NUMBER
_H1, _H6, _ARTICLE, _MAIN, _TABLE, _FORM = (_N[n] for n in ("h1", "h6", "article", "main", "table", "form"))
_BITS = len(words.FEATURES)
_HIDDEN, _ARIA = words.HIDDEN, words.ARIA_HIDDEN
_LONG = 80  # characters without links that make a block a paragraph
_MOST = 0.6  # share of a page's characters above which an element holds the page, so its class says nothing

_ORDER = [
    "p",
    "li",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "div",
    "dd",
    "dt",
    "pre",
    "blockquote",
    "figcaption",
    "caption",
    "section",
    "article",
    "main",
    "body",
    "summary",
    "footer",
    "header",
    "nav",
    "aside",
    "form",
    "label",
    "address",
]


def _kinds() -> np.ndarray:
    """uint8 by element: a number in the order of `_ORDER`, 0 for others."""
    kinds = np.zeros(elements.COUNT, np.uint8)
    for place, name in enumerate(_ORDER, start=1):
        kinds[_N[name]] = place
    return kinds


KINDS = _kinds()
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_LEVELS = 5
_OWN, _EACH_NEIGHBOUR, _EACH_LEVEL, _PLACE, _PAGE = 16, 5, 8, 21, 8
_SAID = np.array(
    [
        words.KINDS.index(kind)
        for kind in (
            "COMMENT", "RELATED", "SHARE", "NAV", "COOKIE", "AD", "SUBSCRIBE", "META", "TAGS", "AUTHOR", "LEGAL",
            "NOTE", "PRODUCT",
        )
    ],
    np.int64,
)  # fmt: skip
_SHORT = 60  # characters of a text that says what it is
WIDTH = (
    _OWN + _EACH_NEIGHBOUR * len(_NEIGHBOURS) + _EACH_LEVEL * _LEVELS + _PLACE + _PAGE + 3 * (_BITS + 2)
    + 2 * _SAID.size
)  # fmt: skip


@njit(cache=True, nogil=True)
def _sums(column: np.ndarray, count: int) -> np.ndarray:
    """int64 of count + 1: running sums."""
    sums = np.zeros(count + 1, np.int64)
    for b in range(count):
        sums[b + 1] = sums[b] + column[b]
    return sums


@njit(cache=True, nogil=True)
def _best(
    nodes: Nodes, count: int, blocks: Blocks, made: int, before: np.ndarray, chars: np.ndarray, linked: np.ndarray
) -> int:
    """The element with most paragraphs near below it, by the scores of readability: a paragraph counts for its parent
    and half for the parent of that, links count against."""
    scores = np.zeros(count, np.float64)
    for b in range(made):
        plain = int64(blocks.chars[b]) - int64(blocks.linked[b])
        if plain < 25:
            continue
        score = 1.0 + min(10, int64(blocks.marks[b])) + min(3.0, plain / 100.0)
        parent = int64(nodes.parent[blocks.owner[b]])
        scores[parent] += score
        scores[nodes.parent[parent]] += 0.5 * score
    best, most = 0, -1.0
    for i in range(count):
        if scores[i] > 0:
            a, z = before[i], before[nodes.end[i]]
            all_chars = chars[z] - chars[a]
            score = scores[i] * (1.0 - (linked[z] - linked[a]) / max(all_chars, 1))
            if score > most:
                best, most = i, score
    return best


@njit(cache=True, nogil=True)
def features(
    data: np.ndarray,
    nodes: Nodes,
    count: int,
    blocks: Blocks,
    made: int,
    before: np.ndarray,
    kinds: np.ndarray,
    classes: np.ndarray,
    hashes: np.ndarray,
    word_bits: np.ndarray,
    rows: np.ndarray,
    trees: Trees,
    out: np.ndarray,
) -> None:
    """Writes `out`, float64 by block: how much of it is main text, by the trees.

    `rows` is float32 of (rows, WIDTH), at least one; block b has the row b modulo their number. So a page needs one
    row, and whoever wants to see the features gives a row a block.
    """
    chars = _sums(blocks.chars, made)
    linked = _sums(blocks.linked, made)
    marks = _sums(blocks.marks, made)
    control = _sums(blocks.control, made)
    total = max(1, chars[made])

    # Handed down from element to element.
    small = np.zeros(count, np.int64)  # kinds of elements around, but those that hold the page
    whole = np.zeros(count, np.int64)  # of all
    near = np.zeros(count, np.int64)  # of those that hold no block more
    wider = np.zeros(count, np.int32)  # the next element around that holds a block more
    depth = np.zeros(count, np.int32)
    article = np.zeros(count, np.int32)  # the article or main part around
    children = np.zeros(count, np.int32)  # elements of the same tag as the first child
    last_child = np.zeros(count, np.int32)
    alike_next = np.zeros(count, np.int32)  # the next sibling of the same tag and kinds
    alike = np.ones(count, np.int32)  # siblings in a row of the same tag and kinds
    alike_near = np.ones(count, np.int32)  # the most of those that hold no block more
    articles = 0
    for i in range(1, count):
        tag = nodes.tag[i]
        if tag == _TEXT:
            continue
        parent = nodes.parent[i]
        a, z = before[i], before[nodes.end[i]]
        mine = nodes.bits[i]
        before_it = last_child[parent]
        if before_it and nodes.tag[before_it] == tag and nodes.bits[before_it] == mine:
            alike[i] = alike[before_it] + 1
            alike_next[before_it] = i
        last_child[parent] = i
        share = (chars[z] - chars[a]) / total
        whole[i] = whole[parent] | mine
        small[i] = small[parent] | (mine if share <= _MOST else 0)
        depth[i] = depth[parent] + 1
        children[parent] += 1
        if before[nodes.end[parent]] - before[parent] > z - a:
            wider[i] = parent
            near[i] = mine
        else:
            wider[i] = wider[parent]
            near[i] = near[parent] | mine
        article[i] = i if tag == _ARTICLE or tag == _MAIN else article[parent]
        articles += tag == _ARTICLE

    for i in range(count - 1, 0, -1):
        if alike_next[i]:
            alike[i] = alike[alike_next[i]]
    for i in range(1, count):
        same = wider[i] != nodes.parent[i]
        alike_near[i] = max(alike[i], alike_near[nodes.parent[i]]) if same else alike[i]
    beside = np.zeros(count, np.int64)  # characters without links of blocks right below
    most_beside = int64(1)
    for b in range(made):
        parent = nodes.parent[blocks.owner[b]]
        beside[parent] += int64(blocks.chars[b]) - int64(blocks.linked[b])
        most_beside = max(most_beside, beside[parent])
    said = np.zeros(made, np.int64)  # kinds that a short text names itself
    above = np.full(made, -1, np.int32)  # the heading before
    for b in range(made):
        if b:
            above[b] = above[b - 1]
            if _H1 <= nodes.tag[blocks.owner[b - 1]] <= _H6:
                above[b] = b - 1
        if blocks.chars[b] <= _SHORT:
            for i in range(blocks.first[b], blocks.last[b] + 1):
                if nodes.tag[i] == _TEXT:
                    said[b] |= words_of(data, nodes.start[i], nodes.stop[i], classes, hashes, word_bits)

    best = _best(nodes, count, blocks, made, before, chars, linked)
    best_first, best_last = before[best], before[nodes.end[best]]
    around = int64(wider[best])
    around_first, around_last = before[around], before[nodes.end[around]]

    long_before = np.zeros(made + 1, np.int32)
    last_long = np.full(made + 1, -1, np.int32)
    first_heading = -1
    for b in range(made):
        long = blocks.chars[b] - blocks.linked[b] >= _LONG
        long_before[b + 1] = long_before[b] + long
        last_long[b + 1] = b if long else last_long[b]
        if first_heading < 0 and nodes.tag[blocks.owner[b]] == _H1:
            first_heading = b
    longs = long_before[made]
    first_long = made
    next_long = made + 1000
    end_long = last_long[made]
    for b in range(made):
        if blocks.chars[b] - blocks.linked[b] >= _LONG:
            first_long = b
            break

    for b in range(made - 1, -1, -1):
        row = rows[b % rows.shape[0]]
        owner = int64(blocks.owner[b])
        own = max(1, int64(blocks.chars[b]))
        parent = int64(nodes.parent[owner])
        last = int64(blocks.last[b])
        stop = int64(nodes.stop[last]) - 1
        while stop > nodes.start[last] and data[stop] <= 32:
            stop -= 1
        ending = data[max(0, stop)]
        f = 0
        row[0] = own
        row[1] = blocks.linked[b] / own
        row[2] = blocks.marks[b] / own
        row[3] = blocks.digits[b] / own
        row[4] = blocks.capitals[b] / own
        row[5] = blocks.control[b] / own
        row[6] = blocks.strong[b] / own
        row[7] = blocks.breaks[b]
        row[8] = 2 if ending == 46 or ending == 33 or ending == 63 else (1 if ending == 58 or ending >= 128 else 0)
        row[9] = kinds[nodes.tag[owner]]
        row[10] = depth[owner]
        row[11] = blocks.marks[b]
        row[12] = alike_near[owner]
        row[13] = beside[parent]
        row[14] = beside[parent] / most_beside
        row[15] = blocks.last[b] - blocks.first[b]
        f = _OWN
        for offset in _NEIGHBOURS:
            other = b + offset
            if 0 <= other < made:
                size = max(1, int64(blocks.chars[other]))
                row[f] = size
                row[f + 1] = blocks.linked[other] / size
                row[f + 2] = blocks.marks[other]
                row[f + 3] = kinds[nodes.tag[blocks.owner[other]]]
                row[f + 4] = (
                    2 if blocks.owner[other] == owner else (1 if nodes.parent[blocks.owner[other]] == parent else 0)
                )
            else:
                row[f] = row[f + 1] = row[f + 2] = row[f + 3] = row[f + 4] = -1
            f += _EACH_NEIGHBOUR
        node = owner
        for _ in range(_LEVELS):
            node = int64(wider[node])
            a, z = before[node], before[nodes.end[node]]
            size = max(1, chars[z] - chars[a])
            row[f] = z - a
            row[f + 1] = size
            row[f + 2] = (linked[z] - linked[a]) / size
            row[f + 3] = (marks[z] - marks[a]) / size
            row[f + 4] = size / total
            row[f + 5] = long_before[z] - long_before[a]
            row[f + 6] = kinds[nodes.tag[node]]
            row[f + 7] = alike_near[node]
            f += _EACH_LEVEL
        row[f] = b / made
        row[f + 1] = chars[b] / total
        row[f + 2] = min(b, 1000)
        row[f + 3] = min(made - b, 1000)
        low, high = max(0, b - 5), min(made, b + 6)
        row[f + 4] = (chars[high] - linked[high]) - (chars[low] - linked[low])
        row[f + 5] = (linked[high] - linked[low]) / max(1, chars[high] - chars[low])
        inside = best_first <= b < best_last
        row[f + 6] = 2 if inside else (1 if around_first <= b < around_last else 0)
        row[f + 7] = 0 if inside else (best_first - b if b < best_first else best_last - 1 - b)
        row[f + 8] = long_before[b]
        row[f + 9] = longs - long_before[b + 1]
        row[f + 10] = b - last_long[b] if last_long[b] >= 0 else 1000
        row[f + 11] = next_long - b
        row[f + 12] = b - first_heading if first_heading >= 0 else -1000
        row[f + 13] = b - first_long
        row[f + 14] = b - end_long
        row[f + 15] = (
            -1
            if article[owner] == 0
            else (chars[before[nodes.end[article[owner]]]] - chars[before[article[owner]]]) / total
        )
        row[f + 16] = -1 if article[owner] == 0 else b - before[article[owner]]
        row[f + 17] = children[wider[owner]]
        heading = int64(above[b])
        row[f + 18] = b - heading if heading >= 0 else -1
        row[f + 19] = blocks.linked[heading] / max(1, int64(blocks.chars[heading])) if heading >= 0 else -1
        row[f + 20] = kinds[nodes.tag[blocks.owner[heading]]] if heading >= 0 else -1
        f += _PLACE
        row[f] = made
        row[f + 1] = total
        row[f + 2] = linked[made] / total
        row[f + 3] = longs
        row[f + 4] = articles
        row[f + 5] = (chars[best_last] - chars[best_first]) / total
        row[f + 6] = marks[made] / total
        row[f + 7] = control[made] / total
        f += _PAGE
        mask, every, close = small[owner], whole[owner], near[owner]
        for bit in range(_BITS):
            row[f + bit] = (mask >> bit) & 1
            row[f + _BITS + 2 + bit] = (every >> bit) & 1
            row[f + 2 * (_BITS + 2) + bit] = (close >> bit) & 1
        f += _BITS
        for values in (mask, every, close):
            row[f] = 1 if values & _HIDDEN else 0
            row[f + 1] = 1 if values & _ARIA else 0
            f += _BITS + 2
        f = rows.shape[1] - 2 * _SAID.size
        for k in range(_SAID.size):
            row[f + k] = (said[b] >> _SAID[k]) & 1
            row[f + _SAID.size + k] = (said[heading] >> _SAID[k]) & 1 if heading >= 0 else 0
        out[b] = share_of(row, trees)
        if blocks.chars[b] - blocks.linked[b] >= _LONG:
            next_long = b
