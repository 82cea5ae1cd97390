"""The two libraries that encode, and which of what is trained here has a fast path in the faster one.

The names alone, so that a plan that asks loads neither.
"""

from tokenizer.presets import Name

FAST, SLOW = "gigatoken", "tokenizers"
_NO_FAST_PATTERN: tuple[Name, ...] = ("bloom",)


def without_fast_path(model: str, preset: Name) -> str:
    """What of a trained tokenizer `gigatoken` 0.10 refuses, so that `tokenizers` encodes; "" for one that it takes."""
    if model != "bpe":
        return f"model {model}"
    return f"preset {preset}" if preset in _NO_FAST_PATTERN else ""
