"""How many tokens a text takes: a word, a byte, a letter; by language; beside other tokenizers.

Fertility is tokens a word (Acs 2019; Rust et al. 2021), parity the tokens of a language over those of a reference for
the same text (Petrov et al. 2023). A byte is fallen back where its token is a single byte of a longer character.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np

from tokenizer.encode import Encoder
from tokenizer.pretokens import byte_symbols

LEAST_BYTES = 10_000  # of a language that is judged: below, one document moves the ratio by more than the gate allows


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a text is long, with one tokenizer; sizes add up."""

    documents: int = 0
    bytes: int = 0
    chars: int = 0
    words: int = 0
    tokens: int = 0
    fallen: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    def ratios(self) -> dict[str, float]:
        """Tokens a word, a byte and a character, and the share of bytes that fell back; 0.0 of nothing."""
        return {
            "per_word": self.tokens / max(self.words, 1),
            "per_byte": self.tokens / max(self.bytes, 1),
            "per_char": self.tokens / max(self.chars, 1),
            "fallen": self.fallen / max(self.bytes, 1),
        }


def fallback(encoder: Encoder) -> np.ndarray:
    """uint8[vocabulary]: 1 for a token that is one byte of a character of several."""
    spelled = {symbol for byte, symbol in enumerate(byte_symbols()) if byte >= 0x80}
    spelled |= {f"<0x{byte:02X}>" for byte in range(0x80, 0x100)}  # SentencePiece's
    found = np.zeros(encoder.vocab_size, np.uint8)
    found[[id_ for token, id_ in encoder.tokens().items() if token in spelled]] = 1
    return found


def parity(tokens: Mapping[str, int], reference: str) -> dict[str, float]:
    """Tokens of each language over those of the reference, for one text in all of them; nothing without the latter."""
    base = tokens.get(reference, 0)
    return {name: count / base for name, count in sorted(tokens.items()) if base}


@dataclass(frozen=True, kw_only=True)
class Worse:
    """A language on which a tokenizer takes more tokens than another, for the same documents."""

    language: str
    share: float  # 0.1: a tenth more
    tokens: int
    before: int


def compare(now: Mapping[str, Size], before: Mapping[str, Size]) -> Iterator[Worse]:
    """Each language of which there is enough, the worst first."""
    found = [
        Worse(
            language=name, share=size.tokens / before[name].tokens - 1, tokens=size.tokens, before=before[name].tokens
        )
        for name, size in now.items()
        if size.bytes >= LEAST_BYTES and before[name].tokens
    ]
    yield from sorted(found, key=lambda one: (-one.share, one.language))
