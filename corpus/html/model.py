"""The model that tells main text from the rest: boosted trees, trained by `python -m benchmarks.extraction_model`."""

from functools import cache
from importlib.resources import files

import numpy as np

from corpus.html.kernels.trees import Trees


@cache
def model() -> Trees:
    """The trees of model.tsv: a node a line, by tree, feature, threshold or a leaf's value, left and right."""
    lines = (files("corpus.html") / "model.tsv").read_text("ascii").splitlines()[1:]
    table = np.array([line.split("\t") for line in lines], dtype=np.float64)
    tree, feature = table[:, 0].astype(np.int32), table[:, 1].astype(np.int32)
    return Trees(
        roots=np.flatnonzero(np.diff(tree, prepend=-1)).astype(np.int32),
        feature=feature,
        threshold=table[:, 2].astype(np.float32),
        left=table[:, 3].astype(np.int32),
        right=table[:, 4].astype(np.int32),
        value=np.where(feature < 0, table[:, 2], 0.0),
    )
