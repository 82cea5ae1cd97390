"""The ARPA format: log10 probabilities and back-offs as text, which every n-gram toolkit reads."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from filters.kernels import arpa
from filters.lm.kneser_ney import Weights
from filters.lm.suffixes import Level
from filters.lm.vocabulary import Vocabulary

_BLOCK = 8 << 20  # bytes written at a time


def blocks(tree: Sequence[Level], weighted: Iterable[Weights], vocabulary: Vocabulary) -> Iterator[bytes]:
    """The file, piece by piece; `weighted` is taken one length at a time."""
    yield b"\\data\\\n" + b"".join(b"ngram %d=%d\n" % (n, len(level)) for n, level in enumerate(tree, 1)) + b"\n"
    words, offsets = vocabulary.buffers
    longest = int(np.diff(offsets).max())
    out = np.empty(max(_BLOCK, 8 * (longest + 64)), np.uint8)  # one line always fits: at most six words
    for n, (level, found) in enumerate(zip(tree, weighted, strict=True)):
        yield b"\\%d-grams:\n" % (n + 1)
        firsts = tuple(tree[k].first for k in range(n + 1))
        starts = tuple(tree[k].start for k in range(max(n, 1)))
        begin = 0
        while begin < len(level):
            begin, size = arpa.lines(
                begin,
                len(level),
                n,
                firsts,
                starts,
                found.probability,
                found.backoff,
                n + 1 == len(tree),
                words,
                offsets,
                out,
            )
            yield out[:size].tobytes()
        yield b"\n"
    yield b"\\end\\\n"
