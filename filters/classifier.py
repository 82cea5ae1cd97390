"""fastText's supervised models, read from their files into arrays: dense (.bin) and quantised (.ftz), any label set.

The format is that of fastText 0.9 (Joulin et al. 2016, "Bag of Tricks"; 2016b, "FastText.zip" for the product
quantiser), as its `FastText::loadModel` reads it: versions 11 and 12, little-endian. Every count in the file is checked
against the size of the file before memory is taken for it.
"""

import struct
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from filters.kernels.classify import HIERARCHICAL, NEGATIVE, ONE_VS_ALL, SOFTMAX, Net, Words, hash_bytes, subword_rows
from filters.models import verified

_MAGIC, _OLDEST, _NEWEST = 793712314, 11, 12
_SUPERVISED = 3
_MOST_NGRAMS = 64  # words or letters of an n-gram: memory is taken by them for each word of a text; models have 6
_CENTROIDS = 256  # a code is a byte
_END = b"</s>"
_LABEL = "__label__"


class Classifier(NamedTuple):
    """A model as the kernel reads it."""

    labels: tuple[str, ...]  # as in the file, without `__label__`
    words: Words
    net: Net


@cache
def load(path: str, sha256: str) -> Classifier:
    """Read the model whose file has that digest. Raises ValueError, one line, for anything else."""
    with open(verified(path, sha256), "rb") as file:
        return parsed(file.read(), path)


def parsed(data: bytes, name: str) -> Classifier:
    """The model of a file's bytes. Raises ValueError, one line with the name, for anything else."""
    try:
        return _Reader(bytearray(data)).classifier()
    except (struct.error, UnicodeDecodeError, _Malformed) as error:
        raise ValueError(
            f"model {name} is no fastText classifier ({error or 'cut short'}); name a supervised .bin or .ftz file"
        ) from error


class _Malformed(Exception):
    pass


class _Reader:
    def __init__(self, data: bytearray) -> None:
        self.data = data
        self.place = 0

    def scalars(self, layout: str) -> tuple[int, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.place)
        self.place += struct.calcsize("<" + layout)
        return found

    def array(self, kind: str, *shape: int) -> np.ndarray:
        count = 1
        for size in shape:
            count *= size
        dtype = np.dtype(kind)
        if min(shape) < 0 or count * dtype.itemsize > len(self.data) - self.place:
            raise _Malformed(f"{count:,} numbers are promised at byte {self.place:,} and not there")
        found = np.frombuffer(self.data, dtype, count, self.place).reshape(shape)
        self.place += count * dtype.itemsize
        return found

    def string(self) -> bytes:
        end = self.data.find(b"\0", self.place)
        if end < 0:
            raise _Malformed("the dictionary has no end")
        found = bytes(self.data[self.place : end])
        self.place = end + 1
        return found

    def classifier(self) -> Classifier:
        magic, version = self.scalars("ii")
        if magic != _MAGIC or not _OLDEST <= version <= _NEWEST:
            raise _Malformed("its first bytes are not fastText's")
        dim, _, _, _, _, word_ngrams, loss, kind, buckets, minn, maxn, _ = self.scalars("12i")
        self.scalars("d")
        if not (0 <= word_ngrams <= _MOST_NGRAMS and maxn <= _MOST_NGRAMS):
            raise _Malformed(f"its n-grams have up to {word_ngrams:,} words and {maxn:,} letters")
        if buckets < 1 and (maxn > 0 or word_ngrams > 1):
            raise _Malformed("it has n-grams and no buckets for them")
        if kind != _SUPERVISED or loss not in (HIERARCHICAL, NEGATIVE, SOFTMAX, ONE_VS_ALL):
            raise _Malformed("it is not supervised")
        if version == _OLDEST:
            maxn = 0  # as fastText reads models of that version
        entries, words, labels, _, pruned = self.scalars("iiiqq")
        if entries != words + labels or labels < 1 or buckets < 0:
            raise _Malformed("its dictionary does not add up")
        names, label_counts = self._dictionary(words, labels)
        order, present, before = self._kept(pruned, buckets)
        matrix = self._matrix(dim, quantised=bool(self.scalars("?")[0]))
        output = self._matrix(dim, quantised=bool(self.scalars("?")[0]))
        highest = buckets - 1 if order is None else int(order.max(initial=-1))
        used = words + (highest + 1 if maxn > 0 or word_ngrams > 1 else 0)
        if len(matrix) < used or len(output) < labels - (loss == HIERARCHICAL):
            raise _Malformed("its matrices are too small for its dictionary")
        known = names[:words]
        left, right = _tree(label_counts) if loss == HIERARCHICAL else (np.empty(0, np.int32), np.empty(0, np.int32))
        net = Net(
            minn=minn,
            maxn=maxn,
            buckets=buckets,
            words=words,
            word_ngrams=word_ngrams,
            end=known.index(_END) if _END in known else -1,
            loss=loss,
            present=present,
            before=before,
            matrix=matrix if order is None else np.concatenate([matrix[:words], matrix[words:][order]]),
            output=output,
            left=left,
            right=right,
        )
        return Classifier(
            labels=tuple(name.decode().removeprefix(_LABEL) for name in names[words:]),
            words=_words(known, net),
            net=net,
        )

    def _dictionary(self, words: int, labels: int) -> tuple[list[bytes], list[int]]:
        names, counts = [], []
        for number in range(words + labels):
            names.append(self.string())
            count, kind = self.scalars("qb")
            if kind != (number >= words):
                raise _Malformed("words and labels are mixed")
            counts.append(count)
        return names, counts[words:]

    def _kept(self, pruned: int, buckets: int) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
        """Rows of the buckets that were not pruned, in order of bucket; a bit for each; and bits before every 64.

        -1 in the file says that nothing was pruned.
        """
        if pruned < 0:
            return None, np.empty(0, np.uint64), np.empty(0, np.int32)
        pairs = self.array("<i4", pruned, 2)
        if pruned and not (int(pairs.min()) >= 0 and int(pairs[:, 0].max()) < buckets):
            raise _Malformed("its pruned buckets are out of range")
        flags = np.zeros(max(1, -(-buckets // 64)) * 64, bool)
        flags[pairs[:, 0]] = True
        if int(flags.sum()) != pruned:
            raise _Malformed("a bucket is there twice")
        present = np.packbits(flags, bitorder="little").view(np.uint64)
        before = np.concatenate([[0], np.cumsum(flags.reshape(-1, 64).sum(axis=1))[:-1]]).astype(np.int32)
        return pairs[np.argsort(pairs[:, 0], kind="stable"), 1], present, before

    def _matrix(self, dim: int, *, quantised: bool) -> np.ndarray:
        """float32[rows, dim]; a product-quantised one is multiplied out."""
        if not quantised:
            rows, columns = self.scalars("qq")
            self._check_width(columns, dim)
            return self.array("<f4", rows, columns)
        (normed,) = self.scalars("?")
        rows, columns, size = self.scalars("qqi")
        self._check_width(columns, dim)
        codes = self.array("u1", size)
        directions = self._centroids()
        if size != rows * len(directions) or sum(block.shape[1] for block in directions) != dim:
            raise _Malformed("its codes do not fit its quantiser")
        codes = codes.reshape(rows, len(directions))
        blocks = [block[codes[:, number]] for number, block in enumerate(directions)]
        matrix = np.ascontiguousarray(np.concatenate(blocks, axis=1), np.float32)
        if normed:
            norm_codes = self.array("u1", rows)
            (norms,) = self._centroids()
            matrix *= norms[norm_codes]
        return matrix

    def _check_width(self, columns: int, dim: int) -> None:
        if columns != dim:
            raise _Malformed(f"a matrix is {columns} wide and its vectors {dim}")

    def _centroids(self) -> list[np.ndarray]:
        """float32[256, width] for each sub-quantiser; the last one may be narrower."""
        dim, blocks, width, last = self.scalars("4i")
        if blocks < 1 or dim != width * (blocks - 1) + last:
            raise _Malformed("its quantiser does not add up")
        flat = self.array("<f4", dim * _CENTROIDS)
        whole = _CENTROIDS * width
        parts = [flat[number * whole : (number + 1) * whole].reshape(_CENTROIDS, width) for number in range(blocks - 1)]
        return [*parts, flat[(blocks - 1) * whole :].reshape(_CENTROIDS, last)]


def _words(words: Sequence[bytes], net: Net) -> Words:
    hashes = np.array([hash_bytes(np.frombuffer(word, np.uint8)) for word in words], np.uint32)
    slots = np.zeros(1 << max(4, (2 * len(words)).bit_length()), np.int32)
    for number, value in enumerate(hashes.tolist()):
        slot = value & (len(slots) - 1)
        while slots[slot]:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = number + 1
    offsets, rows = [0], []
    for number, word in enumerate(words):
        rows.append(number)
        if word != _END:
            rows += subword_rows(np.frombuffer(b"<" + word + b">", np.uint8), net).tolist()
        offsets.append(len(rows))
    return Words(
        slots=slots,
        hashes=hashes,
        offsets=np.cumsum([0, *map(len, words)], dtype=np.int64),
        spelling=np.frombuffer(bytearray(b"".join(words)), np.uint8),
        row_offsets=np.array(offsets, np.int64),
        rows=np.array(rows, np.int32),
    )


def _tree(counts: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Children of the Huffman tree over labels by their counts, as fastText builds it (its counts descend)."""
    leaves = len(counts)
    nodes = 2 * leaves - 1
    weights = [*counts, *[10**15] * (leaves - 1)]  # 1e15: fastText's "not made yet"
    left, right = np.full(nodes, -1, np.int32), np.full(nodes, -1, np.int32)
    leaf, node = leaves - 1, leaves
    for made in range(leaves, nodes):
        smallest = []
        for _ in range(2):
            if leaf >= 0 and weights[leaf] < weights[node]:
                smallest.append(leaf)
                leaf -= 1
            else:
                smallest.append(node)
                node += 1
        left[made], right[made] = smallest
        weights[made] = weights[smallest[0]] + weights[smallest[1]]
    return left, right
