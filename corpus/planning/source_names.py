"""Sources that a recipe speaks of, held against those that it has: a name of none would do nothing, in silence."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from corpus.stages.recipe import Recipe
from filters.meant import hint


def fault(recipe: Recipe) -> str | None:
    """The first name or pattern that fits no source: where it stands, what may be meant, what is there."""
    known = [source.name for source in recipe.sources]
    for where, name in _named(recipe):
        if name not in known:
            return f"{where} names {name!r}, which is no source{hint(name, known)}; known: {', '.join(sorted(known))}"
    for where, pattern in _patterns(recipe):
        if not any(fnmatchcase(name, pattern) for name in known):
            return f"{where} {pattern!r} fits no source{hint(pattern, known)}; known: {', '.join(sorted(known))}"
    return None


def _named(recipe: Recipe) -> Iterator[tuple[str, str]]:
    for key in ("prefer_sources", "allow_vanish"):
        for name in getattr(recipe.dedup, key):
            yield f"[dedup] {key}", name


def _patterns(recipe: Recipe) -> Iterator[tuple[str, str]]:
    for key in ("exempt", "url_without_query"):
        for pattern in getattr(recipe.dedup, key):
            yield f"[dedup] {key}", pattern
    for choice in recipe.choices:
        for pattern in choice.by_source:
            yield f"[{choice.name}] by_source", pattern
    tables = (
        *(("lines", table) for table in recipe.lines),
        *(("clean", table) for table in recipe.clean),
        *((("passages", recipe.passages),) if recipe.passages else ()),
        *((("code", recipe.code),) if recipe.code else ()),
        *((f"view {view.name}", view) for view in recipe.views),
    )
    for name, table in tables:
        for pattern in table.sources:
            if pattern != "*":
                yield f"[{name}] sources", pattern
