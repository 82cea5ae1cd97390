"""The stages in order: what is there is reused, what is missing is built, each with a line that says so."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import orjson

from corpus.errors import DataError, RecipeError
from corpus.judging.signals import TryModels
from corpus.planning import inputs, outputs, trial
from corpus.planning.plan import Plan, named, write_current
from corpus.planning.planned import Planned
from corpus.report import lost
from corpus.stages.built import Built
from corpus.stages.canaries import CANARIES
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.measure import JOB
from corpus.stages.recipe import Recipe
from corpus.stages.report import REPORT
from corpus.stages.trial import APART, TRIAL, renamed
from corpus.store import addresses, leases, manifest, receipts, storage, versions
from corpus.store.entries import size
from corpus.store.leases import Held
from corpus.store.receipts import Begun
from jobs import slow_tasks
from jobs.engine import tasks
from jobs.engine.job import Job, Say, circumstances
from jobs.engine.session import Session
from jobs.engine.spending import Account

Ended = Callable[[str, Mapping[str, object]], None]
"""Told the line of a job that is finished, and what it took and counted."""

_NOTHING: Mapping[str, Begun] = {}


class Building:
    """One run of a plan."""

    def __init__(
        self, plan: Plan, session: Session, say: Say, lease: Held | None = None, ended: Ended | None = None
    ) -> None:
        """`lease`: of whoever builds; none to look at what is there. `ended` is told of a job's end, else `say` is."""
        self.plan = plan
        self.lease = lease
        self.session = session
        self.say = say
        self.ended = ended or (lambda line, _: say(line))
        self._built: dict[str, Built] = {}
        self._tried: Mapping[str, Built] = {}  # stages that ran over canaries
        self._aligned = {
            (name, table): written.aligned
            for name, planned in plan.stages.items()
            for table, written in planned.stage.writes.items()
        }

    def job(
        self, planned: Planned[Any], beside: Collection[str] = (), begun: Mapping[str, Begun] = _NOTHING
    ) -> Job[Any]:
        """Of a stage whose stages before it are finished, but for those `beside` it, which are built in one pass."""
        return Job(
            stage=planned.stage,
            params=planned.params,
            identity=planned.identity,
            folder=planned.folder,
            declared=(*planned.declared, *(APART if planned.name == TRIAL.name else ())),
            before={
                **{name: self.built(self.plan.stages[name]) for name in planned.parents if name not in beside},
                **(renamed(self._tried) if planned.name == TRIAL.name else {}),
            },
            aligned=self._aligned,
            versions=planned.versions,
            session=self.session,
            say=self.say,
            begun=begun,
        )

    def built(self, planned: Planned[Any]) -> Built:
        """A stage that is finished."""
        if not self.done(planned):
            raise DataError(f"stage {planned.name} has no manifest in {planned.folder}: run the recipe again")
        return self._built[planned.name]

    def done(self, planned: Planned[Any]) -> bool:
        """Whether a stage is finished: what is once read is kept, for nobody changes it."""
        if planned.name not in self._built:
            found = manifest.load(planned.folder)
            if found is None:
                return False
            if found.fingerprint == planned.fingerprint:
                found = replace(found, identity=planned.identity)  # the same: one of them in memory will do
            self._built[planned.name] = Built(name=planned.name, folder=planned.folder, manifest=found)
        return True

    def together(self, stages: Sequence[Planned[Any]]) -> bool:
        """Build those of one job that are missing; whether there were any."""
        missing = [planned for planned in stages if not self.done(planned)]
        builder = import_module(f"jobs.stages.{stages[0].stage.builder}")
        if missing and missing[0].name == TRIAL.name:
            self._try(missing[0])
        if missing:
            self.session.account = Account()
            begun = {planned.name: self._prepared(planned) for planned in missing}
            if stages[0].stage.builder == JOB:  # one pass over the text for all of them
                tasks.once(self.session, JOB, TryModels(choices=self.plan.recipe.choices))
                names = {planned.name for planned in missing}
                summary = builder.build([self.job(planned, names, begun[planned.name]) for planned in missing])
            else:
                summary = builder.build(self.job(missing[0], begun=begun[missing[0].name]))
            self._note(missing, summary)
            if missing[0].name == TRIAL.name and self.lease and not self.lease.others():
                storage.remove(storage.join(self.plan.recipe.root, trial.FOLDER))
        for planned in stages:
            self._sweep(planned.folder)  # of workers that were killed, in this run or the one that finished it
            if planned.gate is not None:  # judged whether it was built now or before
                builder.check(self.job(planned), self.built(planned).manifest, planned.gate)
        return bool(missing)

    def _try(self, planned: Planned[Any]) -> None:
        """Run the stages over the canaries, whose outcome the trial is about to judge."""
        begun = time.monotonic()
        place = trial.place(self.plan.recipe.root, planned.fingerprint)
        own = trial.of(self.plan, self.built(self.plan[CANARIES]), place)
        work = Building(own, self.session, lambda _: None)
        groups = _groups(own)
        self.session.expect(_modules(work, groups))
        for _, stages in _in_order(groups):
            work.together(stages)
        self._tried = {name: work.built(one) for name, one in own.stages.items()}
        taken = f"{time.monotonic() - begun:6.1f} s"
        self.say(f"{planned.name:<20} {taken}   canaries through {len(own.stages)} stages, beside the corpus")

    def _note(self, stages: Sequence[Planned[Any]], summary: str) -> None:
        """What building them took: a line, another for each task that took ten times the median, and run.json."""
        account = self.session.account
        told = account.told()
        job = stages[0].stage.builder
        counts = {planned.name: dict(self.built(planned).counts) for planned in stages}
        self.ended(f"{job:<20} {told['seconds']:6.1f} s   {summary}", {"stage": job, **told, "counts": counts})
        first = stages[0]
        before = {name: self.built(self.plan.stages[name]) for name in first.parents if name in self._built}
        slow = slow_tasks.lines(first.stage, first.folder, account.slow(), before)
        for line in slow:
            self.say(line)
        width = self.session.width if told["steps"] else self.session.cores_here
        about = {**circumstances(self.session.chosen.engine, width), **told, "slow": slow}
        for planned in stages:
            built = {"built_with": sorted(one.name for one in stages if one is not planned)}
            sizes = {"written_bytes": sum(map(size, self.built(planned).manifest.tables.values()))}
            data = orjson.dumps({**about, **built, **sizes}, option=orjson.OPT_INDENT_2)
            storage.publish_bytes(planned.folder, manifest.RUN, data)

    def _prepared(self, planned: Planned[Any]) -> Mapping[str, Begun]:
        """A half-finished stage goes on, unless its files were written by something that writes other bytes; what is
        there of it, by step."""
        self._sweep(planned.folder)
        begun = {step: receipts.begun(planned.folder, step) for step in planned.stage.steps}
        wrote = {one for found in begun.values() for one in found.formats}
        if wrote - {tuple(versions.formats().items())}:
            others = self.lease.others() if self.lease else []
            if others:
                raise RecipeError(
                    f"{planned.name} was begun by other versions, and another run is at work in "
                    f"{self.plan.recipe.root} ({others[0]}): wait for its end and run again"
                )
            before, here = _shown(dict(min(wrote))), _shown(versions.formats())
            self.say(f"{planned.name} starts afresh: it was begun with {before}, here is {here}")
            storage.remove(planned.folder)
            return {}
        return begun

    def _sweep(self, folder: str) -> None:
        """Unless another run is at work, whose scratch it may be."""
        if self.lease and not self.lease.others():
            storage.sweep(folder)


def _shown(formats: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {major}" for name, major in formats.items())


def run(plan: Plan, session: Session, say: Say, until: str = REPORT.name, ended: Ended | None = None) -> None:
    """Build what is missing, up to and including the stage or job `until`. Raises CorpusError."""
    last = named(plan, until)
    with leases.held(plan.recipe.root) as lease:
        for other in lease.others():
            say(f"another run is at work in {plan.recipe.root} ({other}): what killed runs left there stays")
        _sweep_root(plan.recipe.root, lease)
        _run(Building(plan, session, say, lease, ended), last)


def _sweep_root(root: str, lease: Held) -> None:
    if not lease.others():
        storage.remove(storage.join(root, trial.FOLDER))  # of a run that was killed
        for folder in (root, storage.join(root, leases.FOLDER), storage.join(root, inputs.SUMS)):
            storage.sweep(folder, below=False)


def _run(work: Building, last: set[str]) -> None:
    plan, say = work.plan, work.say
    reused = []
    groups = _groups(plan)
    done: set[str] = set()
    work.session.expect(_modules(work, groups))
    for name, stages in _in_order(groups):
        if not work.together(stages):
            reused.append(name)
        done |= {planned.name for planned in stages}
        if last <= done:
            break
    if REPORT.name in done:
        import_module(f"jobs.stages.{REPORT.builder}").show_current(plan.recipe.root, work.built(plan[REPORT]), say)
        write_current(plan)
        outputs.show_latest(plan)
    else:  # with a report they stand under the funnel
        built = {stage.name: work.built(plan[stage]) for stage in (DECIDE, DEDUP) if stage.name in done}
        for line in lost.warnings(plan.recipe, built):
            say(line)
    if reused:
        say(f"reused: {', '.join(reused)}")


def _groups(plan: Plan) -> dict[str, list[Planned[Any]]]:
    """Stages that are built together: those of the pass over the text, and each other by itself."""
    groups: dict[str, list[Planned[Any]]] = {}
    for planned in plan.stages.values():
        builder = planned.stage.builder
        groups.setdefault(builder if builder == JOB else planned.name, []).append(planned)
    return groups


def _in_order(groups: Mapping[str, Sequence[Planned[Any]]]) -> Iterator[tuple[str, Sequence[Planned[Any]]]]:
    """Stages of a job together, after those of all others that one of them reads: of filters in one pass only some read
    more than documents. Raises ValueError for jobs that read each other."""
    waiting = dict(groups)
    while waiting:
        left = {planned.name: name for name, stages in waiting.items() for planned in stages}
        ready = next(
            (
                name
                for name, stages in waiting.items()
                if all(left.get(parent, name) == name for planned in stages for parent in planned.parents)
            ),
            None,
        )
        if ready is None:
            raise ValueError(f"jobs read each other in a circle: {', '.join(waiting)}")
        yield ready, waiting.pop(ready)


def _modules(work: Building, groups: Mapping[str, Sequence[Planned[Any]]]) -> list[str]:
    """What tasks of those that are missing import."""
    missing = {name: stages for name, stages in groups.items() if not all(map(work.done, stages))}
    by_name = {module for stages in missing.values() for planned in stages for module in planned.stage.modules}
    return [*sorted({f"jobs.stages.{stages[0].stage.builder}" for stages in missing.values()}), *sorted(by_name)]


def check_root(recipe: Recipe) -> None:
    """Raises RecipeError if the output folder cannot be written."""
    try:
        storage.make_folder(recipe.root, private=True)  # it will hold raw text
        storage.publish_bytes(recipe.root, ".gristmill", b"")
    except OSError as error:
        why = addresses.reason(error) or "choose another --root"
        said = " ".join(str(error.strerror or error).split())
        raise RecipeError(f"cannot write to {addresses.shown(recipe.root)}: {said}; {why}") from error
