"""A release, a model and a layout to the folder that a trainer is started from."""

from dataclasses import dataclass

from corpus.errors import RecipeError
from corpus.launch import architecture, arithmetic, assertions, data, parallelism, views, vocabulary
from corpus.launch.blend import blend, read_weights
from corpus.launch.check import Check, failed
from corpus.launch.folder import CHECKS, write
from corpus.launch.handoff import Job, Target
from corpus.planning.finished import open_release
from corpus.shards import about
from corpus.stages.shard import SHARD
from corpus.store import addresses, cores, storage
from corpus.store.digests import Meter
from jobs.engine.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line says."""

    release: str
    target: Target
    model: str
    layout: str
    to: str
    at: str | None
    weights: str | None
    max_epochs: float
    quick: bool
    view: str | None = None


def launch(request: Request) -> tuple[str, bool]:
    """The lines to print, and whether every check passed. Raises RecipeError and DataError."""
    release = open_release(request.release)
    shard = release[SHARD]
    facts = about.read(shard.folder)
    at = _at(release.address, shard.folder, request.at)
    source, facts = views.of(release, facts, request.view) if request.view else (shard, facts)
    weights = read_weights(request.weights, facts) if request.weights else None
    job = Job(
        target=request.target,
        model=architecture.load(request.model),
        layout=parallelism.parse(request.layout),
        about=facts,
        blend=blend(facts, _at(release.address, source.folder, request.at), weights),
        at=at,
        max_epochs=request.max_epochs,
    )
    meter = Meter()
    total = 0 if request.quick else sum(entry.bytes for entry in data.files(job, source)) >> 20
    with Progress("launch MB", total, lambda: meter.bytes >> 20):
        checks = [
            *arithmetic.checks(job),
            *assertions.checks(job),
            *data.checks(job, source, quick=request.quick, cores=cores.usable(), meter=meter),
            *vocabulary.checks(job, shard),
        ]
    written = write(job, request.to, checks)
    return _text(request.to, written, checks), not failed(checks)


def _at(address: str, folder: str, at: str | None) -> str:
    """The folder of the shards where the trainer runs: here, or below where the release will stand."""
    if at is None:
        return storage.resolve(folder)[1] if storage.is_local(folder) else addresses.split(folder)[0]
    if not at.startswith("/") and ("://" not in at or at.startswith("file:")):
        raise RecipeError(f"--at {at}: give a whole path, as the machines that train see it")
    below = addresses.split(folder)[0].removeprefix(addresses.split(address)[0].rstrip("/"))
    return at.rstrip("/") + below


def _text(to: str, written: list[str], checks: list[Check]) -> str:
    lines = [f"{check.state:<8} {check.name}: {check.said}" for check in checks if check.state != "ok"]
    lines += [f"         do: {check.do}" for check in checks if check.state == "FAILED"]
    wrong = failed(checks)
    verdict = f"{len(wrong)} of {len(checks)} checks FAILED" if wrong else f"{len(checks)} checks passed"
    return "\n".join([*lines, f"{verdict}: {to}/{CHECKS}; wrote {', '.join(written)}. Nothing was started."])
