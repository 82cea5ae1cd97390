"""Measurements of documents by language, out of the signals tables: no text is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.judging.signals import languages
from corpus.planning.plan import Plan
from corpus.shards.order import order_keys
from corpus.stages.decide import DECIDE, LANGUAGE
from corpus.stages.ingest import INGEST
from corpus.stages.stage import signals
from corpus.store.table import Table, one_batch
from filters.arrow import ChunkedArray, equal, string_array, strings
from filters.choice import Choice


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A rule with a threshold that is a number."""

    choice: Choice
    reason: str
    signal: str
    field: str
    whole: bool  # thresholds are whole numbers

    @property
    def name(self) -> str:
        return f"{self.choice.name}.{self.reason}"

    def threshold(self, language: str) -> float | None:
        found = getattr(self.choice.for_language(language), self.field)
        return None if found is None else float(found)


def judged(choices: Iterable[Choice]) -> list[Judged]:
    """The rules of a recipe whose thresholds are numbers, in its order."""
    return [
        Judged(
            choice=choice,
            reason=rule.reason,
            signal=rule.signal,
            field=rule.threshold,
            whole=pa.types.is_integer(choice.base.signals.field(rule.signal).type),
        )
        for choice in choices
        for rule in choice.base.rules
        if not rule.threshold.startswith("keep_")
    ]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Documents of one language: a value each for each rule, and for labelled ones whether a person would keep it."""

    language: str
    documents: int  # of the language in the corpus
    values: Mapping[str, np.ndarray]  # float64 by rule name
    wanted: np.ndarray  # bool; all True without labels

    @property
    def size(self) -> int:
        return len(self.wanted)


def read_labels(path: str) -> dict[str, bool]:
    """{"id": ..., "keep": true or false} on each line. Raises RecipeError, naming the line."""
    found: dict[str, bool] = {}
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                row = orjson.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("id"), str) or type(row.get("keep")) is not bool:
                    raise RecipeError(f'{path}:{number}: a label is {{"id": "<document id>", "keep": true or false}}')
                found[row["id"]] = row["keep"]
    except OSError as error:
        raise RecipeError(f"cannot read the labels {path}: {error.strerror}; give a JSON Lines file") from error
    except orjson.JSONDecodeError as error:
        raise RecipeError(f"{path}:{number}: not JSON: {error}; give a JSON Lines file") from error
    if not found:
        raise RecipeError(f"{path} holds no labels: give at least one document a language")
    return found


def check(plan: Plan) -> None:
    """Raises RecipeError if the recipe is not measured yet."""
    stages = plan.finished()
    for ref in (INGEST.documents, *(signals(name) for name in plan.recipe.measured)):
        if stages.table(ref) is None:
            raise RecipeError(f"{ref.stage} is not built yet: run `gristmill run RECIPE --until {DECIDE.name}` first")


def draw(plan: Plan, most: int, labels: Mapping[str, bool] | None, step: Callable[[int], None]) -> dict[str, Sample]:
    """Up to `most` documents of each language by which they are judged (those with the smallest order keys), or the
    labelled ones; without those of sources that set thresholds of their own.

    `step` is told how many parts are read. The tables must be there (`check`).
    """
    rules = judged(plan.recipe.judged)
    stages = plan.finished()
    documents, language = stages[INGEST].table("documents"), stages.table(LANGUAGE)
    measured = {r.choice.name: found for r in rules if (found := stages.table(signals(r.choice.name))) is not None}
    assert language is not None, "check says that it is there"
    pools: dict[str, _Pool] = {}
    for part in range(documents.parts):
        heads = documents.read(part, ["id", "source"])
        ids = string_array(heads.column("id").combine_chunks())
        told = one_batch(language.read(part, ["label", "score"]))
        names = languages(told, plan.recipe.decide.known_from)
        columns = _columns(measured, rules, part)
        wanted = _wanted(ids, labels)
        wanted[_set_apart(heads.column("source"), rules)] = -1
        keys = order_keys(ids, plan.recipe.seed)
        for name in strings(pc.unique(names)):
            here = np.flatnonzero(equal(names, name))
            pool = pools.setdefault(name, _Pool(most=most))
            pool.documents += len(here)
            pool.add(here[wanted[here] >= 0], keys, columns, wanted)
        step(part + 1)
    return {
        name: Sample(
            language=name,
            documents=pool.documents,
            values={rule.name: pool.rows[1 + number] for number, rule in enumerate(rules)},
            wanted=pool.rows[0] != 0,
        )
        for name, pool in sorted(pools.items())
        if pool.rows.shape[1]
    }


def _columns(measured: Mapping[str, Table], rules: Iterable[Judged], part: int) -> np.ndarray:
    """float64[rules, rows]"""
    read: dict[str, pa.Table] = {name: found.read(part) for name, found in measured.items()}
    return np.stack([read[r.choice.name].column(r.signal).to_numpy().astype(np.float64) for r in rules])


def _wanted(ids: pa.StringArray, labels: Mapping[str, bool] | None) -> np.ndarray:
    """int8: 1 to keep, 0 to drop, -1 without a label."""
    if labels is None:
        return np.ones(len(ids), np.int8)
    return np.array([int(labels[id_]) if id_ in labels else -1 for id_ in strings(ids)], np.int8)


def _set_apart(sources: ChunkedArray, rules: Iterable[Judged]) -> np.ndarray:
    """Documents (bool) of sources that set a threshold of their own: fitting a language's says nothing about them."""
    apart = [s for s in strings(pc.unique(sources)) if any(r.field in r.choice.of_source(s) for r in rules)]
    return np.asarray(pc.is_in(sources, value_set=pa.array(apart, pa.string())), bool)


class _Pool:
    """The documents with the smallest order keys so far: labels, then a value for each rule, in columns."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.documents = 0
        self.rows = np.empty((1, 0))
        self._keys = np.empty(0, np.uint64)

    def add(self, here: np.ndarray, keys: np.ndarray, columns: np.ndarray, wanted: np.ndarray) -> None:
        new = np.vstack([wanted[here].astype(np.float64), columns[:, here]])
        old = self.rows if self.rows.shape[0] == new.shape[0] else np.empty((new.shape[0], 0))
        together, rows = np.concatenate([self._keys, keys[here]]), np.hstack([old, new])
        first = np.argsort(together, kind="stable")[: self.most]
        self._keys, self.rows = together[first], rows[:, first]
