"""The model that tells main text from the rest: boosted trees, trained by `python -m benchmarks.extraction_model`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """Nodes of all trees, one after another; a leaf's feature is -1."""

    roots: np.ndarray  # int32 by tree: its first node
    feature: np.ndarray  # int32
    threshold: np.ndarray  # float32
    left: np.ndarray  # int32
    right: np.ndarray  # int32
    value: np.ndarray  # float64: of leaves, log odds


@cache
def model() -> Model:
    """The model of this version: a node a line, by tree, feature, threshold or leaf's value, left and right."""
    lines = (files("corpus.html") / "model.tsv").read_text("ascii").splitlines()[1:]
    table = np.array([line.split("\t") for line in lines], dtype=np.float64)
    tree, feature = table[:, 0].astype(np.int32), table[:, 1].astype(np.int32)
    roots = np.flatnonzero(np.diff(tree, prepend=-1)).astype(np.int32)
    return Model(
        roots=roots,
        feature=feature,
        threshold=table[:, 2].astype(np.float32),
        left=table[:, 3].astype(np.int32),
        right=table[:, 4].astype(np.int32),
        value=np.where(feature < 0, table[:, 2], 0.0),
    )
