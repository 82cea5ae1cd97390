"""Counts of labels, of buckets and of the label model as they are without what went."""

import numpy as np
import pyarrow.compute as pc

from corpus.external.recipe_table import LABELLED
from corpus.external.tallies import Matched
from corpus.mixture.cells import Celled
from corpus.stages.stage import SIGNALS
from corpus.withdrawal.before import Before
from corpus.withdrawal.folder import Restated
from corpus.withdrawal.tables import Seen
from filters.arrow import integers


def external(seen: Seen, sums: Restated, was: Before) -> None:
    """Of labels nothing changes: what had a document has none, which says nothing of the label."""
    rows = seen.of(SIGNALS)
    if rows is None:
        return
    places = zip(integers(rows.column("part")), integers(rows.column("at")), strict=True)
    for place, has in zip(places, np.asarray(rows.column(LABELLED), np.int64).tolist(), strict=True):
        sums.less(labelled=has, unlabelled=-has)
        sums.add([Matched(source=was.source[place], labelled=has)], -1)


def agreed(seen: Seen, sums: Restated, _: Before) -> None:
    """Votes stay as they were counted, as the model does that was fitted to them."""
    rows = seen.of(SIGNALS)
    known = int(pc.sum(rows.column("known")).as_py() or 0) if rows else 0
    sums.less(known=known, unknown=-known)


def buckets(seen: Seen, sums: Restated, _: Before) -> None:
    """Sizes of clusters stay what they were when the mixture was made."""
    joined = seen.of("sizes")
    sums.less(sizes=joined.num_rows if joined else 0)
    rows = seen.of("buckets")
    for row in rows.to_pylist() if rows else ():
        own = {name: row[name] for name in ("source", "language", "values", "tokens")}
        sums.less(documents=1, tokens=row["tokens"])
        sums.add([Celled(**own, documents=1)], -1)
