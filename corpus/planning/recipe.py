"""The recipe: a TOML file, read into frozen dataclasses; every key checked, every error one line.

Each table is declared where what it speaks of lives; the reader goes by the fields of `Recipe`. Inputs are relative to
the recipe's folder, outputs to the working directory.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from corpus.duplicates import curve, rank
from corpus.duplicates.recipe_tables import Dedup
from corpus.mixture import dimension
from corpus.planning import admission, layers, source_names
from corpus.planning.external_tables import ExternalTables
from corpus.planning.filter_tables import FilterTables
from corpus.planning.toml_tables import Tables
from corpus.sources.source import Source
from corpus.stages.recipe import Recipe
from corpus.store import addresses
from filters.languages import language_id

# Bands are solved for a threshold of 0.8 at the most, so one that moves up from there compares nothing again: what is
# proposed at 0.8 holds what is above it. A lower threshold needs pairs that were never proposed.
_BANDED_AT = 0.8


_TABLES = tuple(
    f.name
    for f in fields(Recipe)
    if f.name not in ("name", "root", "base", "seed", "choices", "catalogued", "signals", "labelled")
)


def load(path: str, *, root: str | None = None) -> Recipe:
    """Read and check a recipe. Raises RecipeError: file, table, key, what is wrong, what is known."""
    return _Reader(path).recipe(layers.read(path), root)


class _Reader(Tables):
    """The recipe as a whole."""

    def recipe(self, raw: dict[str, Any], root: str | None) -> Recipe:
        tables = {name: kind for name, kind in get_type_hints(Recipe).items() if name in _TABLES}
        self.known_keys(raw, "the top level", {"name", "root", "seed", "filters", "signals", *tables})
        read = {name: self._read(raw, name, kind) for name, kind in tables.items()}
        tables_of_filters = FilterTables(self.path)
        choices = tables_of_filters.choices(raw.get("filters", []), read["code"])
        external = ExternalTables(self.path).read(raw.get("signals", []), [choice.name for choice in choices])
        recipe = Recipe(
            name=self.scalar(raw, "name", str, Path(self.path).stem),
            root=root or addresses.expanded(self.scalar(raw, "root", str, f"build/{Path(self.path).stem}")),
            base=str(Path(self.path).resolve().parent),
            seed=self.scalar(raw, "seed", int, 1),
            choices=tables_of_filters.completed(choices, external.choices),
            signals=external.tables,
            labelled=external.choices,
            catalogued=(),
            **read,
        )
        self._consistent(recipe)
        recipe = admission.joined(recipe)
        return replace(recipe, dedup=self._banded(recipe))

    def _read(self, raw: Mapping[str, Any], name: str, kind: Any) -> Any:
        """A table as the field of Recipe is declared: several, or one, or none where it may be missing."""
        inner = get_args(kind)
        if get_origin(kind) is tuple:
            found = self.tables(inner[0], raw.get(name, []), name)
            return self._named(found) if name == "sources" else found
        if NoneType in inner:
            return self.table(inner[0], raw[name], name) if name in raw else None
        return self.table(kind, raw.get(name, {}), name)

    def _named(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        if not sources:
            raise self.fail(
                "no [[sources]]: name at least one (a preset is used by `extends` in a recipe that has some)"
            )
        names = [source.name for source in sources]
        for name in names:
            if names.count(name) > 1:
                raise self.fail(f"two sources are named {name!r}: rename one")
        return sources

    def _consistent(self, recipe: Recipe) -> None:
        known = {source.name for source in recipe.sources}
        if wrong := source_names.fault(recipe):
            raise self.fail(wrong)
        stray = next((source for source in recipe.sources if source.uid and not recipe.catalogue), None)
        if stray:
            raise self.fail(f"source {stray.name!r} has a uid, and there is no [catalogue]: add it, or take uid out")
        names = [view.name for view in recipe.views]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise self.fail(f"two views are named {twice!r}: rename one")
        self._may_vanish(recipe, known)
        try:
            if recipe.mixture:
                for name in recipe.mixture.listed:
                    dimension.parse(name, recipe.schemas)
                recipe.mixture.check_sources(known)
                recipe.mixture.check_languages(_declared(recipe))
        except ValueError as error:
            raise self.fail(f"[mixture] {error}") from error
        try:
            rank.check(recipe.dedup.prefer, {one.name: one.base.signals for one in recipe.labelled})
            wanted_filters = rank.measured(recipe.dedup.prefer)
        except ValueError as error:
            raise self.fail(f"[dedup] prefer: {error}") from error
        for name in wanted_filters:
            if name not in recipe.measured:
                raise self.fail(
                    f"[dedup] prefer needs filter {name!r}, which is not measured: add [[filters]] use = {name!r}"
                )

    def _may_vanish(self, recipe: Recipe, known: Collection[str]) -> None:
        for name in recipe.decide.allow_vanish:
            if name not in known and language_id(name) != name:
                meant = language_id(name)
                if meant:
                    raise self.fail(f"[decide] allow_vanish names {name!r}: write the id, {meant!r}")
                raise self.fail(
                    f"[decide] allow_vanish names {name!r}, which is no source and no language id; known sources: "
                    f"{', '.join(sorted(known))}"
                )

    def _banded(self, recipe: Recipe) -> Dedup:
        """The [dedup] table with bands and rows: its own where it has both, else solved."""
        dedup = recipe.dedup
        have = recipe.permutations
        if dedup.bands * dedup.rows > have:
            raise self.fail(
                f"[dedup] bands x rows = {dedup.bands * dedup.rows}, but minhash has {have} permutations: "
                "raise permutations or lower bands"
            )
        if dedup.bands and dedup.rows:
            return dedup
        try:
            at = min(dedup.threshold, _BANDED_AT)
            bands, rows = curve.solve(at, dedup.recall, have, bands=dedup.bands, rows=dedup.rows)
        except ValueError as error:
            raise self.fail(f"[dedup] {error}") from error
        return replace(dedup, bands=bands, rows=rows)


def _declared(recipe: Recipe) -> dict[str, str]:
    """The one language of each source, as an id; "" of those whose documents have their own."""
    return {one.name: (language_id(one.language) or "") if one.language else "" for one in recipe.sources}
