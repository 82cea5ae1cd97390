"""One document with all that is known of it: its text as released, measurements, verdict, evidence.

What was redacted stays redacted: the text shown is the text that a release of the document would hold.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import find, table
from corpus.cleaning import clean
from corpus.cuts import apply
from corpus.errors import RecipeError
from corpus.plan import Plan
from corpus.redaction import redact
from corpus.table import Table

_SHOWN_CHARS = 200  # of a cut line
_UNIT = {"minhash": ("signature",), "content": ()}  # columns that say nothing to a reader


def text(plan: Plan, prefix: str) -> str:
    """The page for the document whose id begins with `prefix`. Raises RecipeError if there is no such document."""
    if not plan["ingest"].done:
        raise RecipeError("nothing is ingested yet: run the recipe first")
    documents = table.of(plan["ingest"].folder, "documents")
    id_, part, row = find.one(documents, prefix)
    return "\n".join(_lines(plan, documents, id_, part, row))


def _row(found: Table, part: int, row: int) -> dict[str, object]:
    batches = list(found.take(part, [row], found.open(part).schema_arrow.names))
    return dict(batches[0].to_pylist()[0])


def _lines(plan: Plan, documents: Table, id_: str, part: int, row: int) -> Iterator[str]:
    document = _row(documents, part, row)
    yield f"document   {id_}"
    yield f"place      part {part}, row {row}"
    for name in ("source", "locator", "file", "offset", "url", "licence"):
        if document[name] is not None:
            yield f"{name:<10} {_plain(document[name])}"
    yield from _decided(plan, part, row)
    yield ""
    yield "measurements"
    for choice in plan.recipe.choices:
        stage = plan.signals(choice.name)
        if stage.done:
            signals = _row(table.of(stage.folder, "signals"), part, row)
            shown = {k: v for k, v in signals.items() if k not in _UNIT.get(choice.name, ())}
            values = "  ".join(f"{name} {_value(value)}" for name, value in shown.items())
            yield f"  {choice.name:<12} {values}"
    yield ""
    language = str(document["language"] or "")
    if plan.signals("language").done:
        signals = _row(table.of(plan.signals("language").folder, "signals"), part, row)
        language = str(signals["label"])
    cut = _cuts(plan, part, row)
    if cut is not None and cut.num_rows:
        yield "cut lines"
        for one in cut.to_pylist():
            line = pa.array([str(document["text"])[one["start"] : one["end"]].strip()])
            words = redact(line, [language], plan.recipe.pii).texts[0].as_py()
            stays = f", stays in {one['of_id']}" if one["of_id"] else ""
            yield f"  {one['rule']:<16} in {one['count']:,} documents{stays}: {_plain(words[:_SHOWN_CHARS])}"
        yield ""
    texts, _ = apply(pa.array([document["text"]]), np.array([row]), [] if cut is None else [cut])
    texts, _ = clean(texts, [language], [str(document["source"])], plan.recipe.clean)
    redacted = redact(texts, [language], plan.recipe.pii)
    yield "text"
    yield _plain(redacted.texts[0].as_py(), keep_lines=True)


def _cuts(plan: Plan, part: int, row: int) -> pa.Table | None:
    """The document's rows of CUTS; None where there is no such stage, or it is not done."""
    if "lines" not in plan.stages or not plan["lines"].done:
        return None
    rows = table.of(plan["lines"].folder, "cuts").read(part)
    return rows.filter(pc.equal(rows.column("row"), row))


def _emptied(plan: Plan, part: int, row: int) -> str:
    """What there is to say of a document that lost every line; "" for others."""
    if "lines" not in plan.stages or not plan["lines"].done:
        return ""
    rows = table.of(plan["lines"].folder, "emptied").read(part)
    for one in rows.filter(pc.equal(rows.column("row"), row)).to_pylist():
        return f"dropped: {one['rule']} takes all its {one['lines']} lines, each in {one['count']:,} documents or more"
    return ""


def _decided(plan: Plan, part: int, row: int) -> Iterator[str]:
    if not plan["decide"].done:
        yield "verdict    not decided yet"
        return
    verdict = _row(table.of(plan["decide"].folder, "verdicts"), part, row)
    outcome = "kept" if verdict["kept"] else "dropped"
    if plan["dedup"].done:
        cluster = _row(table.of(plan["dedup"].folder, "clusters"), part, row)
        outcome = {"kept": "kept", "filtered": "dropped by filters"}.get(str(cluster["outcome"]), "")
        if not outcome:
            outcome = (
                f"dropped: {cluster['outcome']} duplicate of {cluster['kept_id']}, Jaccard {cluster['jaccard']:.4f}"
            )
        elif cluster["outcome"] == "kept" and int(str(cluster["size"])) > 1:
            outcome += f", stands for {cluster['size']} documents"
        outcome = _emptied(plan, part, row) or outcome
    yield f"language   {verdict['language']}"
    yield f"verdict    {outcome}"
    for reason in verdict["reasons"]:  # type: ignore[attr-defined]
        value = _plain(reason["text"]) or f"{reason['value']:.6g} against {reason['threshold']:.6g}"
        yield f"  {reason['rule']:<28} {value}"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return value.hex() if isinstance(value, bytes) else _plain(value)


def _plain(value: object, *, keep_lines: bool = False) -> str:
    """Text for a terminal: what could move its cursor or colour it is shown as an escape."""
    allowed = "\n\t" if keep_lines else ""
    return "".join(c if c.isprintable() or c in allowed else c.encode("unicode_escape").decode() for c in str(value))
