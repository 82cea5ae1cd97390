"""Withdrawal from the last complete run of a root: look, decide, patch; cut off anywhere it ends the same next time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.errors import DataError, RecipeError
from corpus.planning import finished, outputs
from corpus.stages.built import Built, Finished
from corpus.stages.every import ALL
from corpus.stages.report import REPORT, reads
from corpus.stages.stage import SIGNALS
from corpus.store import current, leases, manifest, storage, versions
from corpus.store.leases import Held
from corpus.tombstones import ledger, patches, stones
from corpus.tombstones.secret import Keyed, keyed
from corpus.withdrawal import gone, pages, patch, preview, requests
from corpus.withdrawal.audit import audit
from corpus.withdrawal.folder import patch_of
from corpus.withdrawal.gone import Found
from corpus.withdrawal.patch import Work
from jobs.engine.job import Job
from jobs.engine.session import Session
from jobs.stages import report
from jobs.tools import electing, purging, withdrawal_key

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the verb is given."""

    root: str
    requests: str
    key: str  # a file; "" for the environment
    yes: bool
    purge: bool
    certificate: str  # a folder; "" for none


def withdraw(request: Request, session: Session, say: Say) -> None:
    """Raises CorpusError."""
    root, own = request.root, keyed(withdrawal_key.secret(request.key))
    asked = requests.load(request.requests)
    with leases.held(root) as lease:
        _alone(root, lease)
        if request.yes:
            storage.sweep(root)  # what killed writers left may be half of a file with what goes
        if not current.read(root):
            raise RecipeError(f"{root} holds no complete run: give the folder that `gristmill run` wrote")
        known = patches.read(root)
        withdrawal_key.check(known.ledger.entries, own)
        if known.unfinished:
            number = len(known.after) + 1
            if not request.yes:
                say(f"withdrawal {number} was cut off: --yes ends it")
                return
            say(f"withdrawal {number} was cut off, and goes on")
            finish(root, number, session, say)
        release = _whole(root)
        found = gone.found(release, asked)
        found = replace(found, elected=electing.elected(release, found))
        for line in preview.lines(release, found, known.ledger, own):
            say(line)
        if not found.asked:
            say("nothing is withdrawn")
        elif not request.yes:
            say("nothing is changed: --yes withdraws them")
        else:
            _alone(root, lease)  # a run that has begun meanwhile has a plan that knows nothing of this
            finish(root, _entered(root, release, found, own), session, say)
        purging.purge(root, own, yes=request.yes, wanted=request.purge, say=say)
    if request.certificate:
        purging.certify(root, own, asked, request.certificate, session.cores_here, say)


def _alone(root: str, lease: Held) -> None:
    """Raises RecipeError while another run is at work."""
    if others := lease.others():
        raise RecipeError(f"a run is at work in {root} ({others[0]}): wait for its end")


def _whole(root: str) -> Finished:
    release = finished.open_release(root)
    if release.absent or release.damaged:
        raise DataError(f"{root} is not whole ({', '.join((*release.absent, *release.damaged))}): run it again")
    return release


def _entered(root: str, release: Finished, found: Found, own: Keyed) -> int:
    """The number of a new entry of the ledger: from here on it is decided."""
    there = ledger.read(root)
    number = len(there.entries) + 1
    written = stones.write(there.folder, number, gone.stones(release, found, own))
    ledger.append(there.folder, gone.entry(there, release, current.read(root), found, own, written))
    return number


def finish(root: str, number: int, session: Session, say: Say) -> None:
    """The patch of an entry of the ledger; what of it is there already stays."""
    found = ledger.read(root)
    entry = found.entries[number - 1]
    release = finished.of(root, {name: storage.join(root, name, mark) for name, mark in entry.release.items()})
    if release.absent or release.damaged:
        raise DataError(f"the release before withdrawal {number} is not whole in {root}: it cannot be taken out of it")
    out = gone.gone(release, stones.read(found.folder, entry))
    todo = patch.work(root, release, out, found.heads[number - 1])
    marks = patch.stages(todo, say)
    if REPORT in release:
        marks |= _report(todo, session, say)
    for line in pages.strip(root, out.ids):
        say(line)
    current.write(root, marks)
    outputs.show(root, marks)
    patches.write(found, number, entry.release, marks)  # last: until then it is not finished
    say(f"withdrawal {number}: {entry.documents:,} documents are out of the release")
    if entry.elects:
        say("copies that stand up are put back by the next `gristmill run`; until then they are dropped as they were")


def _report(todo: Work, session: Session, say: Say) -> Mapping[str, str]:
    """The report anew, by its job. It is left out where its parameters cannot be read: `gristmill run` writes it."""
    own = patch_of(todo.root, todo.release[REPORT], todo.marks, todo.head, without=patch.LEFT_OUT)
    try:
        params = audit(todo.release)
    except RecipeError as error:
        say(f"report: {error}; it is left out of the release until `gristmill run` writes it")
        return {}
    names = [name.removeprefix(f"{SIGNALS}.") for name in todo.made if name.startswith(f"{SIGNALS}.")]
    before = {name: todo.made[name] for name in own.old.parents if name not in patch.LEFT_OUT}
    if manifest.load(own.folder) is None:
        job: Job[Any] = Job(
            stage=REPORT,
            params=params,
            identity=own.identity,
            folder=own.folder,
            declared=reads(names),
            before=before,
            aligned=_aligned(todo.release),
            versions=versions.planned(REPORT.libraries),
            session=session,
            say=say,
        )
        say(f"{REPORT.name:<22} {report.build(job)}")
    found = manifest.load(own.folder)
    if found is None:
        raise DataError(f"{own.folder} has no manifest; this is a defect, please report it")
    report.show_current(todo.root, Built(name=REPORT.name, folder=own.folder, manifest=found), say)
    return {REPORT.name: own.fingerprint}


def _aligned(release: Finished) -> Mapping[tuple[str, str], bool]:
    own = {(stage.name, table): written.aligned for stage in ALL for table, written in stage.writes.items()}
    return own | {(name, SIGNALS): True for name in release.stages if name.startswith(f"{SIGNALS}.")}
