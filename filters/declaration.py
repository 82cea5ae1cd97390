"""What a class must declare to be a filter: told before anything is measured with it."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pyarrow as pa

from filters.rules import Rule

PREFIXES = ("min_", "max_", "keep_")  # of fields that are thresholds
_REASON = re.compile(r"[A-Za-z0-9_]+")  # a rule is called "<filter>.<reason>", and filters have dots in their names


def check(kind: object) -> None:
    """Raises ValueError: the first thing that is missing or of another type than the contract says."""
    for fault in _faults(kind):
        raise ValueError(fault)


def _faults(kind: object) -> Iterator[str]:
    if not isinstance(kind, type) or not is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        yield "Filter must be a class under @dataclass(frozen=True, kw_only=True)"
    if type(getattr(kind, "version", None)) is not int:
        yield "Filter needs version: ClassVar[int]"
    if not callable(getattr(kind, "measure", None)):
        yield "Filter needs measure(self, batch) -> pa.RecordBatch"
    for name, needed in (("reads", True), ("libraries", False)):
        value = getattr(kind, name, None if needed else ())
        if not isinstance(value, tuple) or not all(isinstance(one, str) for one in value):
            yield f"Filter needs {name}: ClassVar[tuple[str, ...]]; () for none"
    schema = getattr(kind, "signals", None)
    if not isinstance(schema, pa.Schema) or not len(schema):
        yield "Filter needs signals: ClassVar[pa.Schema], with a field at least"
        return
    for field in schema:
        if field.nullable:
            yield f"signal {field.name!r} may be null: declare it with nullable=False"
    yield from _rules(kind, schema)


def _rules(kind: object, schema: pa.Schema) -> Iterator[str]:
    rules = getattr(kind, "rules", None)
    if not isinstance(rules, tuple) or not all(isinstance(rule, Rule) for rule in rules):
        yield "Filter needs rules: ClassVar[tuple[Rule, ...]]; () for one that judges nothing"
        return
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    for rule in rules:
        if not _REASON.fullmatch(rule.reason):
            yield f"reason {rule.reason!r} must be of ASCII letters, digits and _"
        if rule.threshold not in known:
            yield f"rule {rule.reason!r} names the threshold {rule.threshold!r}, which is no field of Filter"
        if not rule.threshold.startswith(PREFIXES):
            yield f"threshold {rule.threshold!r} must begin with one of {', '.join(PREFIXES)}"
        if rule.signal not in schema.names:
            yield f"rule {rule.reason!r} names the signal {rule.signal!r}, which Filter does not declare"
        elif not _judges(rule.threshold, schema.field(rule.signal).type):
            yield f"threshold {rule.threshold!r} cannot judge {rule.signal!r} of type {schema.field(rule.signal).type}"
    if len({rule.reason for rule in rules}) != len(rules):
        yield "two rules have one reason"
    idle = sorted(name for name in known if name.startswith(PREFIXES) and name not in {r.threshold for r in rules})
    if idle:
        yield f"field {idle[0]!r} is a threshold by its name, and no rule judges by it"


def _judges(threshold: str, kind: pa.DataType) -> bool:
    """Whether a threshold of that name can judge signals of this type."""
    if threshold.startswith("keep_"):
        return bool(pa.types.is_string(kind))
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))
