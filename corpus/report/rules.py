"""Every rule of the judged filters with its thresholds, fired or not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields

from corpus.texts.terminal import plain
from filters.choice import Choice
from filters.rules import Rule as Judged


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule that a threshold turns on for some documents at least."""

    name: str  # filter.reason
    signal: str  # filter.signal
    field: str  # of the recipe, that holds the threshold
    threshold: object  # of the base: a number, a list of labels, or None for off
    default: object  # what the filter takes where a recipe says nothing
    fired: int  # documents
    alone: int  # those that no other rule dropped
    overrides: Mapping[str, object]  # thresholds by language, "script <code>" or "source <pattern>"


def rules(choices: Sequence[Choice], fired: Mapping[str, int], alone: Mapping[str, int]) -> Iterator[Rule]:
    """By filter in the recipe's order; `fired` and `alone` by name."""
    for choice in choices:
        defaults = {one.name: one.default for one in fields(choice.base)}  # type: ignore[arg-type]
        for rule in choice.base.rules:
            name = f"{choice.name}.{rule.reason}"
            threshold = getattr(choice.base, rule.threshold)
            default = defaults.get(rule.threshold)
            if threshold is not None or _is_set(choice, rule.threshold):
                yield Rule(
                    name=name,
                    signal=f"{choice.name}.{rule.signal}",
                    field=rule.threshold,
                    threshold=_plain(threshold),
                    default=None if default is MISSING else _plain(default),
                    fired=fired.get(name, 0),
                    alone=alone.get(name, 0),
                    overrides=_overrides(choice, rule),
                )


def _plain(threshold: object) -> object:
    return list(threshold) if isinstance(threshold, tuple) else threshold


def standing(threshold: object) -> str:
    """A threshold as a page says it.

    >>> standing(None), standing(0.25), standing([]), standing(["eng_Latn"])
    ('off', '0.25', 'any', 'eng_Latn')
    >>> standing(["news\\u202e", "a\\tb"])  # labels from outside may have any character
    'news\\\\u202e, a\\\\tb'
    """
    if threshold is None:
        return "off"
    return ", ".join(map(plain, threshold)) or "any" if isinstance(threshold, list | tuple) else str(threshold)


def _is_set(choice: Choice, threshold: str) -> bool:
    """Whether a script, a language or a source sets it."""
    over = (*choice.by_script.values(), *choice.by_language.values(), *choice.by_source.values())
    return any(values.get(threshold) is not None for values in over)


def _overrides(choice: Choice, rule: Judged) -> dict[str, object]:
    named = {"script ": choice.by_script, "": choice.by_language, "source ": choice.by_source}
    return {
        f"{kind}{name}": values[rule.threshold]
        for kind, over in named.items()
        for name, values in over.items()
        if rule.threshold in values
    }
