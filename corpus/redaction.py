"""Personal data out of texts: by span, never by value, so an equal string in another word stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from filters.pii.detect import detect
from filters.pii.spans import KINDS, Span


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The recipe's [pii] table."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    kinds: tuple[str, ...] = KINDS
    placeholder: str = "PI:{kind}"  # ROOTS' style (roots.md 2.6); {kind} is the kind's name

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown:
            raise ValueError(f"unknown kind {unknown[0]!r}; known: {', '.join(KINDS)}")
        if "{kind}" not in self.placeholder:
            raise ValueError("placeholder must hold {kind}")
        if any(c.isdigit() or c == "@" for c in self.placeholder):
            raise ValueError("placeholder may hold no digit and no @: it would be taken for personal data itself")


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Spans of a batch as columns, in order of row and start."""

    row: np.ndarray
    start: np.ndarray
    end: np.ndarray
    kind: list[str]
    detector: list[str]


@dataclass(frozen=True, kw_only=True)
class Redacted:
    """Texts with placeholders; spans are of the text before."""

    texts: pa.StringArray
    spans: Spans
    counts: np.ndarray  # int32, spans of each text


def redact(texts: pa.StringArray, languages: Sequence[str], policy: Policy) -> Redacted:
    """Replace what is found. What stands outside the spans is untouched to the byte; a second run finds nothing."""
    found = detect(texts, languages, policy.kinds)
    counts = np.zeros(len(texts), np.int32)
    flat: list[tuple[int, Span]] = []
    changed = texts
    if found:
        values = texts.to_pylist()
        for row, spans in found.items():
            values[row] = rewrite(values[row], spans, policy.placeholder)
            counts[row] = len(spans)
            flat += [(row, span) for span in spans]
        changed = pa.array(values, pa.string())
    columns = Spans(
        row=np.array([row for row, _ in flat], np.int64),
        start=np.array([s.start for _, s in flat], np.int32),
        end=np.array([s.end for _, s in flat], np.int32),
        kind=[s.kind for _, s in flat],
        detector=[s.detector for _, s in flat],
    )
    return Redacted(texts=changed, spans=columns, counts=counts)


def rewrite(text: str, spans: Sequence[Span], placeholder: str) -> str:
    """The text with each span (in order, none overlapping) replaced by its placeholder."""
    pieces = []
    last = 0
    for span in spans:
        pieces += [text[last : span.start], placeholder.replace("{kind}", span.kind)]
        last = span.end
    return "".join([*pieces, text[last:]])
