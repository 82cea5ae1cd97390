"""Numbers added up by key: in this process where keys are few, else in Spark."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from jobs.engine.job import Job
from jobs.engine.keys import Keys


def by(job: Job[Any], keys: Keys, names: Sequence[str], summed: str) -> pa.Table:
    """Distinct keys (the columns `names`), their rows (`rows`) and the sum of the column `summed`; in no order."""
    if keys.few:
        return here(keys.table(), names, summed)
    from jobs.engine.spark import jobs, sums  # noqa: PLC0415  (only where Spark starts)

    found: pa.Table = jobs.execute(sums.by(job.frame(keys), names, summed).toArrow)
    return found


def here(rows: pa.Table, names: Sequence[str], summed: str) -> pa.Table:
    """The same of a table."""
    found = rows.group_by([*names]).aggregate([(summed, "count"), (summed, "sum")])
    return found.rename_columns([*names, "rows", summed])
