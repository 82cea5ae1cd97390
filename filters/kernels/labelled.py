"""How often each label's terms stand in a text, where a term may have several labels on different axes.

Terms are sequences of words, as entries of `filters.kernels.lexicon` are. Each axis is searched by itself: at each
place the longest term of the axis that stands there counts, and the search on that axis goes on after it. All axes
share one table, so a word with which no term begins costs one look, however many axes there are.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from filters.jit import njit
from filters.kernels.buffers import buffers
from filters.kernels.hashing import BASE, mix
from filters.kernels.lexicon import BEGINS, ENTRY, LONGEST, hash_table, key_of
from filters.kernels.text import index_text

Groups = Mapping[str, Sequence[str]]  # terms by group; those of "" are told from all others and not counted


class Labelled(NamedTuple):
    """A hash table for each language, end to end; a language is a row of `offsets`. A label is `axis.group`."""

    languages: dict[str, int]
    names: tuple[str, ...]  # labels that are counted
    offsets: np.ndarray  # int64[languages + 1] into table; sizes are powers of two
    table: np.ndarray  # uint64: keys of terms and of what they begin with, 0 is free
    kinds: np.ndarray  # uint8: of each key, ENTRY and BEGINS
    places: np.ndarray  # int64[len(table) + 1] into labels
    labels: np.ndarray  # int32: of each term, one an axis
    axes: np.ndarray  # int32[labels]: the axis of each label; those that are not counted stand behind `names`
    own_axes: Mapping[str, frozenset[str]]  # names of the axes of each language


class Counted(NamedTuple):
    """Labels of texts: those of row i stand from ends[i] to ends[i + 1], ascending."""

    ends: np.ndarray  # int64[rows + 1]
    labels: np.ndarray  # int32
    counts: np.ndarray  # int32, above 0


def compile_labelled(words: Mapping[str, Mapping[str, Groups]]) -> Labelled:
    """Terms by language, axis and group. Raises ValueError, one line, for one without a word or with more than 12, and
    for one in two groups of an axis."""
    axes = sorted({axis for own in words.values() for axis in own})
    pairs = sorted({(axis, group) for own in words.values() for axis, groups in own.items() for group in groups})
    counted = [pair for pair in pairs if pair[1]]
    number = {pair: n for n, pair in enumerate([*counted, *(pair for pair in pairs if not pair[1])])}
    tables: list[np.ndarray] = []
    kinds: list[np.ndarray] = []
    sizes: list[np.ndarray] = []
    labels: list[int] = []
    for language in sorted(words):
        keys, of_key = _keys(words[language], number, language)
        table, kind = hash_table(keys)
        own = [of_key.get(key, []) for key in table.tolist()]
        tables.append(table)
        kinds.append(kind)
        sizes.append(np.array(list(map(len, own)), np.int64))
        labels += [label for found in own for label in found]
    return Labelled(
        languages={language: row for row, language in enumerate(sorted(words))},
        names=tuple(".".join(pair) for pair in counted),
        offsets=np.cumsum([0, *map(len, tables)], dtype=np.int64),
        table=np.concatenate([np.empty(0, np.uint64), *tables]),
        kinds=np.concatenate([np.empty(0, np.uint8), *kinds]),
        places=np.cumsum(np.concatenate([np.zeros(1, np.int64), *sizes])),
        labels=np.array(labels, np.int32),
        axes=np.array([axes.index(axis) for axis, _ in number], np.int32),
        own_axes={language: frozenset(own) for language, own in words.items()},
    )


def _keys(
    own: Mapping[str, Groups], number: Mapping[tuple[str, str], int], language: str
) -> tuple[dict[int, int], dict[int, list[int]]]:
    """Kinds by key, and labels by key of a whole term."""
    keys: dict[int, int] = {}
    of_key: dict[int, list[int]] = {}
    for axis, groups in sorted(own.items()):
        of_axis: dict[int, str] = {}
        for group, terms in sorted(groups.items()):
            listed = pa.array(sorted(set(terms)), pa.string())
            found = index_text(*buffers(listed))
            for term, first, last in zip(
                listed.to_pylist(), found.word_offsets[:-1], found.word_offsets[1:], strict=True
            ):
                if not 0 < last - first <= LONGEST:
                    raise ValueError(f"{language}: {axis} has {term!r} of {last - first} words: write 1 to {LONGEST}")
                for end in range(first + 1, last + 1):
                    key = key_of(found.word_hash[first:end])
                    keys[key] = keys.get(key, 0) | (ENTRY if end == last else BEGINS)
                if of_axis.setdefault(key, group) != group:
                    raise ValueError(
                        f"{language}: {axis} has {term!r} under {of_axis[key] or 'apart'!r} and "
                        f"{group or 'apart'!r}: take one of them out"
                    )
                if number[axis, group] not in of_key.setdefault(key, []):
                    of_key[key].append(number[axis, group])
    return keys, of_key


def count_labels(word_hash: np.ndarray, word_offsets: np.ndarray, language: np.ndarray, known: Labelled) -> Counted:
    """How often the terms of each label stand in each text, by the lists of row `language` (int64[rows]; -1: none)."""
    return Counted(
        *_count(
            word_hash,
            word_offsets,
            language,
            known.offsets,
            known.table,
            known.kinds,
            known.places,
            known.labels,
            known.axes,
            len(known.names),
        )
    )


@njit(cache=True, nogil=True)
def _count(
    word_hash: np.ndarray,
    word_offsets: np.ndarray,
    language: np.ndarray,
    offsets: np.ndarray,
    table: np.ndarray,
    kinds: np.ndarray,
    places: np.ndarray,
    labels: np.ndarray,
    axes: np.ndarray,
    counted: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = len(word_offsets) - 1
    most = 1 + axes.max() if len(axes) else 0
    counts = np.zeros(len(axes), np.int32)
    until = np.zeros(most, np.int64)  # the place after the term of each axis that was met last
    size = np.zeros(most, np.int64)  # words of the longest term of each axis that begins here
    best = np.zeros(most, np.int64)  # its label
    ends = np.zeros(rows + 1, np.int64)
    out_labels, out_counts = np.empty(4 * rows + 64, np.int32), np.empty(4 * rows + 64, np.int32)
    written = 0
    for row in range(rows):
        if language[row] >= 0:
            start = offsets[language[row]]
            mask = np.uint64(offsets[language[row] + 1] - start - 1)
            until[:] = 0
            met = False
            end = word_offsets[row + 1]
            for place in range(word_offsets[row], end):
                state = np.uint64(0)
                some = False
                for n in range(1, end - place + 1):
                    state = state * BASE + word_hash[place + n - 1]
                    key = mix(state) | np.uint64(1)
                    slot = key & mask
                    while table[start + slot] != 0 and table[start + slot] != key:
                        slot = (slot + np.uint64(1)) & mask
                    here = start + slot
                    kind = kinds[here] if table[here] == key else np.uint8(0)
                    if kind & ENTRY:
                        some = True
                        for i in range(places[here], places[here + np.uint64(1)]):
                            size[axes[labels[i]]] = n
                            best[axes[labels[i]]] = labels[i]
                    if kind & BEGINS == 0:
                        break
                if some:
                    for axis in range(most):
                        if size[axis] and place >= until[axis]:
                            until[axis] = place + size[axis]
                            counts[best[axis]] += 1
                            met = True
                        size[axis] = 0
            if met:
                if written + counted > len(out_labels):
                    more = 2 * len(out_labels) + counted
                    wider_labels, wider_counts = np.empty(more, np.int32), np.empty(more, np.int32)
                    wider_labels[:written] = out_labels[:written]
                    wider_counts[:written] = out_counts[:written]
                    out_labels, out_counts = wider_labels, wider_counts
                for label in range(counted):
                    if counts[label]:
                        out_labels[written] = label
                        out_counts[written] = counts[label]
                        written += 1
                counts[:] = 0
        ends[row + 1] = written
    return ends, out_labels[:written], out_counts[:written]
