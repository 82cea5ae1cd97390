"""Modified Kneser-Ney as the papers write it, in dictionaries: slow, and plain enough to be read beside them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import pyarrow as pa

from filters.arrow import binaries
from filters.kernels.ngrams_sorted import pack, sort_count
from filters.kernels.words import END
from filters.lm import arpa, kneser_ney
from filters.lm.score_table import Builder, Table
from filters.lm.suffixes import Level, levels, spread
from filters.lm.vocabulary import Vocabulary

Sentences = Sequence[Sequence[str]]
Ngram = tuple[str, ...]


@dataclass
class Twin:
    """p(w | h) of every n-gram that occurs, and gamma(h) of every context."""

    sentences: Sentences
    order: int
    adjusted: list[dict[Ngram, int]] = field(default_factory=list)
    discounts: list[tuple[float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        full: Counter[Ngram] = Counter()
        for sentence in self.sentences:
            padded = ["<s>"] * (self.order - 1) + [*sentence, "</s>"]
            for end in range(self.order, len(padded) + 1):
                full[tuple(padded[end - self.order : end])] += 1
        by_length: list[dict[Ngram, int]] = [dict(full)]
        for n in range(self.order - 1, 0, -1):
            left: defaultdict[Ngram, set[str]] = defaultdict(set)
            raw: Counter[Ngram] = Counter()
            for ngram, count in by_length[0].items():
                left[ngram[1:]].add(ngram[0])
                raw[ngram[1:]] += count
            shorter = {g: raw[g] if n > 1 and g[0] == "<s>" else len(left[g]) for g in left}
            by_length.insert(0, shorter)
        self.adjusted = [{g: c for g, c in level.items() if g[:2] != ("<s>", "<s>")} for level in by_length]
        self.words = sorted({w for sentence in self.sentences for w in sentence} | {"</s>", "<unk>"})
        for level in self.adjusted:
            self.discounts.append(self._discounts(list(level.values())))

    def _discounts(self, counts: list[int]) -> tuple[float, float, float]:
        n = [counts.count(i) for i in range(5)]
        if not (n[1] and n[2] and n[3]):
            return 0.5, 1.0, 1.5
        y = n[1] / (n[1] + 2 * n[2])
        d1, d2, d3 = (i - (i + 1) * y * n[i + 1] / n[i] for i in (1, 2, 3))
        return (d1, d2, d3) if 0 < d1 <= 1 and 0 < d2 <= 2 and 0 < d3 <= 3 else (0.5, 1.0, 1.5)

    def followers(self, context: Ngram) -> dict[str, int]:
        level = self.adjusted[len(context)]
        return {g[-1]: c for g, c in level.items() if g[:-1] == context}

    def discount(self, n: int, count: int) -> float:
        return self.discounts[n - 1][min(count, 3) - 1] if count else 0.0

    def gamma(self, context: Ngram) -> float:
        seen = self.followers(context)
        if not seen:
            return 1.0
        return sum(self.discount(len(context) + 1, c) for c in seen.values()) / sum(seen.values())

    def probability(self, word: str, context: Ngram) -> float:
        """p(w | h), whether or not h was seen."""
        shorter = self.probability(word, context[1:]) if context else 1 / len(self.words)
        seen = self.followers(context)
        if not seen:
            return shorter
        count = seen.get(word, 0)
        return (count - self.discount(len(context) + 1, count)) / sum(seen.values()) + self.gamma(context) * shorter


@dataclass
class Model:
    """What the code makes of sentences: the tree, the ARPA text, the table."""

    vocabulary: Vocabulary
    tree: list[Level]
    arpa: str
    table: Table
    order: int

    def entries(self) -> dict[Ngram, tuple[float, float]]:
        """log10 of probability and back-off by n-gram, from the ARPA text."""
        rows = [line.split("\t") for line in self.arpa.splitlines() if "\t" in line]
        return {tuple(r[1].split(" ")): (float(r[0]), float(r[2]) if len(r) > 2 else 0.0) for r in rows}

    def numbers(self, sentences: Sentences) -> np.ndarray:
        known = {word.decode(): i for i, word in enumerate(binaries(self.vocabulary.words))}
        return np.array([i for s in sentences for i in [*(known.get(w, 0) for w in s), END]], np.int32)


def estimate(sentences: Sentences, order: int) -> Model:
    """The whole way in one process."""
    counts = Counter(word for sentence in sentences for word in sentence)
    words = sorted(counts, key=lambda word: (-counts[word], word.encode()))
    vocabulary = Vocabulary.of(pa.array([word.encode() for word in words], pa.large_binary()))
    model = Model(vocabulary, [], "", None, order)  # type: ignore[arg-type]
    tokens = model.numbers(sentences)
    runs = sort_count(*pack(tokens, order), np.ones(len(tokens), np.int64), order)
    tree = levels(*runs, order)
    model.tree = [spread(tree[0], len(vocabulary)), *tree[1:]]
    builder = Builder(model.tree)
    weighted = builder.through(kneser_ney.weights(model.tree, kneser_ney.discounts(model.tree)))
    out = BytesIO()
    for block in arpa.blocks(model.tree, weighted, vocabulary):
        out.write(block)
    model.arpa = out.getvalue().decode()
    model.table = builder.table()
    return model
