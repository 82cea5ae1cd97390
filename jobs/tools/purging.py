"""What a withdrawal leaves behind: folders of earlier releases, which are removed on request, and certificates."""

from collections.abc import Callable, Sequence

from corpus.planning.finished import open_release
from corpus.store import storage
from corpus.tombstones import ledger, stones
from corpus.tombstones.secret import Keyed
from corpus.withdrawal import certificate
from corpus.withdrawal import holding as folders
from corpus.withdrawal.requests import Request
from jobs.tools import withdrawn_proof

Say = Callable[[str], None]


def purge(root: str, own: Keyed, *, yes: bool, wanted: bool, say: Say) -> None:
    """Name the folders that hold withdrawn documents still; remove them where that is `wanted` and said `yes` to."""
    found = ledger.read(root)
    ids = {one for entry in found.entries for one in stones.read(found.folder, entry).ids}
    held = folders.holding(root, own, ids) if ids else folders.Holding(folders=(), names=())
    if not held.folders:
        return
    for folder in held.folders:
        say(f"  {folder}")
    names = f", which takes the releases {', '.join(held.names)} away" if held.names else ""
    if wanted and yes:
        folders.purge(root, held)
        say(f"{len(held.folders)} folders that held withdrawn documents are removed{names}")
    else:
        say(f"{len(held.folders)} folders hold withdrawn documents still: --purge --yes removes them{names}")


def certify(root: str, own: Keyed, asked: Sequence[Request], folder: str, cores: int, say: Say) -> None:
    """A certificate for each request, as JSON and as a page, after a proof of the whole."""
    found = ledger.read(root)
    if not found.entries:
        say("no certificate: nothing was withdrawn from this root")
        return
    check, held = withdrawn_proof.proven(root, own, found, asked, cores)
    release = open_release(root)
    for request in asked:
        facts = certificate.facts(release, root, found, own, request, check, held)
        for ending, data in (("json", certificate.as_json(facts)), ("html", certificate.as_html(facts))):
            storage.publish_bytes(folder, f"request-{request.line}.{ending}", data)
        say(f"{storage.join(folder, f'request-{request.line}.html')}: {facts['state']}")
