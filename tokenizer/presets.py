"""The ways of cutting text that published models use, by name: no merge crosses a cut.

All but BLOOM's are patterns for which `gigatoken` has a fast path; the string has to be one that it knows.
"""

from dataclasses import dataclass
from typing import Literal

Name = Literal["qwen", "bloom", "gpt2", "gpt4", "llama3"]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A pattern (Oniguruma's syntax), what its kernel (`tokenizer.pretokenizing`) needs to know, and a vocabulary."""

    pattern: str
    family: Literal["modern", "gpt2", "phrases"]  # the shape of the pattern: one kernel each
    vocab_size: int  # unless the recipe says another
    marks: bool = False  # combining marks belong to words
    digits: int = 1  # at the most in one piece
    breaks: str = ""  # of a "phrases" pattern: what ends a phrase beside white space


_BREAKS = ".,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c"  # and the same of CJK, Devanagari and Arabic
_CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]"
)

DEFAULT: Name = "qwen"
PRESETS: dict[Name, Preset] = {
    # Qwen 3.5's: Llama 3's with combining marks inside words (GPT-2's and Llama 3's cut Indic and Arabic words at every
    # vowel sign) and with every digit on its own.
    "qwen": Preset(
        pattern=r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
        r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        family="modern",
        vocab_size=32_768,
        marks=True,
    ),
    # BLOOM's own is " ?[^(\s|[.,...])]+": Oniguruma takes the inner brackets for a nested class, so that ( | ) end a
    # phrase too, and other engines refuse it (transformers.js#94). This is what was meant.
    "bloom": Preset(pattern=rf" ?[^\s{_BREAKS}]+", family="phrases", vocab_size=250_680, breaks=_BREAKS),
    "gpt2": Preset(
        pattern=r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        family="gpt2",
        vocab_size=50_257,
    ),
    # cl100k without its possessive quantifiers and without "\s++$", which Oniguruma would take for the end of a line.
    # So it and Llama 3's cut alike: "\s*[\r\n]" and "\s*[\r\n]+" both end after the last line end of the white space.
    "gpt4": Preset(pattern=_CL100K + r"|\s+(?!\S)|\s+", family="modern", vocab_size=100_277, digits=3),
    "llama3": Preset(pattern=_CL100K + r"+|\s+(?!\S)|\s+", family="modern", vocab_size=128_256, digits=3),
}
