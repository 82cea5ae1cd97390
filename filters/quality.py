"""What a trained classifier says of a text: quality as DCLM has it (Li et al. 2024, section 4.4), or any other label.

The model is a fastText classifier, as `gristmill train-classifier` writes one.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Ge, Interval

from filters.arrow import Array, array, schema
from filters.batch import Batch
from filters.classifier import load
from filters.files import FileName
from filters.kernels.classify import classify
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The model's label, and how sure it is of the one that is wanted. Without a model nothing fails: `modelled` is
    false and both scores are 1.0."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("label", pa.string(), nullable=False),  # "" without a model, or for a text without words
            pa.field("score", pa.float64(), nullable=False),  # of the label, 0 to 1
            pa.field("wanted_score", pa.float64(), nullable=False),  # of `wanted`; 0.0 if it is not among the two best
            pa.field("modelled", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="unwanted", signal="wanted_score", threshold="min_wanted_score"),
        Rule(reason="label_not_wanted", signal="label", threshold="keep_labels"),
    )

    model: Annotated[str, FileName(("",))] = ""
    """Path of a fastText classifier (.bin, .ftz), from the recipe's folder; "": nothing is judged."""
    sha256: str = ""
    """Digest of the model file, hexadecimal."""
    wanted: str = "good"
    """The label of the model whose score is judged."""
    segment_chars: Annotated[int, Ge(1)] = 1_000_000
    """Code points but ASCII white space of a segment that is judged at once: the text as a whole, as such models are
    trained."""
    min_wanted_score: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Least score of the label that is wanted. DCLM: 0.018, which kept a tenth."""
    keep_labels: tuple[str, ...] = ()
    """Labels that stay; none keeps every label."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        if not self.model:
            ones, none = np.ones(batch.rows), pa.array([""] * batch.rows, pa.string())
            columns: list[Array] = [none, array(ones), array(ones), array(np.zeros(batch.rows, bool))]
            return pa.RecordBatch.from_arrays(columns, schema=self.signals)
        model = load(self.model, self.sha256)
        if self.wanted not in model.labels:
            known = ", ".join(model.labels[:10])
            raise ValueError(f"model {self.model} has no label {self.wanted!r}: set `wanted` to one of {known}")
        found, scores = classify(*batch.buffers, len(model.labels), model.words, model.net, self.segment_chars)
        names = pa.array([*model.labels, ""], pa.string())
        wanted = found == model.labels.index(self.wanted)
        columns = [
            names.take(array(np.where(found[:, 0] < 0, len(model.labels), found[:, 0]))),
            array(scores[:, 0].copy()),
            array((scores * wanted).sum(axis=1)),
            array(np.ones(batch.rows, bool)),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.signals)
