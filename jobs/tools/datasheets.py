"""Writes the datasheet of a release, or holds a published one against its tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.catalogue.entry import Entry
from corpus.datasheet import answers, check, rows, sheet, template
from corpus.datasheet.answers import Answers
from corpus.datasheet.facts import Facts
from corpus.datasheet.rows import Row
from corpus.errors import RecipeError
from corpus.planning import catalogue_files, finished, recipe
from corpus.planning.finished import open_release
from corpus.planning.opening import plan_of
from corpus.stages.built import Finished
from corpus.stages.ingest import INGEST
from corpus.stages.recipe import Recipe
from corpus.store import storage

FOLDER = "datasheet"
_FAULTS = 20  # printed of one datasheet


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the verb asks for; "" where it is not said."""

    release: str
    root: str | None
    tag: str
    answers: str
    catalogue: str
    to: str
    check: str
    template: bool
    strict: bool
    times: bool


def run(request: Request) -> tuple[list[str], bool]:
    """Lines to print, and whether all is well. Raises RecipeError, DataError."""
    release, read = _opened(request)
    place = request.answers or _beside(request.release, release.address)
    names = [one["source"]["name"] for one in _sources(release)]
    given = request.answers or (place and Path(place).exists())
    entries = _entries(request, read, names)
    if request.template:
        return [_template(Facts(release, entries=entries), place, names)], True
    own = answers.read(place, names) if given else Answers()
    facts = Facts(release, own, entries, request.times)
    found = rows.of(facts)
    if request.check:
        return _checked(facts, found, request)
    return _written(facts, found, request, place if given else "")


def _opened(request: Request) -> tuple[Finished, Recipe | None]:
    if not request.release.endswith(".toml"):
        return open_release(request.release, request.tag), None
    if request.tag:
        raise RecipeError(f"--tag names a release of a root: give the output folder in place of {request.release}")
    read = recipe.load(request.release, root=request.root)
    plan = plan_of(read)
    return finished.of(read.root, {name: one.folder for name, one in plan.stages.items()}), read


def _sources(release: Finished) -> list[Mapping[str, Mapping[str, str]]]:
    params: object = release[INGEST].manifest.identity
    found: list[Mapping[str, Mapping[str, str]]] = params["params"]["sources"]  # type: ignore[index]
    return found


def _beside(release: str, root: str) -> str:
    """datasheet.toml beside the recipe, else in the root; "" in a store, where none is looked for."""
    if release.endswith(".toml"):
        return str(Path(release).parent / answers.FILE)
    return str(Path(storage.resolve(root)[1]) / answers.FILE) if storage.is_local(root) else ""


def _entries(request: Request, read: Recipe | None, names: list[str]) -> Mapping[str, Entry]:
    """Entries of the catalogue by source: by the recipe's uids, else by those that the shards have, else by name."""
    if request.catalogue:
        place, uids = Path(request.catalogue), {one.name: one.entry for one in read.sources} if read else {}
    elif read and read.catalogue:
        place, uids = (
            Path(read.base) / Path(read.catalogue.path).expanduser(),
            {one.name: one.entry for one in read.sources},
        )
    else:
        return {}
    found = catalogue_files.read(place)
    if found.broken:
        raise RecipeError(f"{place}: {found.broken[0][0]}: {found.broken[0][1]}: mend it (gristmill sources check)")
    return {name: found.entries[uid] for name in names if (uid := uids.get(name, name)) in found.entries}


def _template(facts: Facts, place: str, names: list[str]) -> str:
    if not place:
        raise RecipeError("say by --answers where the file is to be written: the root is no folder of this machine")
    if Path(place).exists():
        raise RecipeError(f"{place} is there already: fill it in, or name another by --answers")
    body = template.body(rows.of(facts), names)
    Path(place).write_bytes(body)
    return f"{place}: {body.count(b' = ')} questions; fill it in and run the command without --template"


def _written(facts: Facts, found: list[Row], request: Request, place: str) -> tuple[list[str], bool]:
    folder = request.to or storage.join(facts.release.address, FOLDER)
    bodies = {**sheet.files(sheet.head_of(facts), found), sheet.DOMAINS: sheet.domain_list(facts)}
    for name, body in bodies.items():
        storage.publish_bytes(folder, name, body)
    lines = [*rows.lines(found), "", f"answers   {place or 'none: --template writes the questions'}"]
    known = f"{len(facts.entries):,} of {len(facts.sources):,} sources have an entry" if facts.entries else "none given"
    lines.append(f"catalogue {known}")
    lines.append(f"datasheet {folder} ({len(bodies)} files)")
    unanswered = [row.cell for row in found if row.by == rows.UNANSWERED]
    if not (request.strict and unanswered):
        return lines, True
    lines += [f"unanswered: {cell}" for cell in unanswered]
    return [*lines, f"NOT complete: {len(unanswered):,} fields are unanswered (--strict)"], False


def _checked(facts: Facts, found: list[Row], request: Request) -> tuple[list[str], bool]:
    faults = list(check.faults(facts, found, request.check))
    unanswered = [row.cell for row in found if row.by == rows.UNANSWERED] if request.strict else []
    lines = [f"  {fault}" for fault in faults[:_FAULTS]]
    lines += [f"  and {len(faults) - _FAULTS:,} more"] if len(faults) > _FAULTS else []
    lines += [f"  unanswered: {cell}" for cell in unanswered]
    if faults or unanswered:
        what = (
            f"{len(faults):,} faults, {len(unanswered):,} unanswered" if request.strict else f"{len(faults):,} faults"
        )
        return [*lines, f"NOT as the tables have it: {request.check}: {what}"], False
    return [f"as the tables have it: {request.check}, {len(found):,} cells"], True
