"""The stages in order: what is there is reused, what is missing is built, each with a line that says so."""

import time
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import Any

from corpus.errors import DataError, RecipeError
from corpus.judging import signals
from corpus.planning import inputs
from corpus.planning.plan import Plan, Planned, named, write_current
from corpus.report import lost
from corpus.stages.built import Built
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.measure import JOB
from corpus.stages.recipe import Recipe
from corpus.stages.report import REPORT
from corpus.store import addresses, leases, manifest, storage, versions
from corpus.store.leases import Held
from jobs.engine.job import Job, Say, note_circumstances
from jobs.engine.session import Session


class Building:
    """One run of a plan."""

    def __init__(self, plan: Plan, session: Session, say: Say, lease: Held | None = None) -> None:
        """`lease`: of whoever builds; none to look at what is there."""
        self.plan = plan
        self.lease = lease
        self.session = session
        self.say = say
        self._built: dict[str, Built] = {}
        self._aligned = {
            (name, table): written.aligned
            for name, planned in plan.stages.items()
            for table, written in planned.stage.writes.items()
        }

    def job(self, planned: Planned[Any], beside: Collection[str] = ()) -> Job[Any]:
        """Of a stage whose stages before it are finished, but for those `beside` it, which are built in one pass."""
        return Job(
            stage=planned.stage,
            params=planned.params,
            identity=planned.identity,
            folder=planned.folder,
            declared=planned.declared,
            before={name: self.built(self.plan.stages[name]) for name in planned.parents if name not in beside},
            aligned=self._aligned,
            versions=planned.versions,
            session=self.session,
            say=self.say,
        )

    def built(self, planned: Planned[Any]) -> Built:
        """A stage that is finished."""
        if planned.name not in self._built:
            found = manifest.load(planned.folder)
            if found is None:
                raise DataError(f"stage {planned.name} has no manifest in {planned.folder}: run the recipe again")
            self._built[planned.name] = Built(name=planned.name, folder=planned.folder, manifest=found)
        return self._built[planned.name]

    def together(self, stages: Sequence[Planned[Any]]) -> bool:
        """Build those of one job that are missing; whether there were any."""
        missing = [planned for planned in stages if not planned.done]
        builder = import_module(f"jobs.stages.{stages[0].stage.builder}")
        if missing:
            started = time.monotonic()
            for planned in missing:
                self._prepared(planned)
            if stages[0].stage.builder == JOB:  # one pass over the text for all of them
                signals.try_models(self.plan.recipe.choices)
                names = {planned.name for planned in missing}
                summary = builder.build([self.job(planned, names) for planned in missing])
            else:
                summary = builder.build(self.job(missing[0]))
            seconds = time.monotonic() - started
            for planned in missing:
                note_circumstances(planned.folder, seconds, self.session.chosen.engine)
            self.say(f"{stages[0].stage.builder:<20} {seconds:6.1f} s   {summary}")
        for planned in stages:
            self._sweep(planned.folder)  # of workers that were killed, in this run or the one that finished it
            if planned.gate is not None:  # judged whether it was built now or before
                builder.check(self.job(planned), self.built(planned).manifest, planned.gate)
        return bool(missing)

    def _prepared(self, planned: Planned[Any]) -> None:
        """A half-finished stage goes on, unless its files were written by something that writes other bytes."""
        self._sweep(planned.folder)
        wrote = {
            tuple(receipt.format.items())
            for step in planned.stage.steps
            for receipt in manifest.load_receipts(planned.folder, step).values()
        }
        if wrote - {tuple(versions.formats().items())}:
            others = self.lease.others() if self.lease else []
            if others:
                raise RecipeError(
                    f"{planned.name} was begun by other versions, and another run is at work in "
                    f"{self.plan.recipe.root} ({others[0]}): wait for its end and run again"
                )
            begun, here = _shown(dict(min(wrote))), _shown(versions.formats())
            self.say(f"{planned.name} starts afresh: it was begun with {begun}, here is {here}")
            storage.remove(planned.folder)

    def _sweep(self, folder: str) -> None:
        """Unless another run is at work, whose scratch it may be."""
        if self.lease and not self.lease.others():
            storage.sweep(folder)


def _shown(formats: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {major}" for name, major in formats.items())


def run(plan: Plan, session: Session, say: Say, until: str = REPORT.name) -> None:
    """Build what is missing, up to and including the stage or job `until`. Raises CorpusError."""
    last = named(plan, until)
    with leases.held(plan.recipe.root) as lease:
        for other in lease.others():
            say(f"another run is at work in {plan.recipe.root} ({other}): what killed runs left there stays")
        _sweep_root(plan.recipe.root, lease)
        _run(Building(plan, session, say, lease), last)


def _sweep_root(root: str, lease: Held) -> None:
    if not lease.others():
        for folder in (root, storage.join(root, leases.FOLDER), storage.join(root, inputs.SUMS)):
            storage.sweep(folder, below=False, least_s=leases.DEAD_S)  # a run that begins writes there without a lease


def _run(work: Building, last: set[str]) -> None:
    plan, say = work.plan, work.say
    reused = []
    groups: dict[str, list[Planned[Any]]] = {}
    for planned in plan.stages.values():
        groups.setdefault(planned.stage.builder, []).append(planned)
    done: set[str] = set()
    work.session.expect(_modules(groups))
    for name, stages in groups.items():
        if not work.together(stages):
            reused.append(name)
        done |= {planned.name for planned in stages}
        if last <= done:
            break
    if REPORT.name in done:
        import_module(f"jobs.stages.{REPORT.builder}").show_current(plan.recipe.root, work.built(plan[REPORT]), say)
        write_current(plan)
    else:  # with a report they stand under the funnel
        built = {stage.name: work.built(plan[stage]) for stage in (DECIDE, DEDUP) if stage.name in done}
        for line in lost.warnings(plan.recipe, built):
            say(line)
    if reused:
        say(f"reused: {', '.join(reused)}")


def _modules(groups: Mapping[str, Sequence[Planned[Any]]]) -> list[str]:
    """What tasks of those that are missing import."""
    missing = {name: stages for name, stages in groups.items() if not all(planned.done for planned in stages)}
    by_name = {module for stages in missing.values() for planned in stages for module in planned.stage.modules}
    return [*(f"jobs.stages.{name}" for name in missing), *sorted(by_name)]


def check_root(recipe: Recipe) -> None:
    """Raises RecipeError if the output folder cannot be written."""
    try:
        storage.make_folder(recipe.root, private=True)  # it will hold raw text
        storage.publish_bytes(recipe.root, ".gristmill", b"")
    except OSError as error:
        why = addresses.reason(error) or "choose another --root"
        said = " ".join(str(error.strerror or error).split())
        raise RecipeError(f"cannot write to {addresses.shown(recipe.root)}: {said}; {why}") from error
