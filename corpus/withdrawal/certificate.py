"""What a requester is given: what was done on a request, by which entry of the ledger, and what holds it still.

The request itself is not in it, only its keyed digest: the requester knows what it was, and nobody else has to.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from corpus.stages.built import Built, Finished
from corpus.stages.dedup import DEDUP
from corpus.stages.train import TRAIN
from corpus.store import releases
from corpus.tombstones import patches, stones
from corpus.tombstones.ledger import Asked, Entry, Ledger
from corpus.tombstones.secret import Keyed
from corpus.verify.check import Check
from corpus.withdrawal.holding import Holding
from corpus.withdrawal.requests import GO, Request

Facts = Mapping[str, Any]
_LABELS = {
    "request": "Digest of the request",
    "by": "Asked for by",
    "role": "Asked by",
    "basis": "Basis",
    "date": "Day of the request",
    "state": "State",
    "entry": "Entry of the ledger",
    "ledger": "Head of the ledger (sha256)",
    "documents": "Documents that the request named",
    "copies": "Copies that went with all requests of the entry",
    "copies_stay": "Copies of all requests of the entry that stay, since nobody asked for them",
    "stands_up": "What becomes of these",
    "stand_ins": "Ids that stand in their place",
    "release_before": "Release that held them",
    "release": "Release without them",
    "release_sha256": "sha256 over its manifests",
    "proof": "Proof from the bytes",
    "held_by": "Folders that hold them still",
    "seen_by": "What saw them and was not made anew",
    "stopped": "When they come again",
}
_STOPPED = "the same content by its digest, near copies by an estimate, wherever sources are read under the ledger"
_HERE = (
    "this document, and whatever has its address, wherever sources are read under the ledger; copies elsewhere are not"
)
_TITLE = "Certificate of withdrawal"


def facts(
    release: Finished, root: str, found: Ledger, keyed: Keyed, request: Request, check: Check, held: Holding
) -> dict[str, Any]:
    """Of one request."""
    number = found.answers(keyed.request(request.text))
    common = {"request": keyed.request(request.text), "by": request.by, "role": request.role, "basis": request.basis}
    if not number:
        return {**common, "date": request.date, "state": "no document of the release fits it: nothing was withdrawn"}
    entry = found.entries[number - 1]
    place = next(n for n, one in enumerate(entry.requests) if one.digest == common["request"])
    rows = stones.read(found.folder, entry).rows.select(["id", "asked"]).to_pylist()
    proven = "failed" if check.failed else f"nothing found: {check.looked}"
    return {
        **common,
        "date": entry.requests[place].date,
        "state": _state(check, held),
        "entry": number,
        "ledger": found.heads[number - 1],
        "documents": entry.requests[place].documents,
        "copies": entry.copies,
        **(_staying(release, root, entry) if entry.stay else {}),
        "stand_ins": [row["id"] for row in rows if row["asked"] == place],
        "release_before": releases.mark(entry.release),
        "release": releases.mark({name: built.fingerprint for name, built in release.stages.items()}),
        "release_sha256": release.digest,
        "proof": proven,
        "held_by": list(held.folders),
        "seen_by": _seen(release),
        "stopped": _stopped(entry.requests[place]),
    }


def _staying(release: Finished, root: str, entry: Entry) -> dict[str, Any]:
    known = patches.read(root)
    if not entry.elects:
        said = "what they were: none had gone for a document that was withdrawn"
    elif entry.number in known.waiting(DEDUP.name, release[DEDUP].fingerprint):
        said = "dropped as they were until the next run, which puts the best of them in the place of what went"
    else:
        said = "elected anew without what went: the best of them stand in its place"
    return {"copies_stay": entry.stay, "stands_up": said}


def _state(check: Check, held: Holding) -> str:
    if check.failed:
        return "NOT withdrawn: the proof found something"
    if held.folders:
        return f"withdrawn from the release; {len(held.folders)} folders of earlier runs hold it still"
    return "withdrawn from the release, and from every folder of this root"


def _stopped(request: Asked) -> str:
    return _STOPPED if request.copies == GO else _HERE


def _seen(release: Finished) -> list[str]:
    """A tokenizer, and models that measured texts, hold no text; what was trained on earlier releases is not known."""
    train = release.get(TRAIN)
    own = (
        [f"the tokenizer, {TRAIN.name} {train.fingerprint}: trained on a sample that may have held them"]
        if train and _patched(train)
        else []
    )
    return [*own, "whatever was trained on a release before this one (`gristmill trace` says which tokens it read)"]


def _patched(train: Built) -> bool:
    """Whether it is of a time before a withdrawal: a patch trains nothing."""
    identity: Any = train.manifest.identity
    return "withdrawn" in identity


def as_json(found: Facts) -> bytes:
    return orjson.dumps(dict(found), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_html(found: Facts) -> bytes:
    """A page of one table, without scripts."""
    rows = "\n".join(f"<tr><th>{_LABELS[name]}</th><td>{_shown(value)}</td></tr>" for name, value in found.items())
    style = "body{font:16px/1.5 sans-serif;margin:3em auto;max-width:50em}th{text-align:left;vertical-align:top;"
    style += "padding:.2em 1em .2em 0;font-weight:600;width:16em}td{overflow-wrap:anywhere}"
    head = f'<meta charset="utf-8"><title>{_TITLE}</title><style>{style}</style>'
    body = f"<h1>{_TITLE}</h1>\n<table>\n{rows}\n</table>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'.encode()


def _shown(value: object) -> str:
    listed: Sequence[object] = value if isinstance(value, list) else [value]
    return "<br>".join(html.escape(str(one)) for one in listed) or "none"
