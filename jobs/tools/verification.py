"""The checks of `corpus.verify` over all cores, with progress."""

from corpus.planning.finished import open_release
from corpus.store.cores import usable
from corpus.store.digests import Meter
from corpus.verify import checks
from corpus.verify.check import text
from corpus.verify.files import listed
from jobs.engine.progress import Progress


def verify(address: str, cores: int | None, tag: str = "") -> tuple[str, bool]:
    """The lines to print, and whether everything held; `cores`: None for all. Raises RecipeError."""
    release = open_release(address, tag)
    meter = Meter()
    total = sum(file.entry.bytes for file in listed(release)) >> 20
    with Progress("verify MB", total, lambda: meter.bytes >> 20):
        found = checks.verify(release, cores or usable(), meter)
    failed = [check for check in found if check.failed]
    if not failed:
        limits = ", as far as it was shipped" if any(check.unchecked for check in found) else ""
        return f"{text(found)}\nverified{limits}: {address}", True
    count = sum(len(check.failures) for check in failed)
    return f"{text(found)}\nNOT verified: {address}: {count:,} faults in {len(failed)} checks", False
