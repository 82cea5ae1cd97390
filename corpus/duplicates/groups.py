"""Groups of rows that are alike, in rows sorted by what makes them so."""

from collections.abc import Sequence

import numpy as np


def begins(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Places (int64) at which a row differs from the one before it in any column; the first row begins a group."""
    changed = np.ones(len(columns[0]), bool)
    changed[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return np.flatnonzero(changed)
