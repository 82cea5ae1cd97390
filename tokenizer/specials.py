"""Tokens that no text encodes to: end of document, padding, and those that a recipe reserves."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc

from filters.arrow import Array

END, PADDING = "<|endoftext|>", "<|padding|>"  # the names under which GPT-NeoX looks them up
SPECIALS = (END, PADDING)  # ids 0 and 1 of every tokenizer

# One sign could be a byte's symbol, and signs beyond ASCII stand for other bytes than their own in a vocabulary.
_NAME = re.compile(r"[!-~]{2,100}")


def special_tokens(reserved: Sequence[str] = (), unnamed: int = 0) -> tuple[str, ...]:
    """All special tokens in the order of their ids: end, padding, the reserved names, the unnamed ones.

    Raises ValueError for a name that is taken, or that is not 2 to 100 visible ASCII characters.
    """
    names = [*SPECIALS, *reserved, *(f"<|reserved_{number}|>" for number in range(unnamed))]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"the reserved name {name!r} is not 2 to 100 visible ASCII characters: choose another")
        if names.count(name) > 1:
            raise ValueError(f"the reserved name {name!r} is there twice: rename one")
    return tuple(names)


def without_names(words: Array, counts: np.ndarray, specials: Sequence[str]) -> tuple[Array, np.ndarray]:
    """Words (binary) that hold no special token's name, so that it is not learned from text, and their counts."""
    named = pc.match_substring_regex(words, "|".join(re.escape(name) for name in specials))
    kept = pc.invert(named)
    return words.filter(kept), counts[kept.to_numpy(zero_copy_only=False)]
