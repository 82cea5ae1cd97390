"""Pieces instead of words for scripts that put no spaces between words: a SentencePiece unigram model (Kudo 2018).

A line of Thai or Japanese would be one word that never comes again; CCNet trains on pieces for all languages, here
only those scripts do, so that a perplexity per word stays what it says wherever words are words.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from filters.kernels.words import END
from filters.lm.normaliser import Text

SIZE = 32_768  # pieces: Llama 2's size; CCNet has 65,536, which 10 MB of sample cannot fill with frequent ones
SAMPLE_BYTES = 10_000_000  # of lines: a minute of training on Japanese, in one thread, whatever the size of the corpus
LINE_BYTES = 4_096  # of a sampled line: SentencePiece's own limit (4,192) leaves longer lines out without a word
_COVERAGE = 0.9995  # of characters: SentencePiece's advice for Japanese and Chinese

# ISO 15924: Han (simplified, traditional, either), Japanese and its kana, Bopomofo, Thai, Lao, Khmer, Myanmar, Tibetan.
SCRIPTS = frozenset(
    {"Hans", "Hant", "Hani", "Jpan", "Hira", "Kana", "Hrkt", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"}
)


def needed(language: str) -> bool:
    """Whether a language (`tha_Thai`) is modelled by pieces.

    >>> needed("tha_Thai"), needed("kor_Kore"), needed("code_C")
    (True, False, False)
    """
    return language.rpartition("_")[2] in SCRIPTS


def train(sentences: Iterable[str]) -> bytes:
    """The model file: the same bytes for the same sentences in the same order.

    Raises ValueError if there are too few to learn from.
    """
    import sentencepiece  # noqa: PLC0415  (only where a model by pieces is trained or used)

    written = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=written,
            model_type="unigram",
            vocab_size=SIZE,
            hard_vocab_limit=False,  # a small corpus gives fewer
            character_coverage=_COVERAGE,
            normalization_rule_name="identity",  # ours has been at work
            remove_extra_whitespaces=False,
            num_threads=1,  # the order of float additions is part of the result
            minloglevel=2,
        )
    except (RuntimeError, OSError) as error:  # it raises either for what it finds in the text
        reason = str(error).splitlines()[0]
        raise ValueError(f"SentencePiece learned nothing from the sample ({reason}): give more text") from error
    return written.getvalue()


class Pieces:
    """A SentencePiece model, loaded from its bytes."""

    def __init__(self, data: bytes) -> None:
        import sentencepiece  # noqa: PLC0415

        self._model: Any = sentencepiece.SentencePieceProcessor(model_proto=data)

    @classmethod
    def load(cls, path: str) -> "Pieces":
        return cls(Path(path).read_bytes())

    @cached_property
    def names(self) -> pa.LargeBinaryArray:
        """The pieces by SentencePiece's number."""
        names = [self._model.id_to_piece(i).encode() for i in range(self._model.get_piece_size())]
        return pa.array(names, pa.large_binary())

    @cached_property
    def unknown(self) -> int:
        """The number that stands for what no piece covers."""
        return int(self._model.unk_id())

    def lines(self, text: Text, row: int) -> Iterator[Sequence[int]]:
        """SentencePiece's numbers of each line of a text."""
        whole = text.data[text.offsets[row] : text.offsets[row + 1]].tobytes().decode()
        if whole:
            yield from self._model.encode(whole.split("\n"))

    def numbered(self, text: Text, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`numbers` (int32) of the pieces of all texts, </s> after each line; where texts end (int64[rows + 1])."""
        rows = np.zeros(len(text.offsets), np.int64)
        tokens: list[np.ndarray] = [np.empty(0, np.int32)]
        count = 0
        for row in range(len(rows) - 1):
            for line in self.lines(text, row):
                tokens.append(numbers[np.array(line, np.int64)])
                tokens.append(_END)
                count += len(line) + 1
            rows[row + 1] = count
        return np.concatenate(tokens), rows


_END = np.array([END], np.int32)
