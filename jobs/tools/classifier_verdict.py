"""What a held-out table means, in words."""

from collections.abc import Mapping

_LEAST = 0.5  # of precision and recall: below it a label is oftener wrong than right
_FEW = 5  # held-out texts: fewer say nothing
_NAMED = 8


def shares(found: Mapping[str, float] | None) -> str:
    """A label's row."""
    if found is None:
        return "none held out: nothing is known of it"
    row = f"precision {found['precision']:.3f}   recall {found['recall']:.3f}   of {found['held_out']:,} held out"
    if found["held_out"] < _FEW:
        return f"{row}: too few to say"
    return f"{row}   do not use this label" if _is_bad(found) else row


def verdict(judged: Mapping[str, Mapping[str, float]], labels: int) -> str:
    """One line about the model: whether to use it, and what to do if not."""
    bad = sorted(label for label, found in judged.items() if found["held_out"] >= _FEW and _is_bad(found))
    unknown = labels - sum(found["held_out"] >= _FEW for found in judged.values())
    known = labels - unknown
    if not known:
        return "DO NOT USE THIS MODEL unjudged: no label has five held-out texts; give more texts"
    if 2 * len(bad) >= known:
        return f"DO NOT USE THIS MODEL: it fails on {_some(bad)}; give more texts, or more passes by --epochs"
    rest = f"; {unknown:,} labels have too few held-out texts to say" if unknown else ""
    if bad:
        return f"use this model without the labels {_some(bad)}, on which it fails{rest}"
    return f"this model tells its labels apart on texts that it has not seen{rest}"


def _is_bad(found: Mapping[str, float]) -> bool:
    return min(found["precision"], found["recall"]) < _LEAST


def _some(labels: list[str]) -> str:
    more = f" and {len(labels) - _NAMED:,} more" if len(labels) > _NAMED else ""
    return ", ".join(labels[:_NAMED]) + more
