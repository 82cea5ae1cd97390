"""Prompted data: a text is inputs and then targets, and a place says where the targets begin.

The place is in code points and moves with what is cut and replaced before it; -1 stands for a text that is no prompt.
Targets begin with a blank, as bigscience's Megatron-DeepSpeed writes them (tools/preprocess_data.py --prepend-space).
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.texts import cleaning, cuts
from corpus.texts.cleaning import Cleaning
from filters.arrow import Array, array, equal, filled, strings


def join(inputs: pa.StringArray, targets: pa.StringArray) -> tuple[pa.StringArray, np.ndarray]:
    """Texts, and where their targets begin (int64): a blank stands before targets that begin with no white space."""
    spaced = pc.match_substring_regex(targets, r"^\s")
    blank = pc.if_else(spaced, "", " ")
    texts = pc.binary_join_element_wise(inputs, blank, targets, "")
    return texts, pc.utf8_length(inputs).to_numpy().astype(np.int64)


def places(column: Array) -> np.ndarray:
    """int64 of a column `targets_at`: -1 for null."""
    found: np.ndarray = filled(column, -1).to_numpy().astype(np.int64)
    return found


def column(places_: np.ndarray) -> Array:
    """A column `targets_at` of places."""
    return pa.array(places_.astype(np.int32), mask=places_ < 0)


def parted(texts: pa.StringArray, places_: np.ndarray, rows: np.ndarray) -> tuple[pa.StringArray, pa.StringArray]:
    """Inputs and targets of some rows, all prompts."""
    whole = strings(texts.take(array(rows)))
    at = places_[rows].tolist()
    inputs = pa.array([text[:n] for text, n in zip(whole, at, strict=True)], pa.string())
    return inputs, pa.array([text[n:] for text, n in zip(whole, at, strict=True)], pa.string())


def after_cuts(
    places_: np.ndarray, rows: np.ndarray, tables: Sequence[pa.Table | pa.RecordBatch], cut: np.ndarray
) -> np.ndarray:
    """Places after `corpus.texts.cuts.apply` of the same rows and tables; `cut` (bool) are the texts that it changed.
    Where a cut went across the boundary the targets begin where it stood."""
    moved = places_.copy()
    if not np.any(cut & (places_ > 0)):
        return moved
    row, start, end = cuts.spans(tables)
    for i in np.flatnonzero(cut & (places_ > 0)):
        mine = row == rows[i]
        gone = np.zeros(places_[i], bool)  # spans of several tables may overlap
        for first, last in zip(start[mine], end[mine], strict=True):
            gone[first:last] = True
        moved[i] -= int(gone.sum())
    return moved


def clean(
    texts: pa.StringArray,
    places_: np.ndarray,
    languages: Sequence[str],
    sources: Sequence[str],
    tables: Sequence[Cleaning],
) -> tuple[pa.StringArray, np.ndarray, np.ndarray]:
    """Texts after all [[clean]] tables, places, and whether each changed. Inputs and targets are cleaned apart: a line
    does not go on across the boundary, and neither is emptied."""
    found, changed = cleaning.clean(texts, languages, sources, tables)
    rows = np.flatnonzero(places_ >= 0)
    if not len(rows) or not tables:
        return found, places_, changed
    own_languages, own_sources = ([names[i] for i in rows.tolist()] for names in (languages, sources))
    halves, touched = [], np.zeros(len(rows), bool)
    for half in parted(texts, places_, rows):
        after, altered = cleaning.clean(half, own_languages, own_sources, tables)
        halves.append(after)
        touched |= altered
    joined, at = join(halves[0], halves[1])
    prompts = np.isin(np.arange(len(texts)), rows)
    apart = pc.if_else(pa.array(touched), joined, texts.take(array(rows)))
    moved, changed = places_.copy(), changed & ~prompts
    moved[rows[touched]] = at[touched]
    changed[rows[touched]] = True
    return pc.replace_with_mask(found, pa.array(prompts), apart), moved, changed


def settle(texts: pa.StringArray, places_: np.ndarray) -> np.ndarray:
    """Places, -1 where a half has nothing but white space left: such a text goes on as one that is no prompt."""
    rows = np.flatnonzero(places_ >= 0)
    if not len(rows):
        return places_
    blank = [equal(pc.utf8_length(pc.utf8_trim_whitespace(half)), 0) for half in parted(texts, places_, rows)]
    settled = places_.copy()
    settled[rows[blank[0] | blank[1]]] = -1
    return settled
