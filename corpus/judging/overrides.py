"""Fitted thresholds as a recipe that extends the calibrated one: sparse, with what each was, and how sure it is."""

import os
from collections.abc import Collection, Sequence

import tomlkit
from tomlkit.items import AoT, Item, Table

from corpus.judging.fit import Fitted, Outcome
from corpus.texts.terminal import plain

_COMMENTS_AT = 11  # columns from where a number begins, so that comments stand below each other


def toml(outcomes: Sequence[Outcome], recipe: str, target: str, how: str, labels: Collection[str] = ()) -> str:
    """The text of the file `target`, which extends `recipe`. Thresholds that stay are left out. `labels`: names of
    [[signals]] among what judges."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment(f"Thresholds fitted by `gristmill calibrate`, {how}. Old value and 95 % interval beside each.")
    )
    for one in outcomes:
        document.add(tomlkit.comment(_about(one)))
    base = os.path.relpath(recipe, os.path.dirname(os.path.abspath(target)) or ".").replace(os.sep, "/")
    document.add("extends", tomlkit.string(base))
    moved = [fit for one in outcomes for fit in one.fitted if fit.new != fit.old]
    filters: dict[str, Table] = {}
    for fit in moved:
        name = fit.rule.choice.name
        if name not in filters:
            filters[name] = tomlkit.table()
            filters[name].add("name" if name in labels else "use", name)
        filters[name].append(tomlkit.key(["by_language", fit.language, fit.rule.field]), _value(fit))
    for key, own in (("filters", set(filters) - set(labels)), ("signals", set(filters) & set(labels))):
        if own:
            document.add(key, AoT([table for name, table in filters.items() if name in own]))
    return tomlkit.dumps(document)


def _about(one: Outcome) -> str:
    share = f"{100 * one.kept_before:.1f} % kept -> {100 * one.kept_after:.1f} %"
    agrees = "" if one.agreement is None else f", agrees with {100 * one.agreement:.1f} % of labels"
    return f"{plain(one.language)}: {one.sampled:,} of {one.documents:,} documents, {share}{agrees}"


def _value(fit: Fitted) -> Item:
    text = f"{int(fit.new)}" if fit.rule.whole else _decimal(fit.new)
    was = "off" if fit.old is None else f"{fit.old:g}"
    value = tomlkit.value(text).comment(f"was {was}; {fit.low:.4g} to {fit.high:.4g}")
    value.trivia.comment_ws = " " * max(1, _COMMENTS_AT - len(text))
    return value


def _decimal(value: float) -> str:
    """A TOML float: with a point, whatever its size."""
    text = f"{value:.10f}".rstrip("0")
    return text + "0" if text.endswith(".") else text
