"""What a recipe builds: every stage, what determines it, and whether it is there already.

A stage's identity is its name, the version of its code, its parameters, the versions of the libraries that its bytes
depend on, and the fingerprints of the stages it reads. So the whole plan is known before anything runs, and a threshold
that moves changes `decide` and what follows. Code that is not what its version was recorded with (`corpus.golden`) is
in the identity too: it is never taken for the code that is known. A plug-in's has no record, and is always in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from corpus.errors import DataError, RecipeError
from corpus.golden import baseline, code_digest
from corpus.golden.baseline import Golden
from corpus.planning import finished, withdrawn
from corpus.planning.planned import Planned
from corpus.sources.inputs import Inputs
from corpus.stages.built import Built, Finished
from corpus.stages.every import ALL
from corpus.stages.external import JOB as JOINED
from corpus.stages.external import joining
from corpus.stages.ingest import INGEST
from corpus.stages.measure import JOB, measuring
from corpus.stages.recipe import Recipe
from corpus.stages.ref import Ref
from corpus.stages.request import Request
from corpus.stages.stage import Stage, identity, signals
from corpus.store import current, manifest, receipts, storage, versions
from corpus.store.manifest import Json
from corpus.tombstones import patches
from filters.meant import hint

P = TypeVar("P")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Stages by name, in the order in which they run."""

    recipe: Recipe
    stages: Mapping[str, Planned[Any]]

    def __getitem__(self, stage: Stage[P]) -> Planned[P]:
        return self.stages[stage.name]

    def __contains__(self, stage: Stage[Any]) -> bool:
        return stage.name in self.stages

    def built(self, stage: Stage[Any]) -> Built | None:
        """None if the stage is not asked for, or is not finished."""
        planned = self.stages.get(stage.name)
        found = manifest.load(planned.folder) if planned else None
        return Built(name=stage.name, folder=planned.folder, manifest=found) if planned and found else None

    def finished(self) -> Finished:
        """Its stages that are there."""
        return finished.of(self.recipe.root, {name: planned.folder for name, planned in self.stages.items()})


def build(recipe: Recipe, inputs: Sequence[Inputs]) -> Plan:
    """The stages of a recipe over these inputs."""
    request = Request(recipe, inputs)
    taken_out = patches.finished(recipe.root)
    own = {stage.name for stage in ALL}  # a filter whose measurement is no pass over texts
    passes = [choice for choice in recipe.choices if signals(choice.name).stage not in own]
    asked: list[Stage[Any]] = [*map(measuring, passes), *map(joining, recipe.signals), *ALL]
    asked = [stage for stage in asked if request.asked(stage) is not None]
    recorded = baseline.load()
    stages: dict[str, Planned[Any]] = {}
    marks: dict[str, Sequence[str]] = {}
    for stage, declared in _in_order(request, asked):
        planned = _planned(request, stage, declared, marks, recorded)
        stages[stage.name], marks[stage.name] = withdrawn.under(planned, taken_out, marks, recipe)
    return Plan(recipe=recipe, stages=stages)


def apart(plan: Plan, recipe: Recipe, inputs: Sequence[Inputs], until: Stage[Any], anew: Iterable[Stage[Any]]) -> Plan:
    """The stages of a plan up to one of them, with its parameters, over other inputs: below another root, without
    gates. Stages `anew` have the parameters of `recipe`."""
    made = {stage.name for stage in anew}
    request = Request(recipe, inputs, {name: one.params for name, one in plan.stages.items() if name not in made})
    wanted, waiting = set[str](), [until.name]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting += plan.stages[name].parents
    recorded = baseline.load()
    stages: dict[str, Planned[Any]] = {}
    marks: dict[str, Sequence[str]] = {}
    for name, planned in plan.stages.items():
        if name in wanted:
            stages[name] = replace(_planned(request, planned.stage, planned.declared, marks, recorded), gate=None)
            marks[name] = (stages[name].fingerprint,)
    return Plan(recipe=recipe, stages=stages)


def _in_order(request: Request, asked: Iterable[Stage[Any]]) -> Iterator[tuple[Stage[Any], tuple[Ref, ...]]]:
    """Each stage, with what it says that it reads, after the stages of that, else in the order given."""
    waiting = {stage.name: stage for stage in sorted(asked, key=lambda stage: stage is not INGEST)}
    names = set(waiting)
    reads = {name: stage.reads(request) for name, stage in waiting.items()}
    for name, declared in reads.items():
        for ref in declared:
            if ref.needed and ref.stage not in names:
                raise ValueError(f"stage {name} needs {ref.stage}, which the recipe does not ask for")
    while waiting:
        ready = next((n for n in waiting if not any(ref.stage in waiting for ref in reads[n])), None)
        if ready is None:
            raise ValueError(f"stages read each other in a circle: {', '.join(waiting)}")
        yield waiting.pop(ready), reads[ready]


def _planned(
    request: Request,
    stage: Stage[Any],
    declared: tuple[Ref, ...],
    before: Mapping[str, Sequence[str]],
    recorded: Golden,
) -> Planned[Any]:
    wanted = versions.planned(stage.libraries)
    params = request.params(stage)
    parents = tuple(dict.fromkeys(ref.stage for ref in declared if ref.stage in before))
    made: dict[str, Json] = {
        "stage": stage.name,
        "version": stage.version,
        "manifest": manifest.LAYOUT,
        "params": identity(params),
        "parents": {name: before[name][0] for name in parents},
        "libraries": dict(wanted.libraries),
    }
    changed = ""
    if stage.outside:
        made["code"] = _code_outside(stage)
    else:
        running = code_digest.of(stage.builder, stage.modules, stage.code_without)
        known = recorded.code(stage.recorded or stage.name, stage.version)
        if known is None:
            changed = f"no code of version {stage.version} of {stage.name} is recorded (scripts/golden)"
        elif known != running:
            changed = f"code of {stage.name} differs from what version {stage.version} was recorded with"
        if changed:
            made["code"] = running
    mark = manifest.fingerprint(made)
    return Planned(
        stage=stage,
        params=params,
        gate=stage.gate(request),
        declared=declared,
        parents=parents,
        versions=wanted,
        folder=storage.join(request.recipe.root, stage.name, mark),
        fingerprint=mark,
        identity=made,
        changed=changed,
    )


def _code_outside(stage: Stage[Any]) -> Json:
    try:
        return {**code_digest.outside(stage.outside, stage.code_without)}
    except ValueError as error:
        raise RecipeError(f"{stage.name}: the code of {stage.outside} cannot be digested: {error}") from error


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a plan: `state` is "reuse", "resume", "build" or "damaged"."""

    planned: Planned[Any]
    state: str
    why: str


def steps(plan: Plan) -> list[Step]:
    """Every stage with what would happen to it and why."""
    marks = current.read(plan.recipe.root)
    found = []
    for planned in plan.stages.values():
        try:
            state, why = _state(plan.recipe.root, planned, marks)
        except DataError as error:
            state, why = "damaged", str(error)
        found.append(Step(planned=planned, state=state, why=why))
    return found


def _state(root: str, planned: Planned[Any], marks: Mapping[str, str]) -> tuple[str, str]:
    """Raises DataError for a manifest or a receipt that cannot be read."""
    if planned.done:
        return "reuse", "complete"
    tasks = sum(sum(1 for _ in receipts.complete(planned.folder, step)) for step in planned.stage.steps)
    why = _why(root, planned, marks)
    return ("resume", f"{tasks} parts are complete; {why}") if tasks else ("build", why)


def write_current(plan: Plan) -> None:
    """Said when all of its stages are done."""
    current.write(plan.recipe.root, {name: planned.fingerprint for name, planned in plan.stages.items()})


def _why(root: str, planned: Planned[Any], marks: Mapping[str, str]) -> str:
    before = marks.get(planned.name)
    try:
        old = manifest.load(storage.join(root, planned.name, before)) if before else None
    except DataError:
        return "what it is compared with, of the last run, is damaged"
    if old is None:
        return planned.changed or "not built yet"
    changes = _differences(old.identity, planned.identity, "")
    parents = sorted({c.split(".", 1)[1].split(":")[0] for c in changes if c.startswith("parents.")})
    own = [
        *_said((c for c in changes if not c.startswith(("parents.", "code:", "withdrawn:"))), planned.stage),
        *filter(None, [planned.changed]),
    ]
    if own:
        more = f" (and {len(own) - 3} more)" if len(own) > 3 else ""
        return "; ".join(own[:3]) + more
    return f"changed before it: {', '.join(parents)}"


def _said(changes: Iterable[str], stage: Stage[Any]) -> Iterator[str]:
    for change in changes:
        if change.startswith("code."):  # of a plug-in: a digest for each package, which says nobody anything
            package = change.removeprefix("code.").partition(":")[0]
            own = package == stage.outside.partition(".")[0]
            yield f"code of {stage.name} changed" if own else f"code of {package} that {stage.name} uses changed"
        elif change.startswith("libraries."):
            yield "library " + change.removeprefix("libraries.").replace(": ", " ", 1).replace('"', "")
        else:
            yield change.removeprefix("params.")


def _differences(old: Json, new: Json, path: str) -> list[str]:
    """Changed leaves as "path: old -> new", in order of path."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = []
        for key in sorted({*old, *new}):
            found += _differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
        return found
    if old == new:
        return []
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [c for i, (a, b) in enumerate(zip(old, new, strict=True)) for c in _differences(a, b, f"{path}.{i}")]
    return [f"{path}: {_short(old)} -> {_short(new)}"]


def _short(value: Json) -> str:
    text = manifest.canonical(value).decode()
    return text if len(text) <= 40 else text[:37] + "..."


def check_name(recipe: Recipe, wanted: str) -> None:
    """Asked before inputs are digested, which may take long. Raises RecipeError for the name of no stage and no job."""
    names = {*(stage.name for stage in ALL), *(signals(name).stage for name in recipe.measured)}
    known = dict.fromkeys([INGEST.builder, JOB, JOINED, *(stage.builder for stage in ALL)])
    if wanted not in {*names, *known}:
        meant = hint(wanted, {*names, *known})
        raise RecipeError(f"--until: no stage {wanted!r}{meant}; known: {', '.join(known)}")


def named(plan: Plan, wanted: str) -> set[str]:
    """Stages by the name of one, or of the job that builds several. Raises RecipeError if the recipe asks for none."""
    found = {name for name, planned in plan.stages.items() if wanted in (name, planned.stage.builder)}
    if not found:
        known = dict.fromkeys(planned.stage.builder for planned in plan.stages.values())
        raise RecipeError(
            f"--until: this recipe builds no {wanted!r}, for it has no table that asks for it; it builds "
            f"{', '.join(known)}"
        )
    return found
