"""Text to ids: `gigatoken` for speed, `tokenizers` as its judge on a sample of every batch."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tokenizers import Tokenizer

from tokenizer.specials import END, PADDING, SPECIALS

_JUDGED = 2  # documents of a batch that both encode
_JUDGED_CHARS = 20_000  # and how much of them at the most: `tokenizers` runs at a tenth of the speed


@cache
def _judge(path: str) -> Tokenizer:
    found = Tokenizer.from_file(path)
    found.encode_special_tokens = True  # the name of a special token inside a text is text
    return found


@cache
def _fast(path: str) -> Any:
    import gigatoken  # noqa: PLC0415  (loads a thread pool)

    return gigatoken.Tokenizer(path)


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """Encodes with the tokenizer.json at `path`; picklable, loaded once a process."""

    path: str

    @property
    def vocab_size(self) -> int:
        return int(_judge(self.path).get_vocab_size(with_added_tokens=True))

    @property
    def end(self) -> int:
        """The id of end-of-document."""
        return self._id(END)

    @property
    def padding(self) -> int:
        return self._id(PADDING)

    def _id(self, token: str) -> int:
        found = _judge(self.path).token_to_id(token)
        if found is None:
            raise ValueError(f"{self.path} has no token {token}: train it again")
        return int(found)

    def encode(self, texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
        """Ids (uint32, end to end) and offsets (int64[rows + 1]); nothing is added.

        Raises ValueError if the fast encoder differs from `tokenizers`.
        """
        if not len(texts):
            return np.empty(0, np.uint32), np.zeros(1, np.int64)
        values = texts.to_pylist()
        found = _fast(self.path).encode_batch(values, parallel=False).layout
        ids = np.asarray(found.content.data, np.uint32)
        offsets = np.asarray(found.offsets.data, np.int64)
        self._compare(values, ids, offsets)
        named = np.flatnonzero(pc.match_substring_regex(texts, "|".join(_quoted(t) for t in SPECIALS)))
        return (
            self._spelled(values, ids, offsets, named)
            if len(named)
            else (ids[offsets[0] : offsets[-1]], offsets - offsets[0])
        )

    def _compare(self, values: list[str], ids: np.ndarray, offsets: np.ndarray) -> None:
        short = [row for row, value in enumerate(values) if len(value) <= _JUDGED_CHARS][:_JUDGED]
        for row in short:
            if any(token in values[row] for token in SPECIALS):
                continue
            judged = _judge(self.path).encode(values[row], add_special_tokens=False).ids
            if judged != ids[offsets[row] : offsets[row + 1]].tolist():
                raise ValueError(
                    f"gigatoken and tokenizers encode a document differently with {self.path}: report this"
                )

    def _spelled(
        self, values: list[str], ids: np.ndarray, offsets: np.ndarray, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Texts that hold the name of a special token are spelled out, so that none can end a document from within."""
        pieces = [ids[offsets[row] : offsets[row + 1]] for row in range(len(values))]
        for row in rows.tolist():
            pieces[row] = np.array(_judge(self.path).encode(values[row], add_special_tokens=False).ids, np.uint32)
        return np.concatenate(pieces), np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(
            np.int64
        )


def _quoted(token: str) -> str:
    return token.replace("|", r"\|")
