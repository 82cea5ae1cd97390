"""How surprising a text is to an n-gram model of its language (KenLM, Heafield 2011; CCNet, Wenzek et al. 2020)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge

from filters.batch import Batch
from filters.models import verified
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Model:
    """An ARPA or KenLM binary file, trained on text that `normalise` has passed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    path: str
    sha256: str


@cache
def _load(path: str, sha256: str) -> Any:
    import kenlm  # noqa: PLC0415  (only where a recipe names a model)

    try:
        return kenlm.LanguageModel(verified(path, sha256))
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"model {path} is no KenLM model: {str(error).splitlines()[0]}; name an ARPA or binary file"
        ) from error


def normalise(texts: pa.StringArray) -> pa.StringArray:
    """The text a model is trained on and scores: lower case, digits as 0, punctuation off, one sentence a line."""
    lowered = pc.utf8_lower(texts)
    digits = pc.replace_substring_regex(lowered, r"\p{Nd}", "0")
    words = pc.replace_substring_regex(digits, r"[\p{P}\p{S}]+", " ")
    return pc.replace_substring_regex(words, r"[\p{Z}\t\v\f\r\x1c-\x1f\x{85}]+", " ")  # KenLM splits at ASCII alone


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Perplexity per token, ends of sentences among the tokens: 10 ** (-log10 p / tokens).

    A language without a model, or a text without tokens, never fails: its perplexity is 0.0 and `modelled` is false.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 2
    reads: ClassVar[tuple[str, ...]] = ("language",)
    signals: ClassVar[pa.Schema] = pa.schema(
        [
            pa.field("perplexity", pa.float64(), nullable=False),
            pa.field("tokens", pa.int32(), nullable=False),  # ends of sentences among them
            pa.field("modelled", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="too_surprising", signal="perplexity", threshold="max_perplexity"),
    )

    models: Mapping[str, Model] = field(default_factory=dict, hash=False)  # by language id
    max_perplexity: Annotated[float, Ge(0)] | None = None

    def measure(self, batch: Batch) -> pa.RecordBatch:
        loaded = {language: _load(model.path, model.sha256) for language, model in self.models.items()}
        labels = batch.signals["language"].column("label").to_pylist()
        texts = normalise(batch.text) if loaded else batch.text
        scored = [_score(loaded.get(label), texts, row) for row, label in enumerate(labels)]
        columns = zip(*scored, strict=True) if scored else [()] * len(self.signals)
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, self.signals, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.signals)


def _score(model: Any, texts: pa.StringArray, row: int) -> tuple[float, int, bool]:
    if model is None:
        return 0.0, 0, False
    lines = [line for line in texts[row].as_py().split("\n") if line.strip()]
    tokens = sum(len(line.split()) + 1 for line in lines)
    if not tokens:
        return 0.0, 0, False
    logarithm = sum(model.score(line, bos=True, eos=True) for line in lines)
    return min(10.0 ** min(-logarithm / tokens, 300.0), 1e300), tokens, True  # 300: a float's range
