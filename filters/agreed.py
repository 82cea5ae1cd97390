"""What the rules of all filters, and labelling functions of one's own, agree on (Ratner et al. 2017, 2019)."""

import re
from dataclasses import dataclass
from math import inf
from typing import Annotated, Any, ClassVar, Final

import numpy as np
import pyarrow as pa
from annotated_types import Gt, Interval, Lt

from filters import language_keys
from filters.arrow import array, schema
from filters.batch import Batch
from filters.files import FileName
from filters.occurrences import Sought
from filters.rules import Rule
from filters.strict import STRICT

# Rules that say what is wanted, allowed or labelled at all, not what is good.
NO_QUALITY: Final = ("language.not_wanted", "rights.*", "*.unlabelled")
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, kw_only=True)
class Range:
    """Numbers from `min` to `max`, both among them; what is not said has no end."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    min: float | None = None
    """The least."""
    max: float | None = None
    """The greatest."""

    def __post_init__(self) -> None:
        if self.min is None and self.max is None:
            raise ValueError("a range needs min, max or both")
        if self.first > self.last:
            raise ValueError(f"min is {self.min} and max {self.max}: no number is in the range")

    @property
    def first(self) -> float:
        return -inf if self.min is None else self.min

    @property
    def last(self) -> float:
        return inf if self.max is None else self.max

    def meets(self, other: "Range") -> bool:
        """Whether a number is in both."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, kw_only=True)
class Function:
    """A labelling function: a number of each document, and what it votes by it. Outside its ranges it abstains."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    """What the report calls it, `function.<name>`: ASCII letters, digits and _."""
    expression: str = ""
    """An expression of RE2; the number is that of its matches, none overlapping."""
    lexicon: Annotated[str, FileName(("",))] = ""
    """A text file, absolute or from the recipe's folder, of a word or phrase a line; the number is how many of them
    stand in the text."""
    sha256: str = ""
    """Digest of the lexicon's file, hexadecimal."""
    signal: str = ""
    """A number that a filter of the recipe measures, a plug-in's too: `length.words`. Where the filter says that it
    cannot measure a document, the function abstains."""
    keep: Range | None = None
    """Numbers by which it votes to keep a document: { min = 1 }."""
    drop: Range | None = None
    """Numbers by which it votes to drop a document."""
    languages: tuple[str, ...] = ()
    """Languages of which it votes at all, by id, tag or pattern; none: of every language."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r} must be of ASCII letters, digits and _")
        if sum(map(bool, (self.expression, self.lexicon, self.signal))) != 1:
            raise ValueError(f"{self.name}: one of expression, lexicon and signal says what it goes by")
        if self.keep is None and self.drop is None:
            raise ValueError(f"{self.name} would never vote: give keep or drop a range, as drop = {{ min = 1 }}")
        if self.keep and self.drop and self.keep.meets(self.drop):
            raise ValueError(f"{self.name}: the ranges of keep and drop overlap")
        if self.signal and not self.signal.rpartition(".")[0]:
            raise ValueError(f"{self.name}: signal {self.signal!r} must be <filter>.<signal>, as length.words")
        if self.sha256 and not self.lexicon:
            raise ValueError(f"{self.name}: sha256 is of a lexicon, and there is none")
        self.sought  # noqa: B018  (raises)
        object.__setattr__(self, "languages", language_keys.listed(self.languages))

    @property
    def sought(self) -> Sought | None:
        """What is looked for in the text; None where it goes by a signal."""
        if self.signal:
            return None
        return Sought(expression=self.expression, lexicon=self.lexicon, sha256=self.sha256)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """How likely a document is good, by a label model: every rule of the recipe's other filters votes on every
    document, without any label a model learns how often each vote is right, and the votes on a document together give
    its probability. docs/labelmodel.md says what that is worth, and when it is not known.

    A rule votes to drop where it fires and to keep where it does not; where it cannot measure (no list of the language,
    no address, a threshold that is off) it abstains. A document that nobody votes on never fails: its probability is
    1.0 and `known` false; so are all if the votes cannot tell the model how good they are.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    version: ClassVar[int] = 2
    libraries: ClassVar[tuple[str, ...]] = ("google-re2",)  # refuses expressions
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("probability", pa.float64(), nullable=False),  # of being good; 1.0 where it is not known
            pa.field("known", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (Rule(reason="unlikely", signal="probability", threshold="min_probability"),)

    functions: tuple[Function, ...] = ()
    """Labelling functions of your own, which vote beside the rules."""
    leave_out: tuple[str, ...] = NO_QUALITY
    """Rules that do not vote, by name (`length.few_bytes`) or pattern (`length.*`): rules that say the same thing count
    as so many witnesses, so leave all but one out. Unsaid: those that say what is wanted, allowed or labelled
    at all, not what is good."""
    good_share: Annotated[float, Gt(0), Lt(1)] | None = None
    """Share of good documents, if it is known; unsaid, it is learned too."""
    fitted_patterns: Annotated[int, Interval(ge=1, le=1 << 20)] = 131_072
    """Combinations of votes that the model is fitted to, the most frequent; documents of others are counted, and have
    their probability by the same model. The rare ones are mostly of documents with several faults, so a model that sees
    few of them takes documents for better than they are; a million are held in one process."""
    min_probability: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Least probability of being good; off: it is only measured."""

    def __post_init__(self) -> None:
        names = [one.name for one in self.functions]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two functions are named {name!r}: rename one")

    def measure(self, batch: Batch) -> pa.RecordBatch:
        """Of documents without a corpus nothing is known: what is, a stage of its own measures."""
        columns = [array(np.ones(batch.rows)), array(np.zeros(batch.rows, bool))]
        return pa.RecordBatch.from_arrays(columns, schema=self.signals)
