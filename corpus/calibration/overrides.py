"""Fitted thresholds as a recipe that extends the calibrated one: sparse, with what each was, and how sure it is."""

import os
import re
from collections.abc import Sequence

from corpus.calibration.fit import Fitted, Outcome

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml(outcomes: Sequence[Outcome], recipe: str, target: str, how: str) -> str:
    """The text of the file `target`, which extends `recipe`. Thresholds that stay are left out."""
    base = os.path.relpath(recipe, os.path.dirname(os.path.abspath(target)) or ".").replace(os.sep, "/")
    lines = [f"# Thresholds fitted by `gristmill calibrate`, {how}. Old value and 95 % interval beside each."]
    for one in outcomes:
        share = f"{100 * one.kept_before:.1f} % kept -> {100 * one.kept_after:.1f} %"
        agrees = "" if one.agreement is None else f", agrees with {100 * one.agreement:.1f} % of labels"
        lines.append(f"# {one.language}: {one.sampled:,} of {one.documents:,} documents, {share}{agrees}")
    lines.append(f"extends = {_string(base)}")
    moved = [fit for one in outcomes for fit in one.fitted if fit.new != fit.old]
    for name in dict.fromkeys(fit.rule.choice.name for fit in moved):
        lines += ["", "[[filters]]", f'use = "{name}"']
        for fit in moved:
            if fit.rule.choice.name == name:
                lines.append(_line(fit))
    return "\n".join(lines) + "\n"


def _line(fit: Fitted) -> str:
    key = fit.language if _BARE.fullmatch(fit.language) else _string(fit.language)
    was = "off" if fit.old is None else f"{fit.old:g}"
    new = f"{int(fit.new)}" if fit.rule.whole else _decimal(fit.new)
    return f"by_language.{key}.{fit.rule.field} = {new:<10} # was {was}; {fit.low:.4g} to {fit.high:.4g}"


def _decimal(value: float) -> str:
    """A TOML float: with a point, whatever its size."""
    text = f"{value:.10f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def _string(text: str) -> str:
    """A basic TOML string."""
    escaped = "".join(f"\\{c}" if c in '"\\' else c if c.isprintable() else f"\\U{ord(c):08X}" for c in text)
    return f'"{escaped}"'
