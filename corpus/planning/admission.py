"""The catalogue as a gate: what a recipe knows of its sources, and which of them it may not take."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from corpus.catalogue import admission, licences
from corpus.catalogue.catalogued import Catalogued, by_source
from corpus.catalogue.entry import Entry
from corpus.catalogue.excerpt import of_entry
from corpus.catalogue.recipe_table import Catalogue
from corpus.errors import RecipeError
from corpus.planning import bounds, catalogue_files
from corpus.planning.catalogue_files import Found
from corpus.sources.source import Source
from corpus.stages.recipe import Recipe
from corpus.store import addresses
from filters.meant import hint

_NAMED = 5  # sources in a line


def joined(recipe: Recipe) -> Recipe:
    """The recipe with what its catalogue says of sources: what goes with documents, and licences that it does not say
    itself. Judges nothing: what was built may be looked at whatever the catalogue says by now. Raises RecipeError for a
    catalogue that cannot be read."""
    if recipe.catalogue is None:
        return recipe
    entries = _read(recipe, recipe.catalogue).entries
    rows = tuple(_rows(recipe.sources, entries))
    known = by_source(rows)
    sources = tuple(
        replace(one, licence=known[one.name].licence) if one.name in known and not one.licence else one
        for one in recipe.sources
    )
    return replace(recipe, sources=sources, catalogued=rows)


def lines(recipe: Recipe, today: date | None = None) -> list[str]:
    """What there is to say before a run of where its sources are documented. `today`: on which entries are judged;
    unsaid it is this day (UTC).

    Raises RecipeError for sources that the catalogue does not admit, naming source, entry and field.
    """
    if recipe.catalogue is None:
        return [f"no [catalogue]: the {len(recipe.sources)} sources of {recipe.name} run without entries"]
    found = _read(recipe, recipe.catalogue)
    unfit = list(_unfit(recipe.catalogue, found))
    refused = list(_refused(recipe, found, recipe.catalogue, today or datetime.now(UTC).date()))
    if refused:
        names = [name for name, _ in refused[1:]]
        more = f"; refused too: {_listed(names)}" if names else ""
        raise RecipeError(f"{refused[0][1]}{more}")
    return [
        f"catalogue {recipe.catalogue.path}: {len(found.entries):,} entries, all {len(recipe.sources)} sources "
        "admitted",
        *unfit,
    ]


def _unfit(table: Catalogue, found: Found) -> Iterator[str]:
    """A line for each of allow_licences that fits no entry. Raises RecipeError for one that no licence can fit."""
    for pattern, near in licences.misspelt(table.allow_licences):
        hint = f"; did you mean {near!r}?" if near else ": see spdx.org/licenses"
        raise RecipeError(f"[catalogue] allow_licences: {bounds.short(pattern)!r} is no licence that SPDX lists{hint}")
    items = [item for entry in found.entries.values() for item in entry.licensing.license_list]
    for pattern in table.allow_licences:
        if not licences.fits(pattern, items):
            yield f"WARNING [catalogue] allow_licences: {pattern!r} fits no entry of {table.path}: is it still meant?"


def _read(recipe: Recipe, table: Catalogue) -> Found:
    return catalogue_files.read(Path(addresses.below(recipe.base, table.path)))


def _rows(sources: tuple[Source, ...], entries: Mapping[str, Entry]) -> Iterator[Catalogued]:
    for source in sources:
        entry = entries.get(source.entry)
        if entry is None:
            continue
        try:
            yield of_entry(source.name, entry)
        except ValueError:
            continue  # the licence is no expression, for which the source is refused


def _refused(recipe: Recipe, found: Found, table: Catalogue, today: date) -> Iterator[tuple[str, str]]:
    """(source, why)."""
    declared = {source.name: source.licence for source in recipe.sources}
    unsaid = {row.source for row in recipe.catalogued if declared[row.source] == row.licence}
    for source in recipe.sources:
        begin = f"source {source.name!r}: its entry {bounds.short(source.entry)!r}"
        entry = found.entries.get(source.entry)
        if entry is None:
            fault = found.fault(source.entry)
            broken = "" if fault or not found.broken else f" ({_broken(found)})"
            meant = hint(source.entry, found.entries)
            why = (
                f"is broken: {fault}: mend it"
                if fault
                else f"is not in {table.path}{meant}{broken}: add it, or set uid to one that is"
            )
            yield source.name, f"{begin} {why}"
            continue
        licence = "" if source.name in unsaid else source.licence
        against = admission.refusals(entry, table, licence, today)
        if against:
            field, reason = against[0]
            others = list(dict.fromkeys(name for name, _ in against[1:] if name != field))
            also = f" (and {_listed(others)})" if others else ""
            yield (
                source.name,
                f"{begin} refuses it: {field}: {reason}{also}; take the source out, mend its entry, or let [catalogue] "
                "allow it",
            )


def _broken(found: Found) -> str:
    """That entries of a catalogue cannot be read, one of which may be the one that is missed."""
    names = found.broken_names
    first = next(f"{name}: {fault}" for name, fault in found.broken)
    return f"{len(names)} entries there cannot be read, as {bounds.short(first)}; `gristmill sources check` lists them"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
