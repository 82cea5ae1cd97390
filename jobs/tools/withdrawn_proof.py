"""`verify --withdrawn`: the proof over all cores, and what else in the root holds what was withdrawn."""

from collections.abc import Sequence

from corpus.errors import RecipeError
from corpus.planning.finished import open_release
from corpus.stages.dedup import DEDUP
from corpus.store.cores import usable
from corpus.tombstones import ledger, patches
from corpus.tombstones.ledger import Ledger
from corpus.tombstones.secret import Keyed, keyed
from corpus.verify.check import Check, text
from corpus.withdrawal import proof
from corpus.withdrawal.holding import Holding, holding
from corpus.withdrawal.requests import Request, load
from jobs.tools import withdrawal_key


def verify(root: str, cores: int | None, key: str, requests: str) -> tuple[str, bool]:
    """The lines to print, and whether nothing was found; `requests`: a file of them whose words are looked for too, or
    "". Raises RecipeError."""
    own, found = opened(root, key)
    asked = load(requests) if requests else ()
    check, held = proven(root, own, found, asked, cores or usable())
    lines = [text([check])]
    if held.folders:
        lines.append(f"{len(held.folders)} other folders hold them still (gristmill withdraw --purge removes them):")
        lines += [f"  {folder}" for folder in held.folders]
    dedup = open_release(root).get(DEDUP)
    if dedup and (waiting := patches.read(root).waiting(DEDUP.name, dedup.fingerprint)):
        lines.append(f"copies that stand up for withdrawals {', '.join(map(str, sorted(waiting)))} wait for a run")
    lines.append(f"{'NOT without' if check.failed else 'without'} what was withdrawn: {root}")
    return "\n".join(lines), not check.failed


def opened(root: str, key: str) -> tuple[Keyed, Ledger]:
    """Raises RecipeError where nothing was withdrawn, and for a key that is not the ledger's."""
    found = ledger.read(root)
    if not found.entries:
        raise RecipeError(f"nothing was withdrawn from {root}: there is no ledger")
    own = keyed(withdrawal_key.secret(key))
    withdrawal_key.check(found.entries, own)
    return own, found


def proven(root: str, own: Keyed, found: Ledger, asked: Sequence[Request], cores: int) -> tuple[Check, Holding]:
    """The check of the last complete run, and other folders of the root."""
    wanted = proof.wanted(found, own, asked)
    release = open_release(root)
    return proof.check(release, root, wanted, asked, cores), holding(root, own, wanted.ids)
