"""What filter `agreed` of a recipe asks of the others: what its functions go by, and which rules it leaves out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pyarrow as pa

import filters
from corpus.stages.agreed import NAME, OCCURRENCES
from filters.agreed import NO_QUALITY, Function
from filters.choice import Choice
from filters.meant import hint


def completed(choices: Sequence[Choice], labelled: Sequence[Choice]) -> tuple[Choice, ...]:
    """The filters with the one that measures texts for the functions, where `agreed` is among them; `labelled` are
    thresholds of labels from outside, which vote as filters do. Raises ValueError: what in its table cannot be used."""
    chosen = {one.name: one for one in choices}
    if NAME not in chosen:
        return tuple(choices)
    voting = {**chosen, **{one.name: one for one in labelled}}
    own: Any = chosen[NAME].base
    for choice in chosen.values():
        if NAME in choice.base.reads:
            raise ValueError(f"[{choice.name}] reads {NAME!r}, which is measured when all others are: no filter can")
    _left_out(own.leave_out, voting)
    for function in own.functions:
        if function.signal:
            _signal(function, voting)
    sought = tuple(one.sought for one in own.functions if one.sought)
    if not sought:
        return tuple(choices)
    counting = chosen.get(OCCURRENCES) or Choice(name=OCCURRENCES, base=filters.load(OCCURRENCES)(), judged=False)
    if vars(counting.base)["of"]:
        raise ValueError(
            f"[{OCCURRENCES}] functions of {NAME!r} say what is counted: make one of each of `of`, and take it out"
        )
    made = replace(counting, base=replace(counting.base, of=sought))  # type: ignore[type-var]
    return tuple({**chosen, OCCURRENCES: made}.values())


def _left_out(patterns: Iterable[str], chosen: Mapping[str, Choice]) -> None:
    names = [f"{one.name}.{rule.reason}" for one in chosen.values() for rule in one.base.rules if one.name != NAME]
    for pattern in patterns:
        if pattern not in NO_QUALITY and not any(fnmatchcase(name, pattern) for name in names):
            raise ValueError(
                f"[{NAME}] leave_out names {pattern!r}, which is no rule here{hint(pattern, names)}; "
                f"known: {', '.join(names)}"
            )


def _signal(function: Function, chosen: Mapping[str, Choice]) -> None:
    filter_, _, signal = function.signal.rpartition(".")
    where = f"[{NAME}] function {function.name!r}"
    if filter_ == NAME:
        raise ValueError(f"{where} goes by {function.signal}: it would vote on what follows from its vote")
    if filter_ not in chosen:
        raise ValueError(
            f"{where} goes by {function.signal}, and filter {filter_!r} is not measured{hint(filter_, chosen)}: add "
            f'[[filters]] use = "{filter_}"'
        )
    numbers = [one.name for one in chosen[filter_].base.signals if _is_number(one.type)]
    if signal not in numbers:
        known = ", ".join(f"{filter_}.{one}" for one in numbers) or "none"
        raise ValueError(
            f"{where} goes by {function.signal}, which is no number that {filter_} measures"
            f"{hint(signal, numbers)}; numbers: {known}"
        )


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))
