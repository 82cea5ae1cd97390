"""How surprising a text is to an n-gram model of its language (KenLM, Heafield 2011; CCNet, Wenzek et al. 2020)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from annotated_types import Ge

from filters import language_keys
from filters.arrow import array, equal, schema, strings
from filters.batch import Batch
from filters.files import FileName
from filters.lm import model as trained
from filters.lm.normaliser import Text, normalise_array
from filters.models import verified
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Model:
    """A folder that `train-lm` wrote, or a bare ARPA or KenLM binary file of words that the normaliser has passed.

    `sha256` is of the file; of a folder, of its model.json, in which the digests of the rest stand.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    path: Annotated[str, FileName()]
    """The folder or file, from the recipe's folder."""
    sha256: str
    """Digest of the file, hexadecimal; of a folder, of its model.json, in which the digests of the rest stand."""


@dataclass(frozen=True)
class _Bare:
    """A KenLM file. It comes with no held-out text, so it has no buckets."""

    model: Any
    limits: None = None

    def score(self, text: Text) -> tuple[np.ndarray, np.ndarray]:
        found = [self._one(whole) for whole in strings(text.strings())]
        return np.array([one[0] for one in found], np.float64), np.array([one[1] for one in found], np.int64)

    def _one(self, whole: str) -> tuple[float, int]:
        lines = whole.split("\n") if whole else []
        return sum(self.model.score(line, bos=True, eos=True) for line in lines), len(whole.split()) + len(lines)


@cache
def _load(path: str, sha256: str) -> trained.Scorer | _Bare:
    if trained.is_folder(path):
        return trained.load(path, sha256)
    import kenlm  # noqa: PLC0415  (only where a recipe names a model)

    try:
        return _Bare(kenlm.LanguageModel(verified(path, sha256)))
    except (OSError, RuntimeError, UnicodeDecodeError) as error:  # KenLM quotes the file, which need not be UTF-8
        said = "it is damaged" if isinstance(error, UnicodeDecodeError) else (str(error).splitlines() or [""])[0][:200]
        raise ValueError(
            f"model {path} is no KenLM model: {said}; name an ARPA or binary file, or a folder that train-lm wrote"
        ) from error


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Perplexity per token, ends of lines among the tokens: 10 ** (-log10 p / tokens).

    A token is a word, or a piece where the model says so. `bucket` is CCNet's: head, middle or tail by the percentiles
    of the model's held-out text; `unmodelled` without them, and then `keep_buckets` decides whether that is wanted.
    A language without a model, or a text without tokens, has perplexity 0.0 and `modelled` false: `max_perplexity`
    never drops it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 4
    libraries: ClassVar[tuple[str, ...]] = ("sentencepiece", "ufal-kenlm")
    reads: ClassVar[tuple[str, ...]] = ("language",)
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("perplexity", pa.float64(), nullable=False),
            pa.field("tokens", pa.int32(), nullable=False),  # ends of lines among them
            pa.field("modelled", pa.bool_(), nullable=False),
            pa.field("bucket", pa.string(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="too_surprising", signal="perplexity", threshold="max_perplexity"),
        Rule(reason="bucket_not_wanted", signal="bucket", threshold="keep_buckets"),
    )

    models: Mapping[str, Model] = field(default_factory=dict, hash=False)
    """Models by language, an id or tag; a language without one is not judged by max_perplexity."""
    max_perplexity: Annotated[float, Ge(0)] | None = None
    """Greatest perplexity per token; what it is worth depends on the model."""
    keep_buckets: tuple[Literal["head", "middle", "tail", "unmodelled"], ...] = ()
    """Buckets that stay; none keeps every bucket."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "models", language_keys.keyed(self.models, "models:"))

    def measure(self, batch: Batch) -> pa.RecordBatch:
        logarithm, tokens = np.zeros(batch.rows), np.zeros(batch.rows, np.int64)
        buckets = np.full(batch.rows, trained.UNMODELLED, object)
        for rows, model in self._by_model(batch):
            text = batch.text.take(array(rows))
            logarithm[rows], tokens[rows] = model.score(normalise_array(text))
            found = trained.perplexity(logarithm[rows], tokens[rows])
            buckets[rows] = trained.bucket(found, tokens[rows], model.limits)
        columns = [
            pa.array(trained.perplexity(logarithm, tokens)),
            pa.array(tokens.astype(np.int32)),
            pa.array(tokens > 0),
            pa.array(buckets, pa.string()),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.signals)

    def _by_model(self, batch: Batch) -> Iterator[tuple[np.ndarray, trained.Scorer | _Bare]]:
        """The rows of each language with a model, and that; models that no row needs are loaded too, to fail early."""
        labels = batch.signals["language"].column("label")
        for language, model in self.models.items():
            loaded = _load(model.path, model.sha256)
            rows = np.flatnonzero(equal(labels, language))
            if len(rows):
                yield rows, loaded
