"""A sample of a source to be: its languages, what is rejected, what filters would drop of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.judging import strings
from corpus.judging.strings import Rules
from corpus.sources.formats import FORMATS
from corpus.store import addresses
from corpus.survey import candidates, preview
from corpus.survey.candidates import Candidate
from filters import arrow, languages

FILES = 4  # of a source; of those with one document each DOCUMENTS
DOCUMENTS = 32  # of each of them
_TEXT_CHARS = 20_000  # of a text that its language is told by
_KNOWN = 0.5  # score of a label that is believed


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What some records of a source say of it. `wrong`: why none could be read."""

    texts: tuple[str, ...] = ()
    declared: tuple[str | None, ...] = ()
    rejects: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    words: int = 0  # of the median document
    chars: float = 0.0  # of the mean document
    wrong: str = ""

    @property
    def documents(self) -> int:
        return len(self.texts)

    @property
    def rejected(self) -> int:
        return sum(self.rejects.values())


def of(candidate: Candidate) -> Sample:
    """Never raises for what a file holds: that is said of the source."""
    if not candidate.has_text:
        return Sample(wrong=f"none of its fields looks like a text: {', '.join(candidate.columns)}")
    try:
        single = all(FORMATS[file.format].whole for file in candidate.files)
        files = candidates.spread(candidate.files, DOCUMENTS if single else FILES)
        found = preview.of(candidate.source, files, DOCUMENTS)
    except RecipeError as error:
        return Sample(wrong=str(error))
    except OSError as error:
        return Sample(wrong=f"{addresses.shown(candidate.path)} cannot be read: {error.strerror or error}")
    texts = tuple(one.text for one in found.documents)
    if not texts:
        reasons = ", ".join(f"{reason} ({count})" for reason, count in found.reasons.most_common())
        return Sample(rejects=found.reasons, wrong=f"its first records give no document: {reasons or 'it has none'}")
    words = np.sort(strings.measure(texts, ["length"]).column("length.words").to_numpy())
    declared = tuple(one.language for one in found.documents)
    return Sample(
        texts=texts,
        declared=declared,
        rejects=found.reasons,
        languages=_languages(texts, declared),
        words=int(words[len(words) // 2]),
        chars=sum(map(len, texts)) / len(texts),
    )


def _languages(texts: Sequence[str], declared: Sequence[str | None]) -> Counter[str]:
    told = strings.measure([text[:_TEXT_CHARS] for text in texts], ["language"])
    labels, scores = arrow.strings(told.column("language.label")), told.column("language.score").to_numpy().tolist()
    detected = [label if score >= _KNOWN else languages.UNKNOWN for label, score in zip(labels, scores, strict=True)]
    return Counter(own or found for own, found in zip(declared, detected, strict=True))


def losses(candidate: Candidate, sample: Sample, rules: Rules) -> Counter[str]:
    """Documents of the sample by the first rule that would drop them; "" of those that stay."""
    batch = strings.documents(sample.texts, source=candidate.name)
    column = batch.schema.get_field_index("language")
    batch = batch.set_column(column, "language", pa.array(sample.declared, pa.string()))
    verdicts = strings.judged(batch, rules)
    return Counter(verdict.reasons[0].rule if verdict.reasons else "" for verdict in verdicts)
