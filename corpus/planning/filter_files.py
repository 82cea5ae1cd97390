"""Files that a recipe's filters name, looked at before a run: models that are not there, lists that say nothing."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from corpus.errors import RecipeError
from corpus.planning import term_lists
from corpus.stages.recipe import Recipe
from filters import files
from filters.models import verified

_AHEAD = timedelta(days=1)  # of UTC, where it is tomorrow already


def lines(recipe: Recipe, today: date | None = None) -> list[str]:
    """What there is to say of them: a line a list. `today`: unsaid it is this day (UTC).

    Raises RecipeError for a file that is not there, and for a list that names no domain or whose day has not come:
    documents would be taken for asked when they were not.
    """
    day = today or datetime.now(UTC).date()
    found = [_line(filter_, name, one, day) for filter_, name, one in _lists(recipe)] + term_lists.lines(recipe)
    for choice in recipe.choices:
        for path in files.named(choice.base):
            if not os.path.exists(path):
                raise RecipeError(
                    f"filter {choice.name!r}: nothing is at {path}; paths are from the recipe's folder, {recipe.base}: "
                    "mend it there"
                )
    return found


def _lists(recipe: Recipe) -> Iterator[tuple[str, str, Any]]:
    for choice in recipe.choices:
        for name, one in sorted(getattr(choice.base, "lists", {}).items()):
            yield choice.name, name, one


def _line(filter_: str, name: str, one: Any, today: date) -> str:
    near = os.path.relpath(one.path)
    begin = f"filter {filter_!r}: list {name!r} ({one.path if near.startswith(os.pardir) else near})"
    try:
        with open(verified(one.path, one.sha256, "file"), encoding="utf-8", errors="replace") as file:
            named = sum(bool(line.strip()) and not line.startswith("#") for line in file)
    except ValueError as error:
        raise RecipeError(f"{begin}: {error}") from error
    if not named:
        raise RecipeError(f"{begin} names no domain: give the file that was meant, or take the list out")
    said = getattr(one, "date", "")
    if said and date.fromisoformat(said) > today + _AHEAD:
        raise RecipeError(f"{begin} is dated {said}, a day that has not come: write the day as of which it holds")
    return f"{begin}: domains {named:,}{f', as of {said}' if said else ''}"
