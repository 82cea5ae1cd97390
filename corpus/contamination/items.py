"""Items of evaluation suites, whatever form their files have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.contamination.recipe_table import Suite
from corpus.errors import RecipeError
from corpus.store import arrow_errors

_NAMES: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "query", "prompt", "input", "problem", "goal", "question_stem", "ctx", "sentence"),
    "answer": ("answer", "target", "gold", "solution", "answers", "output", "best_answer", "answer_text"),
    "choices": ("choices", "options", "endings", "candidates"),
    "passage": ("passage", "context", "article", "story", "support", "premise"),
    "id": ("id", "doc_id", "idx", "guid", "question_id"),
    "task": ("task", "eval_key", "subject"),
}
_LISTS = ("examples", "data", "instances", "questions")  # of JSON files that are one object
_INNER = ("doc", "input")  # logs of lm-eval; scenarios of HELM


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question of a suite. Texts are as the file has them; "" and () where it has none."""

    suite: str
    task: str
    id: str
    question: str = ""
    passage: str = ""
    answer: str = ""
    choices: tuple[str, ...] = ()
    canary: str = ""


@dataclass
class Rows:
    """Rows of a file, and the canary string that stands over them."""

    rows: Iterator[tuple[int, Mapping[str, Any]]]
    canary: str = field(default="")


def read(suite: Suite, name: str, data: bytes) -> Iterator[Item]:
    """Items of a file in order. Raises RecipeError for a file or a row that gives no item: none is passed over."""
    rows = _rows(name, data)
    some = False
    unseen = {what: path for what in _NAMES if (path := getattr(suite, f"{what}_field"))}
    for number, row in rows.rows:
        some = True
        unseen = {what: path for what, path in unseen.items() if _within(row, path) is None}
        yield _item(suite, name, number, row, rows.canary)
    if not some:
        raise RecipeError(f"{name} has no items: is it a file of suite {suite.name!r}?")
    for what, path in unseen.items():
        raise RecipeError(f"{name}: no item has the field {path!r}, which suite {suite.name!r} names as {what}_field")


def _rows(name: str, data: bytes) -> Rows:
    if ".parquet" in name.rpartition("/")[2]:
        try:
            listed = pq.read_table(pa.BufferReader(data)).to_pylist()
        except arrow_errors.DAMAGED as error:
            raise RecipeError(
                f"{name} is no Parquet file that can be read: {arrow_errors.first_line(error)}"
            ) from error
        return Rows(enumerate(listed))
    try:
        whole = orjson.loads(data)
    except orjson.JSONDecodeError:
        return Rows(_lines(name, data))
    if isinstance(whole, list):
        return Rows(enumerate(_object(name, number, row) for number, row in enumerate(whole)))
    if isinstance(whole, dict):
        for key in _LISTS:
            if isinstance(whole.get(key), list):
                rows = enumerate(_object(name, number, row) for number, row in enumerate(whole[key]))
                return Rows(rows, canary=str(whole.get("canary", "")))
        return Rows(iter([(0, whole)]))  # JSONL of one line
    raise RecipeError(f"{name}: neither JSON lines, nor a list, nor an object with a list under {', '.join(_LISTS)}")


def _lines(name: str, data: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(data.splitlines()):
        if not line.strip():
            continue
        try:
            yield number, _object(name, number, orjson.loads(line))
        except orjson.JSONDecodeError as error:
            raise RecipeError(f"{name}, line {number + 1}: no JSON ({error})") from error


def _object(name: str, number: int, row: object) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise RecipeError(f"{name}, item {number + 1}: not an object with named fields")
    return row


def _item(suite: Suite, name: str, number: int, row: Mapping[str, Any], canary: str) -> Item:
    question = _text(_found(suite, "question", row))
    passage = _text(_found(suite, "passage", row))
    choices = _choices(_found(suite, "choices", row))
    try:
        answer = _answer(_found(suite, "answer", row), choices, row)
    except ValueError as error:
        raise RecipeError(f"{name}, item {number + 1}: {error}") from error
    if not question and not passage:
        known = ", ".join(sorted(map(str, row))) or "none"
        raise RecipeError(
            f"{name}, item {number + 1}: no question and no passage among its fields ({known}): name them by "
            "question_field and passage_field of the suite"
        )
    file = name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    own = _text(_found(suite, "id", row))
    return Item(
        suite=suite.name,
        task=_text(_found(suite, "task", row)) or file,
        id=own or str(number),
        question=question,
        passage=passage,
        answer=answer,
        choices=choices,
        canary=canary or str(row.get("canary", "") or ""),
    )


def _found(suite: Suite, what: str, row: Mapping[str, Any]) -> object:
    """A field by the suite's own name for it, or by the first that suites use."""
    named: str = getattr(suite, f"{what}_field")
    if named:
        return _within(row, named)
    for inner in (row, *(row[key] for key in _INNER if isinstance(row.get(key), dict))):
        for known in _NAMES[what]:
            if inner.get(known) is not None and not isinstance(inner[known], dict | bool):
                return inner[known]
            if what in ("choices", "answer") and isinstance(inner.get(known), dict):
                return inner[known]
    if what == "question" and isinstance(row.get("input"), dict):  # HELM
        return row["input"].get("text")
    return None


def _within(row: Mapping[str, Any], path: str) -> object:
    value: object = row
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and value:
        return _text(value[0])
    return ""


def _choices(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):  # ARC: {"text": [...], "label": [...]}
        value = value.get("text")
    return tuple(text for text in map(_text, value) if text) if isinstance(value, list) else ()


def _answer(value: object, choices: Sequence[str], row: Mapping[str, Any]) -> str:
    """A text; of a number or a letter the choice that it names."""
    if isinstance(value, dict):  # SQuAD and TriviaQA: {"text": [...]}, {"value": ...}
        value = value.get("text") or value.get("value")
    if value is None and isinstance(row.get("label"), int):
        value = row["label"]
    text = _text(value)
    if choices and text and text not in choices:
        place = int(text) if text.isdigit() else ord(text.upper()) - ord("A") if _is_letter(text) else -1
        if place >= len(choices):
            raise ValueError(f"its answer is {text}, and it has {len(choices)} choices, from 0 or A")
        return choices[place] if place >= 0 else text
    return text


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalpha()
