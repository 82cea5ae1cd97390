"""The tree of a page as arrays, in the order of the page: a node before what it holds."""

from typing import NamedTuple

import numpy as np


class Nodes(NamedTuple):
    """Elements and texts; the first is the body. A subtree is the nodes from one to its `end`."""

    tag: np.ndarray  # uint8: number of the element, TEXT for a text
    parent: np.ndarray  # int32
    end: np.ndarray  # int32: one after the last node within
    start: np.ndarray  # int32, bytes: of a text; of the address of a link, of all attributes of meta and link
    stop: np.ndarray  # int32
    bits: np.ndarray  # int64: kinds of words and roles (corpus.html.words) of an element or text
    chars: np.ndarray  # int32: code points of a text but white space
    marks: np.ndarray  # int32: punctuation of sentences among them
    digits: np.ndarray  # int32
    capitals: np.ndarray  # int32: ASCII capitals


def nodes(most: int) -> Nodes:
    """Room for `most` nodes, not yet written."""
    tag, bits = np.empty(most, np.uint8), np.empty(most, np.int64)
    parent, end, start, stop, chars, marks, digits, capitals = (np.empty(most, np.int32) for _ in range(8))
    return Nodes(tag, parent, end, start, stop, bits, chars, marks, digits, capitals)


class Stack(NamedTuple):
    """Elements that are open, the body first."""

    node: np.ndarray  # int32
    tag: np.ndarray  # uint8
    name: np.ndarray  # int64: the name's hash
    space: np.ndarray  # uint8: namespace, HTML, SVG or MathML
    table: np.ndarray  # int32: place on the stack of the table that it is in, or is; -1
    open: np.ndarray  # int32 by element: how many are open


def stack(most: int, kinds: int) -> Stack:
    """Room for `most` open elements."""
    return Stack(
        np.empty(most, np.int32),
        np.empty(most, np.uint8),
        np.empty(most, np.int64),
        np.empty(most, np.uint8),
        np.empty(most, np.int32),
        np.zeros(kinds, np.int32),
    )
