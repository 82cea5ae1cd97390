"""How text is cut before byte-pair merges: no merge crosses a cut.

The pattern is that of Qwen 3.5's published tokenizer: Llama 3's, with combining marks inside words (GPT-2's and
Llama 3's cut Indic and Arabic words at every vowel sign) and with every digit on its own. `gigatoken` has a fast path
for it; a pattern of our own would be encoded at a tenth of the speed. BLOOM's nested character class is avoided.
"""

from functools import cache

from tokenizers import Regex, pre_tokenizers

PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
    r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def split() -> pre_tokenizers.PreTokenizer:
    """The cut alone."""
    return pre_tokenizers.Split(Regex(PATTERN), "isolated")


@cache
def byte_symbols() -> tuple[str, ...]:
    """The character that stands for each byte value in a byte-level vocabulary (Radford et al. 2019, GPT-2)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    symbols = {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(others)}
    return tuple(symbols[byte] for byte in range(256))
