"""The [contamination] table of a recipe: evaluation suites, and what is done with documents that hold their items."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Interval, MinLen

Policy = Literal["mark", "cut", "drop"]


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A [[contamination.suites]] table: files of items.

    Files are JSONL, JSON (a list, or an object with a list under "examples" or "data") or Parquet, compressed or not.
    Without `*_field` keys the columns are looked for under the names that suites use: `question`, `query`, `prompt`,
    `input`, `problem`, `goal`; `answer`, `target`, `gold`, `label`, `solution`; `choices`, `options`; `passage`,
    `context`, `article`, `story`, `support`; `id`, `doc_id`, `idx`, `guid`; `task`, `eval_key`, `subject`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    name: Annotated[str, MinLen(1)]
    """What it is called in tables and in the report."""
    path: Annotated[str, MinLen(1)]
    """A file, a folder or a pattern, from the recipe's own folder, or a URI."""
    policy: Policy = "drop"
    """What is done with a document that has items: mark says so; cut is GPT-3's rule (the found words go with 200
    characters on both sides, pieces of 200 or fewer with them); drop takes the document out."""
    question_field: str = ""
    """Where the question stands; fields within fields by dots."""
    answer_field: str = ""
    """Where the answer stands: a text, a number of a choice, or a list of texts."""
    choices_field: str = ""
    """Where the choices stand: a list of texts, or an object with them under "text"."""
    passage_field: str = ""
    """Where the passage stands that the question is about."""
    id_field: str = ""
    """Where the item's id stands; else its number in the file."""
    task_field: str = ""
    """Where the name of its task stands; else the file's name."""


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """The [contamination] table: items of evaluation suites are looked for in every document that is kept."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    suites: Annotated[tuple[Suite, ...], MinLen(1)]
    """The suites, as [[contamination.suites]]."""
    ngram: Annotated[int, Interval(ge=5, le=1000)] = 13
    """Words in a row of a question, passage or answer that make a document contaminated; in scripts without spaces
    twice as many letters. GPT-3 (Brown et al. 2020, appendix C): 13."""
    min_share: Annotated[float, Interval(gt=0, le=1)] = 0.8
    """Share of a question, by what its words say (rare ones more), that is the question too, whatever runs of words
    are whole."""
    max_documents: Annotated[int, Ge(1)] = 10
    """A run of `ngram` words that more documents have is a phrase of the web and no proof; GPT-3: 10. It is no bound
    for a question that stands there whole."""

    def __post_init__(self) -> None:
        names = [suite.name for suite in self.suites]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"suites have one name twice: {', '.join(twice)}: give each its own")
