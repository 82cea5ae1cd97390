"""How large a classifier is and how long it learns, by the text that there is."""

from dataclasses import dataclass

_MOST_BUCKETS, _FEWEST_BUCKETS = 2_000_000, 1 << 12  # the first is fastText's own number, whatever the text
# Steps of the descent, a text a step: what 1,000 texts of a label, or 100,000 in all, take once. A label of a small set
# had a recall of 0.012 after fastText's 5 passes, and of 0.82 after 60.
_STEPS, _STEPS_OF_LABEL = 100_000, 1_000
_FEWEST_EPOCHS, _MOST_EPOCHS = 5, 100
_FLOAT, _BLOCK = 4, 2  # bytes; numbers of a vector that a code of one byte stands for
_ROW = 30  # bytes of a quantised row beside its codes: norm, bucket, the spelling of a word with its count


@dataclass
class Size:
    """What the text of a training file holds."""

    texts: int = 0
    words: int = 0
    chars: int = 0

    def add(self, words: list[str]) -> None:
        self.texts += 1
        self.words += len(words)
        self.chars += sum(map(len, words))


def epochs(size: Size, labels: int) -> int:
    """Passes over the texts: 5 for many, up to 100 for few."""
    steps = max(_STEPS, _STEPS_OF_LABEL * labels)
    return min(max(-(-steps // max(size.texts, 1)), _FEWEST_EPOCHS), _MOST_EPOCHS)


def buckets(size: Size, word_ngrams: int, subwords: tuple[int, int]) -> int:
    """A power of two near half the n-grams of the text, of which many come again; 0 without n-grams."""
    minn, maxn = subwords
    ngrams = size.words * (word_ngrams - 1) + size.chars * (maxn - minn + 1 if maxn else 0)
    if not ngrams:
        return 0
    return min(max(1 << (ngrams // 2).bit_length(), _FEWEST_BUCKETS), _MOST_BUCKETS)


def kept_rows(limit: int, dim: int) -> int:
    """Words and n-grams that a quantised model of `limit` bytes has."""
    return max(limit // (-(-dim // _BLOCK) + _ROW), 256)  # fastText refuses to quantise fewer
