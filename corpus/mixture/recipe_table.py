"""The [mixture] table of a recipe."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Interval, Le

from corpus.mixture import bucket_tables, keys, presets
from corpus.mixture.curve import Curve
from corpus.mixture.presets import Kind
from filters.meant import hint

_WAYS = ("weights", "alpha", "epochs", "preset")
# Published tables are rounded, each of some dozens of entries by up to 5e-5: ROOTS' adds up to 0.99984.
SUM_TOLERANCE = Fraction(1, 1000)
# Up to 4 epochs of the same data change the loss by next to nothing against as many new tokens; after that what a
# repetition is worth falls to zero (Muennighoff et al. 2023, arXiv 2305.16264, abstract).
MAX_EPOCHS = 4.0

_Positive = Annotated[float, Gt(0), Le(1e6)]


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """How often documents come: by weights, by an exponent over sizes, by epochs, or as published. Without any of these
    every document comes as often as every other."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    weights: Mapping[str, _Positive] = field(default_factory=dict)
    """Shares of tokens by key, SOURCE or SOURCE:LANGUAGE, tags and patterns allowed ("Groups" in data-format.md); they
    sum to 1 within 0.001."""
    alpha: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Exponent over sizes: share ~ tokens^alpha (Conneau et al. 2020)."""
    by: Literal["language", "source"] | tuple[str, ...] = "language"
    """What alpha is over; or a list of what documents are told apart by: "source", "language", "duplicates" (of how
    many documents it is one), a string, whole number or truth of a signal ("topic", "quality.label"), or a number of
    one in quantiles of tokens within each language ("rating@20")."""
    groups: tuple[Mapping[str, str | float], ...] = ()
    """With a list: tables of a `weight` (a share of tokens, of all 1) or of `epochs`, each with patterns of what it is
    of, { topic = "science", language = "deu_*", weight = 0.1 }. The one that names most holds; one that names nothing
    is for the rest."""
    curve: Curve | None = None
    """With a list: repeats by percentile of quality."""
    rehydrate: Annotated[int, Interval(ge=2, le=100)] | None = None
    """With a list that has "duplicates" and "language": most repeats, where the filters drop the fewest documents of
    clusters of that size; 1 where they drop as many as of the language (FineWeb-2's rehydration; there 10)."""
    epochs: Mapping[str, _Positive] = field(default_factory=dict)
    """How often each document comes, by key as in weights; with `tokens` in proportion to these."""
    preset: Literal["", "pile", "roots"] = ""
    """A published table: the Pile's epochs by source, or ROOTS' ratios by language."""
    tokens: Annotated[int, Ge(0)] = 0
    """Tokens in all, ends of documents counted; 0: what epochs come to, else as many as there are."""
    max_epochs: Annotated[float, Ge(1), Le(1000)] = MAX_EPOCHS
    """Most epochs of any group; what it withholds goes to the others. Up to 4 cost next to nothing (Muennighoff et al.
    2023)."""

    def __post_init__(self) -> None:
        for name in ("weights", "epochs"):
            object.__setattr__(self, name, keys.with_ids(getattr(self, name), name))
        bucket_tables.check(self)
        ways = [name for name in _WAYS if getattr(self, name) not in ({}, None, "")]
        if len(ways) > 1:
            raise ValueError(f"{' and '.join(ways)} each say the whole mixture: keep one of them")
        total = sum(self.rates.values(), Fraction())
        if self.kind == "weights" and abs(total - 1) > SUM_TOLERANCE:
            raise ValueError(
                f"weights sum to {float(total):.6g}, not to 1 within {float(SUM_TOLERANCE)}: they are shares of tokens"
            )
        for key, rate in self.rates.items():
            if self.kind == "epochs" and not self.tokens and rate > exact(self.max_epochs):
                raise ValueError(
                    f"epochs of {key!r} are {float(rate):g}, max_epochs is {self.max_epochs:g}: "
                    "lower the one or raise the other"
                )

    @property
    def listed(self) -> tuple[str, ...]:
        """What documents are told apart by, where the recipe lists it."""
        return self.by if isinstance(self.by, tuple) else ()

    @property
    def kind(self) -> Kind | Literal["alpha", "buckets"]:
        """What `rates` are; "alpha" and "buckets" have none."""
        if self.listed:
            return "buckets"
        if self.preset:
            return presets.load(self.preset).kind
        if self.weights:
            return "weights"
        return "alpha" if self.alpha is not None else "epochs"

    @property
    def rates(self) -> dict[str, Fraction]:
        """Weights or epochs by key, exact."""
        if self.preset:
            return presets.load(self.preset).rates
        if self.alpha is not None or self.listed:
            return {}
        given = self.weights or self.epochs or {keys.ANY: 1.0}
        return {key: exact(rate) for key, rate in sorted(given.items())}

    def identity(self) -> dict[str, object]:
        """What decides the mixture: a preset is the same as its table written out."""
        return {
            "kind": self.kind,
            "rates": {key: str(rate) for key, rate in self.rates.items()},
            "alpha": self.alpha,
            "by": self.by if self.kind == "alpha" else None,
            "tokens": self.tokens,
            "max_epochs": self.max_epochs,
            **(self._of_buckets() if self.listed else {}),
        }

    def _of_buckets(self) -> dict[str, object]:
        groups = [dict(sorted(group.items())) for group in self.groups]
        return {"by": self.listed, "groups": groups, "curve": self.curve, "rehydrate": self.rehydrate}

    def check_sources(self, sources: Iterable[str]) -> None:
        """Raises ValueError for a key that fits no source of the recipe, or a source that no key fits. Of a preset keys
        may be left over: a corpus may have a part of what was published."""
        known = sorted(sources)
        for key in () if self.preset else self.rates:
            if not any(keys.fits_source(key, source) for source in known):
                meant = hint(keys.sides(key)[0], known)
                raise ValueError(f"{self.kind} {key!r} fits no source{meant}; known: {', '.join(known)}")
        for source in known if self.rates else ():
            if not any(keys.fits_source(key, source) for key in self.rates):
                raise ValueError(no_key(self, f"source {source!r}"))

    def check_languages(self, declared: Mapping[str, str]) -> None:
        """Raises ValueError for a key whose sources are all of one language each that it does not name. `declared`:
        language by source, "" where documents have their own."""
        for key in () if self.preset else self.rates:
            own = {source: language for source, language in declared.items() if keys.fits_source(key, source)}
            if own and all(own.values()) and not any(keys.fits(key, *pair) for pair in own.items()):
                said = ", ".join(f"{source!r} is {language}" for source, language in sorted(own.items()))
                raise ValueError(f"{self.kind} {key!r} names a language that its sources are not of: {said}")


def no_key(mixture: Mixture, what: str) -> str:
    """What to say of documents that the mixture says nothing of: they are not left out in silence."""
    if mixture.preset:
        some = ", ".join(repr(key) for key in list(mixture.rates)[:3])
        return (
            f"preset {mixture.preset!r} has no key for {what} (it has {some} ...): name sources and languages as it "
            "does, or write weights out"
        )
    return f"no key of {mixture.kind} fits {what}: add one, or '*' for all that no other key fits"


def exact(value: float) -> Fraction:
    """The decimal that was written, not the binary fraction beside it."""
    return Fraction(repr(value))
