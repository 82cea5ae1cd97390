"""Lists of terms that a recipe's filter `mentions` names, looked at before a run."""

from collections.abc import Iterator, Mapping

from corpus.errors import RecipeError
from corpus.stages.recipe import Recipe
from filters.people.lists import by_language, files_of
from filters.people.term_file import TermFile


def lines(recipe: Recipe) -> list[str]:
    """What there is to say of them: a line a list. Raises RecipeError for one that is missing, changed, or no list."""
    return [line for choice in recipe.choices for line in _lines(choice.name, getattr(choice.base, "lexicons", {}))]


def _lines(filter_: str, lexicons: Mapping[str, TermFile]) -> Iterator[str]:
    if not lexicons:
        return
    try:
        known = by_language(files_of(lexicons))
    except ValueError as error:
        raise RecipeError(f"filter {filter_!r}: {error}") from error
    for name in sorted(lexicons):
        own = [one for one in known.values() if one.name == name]
        where = ", ".join(own[0].languages)
        yield f"filter {filter_!r}: list {name!r} ({lexicons[name].path}), version {own[0].version}, of {where}"
