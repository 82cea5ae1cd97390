"""A block of documents to the examples of a view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corpus.shards.gather import Block
from corpus.shards.order import order_keys
from corpus.views import denoising, reserved
from corpus.views.denoising import Ways
from corpus.views.infilling import KINDS, Coder, Infilling, infilled
from corpus.views.recipe_table import View
from corpus.views.tallies import Viewed
from filters.arrow import array, strings


@dataclass(frozen=True, kw_only=True)
class Examples:
    """`block` has an example where other blocks have a document."""

    block: Block
    inputs: np.ndarray  # int32: tokens before the targets
    starts: np.ndarray  # int32: the first token of the document that is in it
    taken: np.ndarray  # int32: how many tokens of the document are
    kinds: np.ndarray  # int8: the way in which it is made, of `Maker.kinds`
    tally: Viewed


@dataclass(frozen=True, kw_only=True)
class Maker:
    """A view with all that its examples follow from. `coder` is asked for objective "fim" alone."""

    view: View
    seed: int
    ids: Mapping[str, int]  # of its reserved tokens
    how: Ways
    coder: Coder

    @property
    def kinds(self) -> tuple[str, ...]:
        """Ways in which examples are made."""
        if self.view.objective == "fim":
            return KINDS
        return tuple(
            f"{way.token} {way.density:g} {f'{way.mean_span:g}' if way.mean_span else 'end'}".lstrip()
            for way in self.view.ways
        ) or (self.view.objective,)

    @property
    def paired(self) -> bool:
        """Whether examples have inputs and targets."""
        return self.view.objective not in ("causal", "fim")

    def examples(self, block: Block) -> Examples:
        """Raises ValueError if a document holds a reserved token of the view: it could not be told from a mark."""
        marks = [one for one in self.ids.values() if one != self.how.end]  # which stands at the end of each document
        if marks and np.isin(block.tokens, np.array(marks, block.tokens.dtype)).any():
            raise ValueError(
                f"view {self.view.name!r}: a document holds a reserved token of it; no text may encode to one: name "
                "special tokens of the tokenizer"
            )
        mine = _fits(block.languages, self.view.languages) & _fits(block.sources, self.view.sources)
        plain = np.ones(len(mine), bool) if block.targets_at is None else np.asarray(block.targets_at.is_null(), bool)
        chosen = np.flatnonzero(mine & plain)
        keys = order_keys(block.ids, self.seed, f" view {self.view.name}")
        made = (self._infilled if self.view.objective == "fim" else self._denoised)(block, chosen, keys)
        return Examples(
            block=_of_documents(block, made),
            inputs=made.inputs.astype(np.int32),
            starts=made.start.astype(np.int32),
            taken=made.taken.astype(np.int32),
            kinds=made.kind.astype(np.int8),
            tally=self._tally(block, made, len(chosen), int((~mine).sum())),
        )

    def _denoised(self, block: Block, chosen: np.ndarray, keys: np.ndarray) -> "_Made":
        found = denoising.pieces(block.offsets, keys, block.copies, chosen, self.how)
        return _Made(
            tokens=denoising.filled(block.tokens, block.offsets, found, self.how),
            lengths=found.inputs + found.targets,
            document=found.document,
            start=found.start,
            taken=found.length,
            inputs=found.inputs,
            kind=found.way,
        )

    def _infilled(self, block: Block, chosen: np.ndarray, keys: np.ndarray) -> "_Made":
        how = Infilling(
            view=self.view,
            prefix=self.ids[self.view.prefix_token],
            middle=self.ids[self.view.middle_token],
            suffix=self.ids[self.view.suffix_token],
            end=self.how.end,
            coder=self.coder,
        )
        documents = ((one, block.tokens[block.offsets[one] : block.offsets[one + 1] - 1]) for one in chosen.tolist())
        found = infilled(documents, keys, block.copies, how)
        start, stop = (np.array([getattr(one.piece, name) for one in found], np.int64) for name in ("start", "stop"))
        return _Made(
            tokens=np.concatenate([block.tokens[:0], *(one.ids for one in found)]),
            lengths=np.array([len(one.ids) for one in found], np.int64),
            document=np.array([one.piece.document for one in found], np.int64),
            start=start,
            taken=stop - start,
            inputs=np.zeros(len(found), np.int64),
            kind=np.array([one.kind for one in found], np.int64),
            unfit=sum(one.unfit for one in found),
        )

    def _tally(self, block: Block, made: "_Made", chosen: int, other: int) -> Viewed:
        documents = len(np.unique(made.document))
        tokens = int(made.taken.sum())
        arranged = np.bincount(made.kind, minlength=len(KINDS)) if self.view.objective == "fim" else np.zeros(3, int)
        return Viewed(
            view=self.view.name,
            documents=documents,
            other=other,
            prompted=len(block.ids) - other - chosen,
            short=chosen - documents,
            examples=len(made.document),
            tokens=tokens,
            left=len(block.tokens) - len(block.ids) - tokens,
            **dict(zip(KINDS, arranged.tolist(), strict=True)),
            unfit=made.unfit,
        )


def maker(view: View, seed: int, token_id: Callable[[str], int | None], end: int, coder: Coder) -> Maker:
    """Raises ValueError for a reserved token that the tokenizer lacks."""
    ids = reserved.ids(view, token_id)
    return Maker(view=view, seed=seed, ids=ids, how=denoising.ways(view, ids, end), coder=coder)


class _Made(NamedTuple):
    """Examples, an entry each but for `tokens`: theirs end to end, of `lengths`. `document` is a number in the block;
    its tokens from `start` on, as many as are `taken`; `inputs` are the tokens before the targets."""

    tokens: np.ndarray
    lengths: np.ndarray
    document: np.ndarray
    start: np.ndarray
    taken: np.ndarray
    inputs: np.ndarray
    kind: np.ndarray
    unfit: int = 0


def _of_documents(block: Block, made: _Made) -> Block:
    """The examples in place of the documents that they are of."""
    taken = array(made.document)
    return Block(
        ids=block.ids.take(taken),
        sources=block.sources.take(taken),
        languages=block.languages.take(taken),
        parts=block.parts[made.document],
        rows=block.rows[made.document],
        copies=block.copies[made.document],
        offsets=np.concatenate([[0], np.cumsum(made.lengths)]).astype(np.int64),
        tokens=made.tokens,
    )


def _fits(names: pa.StringArray, patterns: Sequence[str]) -> np.ndarray:
    """bool[rows]: which names fit a pattern."""
    encoded = names.dictionary_encode()
    known = [any(fnmatchcase(name, pattern) for pattern in patterns) for name in strings(encoded.dictionary)]
    return np.array(known, bool).take(encoded.indices.to_numpy())
