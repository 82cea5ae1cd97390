"""Parameters of the report from what its manifest says of them: a release is patched without its recipe."""

from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

import filters
from corpus.errors import RecipeError
from corpus.external.labelled import kind_of
from corpus.external.recipe_table import External
from corpus.external.tallies import Matched
from corpus.stages.built import Finished
from corpus.stages.decide import Judging
from corpus.stages.every import ALL
from corpus.stages.report import REPORT, Audit
from corpus.stages.stage import signals
from corpus.store import manifest
from filters.choice import Choice

T = TypeVar("T")
_JUDGING = "judging"
_OWN = frozenset(stage.name for stage in ALL)


def audit(release: Finished) -> Audit:
    """Raises RecipeError for a report of a version with other parameters, or with a filter that is not here."""
    found: Any = release[REPORT].manifest.identity
    params = found["params"]
    if found["version"] != REPORT.version:
        raise RecipeError(f"it was written by version {found['version']} of the report, here is {REPORT.version}")
    try:
        read = {name: _read(kind, params[name]) for name, kind in get_type_hints(Audit).items() if name != _JUDGING}
        judging = {name: Judging(choice=_choice(release, name, one)) for name, one in params[_JUDGING].items()}
        return Audit(**read, judging=judging)  # the key of [pii] is its mark: no page shows what the key makes
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise RecipeError(f"its parameters cannot be read ({str(error).splitlines()[0]})") from error


def _read(kind: type[T], value: Any) -> T:
    return TypeAdapter(kind).validate_json(manifest.canonical(value))


def _choice(release: Finished, name: str, one: Any) -> Choice:
    stage = signals(name).stage
    written = release.stages[stage].manifest
    measured: Any = written.identity
    outside = Matched.NAME in written.tallies  # labels, whose columns make the class of their thresholds
    kind = kind_of(_read(External, measured["params"]["table"])) if outside else filters.load(name)
    own = {} if outside or stage in _OWN else measured["params"]  # no page shows what a stage of its own measured by
    base = _read(kind, {**own, **one["base"]})
    return Choice(
        name=name,
        base=base,
        by_script=one["by_script"],
        by_language=one["by_language"],
        by_source=one["by_source"],
        judged=True,
    )
