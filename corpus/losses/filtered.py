"""What the filters took of each source and language, and by which rule.

A document that `keep_labels` did not ask for is no loss of its language. One whose language is a guess that filter
`language` refused counts as a loss, and is no sign that the language vanished: models take noise for small languages.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.losses.alarm import Loss, Taker, in_order
from corpus.store.tally import Row, total
from filters.arrow import array, equal, string_array, strings
from filters.languages import UNKNOWN

TAKER = Taker(name="filters", table="decide", look="look at its rules in the report")
_NAMED = 8  # languages in a line
_GUESSING = "language"  # the filter whose label it is
_UNWANTED = f"{_GUESSING}.not_wanted"
WITHDRAWN = "withdrawn.requested"  # the rule of documents that were withdrawn, which no filter took
ON_REQUEST: Mapping[str, str | float] = {"rule": WITHDRAWN, "value": 0.0, "threshold": 0.0, "text": "on request"}


@dataclass(frozen=True, kw_only=True)
class Judged(Row):
    """Documents of a source and language: `kept`, or dropped: `withdrawn` on request, `unwanted` by keep_labels, with a
    `guessed` language that was refused, else `filtered`."""

    NAME: ClassVar[str] = "judged"
    source: str
    language: str
    outcome: str
    documents: int = 0


@dataclass(frozen=True, kw_only=True)
class Fired(Row):
    """Documents of a source and language on which a rule fired."""

    NAME: ClassVar[str] = "fired"
    source: str
    language: str
    rule: str
    documents: int = 0


def counted(verdicts: pa.RecordBatch, declared: np.ndarray) -> list[Row]:
    """Rows of a batch of verdicts; `declared` (bool[rows]) says whose language the source told."""
    reasons = verdicts.column("reasons")
    rules = string_array(pc.struct_field(pc.list_flatten(reasons), "rule"))
    rows = np.asarray(pc.list_parent_indices(reasons), np.int64)
    outcome = np.where(np.asarray(verdicts.column("kept"), bool), "kept", "filtered").astype(object)
    by_language = np.asarray(pc.starts_with(rules, f"{_GUESSING}."), bool)
    refused = np.zeros(len(outcome), bool)
    refused[rows[by_language]] = True
    outcome[refused & ~declared] = "guessed"
    outcome[rows[equal(rules, _UNWANTED)]] = "unwanted"
    outcome[rows[equal(rules, WITHDRAWN)]] = "withdrawn"
    places = verdicts.select(["source", "language"])
    judged = _grouped({**_columns(places), "outcome": pa.array(outcome, pa.string())})
    fired = _grouped({**_columns(places.take(array(rows))), "rule": rules})
    return [
        *(Judged(source=s, language=name, outcome=what, documents=n) for (s, name, what), n in judged),
        *(Fired(source=s, language=name, rule=what, documents=n) for (s, name, what), n in fired),
    ]


def withdrawn(documents: Iterable[tuple[str, str]]) -> list[Row]:
    """Rows of documents that were withdrawn, each by source and language."""
    return [
        row
        for (source, language), count in Counter(documents).items()
        for row in (
            Judged(source=source, language=language, outcome="withdrawn", documents=count),
            Fired(source=source, language=language, rule=WITHDRAWN, documents=count),
        )
    ]


def unwanted(judged: Iterable[Judged]) -> str:
    """A line for the languages that `keep_labels` did not ask for, most documents first; "" where there are none."""
    found = total(judged, lambda row: row.language, lambda row: row.documents * (row.outcome == "unwanted"))
    most = sorted((item for item in found.items() if item[1]), key=lambda item: (-item[1], item[0]))
    if not most:
        return ""
    named = ", ".join(f"{language} ({count:,})" for language, count in most[:_NAMED])
    more = f" and {len(most) - _NAMED} more languages" if len(most) > _NAMED else ""
    return f"keep_labels did not ask for {sum(count for _, count in most):,} documents: {named}{more}"


def _columns(batch: pa.RecordBatch) -> dict[str, pa.StringArray]:
    return {name: string_array(batch.column(name)) for name in batch.schema.names}


def _grouped(columns: Mapping[str, pa.StringArray]) -> list[tuple[tuple[str, ...], int]]:
    """How often each combination of three texts occurs."""
    found = pa.table(dict(columns)).group_by(list(columns)).aggregate([([], "count_all")])
    names = zip(*(strings(found.column(name)) for name in columns), strict=True)
    return list(zip(names, found.column("count_all").to_numpy().tolist(), strict=True))


def of(judged: Iterable[Judged], fired: Iterable[Fired]) -> list[Loss]:
    """Sources, then languages, by name, without what was withdrawn: that is no loss. Of a language without what
    keep_labels dropped; none of no language."""
    documents: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    sure: Counter[tuple[str, str]] = Counter()
    for row in (one for one in judged if one.outcome != "withdrawn"):
        for place in _places(row.source, row.language, wanted=row.outcome != "unwanted"):
            documents[place] += row.documents
            took = row.outcome != "kept"
            lost[place] += row.documents * took
            sure[place] += row.documents * (took and (place[0] == "source" or row.outcome == "filtered"))
    rules: dict[tuple[str, str], Counter[str]] = {}
    for fire in (one for one in fired if one.rule != WITHDRAWN):
        for place in _places(fire.source, fire.language, wanted=fire.rule != _UNWANTED):
            rules.setdefault(place, Counter())[fire.rule] += fire.documents
    return in_order(
        Loss(kind=k, name=n, documents=d, lost=lost[k, n], sure=sure[k, n], rules=rules.get((k, n), {}))
        for (k, n), d in documents.items()
    )


def _places(source: str, language: str, *, wanted: bool) -> list[tuple[str, str]]:
    named = wanted and language != UNKNOWN
    return [("source", source), *([("language", language)] if named else [])]


def refusal(gone: Loss) -> str:
    """The line that stops a run for a source or language that vanished."""
    return (
        f"{gone.kind} {gone.name!r} vanished: the filters dropped all of its {gone.documents:,} documents, by "
        f'{gone.because}; if that is right, say [decide] allow_vanish = ["{gone.name}"], else move those thresholds '
        "for it (by_script, by_language, by_source)"
    )


def nothing_left(found: Iterable[Loss]) -> str | None:
    """The line that stops a run of which the filters left nothing at all; None where something is left."""
    sources = [loss for loss in found if loss.kind == "source"]
    documents = sum(loss.documents for loss in sources)
    if not documents or documents > sum(loss.lost for loss in sources):
        return None
    rules: Counter[str] = Counter()
    for loss in sources:
        rules.update(loss.rules)
    whole = Loss(kind="source", name="", documents=documents, lost=documents, rules=rules)
    return f"the filters dropped all {documents:,} documents, by {whole.because}: move those thresholds"
