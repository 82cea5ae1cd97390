"""Comparing finished runs with the record, and keeping the record: what `scripts/golden` does.

The content of a version of a stage is what its tables hold in the runs that are recorded; when code changes and they
hold the same, the new code may be recorded under the same version. A version that has no record yet is recorded as it
is, and with it what is built on it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import filters
from corpus.golden import baseline, code_digest, table_digest
from corpus.golden.baseline import Golden
from corpus.planning.finished import open_release
from corpus.stages import external
from corpus.stages.built import Built, Finished
from corpus.stages.every import ALL
from corpus.stages.measure import CODE_WITHOUT, JOB
from corpus.stages.stage import signals
from corpus.store.manifest import Json


def differences(run: str, root: str) -> list[str]:
    """What of a finished run is not what was recorded of the run of that name, a line each.

    A version that has no record yet cannot differ from it, nor can what is built on it.
    """
    known_before = baseline.load()
    found = []
    release = open_release(root)
    new = _new(release, known_before, run)
    for name, built in release.stages.items():
        if name in new:
            continue
        known = known_before.content(name, version(built), run)
        here = contents(release, built)
        found += [
            f"{run}: table {table} of {name}@{version(built)} holds other content than was recorded"
            for table in sorted({*known, *here})
            if known.get(table) != here.get(table)
        ]
    return found


def _new(release: Finished, known: Golden, run: str) -> set[str]:
    """Stages whose version has no record of this run, and all that read them."""
    found = {name for name, built in release.stages.items() if not known.content(name, version(built), run)}
    grown = True
    while grown:
        more = {name for name, built in release.stages.items() if not found.isdisjoint(parents(built))} - found
        found |= more
        grown = bool(more)
    return found


def record_of(roots: Mapping[str, str]) -> Golden:
    """The record with the code that is running, and with the content of these finished runs, by name."""
    made = Golden()
    before = baseline.load()
    for key, entry in before.items():  # versions that are running; what was of others is history's
        name, _, number = key.partition("@")
        if running().get(name) == int(number):
            for run, tables in entry.content.items():
                made = made.with_content(name, int(number), run, tables)
    for stage, current in running().items():
        made = made.with_code(stage, current, code_of(stage))
    for run, root in roots.items():
        release = open_release(root)
        for name, built in release.stages.items():
            made = made.with_content(name, version(built), run, contents(release, built))
    return made.with_modules(code_digest.installed().facts(CODE_WITHOUT))


def write(roots: Mapping[str, str], file: Path) -> Iterator[str]:
    """Write the record; a line for each stage whose code was another or had no record."""
    before, made = baseline.load(), record_of(roots)
    for key, entry in sorted(made.items()):
        name, _, number = key.partition("@")
        old = before.code(name, int(number))
        if old != entry.code:
            yield f"{key}: {'recorded' if old is None else 'its code changed, its content did not: recorded again'}"
    file.write_bytes(made.to_json())


def running() -> dict[str, int]:
    """Version of every stage that this code has, by name; of measurements one for each filter."""
    return {
        external.RECORDED: external.VERSION,
        **{signals(name).stage: filters.load(name).version for name in filters.names()},
        **{stage.name: stage.version for stage in ALL},
    }


def code_of(name: str) -> str:
    """The digest of the code of a stage, by its name."""
    own = {stage.name: stage for stage in ALL}
    if name in own:
        return code_digest.of(own[name].builder, own[name].modules, own[name].code_without)
    if name == external.RECORDED:
        return code_digest.of(external.JOB)
    return code_digest.of(JOB, (filters.load(name.partition(".")[2]).__module__,), CODE_WITHOUT)


def contents(release: Finished, built: Built) -> dict[str, str]:
    """A digest for each table of a stage."""
    marks = {name: one.fingerprint for name, one in release.stages.items()}
    return table_digest.of_stage(built.folder, built.manifest, marks)


def version(built: Built) -> int:
    """Of the stage, as its manifest says."""
    identity: Json = built.manifest.identity
    found = identity.get("version") if isinstance(identity, dict) else None
    return found if isinstance(found, int) else 0


def parents(built: Built) -> set[str]:
    """Names of the stages that it reads, as its manifest says."""
    identity: Json = built.manifest.identity
    found = identity.get("parents") if isinstance(identity, dict) else None
    return set(found) if isinstance(found, dict) else set()
