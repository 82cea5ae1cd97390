"""What training takes, by BLOOM's own numbers (bigscience, tr11-176B-ml: its slurm script and README)."""

import pytest

from corpus.mixture.budget import Budget, lines

BLOOM = 176.2e9
SEEN = 366_000_000_000
REACHED = 150 / 312  # 150 TFLOP/s on an A100


def test_bloom_took_a_million_gpu_hours() -> None:
    # With activations computed again, as --checkpoint-activations has it; 1.08 million hours are published.
    again = Budget(parameters=BLOOM, tokens=SEEN, mfu=REACHED, recompute=True, gpus=384)
    assert again.gpu_hours(SEEN) == pytest.approx(0.956e6, rel=1e-3)
    assert Budget(parameters=BLOOM, mfu=REACHED).gpu_hours(SEEN) == pytest.approx(0.717e6, rel=1e-3)


def test_bloom_a_step_of_105_seconds_on_384_gpus() -> None:
    table = Budget(parameters=BLOOM)
    assert table.step_tokens == 4_194_304
    assert table.step_tokens / 105 == pytest.approx(39.9e3, rel=2e-3)
    assert table.flops(table.step_tokens) / 105 / 384 == pytest.approx(110e12, rel=1e-2)
    assert Budget(parameters=BLOOM, recompute=True).flops(table.step_tokens) / 105 / 384 == pytest.approx(
        147e12, rel=1e-2
    )


def test_bloom_220_million_samples_are_450_billion_tokens() -> None:
    table = Budget(parameters=BLOOM, tokens=220_000_000 * 2048, mfu=REACHED, recompute=True, gpus=384)
    assert list(lines(table, None, {})) == [
        "budget: 450,560,000,000 tokens for 1.762e+11 parameters (2.56 a parameter)",
        "  107,422 steps of 4,194,304 tokens, 220,000,000 samples",
        "  6.351e+23 FLOPs (8ND, activations computed again), 1,176,128 GPU hours at 312 TFLOP/s x 0.480769, "
        "128 days on 384",
    ]


def test_repeats_over_four_are_warned_of_by_what_the_model_reads() -> None:
    table = Budget(parameters=1e9, tokens=3000)
    told = list(lines(table, 1000, {"web": 1.0, "wiki": 1.5}))
    assert told[-2] == f"  {'web':<40} {'3.000':>8} epochs"
    assert told[-1].startswith(f"  {'wiki':<40} {'4.500':>8} epochs  WARNING over 4")
    assert list(lines(Budget(parameters=1e9), None, {})) == [
        "budget: tokens are known when stage encode has counted them, or say [budget] tokens"
    ]
