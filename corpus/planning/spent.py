"""What a stage took, as it lies beside its manifest."""

from typing import Any

import orjson

from corpus.store import manifest, storage


def of(folder: str) -> dict[str, Any] | None:
    """The run.json of a stage's folder; None where there is none, or one that was cut off."""
    data = storage.read_bytes(storage.join(folder, manifest.RUN))
    try:
        told = orjson.loads(data) if data else None
    except ValueError:  # a run that was killed there
        return None
    return told if isinstance(told, dict) and "written_bytes" in told else None  # older ones have the seconds alone
