"""Facts as JSON: what stands in `facts.json`."""

from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass
from typing import Any

from corpus.store.manifest import Json


def inline() -> Any:
    """A field of facts that is a mapping: its entries stand among the fields of its owner."""
    return field(metadata={"inline": True})


_PLAIN = frozenset({bool, int, float, str, type(None)})


def plain(facts: object) -> Json:
    """A dataclass as an object. A field whose default is None is left out where it is None; `from_` is written `from`.
    Raises TypeError for what has no form in JSON."""
    if type(facts) in _PLAIN:  # 200,000 numbers of a small report
        return facts  # type: ignore[return-value]
    if is_dataclass(facts):
        found: dict[str, Json] = {}
        for own in fields(facts):
            value = getattr(facts, own.name)
            if value is None and own.default is None:
                continue
            if own.metadata.get("inline"):
                found |= {str(name): plain(one) for name, one in value.items()}
            else:
                found[own.name.removesuffix("_")] = plain(value)
        return found
    if isinstance(facts, Mapping):
        return {str(name): plain(value) for name, value in facts.items()}
    if isinstance(facts, list | tuple):
        return [plain(value) for value in facts]
    if isinstance(facts, int | float | str):  # of a subclass
        return facts
    raise TypeError(f"facts hold a {type(facts).__name__}, which JSON has no form for")
