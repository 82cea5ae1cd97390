"""Votes of rules and labelling functions on documents: keep, drop, neither, or none since it cannot be measured.

A vote is a letter, so a pattern of votes is a text: one letter a voter, in the order of `voters`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.rank import AWARE
from corpus.judging.signals import groups, instances, languages
from corpus.stages.agreed import Agreeing, Asked, Cast
from filters import Filter
from filters.arrow import string_array, strings
from filters.choice import Choice
from filters.rules import Rule, violations

UNMEASURED: Final = ord(".")
NEITHER: Final = ord("0")
DROP: Final = ord("d")
KEEP: Final = ord("k")

HEADS: Final = ("source", "language", "url", "file")  # columns of documents that votes depend on


@dataclass(frozen=True, kw_only=True)
class _Ruling:
    """A rule that votes."""

    choice: Choice
    rule: Rule

    @property
    def name(self) -> str:
        return f"{self.choice.name}.{self.rule.reason}"


def voters(params: Agreeing) -> list[str]:
    """Names of those that vote, in order."""
    return [*(one.name for one in _ruling(params)), *(one.name for one in params.functions)]


def _ruling(params: Agreeing) -> Iterator[_Ruling]:
    """Rules with a threshold, for some documents at least, that are not left out."""
    for judging in params.judging:
        for rule in judging.choice.base.rules:
            one = _Ruling(choice=judging.choice, rule=rule)
            left = any(fnmatchcase(one.name, pattern) for pattern in params.leave_out)
            if not left and any(_judges(value) for value in _thresholds(judging.choice, rule.threshold)):
                yield one


def _thresholds(choice: Choice, field: str) -> Iterator[Any]:
    yield getattr(choice.base, field)
    for over in (choice.by_script, choice.by_language, choice.by_source):
        for values in over.values():
            yield values.get(field)


def _judges(threshold: Any) -> bool:
    """Whether a threshold asks anything: none is off, and no labels are all."""
    return threshold is not None and threshold != ()


def wanted(params: Agreeing) -> dict[str, list[str]]:
    """Columns of signals that votes are made of, by filter."""
    found: dict[str, set[str]] = {"language": {"label", "score"}}
    for one in _ruling(params):
        found.setdefault(one.choice.name, set()).update({one.rule.signal, *_equipped(one.choice.base)})
    for asked in params.functions:
        base = _base(params, asked.filter)
        found.setdefault(asked.filter, set()).update({asked.signal, *(_equipped(base) if base else ())})
    return {name: sorted(columns) for name, columns in sorted(found.items())}


def _base(params: Agreeing, name: str) -> Filter | None:
    return next((one.choice.base for one in params.judging if one.choice.name == name), None)


def _equipped(base: Filter) -> list[str]:
    """Signals by which a filter says of a document that it has a list or model for it, or labels that it has one."""
    return [field.name for field in base.signals if field.name in AWARE]


def cast(params: Agreeing, measured: Mapping[str, pa.RecordBatch], heads: pa.RecordBatch) -> np.ndarray:
    """uint8[rows, voters] of a batch; `measured` has the columns of `wanted`, `heads` those of HEADS."""
    by_source = any(one.choice.by_source for one in params.judging)
    sources = string_array(heads.column("source")) if by_source else None
    rows_of = groups(languages(measured["language"], params.known_from), sources)
    columns = []
    judges: dict[str, Mapping[Filter, np.ndarray]] = {}
    for one in _ruling(params):
        name = one.choice.name
        if name not in judges:
            judges[name] = instances(one.choice, rows_of)
        votes = np.full(heads.num_rows, UNMEASURED, np.uint8)
        for instance, rows in judges[name].items():
            if _judges(getattr(instance, one.rule.threshold)):
                hit = violations(one.rule, instance, measured[name])
                votes[rows] = np.where(hit, DROP, KEEP)[rows]
        votes[~_measured(one.choice.base, one.rule.signal, measured[name], heads, name)] = UNMEASURED
        columns.append(votes)
    columns += [_function(params, one, measured, heads.num_rows) for one in params.functions]
    return np.stack(columns, axis=1) if columns else np.empty((heads.num_rows, 0), np.uint8)


def _measured(base: Any, signal: str, own: pa.RecordBatch, heads: pa.RecordBatch, name: str) -> np.ndarray:
    """bool[rows]: where a rule on this signal has anything to say."""
    found = np.ones(heads.num_rows, bool)
    for field in _equipped(base):
        if field != signal:
            found &= np.asarray(own.column(field), bool)
    if name == "url":
        found &= np.asarray(heads.column("url").is_valid(), bool)
    if name == "language":  # of a language that the source told no model was asked; of another nothing can disagree
        declared = np.asarray(heads.column("language").is_valid(), bool)
        found &= {"score": ~declared, "disagrees": declared}.get(signal, found)
        found &= signal != "contested" or bool(base.agree)
    return found


def _function(params: Agreeing, asked: Asked, measured: Mapping[str, pa.RecordBatch], rows: int) -> np.ndarray:
    own, function = measured[asked.filter], asked.function
    column = own.column(asked.signal)
    values = column.to_numpy(zero_copy_only=False).astype(np.float64) if asked.place < 0 else _at(column, asked.place)
    votes = np.full(rows, NEITHER, np.uint8)
    for bounds, vote in ((function.drop, DROP), (function.keep, KEEP)):
        if bounds:
            votes[(values >= bounds.first) & (values <= bounds.last)] = vote
    base = _base(params, asked.filter)
    for field in _equipped(base) if base else ():
        if field != asked.signal:
            votes[~np.asarray(own.column(field), bool)] = UNMEASURED
    if function.languages:
        labels = string_array(measured["language"].column("label"))
        mine = [one for one in strings(labels.unique()) if any(fnmatchcase(one, p) for p in function.languages)]
        votes[~np.asarray(pc.is_in(labels, value_set=pa.array(mine, pa.string())), bool)] = UNMEASURED
    return votes


def _at(column: Any, place: int) -> np.ndarray:
    """float64[rows]: the number at a place of each list; 0 of an empty one, which a withdrawn document has."""
    offsets, numbers = column.offsets.to_numpy(), column.values.to_numpy()
    found = np.zeros(len(column))
    there = np.diff(offsets) > place
    found[there] = numbers[offsets[:-1][there] + place]
    return found


def patterns(votes: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Distinct rows as texts, in their order, the place of each row among them (int64[rows]), and rows of each."""
    rows, voting = votes.shape
    if not rows or not voting:
        return ([""] if rows else []), np.zeros(rows, np.int64), np.array([rows] if rows else [], np.int64)
    joined = np.ascontiguousarray(votes).view(f"S{voting}").reshape(rows)
    found, places, counts = np.unique(joined, return_inverse=True, return_counts=True)
    return [one.decode("ascii") for one in found.tolist()], places.reshape(rows), counts


def matrix(texts: Sequence[str], voters: int) -> np.ndarray:
    """uint8[patterns, voters] of patterns as texts."""
    return np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(len(texts), voters)


def counted(names: Sequence[str], votes: np.ndarray, documents: np.ndarray) -> list[Cast]:
    """What each voter did, of patterns (uint8[patterns, voters]) with their documents (int64)."""
    speaks = (votes == KEEP) | (votes == DROP)
    keeps, drops = ((votes == one).sum(axis=1) for one in (KEEP, DROP))
    found = []
    for place, name in enumerate(names):
        own, mine = votes[:, place], speaks[:, place]
        against = np.where(own == KEEP, drops, keeps) > 0
        rows = {
            "keep": own == KEEP,
            "drop": own == DROP,
            "neither": own == NEITHER,
            "unmeasured": own == UNMEASURED,
            "overlaps": mine & (keeps + drops > 1),
            "conflicts": mine & against,
        }
        found.append(Cast(voter=name, **{key: int(documents[here].sum()) for key, here in rows.items()}))
    return found
