"""One document with all that is known of it: its text as released, measurements, verdict, evidence.

What was redacted stays redacted: the text shown is the text that a release of the document would hold.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa

from corpus.catalogue.catalogued import Catalogued
from corpus.errors import RecipeError
from corpus.lineage.known import Known
from corpus.stages.built import Finished
from corpus.stages.decide import DECIDE, LANGUAGE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.stage import SIGNALS
from corpus.store import find
from corpus.store.table import Table
from corpus.texts.cleaning import clean, small
from corpus.texts.cuts import apply
from corpus.texts.pii_policy import Policy
from corpus.texts.redaction import pieces, redact
from corpus.texts.terminal import plain
from filters.arrow import integers, same

_SHOWN_CHARS = 200  # of a cut line
_UNIT = {"minhash": ("signature",), "content": ()}  # columns that say nothing to a reader


def text(known: Known, asked: str) -> str:
    """The page for the document whose id begins so, or whose address this is. Raises RecipeError if there is no such
    document, or more than one."""
    documents = known.stages.table(INGEST.documents)
    if documents is None:
        raise RecipeError("nothing is ingested yet: run the recipe first")
    _, part, row = find.one(documents, asked)
    return "\n".join(_lines(known, documents, part, row))


def row_of(found: Table, part: int, row: int) -> dict[str, object]:
    batches = list(found.take(part, [row], found.open(part).schema_arrow.names))
    return dict(batches[0].to_pylist()[0])


def _lines(known: Known, documents: Table, part: int, row: int) -> Iterator[str]:
    stages = known.stages
    document = row_of(documents, part, row)
    yield from origin(document, part, row, known.policy, known.catalogued)
    yield from decided(stages, part, row)
    yield ""
    yield "measurements"
    for stage, built in stages.stages.items():
        if stage.startswith(f"{SIGNALS}."):
            name = stage.removeprefix(f"{SIGNALS}.")
            measured = row_of(built.table(SIGNALS), part, row)
            values = "  ".join(f"{k} {_value(v)}" for k, v in measured.items() if k not in _UNIT.get(name, ()))
            yield f"  {name:<12} {values}"
    yield ""
    language = str(document["language"] or "")
    detected = stages.table(LANGUAGE)
    if detected:
        language = str(row_of(detected, part, row)["label"])
    urls = [str(document["url"]) if document["url"] else None]
    cut = _rows(stages, LINES.cuts, part, row)
    if cut is not None and cut.num_rows:
        yield "cut lines"
        places = list(zip(integers(cut.column("start")), integers(cut.column("end")), strict=True))
        shown_cuts = pieces(str(document["text"]), language, urls[0], places, known.policy)
        for one, words in zip(cut.to_pylist(), shown_cuts, strict=True):
            stays = f", stays in {one['of_id']}" if one["of_id"] else ""
            text_ = plain(words.strip()[:_SHOWN_CHARS])
            yield f"  {one['rule']:<16} in {one['count']:,} documents{stays}: {text_}"
        yield ""
    spans = None if _repeated(stages, part, row)[0] else _rows(stages, PASSAGES.cuts, part, row)
    text = pa.array([str(document["text"])], pa.string())
    texts, _ = apply(text, np.array([row]), [found for found in (cut, spans) if found is not None])
    sources = [str(document["source"])]
    texts, _ = clean(texts, [language], sources, known.clean)
    if small(texts, [language], sources, known.clean)[0]:
        yield "dropped: fewer bytes after [[clean]] than min_bytes asks for, if it was kept until then"
        yield ""
    redacted = redact(texts, [language], known.policy, urls, shown=True)
    yield "text"
    yield plain(redacted.texts[0].as_py(), keep_lines=True)


def origin(
    document: Mapping[str, object], part: int, row: int, policy: Policy, catalogued: Iterable[Catalogued]
) -> Iterator[str]:
    """Where a document comes from: its row of DOCUMENTS, without the text, and its source's entry in the catalogue."""
    yield f"document   {document['id']}"
    yield f"place      part {part}, row {row}"
    for name in ("source", "locator", "file", "offset", "url", "licence"):
        if document[name] not in (None, ""):
            yield f"{name:<10} {shown(str(document[name]), policy)}"
    yield from (f"entry      {plain(one.shown())}" for one in catalogued if one.source == document["source"])


def shown(value: str, policy: Policy) -> str:
    """A field as it may be printed: addresses of pages hold those of people."""
    return plain(redact(pa.array([value], pa.string()), [""], policy, shown=True).texts[0])


def _rows(stages: Finished, ref: Ref, part: int, row: int) -> pa.Table | None:
    """The document's rows of a table that is not aligned; None where there is no such stage, or it is not done."""
    found = stages.table(ref)
    if found is None:
        return None
    rows = found.read(part)
    return rows.filter(same(rows.column("row"), row))


def _emptied(stages: Finished, part: int, row: int) -> str:
    """What there is to say of a document that lost every line; "" for others."""
    rows = _rows(stages, LINES.emptied, part, row)
    for one in rows.to_pylist() if rows else ():
        return f"dropped: {one['rule']} takes all its {one['lines']} lines, each in {one['count']:,} documents or more"
    return ""


def decided(stages: Finished, part: int, row: int) -> Iterator[str]:
    """Every decision on a document, and what it was made from."""
    verdicts, clusters = stages.table(DECIDE.verdicts), stages.table(DEDUP.clusters)
    if verdicts is None:
        yield "verdict    not decided yet"
        return
    verdict = row_of(verdicts, part, row)
    outcome = "kept" if verdict["kept"] else "dropped"
    if clusters:
        cluster = row_of(clusters, part, row)
        outcome = {"kept": "kept", "filtered": "dropped by filters"}.get(str(cluster["outcome"]), "")
        if not outcome:
            alike = "" if cluster["jaccard"] is None else f", Jaccard {cluster['jaccard']:.4f}"
            outcome = f"dropped: {cluster['outcome']} duplicate of {cluster['kept_id']}{alike}"
        elif cluster["outcome"] == "kept" and int(str(cluster["size"])) > 1:
            outcome += f", stands for {cluster['size']} documents"
        outcome = _emptied(stages, part, row) or outcome
    dropped, spans = _repeated(stages, part, row)
    yield f"language   {verdict['language']}"
    yield f"verdict    {dropped or outcome}"
    yield from spans
    for reason in verdict["reasons"]:  # type: ignore[attr-defined]
        value = plain(reason["text"]) or f"{reason['value']:.6g} against {reason['threshold']:.6g}"
        yield f"  {reason['rule']:<28} {value}"
    corpus = stages.table(RELEASE.corpus)
    if corpus:
        yield from _released(corpus, part, row)


def _released(table: Table, part: int, row: int) -> Iterator[str]:
    """What became of the text of a document that is in the corpus."""
    corpus = table.read(part, ["row", "restricted", "cleaned", "redactions"])
    for one in corpus.filter(same(corpus.column("row"), row)).to_pylist():
        marks = [name for name in ("restricted", "cleaned") if one[name]]
        yield f"released   {', '.join([*marks, ''])}{one['redactions']} spans of personal data"


def _repeated(stages: Finished, part: int, row: int) -> tuple[str, list[str]]:
    """The verdict on a document that is dropped for its passages, else nothing; and a line for each passage."""
    own, shares = _rows(stages, PASSAGES.cuts, part, row), stages.table(PASSAGES.passages)
    if own is None or shares is None:
        return "", []
    found = row_of(shares, part, row)
    spans = [
        f"  {cut['rule']:<28} code points {cut['start']} to {cut['end']}, which {cut['count']} documents have; "
        + (f"{cut['of_id']} keeps them" if cut["of_id"] else "a gap between passages")
        for cut in own.to_pylist()
    ]
    share = f"dropped: {100 * float(str(found['share'])):.1f} % of its words stand in passages of other documents"
    return share if found["dropped"] else "", spans


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return value.hex() if isinstance(value, bytes) else plain(value)
