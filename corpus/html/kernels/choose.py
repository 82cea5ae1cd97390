"""Which blocks are kept, from the share of each that is main text."""

import numpy as np

from corpus.html import elements
from corpus.html.kernels.blocks import Blocks
from corpus.html.kernels.nodes import Nodes
from filters.jit import int64, njit

_STEPS = 64  # of shares: finer ones changed no page's threshold by more than a block
_LOWEST, _HIGHEST = 0.2, 0.5
_PRE = elements.PRE
_TEXT = elements.TEXT
_N = elements.NUMBER
_TABLE, _DL = _N["table"], _N["dl"]
_UL, _OL = _N["ul"], _N["ol"]
_SMALL = 1200  # characters: so short a page is its main text but for what its elements call something else
_ROW_CELLS = 2


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
def whole(
    nodes: Nodes, count: int, blocks: Blocks, made: int, before: np.ndarray, share: np.ndarray
) -> None:
    """Gives the blocks of an innermost table or outermost list what they have on the average, if that is more.

    A table or list is main text or not as a whole; a cell or item of a word or two says little by itself.
    """
    mass = np.zeros(made + 1, np.float64)
    chars = np.zeros(made + 1, np.float64)
    for b in range(made):
        mass[b + 1] = mass[b] + blocks.chars[b] * share[b]
        chars[b + 1] = chars[b] + blocks.chars[b]
    done = 0
    for i in range(count):
        tag = nodes.tag[i]
        if not (tag == _TABLE or tag == _UL or tag == _OL or tag == _DL) or i < done:
            continue
        a, z = int64(before[i]), int64(before[nodes.end[i]])
        if z - a < 2 or chars[z] == chars[a]:
            continue
        if tag == _TABLE:
            nested = False
            for k in range(i + 1, nodes.end[i]):
                if nodes.tag[k] == _TABLE:
                    nested = True
                    break
            if nested:
                continue
        done = int64(nodes.end[i])
        mean = (mass[z] - mass[a]) / (chars[z] - chars[a])
        for b in range(a, z):
            share[b] = max(share[b], mean)
