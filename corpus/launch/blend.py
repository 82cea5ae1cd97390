"""Which prefixes are trained on, with which weight: by their tokens, or by a table of weights that sum to 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, isclose

from corpus.errors import RecipeError
from corpus.planning import layers
from corpus.shards.about import About, Prefix

SPLITS = ("train", "valid", "test")
_SUM_WITHIN = 1e-6  # weights are written with that many digits at most; a forgotten source weighs more


@dataclass(frozen=True, kw_only=True)
class Weighted:
    """A prefix, its share of the samples of its split, and its path where the trainer runs."""

    prefix: Prefix
    weight: float
    path: str

    @property
    def weight_text(self) -> str:
        """12 digits: 32,767 prefixes, Megatron's most, sum to 1 within what a float holds of them."""
        return f"{self.weight:.12g}"


Blend = Mapping[str, tuple[Weighted, ...]]  # by split; a split without prefixes is empty


def blend(about: About, at: str, weights: Mapping[str, float] | None) -> Blend:
    """By split. `weights` are of the stems of the train split; None: in proportion to tokens, so one epoch of each."""
    return {
        split: _split([p for p in about.prefixes if p.split == split], at, weights if split == "train" else None)
        for split in SPLITS
    }


def _split(prefixes: list[Prefix], at: str, weights: Mapping[str, float] | None) -> tuple[Weighted, ...]:
    total = sum(prefix.tokens for prefix in prefixes)
    tokens: dict[str, int] = {}
    for prefix in prefixes:
        tokens[prefix.stem] = tokens.get(prefix.stem, 0) + prefix.tokens
    shares = weights or {stem: count / max(total, 1) for stem, count in tokens.items()}
    return tuple(
        Weighted(
            prefix=prefix,
            weight=shares[prefix.stem] * prefix.tokens / max(tokens[prefix.stem], 1),
            path=f"{at}/{prefix.prefix}",
        )
        for prefix in sorted(prefixes, key=lambda p: p.prefix)
        if shares[prefix.stem] > 0
    )


def read_weights(path: str, about: About) -> Mapping[str, float]:
    """The table [weights] of a TOML file: a number for each stem of the train split. Raises RecipeError."""
    raw = layers.read(path).get("weights")
    if not isinstance(raw, dict) or not all(type(w) in (int, float) and w >= 0 for w in raw.values()):
        raise RecipeError(f"{path}: needs a table [weights] of numbers from 0 on: fra_Latn = 0.13")
    known = {prefix.stem for prefix in about.prefixes if prefix.split == "train"}
    for stem in sorted({*known, *raw}):
        if stem not in raw:
            raise RecipeError(f"{path}: [weights] has none for {stem}, which the release has: give it one, or 0")
        if stem not in known:
            raise RecipeError(f"{path}: [weights] names {stem}, of which the release has no prefix: take it out")
    total = fsum(raw.values())
    if not isclose(total, 1, abs_tol=_SUM_WITHIN):
        raise RecipeError(f"{path}: [weights] sum to {total:.9g}, not to 1: divide each by that")
    return {stem: float(weight) for stem, weight in raw.items()}
