"""A page's tree and blocks, from its markup."""

from dataclasses import dataclass

import numpy as np

from corpus.html import elements, references, words
from corpus.html.kernels import blocks as kernel
from corpus.html.kernels.nodes import Nodes, nodes, stack
from corpus.html.kernels.parse import CLASSES, parse
from corpus.html.kernels.write import EACH_ITEM, write


@dataclass(frozen=True, kw_only=True, eq=False)
class Tree:
    """A page as bytes and nodes."""

    data: np.ndarray  # uint8
    nodes: Nodes
    count: int
    depth: int  # of the deepest node


def tree(markup: str) -> Tree:
    """The tree of a page; lone surrogates become question marks."""
    raw = markup.encode("utf-8", "replace")
    data = np.frombuffer(raw, np.uint8)
    most = 2 * raw.count(b"<") + 2
    made = nodes(most)
    count, depth = parse(
        data, CLASSES, elements.HASHES, elements.NUMBERS, words.HASHES, words.BITS, elements.PROPERTIES,
        words.OF_ELEMENTS, made, stack(most, elements.COUNT),
    )  # fmt: skip
    return Tree(data=data, nodes=made, count=count, depth=depth)


@dataclass(frozen=True, kw_only=True, eq=False)
class Cut:
    """A tree cut into blocks."""

    tree: Tree
    show: np.ndarray  # uint8 by node
    block_of: np.ndarray  # int32 by node
    before: np.ndarray  # int32 by node, and one
    blocks: kernel.Blocks
    count: int


def cut(page: Tree, *, main: bool, formulas: bool) -> Cut:
    """The blocks of a tree: of all text that shows, or of what may be main text."""
    show = np.empty(page.count, np.uint8)
    kernel.shown(page.nodes, page.count, elements.PROPERTIES, main, formulas, show)
    block_of, before = np.empty(page.count, np.int32), np.empty(page.count + 1, np.int32)
    made = kernel.blocks(page.count)
    count = kernel.cut(
        page.nodes, page.count, elements.PROPERTIES, show, block_of, before, made, np.empty(page.count + 1, np.int32)
    )
    return Cut(tree=page, show=show, block_of=block_of, before=before, blocks=made, count=count)


def text(page: Cut, keep: np.ndarray, *, links: bool) -> str:
    """The text of the blocks with `keep`, uint8 by block."""
    nodes, count = page.tree.nodes, page.tree.count
    items = int(np.count_nonzero(nodes.tag[:count] == elements.NUMBER["li"]))
    out = np.empty(2 * page.tree.data.size + EACH_ITEM * items + 64, np.uint8)
    size = write(
        page.tree.data, nodes, count, elements.PROPERTIES, page.show, page.block_of, keep, links,
        references.HASHES, references.CODES, references.WINDOWS_1252,
        np.empty(count + 1, np.int32), np.empty(count + 1, np.int32), out,
    )  # fmt: skip
    return out[:size].tobytes().decode()
