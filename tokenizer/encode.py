"""Text to ids: `gigatoken` for speed, `tokenizers` as its judge on a sample and in its place where it has no fast path.

Neither is told of special tokens, so the name of one inside a text is text. The text's own buffer is handed over: what
is copied is the ids, once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from tokenizers import Tokenizer

from filters.kernels.buffers import buffers
from tokenizer import given
from tokenizer.libraries import FAST, SLOW
from tokenizer.split_points import PIECE_BYTES, PROVEN, cuts, pattern_of

_TOGETHER_BYTES = 16 << 20  # of text in one call: its ids are a copy beside ours, some 16 MB


_File = tuple[str, str]  # path; digest, "" if nobody has taken it: what is loaded is known by both


@cache
def _raw(file: _File) -> Mapping[str, Any]:
    return given.parse(Path(file[0]).read_bytes())


@cache
def _opened(file: _File) -> tuple[Tokenizer, dict[str, int]]:
    return given.open_vocabulary(Path(file[0]).read_bytes())


@cache
def _fast(file: _File) -> Any:
    return fast(_raw(file))


def fast(raw: Mapping[str, Any]) -> Any:
    """`gigatoken`'s of the tables of a tokenizer.json; None if it has no fast path for its pre-tokeniser or model."""
    import gigatoken  # noqa: PLC0415  (loads a thread pool)

    plain = {**raw, "added_tokens": [token for token in raw.get("added_tokens") or () if not token.get("special")]}
    try:
        return gigatoken.Tokenizer.from_json(orjson.dumps(plain))
    except (RuntimeError, ValueError):
        return None


@cache
def _cuttable(file: _File) -> bool:
    return pattern_of(_raw(file)) in PROVEN


@cache
def _names(file: _File) -> tuple[str, str]:
    """The names of end-of-document and padding, from the tokenizer_config.json beside."""
    config = orjson.loads(Path(file[0]).with_name("tokenizer_config.json").read_bytes())
    return str(config["eos_token"]), str(config.get("pad_token") or "")


class DifferenceError(ValueError):
    """The two encode a text differently: `row` of the batch, from its token `token` on."""

    def __init__(self, row: int, token: int) -> None:
        super().__init__(f"{FAST} and {SLOW} differ from token {token} on")
        self.row, self.token = row, token


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """Encodes with the tokenizer.json at `path`, a local file; picklable, loaded once a process."""

    path: str
    digest: str = ""  # of what was found there, by who knows: what lies there later is another tokenizer
    slow: bool = False  # encode with `tokenizers` alone

    @property
    def _file(self) -> _File:
        return self.path, self.digest

    @property
    def library(self) -> str:
        """Which of the two encodes."""
        return SLOW if self.slow or _fast(self._file) is None else FAST

    @property
    def vocab_size(self) -> int:
        """One more than the largest id."""
        return max(self.tokens().values()) + 1

    def tokens(self) -> Mapping[str, int]:
        """Ids by token, as the vocabulary spells them."""
        return _opened(self._file)[1]

    @property
    def end(self) -> int:
        """The id of end-of-document."""
        return self._id(_names(self._file)[0])

    @property
    def padding(self) -> int:
        """The id of padding. Raises ValueError if it has none."""
        return self._id(_names(self._file)[1])

    def _id(self, token: str) -> int:
        found = _opened(self._file)[0].token_to_id(token)
        if found is None:
            raise ValueError(f"{self.path} has no token {token!r}: train it again, or name one under [tokenizer]")
        return int(found)

    def encode(self, texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
        """Ids (uint32, end to end) and offsets (int64[rows + 1]); nothing is added.

        A text longer than `cuts.PIECE_BYTES` is encoded in pieces where that is proven to give the same ids, so that
        memory is that of its ids and of 16 MB of text.
        """
        data, offsets = _buffers(texts)
        inner = cuts(data, offsets) if _cuttable(self._file) else np.empty(0, np.int64)
        pieces = np.sort(np.concatenate([offsets, inner]))
        run = self._run_slow if self.library == SLOW else self._run_fast
        found = [run(data, group) for group in _groups(pieces)]
        ids = found[0][0] if len(found) == 1 else np.concatenate([np.empty(0, np.uint32), *(own for own, _ in found)])
        bounds = np.cumsum(np.concatenate([np.zeros(1, np.int64), *(lengths for _, lengths in found)]))
        # No cut stands where a text begins or ends, so a text's first piece is known though others are empty.
        return ids, bounds[np.arange(len(offsets)) + np.searchsorted(inner, offsets)]

    def _run_fast(self, data: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ids, and how many each piece has."""
        import awkward as ak  # noqa: PLC0415  (a second)

        letters = ak.contents.NumpyArray(data, parameters={"__array__": "char"})
        strings = ak.contents.ListOffsetArray(ak.index.Index64(offsets), letters, parameters={"__array__": "string"})
        found = _fast(self._file).encode_batch(ak.Array(strings), parallel=False).layout
        bounds = np.asarray(found.offsets.data, np.int64)
        return np.asarray(found.content.data, np.uint32)[bounds[0] : bounds[-1]], np.diff(bounds)

    def _run_slow(self, data: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same by `tokenizers`, a piece at a time: its encodings take some 100 bytes a token."""
        opened = _opened(self._file)[0]
        rows = [
            np.array(opened.encode(bytes(data[start:end]).decode(), add_special_tokens=False).ids, np.uint32)
            for start, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
        ]
        return np.concatenate([np.empty(0, np.uint32), *rows]), np.array([len(row) for row in rows], np.int64)

    def judge(self, texts: pa.StringArray, ids: np.ndarray, offsets: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Those of these rows (int64) that `tokenizers` encoded as `encode` did; none if it was `tokenizers`.

        Of a text longer than a piece its first piece is judged; one that cannot be cut is passed over, because
        `tokenizers` takes some 100 bytes a token. Raises DifferenceError.
        """
        judged = []
        for row in rows.tolist() if self.library == FAST else ():
            data, bounds = _buffers(texts.slice(row, 1))
            inner = cuts(data, bounds) if _cuttable(self._file) else bounds[1:]
            last = int(inner[0]) if len(inner) else int(bounds[1])
            if last - bounds[0] > 2 * PIECE_BYTES:
                continue
            expected, _ = self._run_slow(data, np.array([bounds[0], last]))
            own = ids[offsets[row] : offsets[row + 1]]
            own = own if last == bounds[1] else own[: len(expected)]
            if not np.array_equal(own, expected):
                most = min(len(own), len(expected))
                apart = np.flatnonzero(own[:most] != expected[:most])
                raise DifferenceError(row, int(apart[0]) if len(apart) else most)
            judged.append(row)
        return np.array(judged, np.int64)


def _buffers(texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """UTF-8 bytes (uint8) without a copy, and offsets into them (int64[rows + 1])."""
    data, offsets = buffers(texts)
    return data, offsets.astype(np.int64)


def _groups(pieces: np.ndarray) -> Iterator[np.ndarray]:
    """Consecutive offsets of at most _TOGETHER_BYTES of text, or of one piece."""
    first = 0
    while first < len(pieces) - 1:
        last = int(np.searchsorted(pieces, pieces[first] + _TOGETHER_BYTES, side="right")) - 1
        last = max(last, first + 1)
        yield pieces[first : last + 1]
        first = last
