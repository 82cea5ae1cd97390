"""Published mixtures, as data beside this file."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

Name: TypeAlias = Literal["pile", "roots"]
Kind: TypeAlias = Literal["weights", "epochs"]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """`rates` are weights or epochs by key, as `kind` says; `published` is the table as it was printed."""

    kind: Kind
    rates: dict[str, Fraction]
    published: dict[str, dict[str, Any]]


@cache
def load(name: Name) -> Preset:
    """A published table; its numbers exact, as they are written."""
    text = (files("corpus.mixture") / f"{name}.toml").read_text("utf-8")
    raw = tomllib.loads(text, parse_float=Decimal)
    published = raw["published"]
    if raw["kind"] == "epochs":
        return Preset(
            kind="epochs", rates={key: Fraction(row["epochs"]) for key, row in published.items()}, published=published
        )
    rates = {key: sum((Fraction(part) for part in row["parts"].values()), Fraction()) for key, row in published.items()}
    return Preset(kind="weights", rates=rates, published=published)
