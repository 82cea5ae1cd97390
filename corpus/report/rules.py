"""Every rule of the judged filters with its thresholds, fired or not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from filters.choice import Choice
from filters.rules import Rule as Judged


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule that a threshold turns on for some documents at least."""

    name: str  # filter.reason
    signal: str  # filter.signal
    field: str  # of the recipe, that holds the threshold
    threshold: object  # of the base: a number, a list of labels, or None for off
    fired: int  # documents
    alone: int  # those that no other rule dropped
    overrides: Mapping[str, object]  # thresholds by language, or by "source <pattern>"


def rules(choices: Sequence[Choice], fired: Mapping[str, int], alone: Mapping[str, int]) -> Iterator[Rule]:
    """By filter in the recipe's order; `fired` and `alone` by name."""
    for choice in choices:
        for rule in choice.base.rules:
            name = f"{choice.name}.{rule.reason}"
            threshold = getattr(choice.base, rule.threshold)
            if threshold is not None or _is_set(choice, rule.threshold):
                yield Rule(
                    name=name,
                    signal=f"{choice.name}.{rule.signal}",
                    field=rule.threshold,
                    threshold=list(threshold) if isinstance(threshold, tuple) else threshold,
                    fired=fired.get(name, 0),
                    alone=alone.get(name, 0),
                    overrides=_overrides(choice, rule),
                )


def _is_set(choice: Choice, threshold: str) -> bool:
    """Whether a language or a source sets it."""
    languages = (getattr(own, threshold) for own in choice.by_language.values())
    sources = (values.get(threshold) for values in choice.by_source.values())
    return any(value is not None for value in (*languages, *sources))


def _overrides(choice: Choice, rule: Judged) -> dict[str, object]:
    base = getattr(choice.base, rule.threshold)
    languages = {name: getattr(own, rule.threshold) for name, own in choice.by_language.items()}
    sources = {pattern: values for pattern, values in choice.by_source.items() if rule.threshold in values}
    return {name: value for name, value in languages.items() if value != base} | {
        f"source {pattern}": values[rule.threshold] for pattern, values in sources.items()
    }
