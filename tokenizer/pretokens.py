"""What stands before byte-pair merges in `tokenizers`' own terms: the cut and the symbols of bytes."""

from functools import cache

from tokenizers import Regex, pre_tokenizers

from tokenizer.presets import DEFAULT, PRESETS, Preset


def split(preset: Preset = PRESETS[DEFAULT]) -> pre_tokenizers.PreTokenizer:
    """The cut alone."""
    return pre_tokenizers.Split(Regex(preset.pattern), "isolated")


def pre_tokenizer(preset: Preset) -> pre_tokenizers.PreTokenizer:
    """The cut, then bytes as their symbols."""
    symbols = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    return pre_tokenizers.Sequence([split(preset), symbols])


@cache
def byte_symbols() -> tuple[str, ...]:
    """The character that stands for each byte value in a byte-level vocabulary (Radford et al. 2019, GPT-2)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    symbols = {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(others)}
    return tuple(symbols[byte] for byte in range(256))
