"""The [decide] table."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Interval

from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class Decide:
    """The [decide] table: whose thresholds judge a document, and what of the filters' losses stops or warns."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    known_from: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Score of a guessed language from which a document is held to its thresholds. Below, it is judged as one of no
    known language in the same script (`und_Deva`): by those of by_script, and of by_language for `und_*`. A declared
    language has 1.0."""
    max_loss_share: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Share of the documents of a source or language that the filters may drop without a warning."""
    allow_vanish: tuple[str, ...] = ()
    """Sources and language ids of which the filters may leave nothing; any other of 20 documents or more that
    vanishes stops the run. What filter `language` does not keep by its `keep_labels` has not vanished: it is said."""
