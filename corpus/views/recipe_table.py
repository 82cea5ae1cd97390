"""The [[views]] tables."""

import re
from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Interval

from corpus.views.spans import FITS, fitting
from filters import language_keys
from filters.strict import STRICT

OBJECTIVES = Literal["causal", "prefix", "span", "ul2", "fim"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")  # part of the names of files
_Share = Annotated[float, Interval(ge=0, le=1)]
_Density = Annotated[float, Interval(gt=0, lt=1)]

FIM_LEAST = 64  # tokens of a row: 16 of them are marks, the end, and what is encoded longer where it is cut

# Keys that only some objectives have.
_OWN: dict[str, tuple[str, ...]] = {
    "causal": (),
    "prefix": ("separator",),
    "span": ("fits", "density", "mean_span", "sentinel", "separator"),
    "ul2": ("fits", "denoisers", "sentinel", "separator"),
    "fim": ("rate", "spm_rate", "prefix_token", "middle_token", "suffix_token"),
}
_ALL = ("name", "objective", "sequence_length", "languages", "sources")


@dataclass(frozen=True, kw_only=True)
class Denoiser:
    """A way to corrupt, of a view of objective "ul2"."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    token: str = ""
    """Reserved token that stands before the inputs and says which way it is; "": none."""
    density: _Density = 0.15
    """Share of the tokens that is noise."""
    mean_span: Annotated[float, Interval(ge=1, le=1 << 20)] | None = None
    """Mean tokens of a span of noise; unsaid, the noise is the end of the text, in one piece and without a sentinel."""
    weight: Annotated[float, Interval(gt=0, le=1_000_000)] = 1.0
    """How often it is taken, as a share of the sum of weights."""


# Table 1 of UL2 (Tay et al. 2023, "UL2: Unifying Language Learning Paradigms"): regular, extreme and sequential
# denoising, each way equally often.
UL2 = (
    Denoiser(token="[R]", density=0.15, mean_span=3),
    Denoiser(token="[R]", density=0.15, mean_span=8),
    Denoiser(token="[X]", density=0.5, mean_span=3),
    Denoiser(token="[X]", density=0.5, mean_span=8),
    Denoiser(token="[X]", density=0.15, mean_span=64),
    Denoiser(token="[X]", density=0.5, mean_span=64),
    Denoiser(token="[S]", density=0.25),
)


@dataclass(frozen=True, kw_only=True)
class View:
    """A [[views]] table: the tokens of the release arranged for a training objective, beside the shards."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    """What its files are called: small letters, digits and _, 40 at the most. What is drawn follows from it too."""
    objective: OBJECTIVES
    """What is foretold. "causal": all tokens. "prefix": what follows a random prefix. "span": spans, in whose places
    sentinels stand (T5). "ul2": a mixture of such spans and of ends. "fim": all tokens, of a text whose middle comes
    last (fill-in-the-middle, for code)."""
    sequence_length: Annotated[int, Interval(ge=8, le=1 << 20)] = 2048
    """Tokens of a row, into which whole examples are packed by best fit; documents that are longer give several."""
    fits: FITS = "row"
    """Of span and ul2, what has at most sequence_length tokens: "row", inputs and targets together, for a decoder; or
    "inputs", for an encoder, as T5 has it: a row is then longer by the targets (512: 512 and 114 of 568)."""
    languages: tuple[str, ...] = ("*",)
    """Languages whose documents it has, by id, tag or pattern; "code_*" is code."""
    sources: tuple[str, ...] = ("*",)
    """Sources whose documents it has, by name or pattern."""
    density: _Density = 0.15
    """Of span: the share of the tokens that is noise. T5's."""
    mean_span: Annotated[float, Interval(ge=1, le=1 << 20)] = 3.0
    """Of span: mean tokens of a span of noise. T5's."""
    denoisers: tuple[Denoiser, ...] = ()
    """Of ul2: the ways to corrupt; unsaid, the seven of UL2's Table 1, whose tokens are [R], [X] and [S]."""
    sentinel: str = "<|reserved_{}|>"
    """Of span and ul2: the reserved tokens that stand for spans, with {} for their number from 0. The default are those
    of [tokenizer] reserved_unnamed; T5's own are "<extra_id_{}>"."""
    separator: str = ""
    """Reserved token between inputs and targets; unsaid, the end of document in span and ul2, nothing in prefix."""
    rate: _Share = 0.5
    """Of fim: the share of pieces that are rearranged; the others stay as they are. StarCoder's (Li et al. 2023)."""
    spm_rate: _Share = 0.5
    """Of fim: of these the share that begins with the suffix (SPM), not the prefix (PSM). StarCoder's."""
    prefix_token: str = "<fim_prefix>"
    """Of fim: the reserved token before the prefix."""
    middle_token: str = "<fim_middle>"
    """Of fim: the reserved token before the middle."""
    suffix_token: str = "<fim_suffix>"
    """Of fim: the reserved token before the suffix."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "languages", language_keys.listed(self.languages))
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r}: give 1 to 40 small letters, digits and _")
        for one in fields(self):
            mine = one.name in _ALL or one.name in _OWN[self.objective]
            if not mine and getattr(self, one.name) != one.default:
                raise ValueError(f"{one.name} is no key of objective {self.objective!r}: take it out")
        if self.objective == "fim" and self.sequence_length < FIM_LEAST:
            raise ValueError(f"sequence_length {self.sequence_length}: fim takes {FIM_LEAST} or more")
        for way in self.ways:
            fitting(self.sequence_length, way.density, way.mean_span or 0, self.fits, bool(way.token))
        if self.sentinel.count("{}") != 1:
            raise ValueError(f"sentinel {self.sentinel!r}: write {{}} once, where the number of a sentinel stands")

    @property
    def ways(self) -> tuple[Denoiser, ...]:
        """How spans are corrupted; none of an objective without spans."""
        if self.objective == "span":
            return (Denoiser(density=self.density, mean_span=self.mean_span),)
        return (self.denoisers or UL2) if self.objective == "ul2" else ()
