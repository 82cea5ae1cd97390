"""Vocabulary sizes for which trainers disagree on whether 16 bits suffice (Megatron: below 65,500; others: 65,536)."""

AMBIGUOUS_SIZES = range(65_500, 65_537)
AMBIGUOUS_ADVICE = (
    "some trainers would read its ids as 16-bit and others as 32-bit: "
    f"choose a vocab_size below {AMBIGUOUS_SIZES.start} or above {AMBIGUOUS_SIZES.stop - 1}"
)
