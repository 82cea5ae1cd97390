"""What training on a corpus takes: steps, operations, GPU hours, and how often a model reads what.

A pass over a token costs 2 operations a parameter forwards and 4 backwards (Kaplan et al. 2020, arXiv 2001.08361,
section 2.1), and 2 more where activations are computed again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from annotated_types import Ge, Gt, Interval, Le

from filters.strict import STRICT

# Up to 4 epochs repeated data is about as good as new (Muennighoff et al. 2023, arXiv 2305.16264).
REPEATS: Final = 4.0
_HOUR: Final = 3600


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The [budget] table: a model to be trained on the corpus, for lines of `gristmill plan`. No stage goes by it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    parameters: Annotated[float, Gt(0)]
    """Parameters of the model, as 1.7e9."""
    tokens: Annotated[int, Ge(0)] = 0
    """Tokens that it is trained on; 0: what the shards have of training, once through."""
    sequence_length: Annotated[int, Gt(0)] = 2048
    """Tokens of a sequence."""
    global_batch: Annotated[int, Gt(0)] = 2048
    """Sequences of a step. BLOOM: 2048 of 2048 tokens."""
    peak_tflops: Annotated[float, Gt(0), Le(1e6)] = 312.0
    """Operations a second that a GPU may reach, in 10^12. A100 in bf16: 312."""
    mfu: Annotated[float, Interval(gt=0, le=1)] = 0.4
    """Share of these that is reached (model FLOPs utilisation); with recompute that of the hardware."""
    gpus: Annotated[int, Ge(0)] = 0
    """GPUs that it is trained on, to say days; 0: none said."""
    recompute: bool = False
    """Whether activations are computed again in the backward pass: 8 operations a parameter and token, not 6."""

    @property
    def step_tokens(self) -> int:
        return self.sequence_length * self.global_batch

    def flops(self, tokens: int) -> float:
        """Operations of training on so many tokens."""
        return (8 if self.recompute else 6) * self.parameters * tokens

    def gpu_hours(self, tokens: int) -> float:
        """At the stated share of the peak."""
        return self.flops(tokens) / (self.peak_tflops * 1e12 * self.mfu) / _HOUR


def _hours(count: float) -> str:
    return f"{count:,.0f}" if count >= 10 else f"{count:.3g}"


def lines(budget: Budget, there: int | None, epochs: Mapping[str, float]) -> Iterator[str]:
    """For a terminal. `there`: tokens of the shards of training, None before they are counted; `epochs` by source,
    of these once through."""
    tokens = budget.tokens or there
    if tokens is None:
        yield "budget: tokens are known when stage encode has counted them, or say [budget] tokens"
        return
    steps = tokens / budget.step_tokens
    factor = "8ND, activations computed again" if budget.recompute else "6ND"
    each = tokens / budget.parameters
    yield f"budget: {tokens:,} tokens for {budget.parameters:.4g} parameters ({each:.3g} a parameter)"
    yield f"  {steps:,.0f} steps of {budget.step_tokens:,} tokens, {tokens / budget.sequence_length:,.0f} samples"
    days = f", {_hours(budget.gpu_hours(tokens) / budget.gpus / 24)} days on {budget.gpus:,}" if budget.gpus else ""
    yield (
        f"  {budget.flops(tokens):.3e} FLOPs ({factor}), {_hours(budget.gpu_hours(tokens))} GPU hours at "
        f"{budget.peak_tflops:g} TFLOP/s x {budget.mfu:g}{days}"
    )
    passes = tokens / there if there else 1.0
    for source, often in sorted(epochs.items()):
        times = often * passes
        over = f"  WARNING over {REPEATS:g}: what more repeats teach falls to nothing" if times > REPEATS else ""
        yield f"  {source:<40} {times:>8.3f} epochs{over}"
