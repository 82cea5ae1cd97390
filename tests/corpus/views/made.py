"""Documents and views of tests, and a naive twin of what spans and prefixes become."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.shards.gather import Block
from corpus.views import draws
from corpus.views.examples import Examples, Maker, maker
from corpus.views.infilling import Coder
from corpus.views.recipe_table import View
from corpus.views.reserved import names
from corpus.views.spans import fitting

END = 0
FIRST = 1000  # the first id that a document has: those below are reserved


class NoCoder:
    """For views that ask for none."""

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        raise AssertionError(texts)

    def decode(self, ids: Sequence[np.ndarray]) -> list[str]:
        raise AssertionError(ids)


def view(objective: str, **keys: Any) -> View:
    return View(name="own", objective=objective, **keys)  # type: ignore[arg-type]


def made(own: View, seed: int = 1, coder: Coder | None = None) -> Maker:
    """With ids for its reserved tokens from 1 on."""
    ids = {name: number for number, name in enumerate(names(own), 1)}
    return maker(own, seed, ids.get, END, coder or NoCoder())


def block(documents: Sequence[Sequence[int]], **columns: Any) -> Block:
    """Documents of these ids, without their ends."""
    count = len(documents)
    values: dict[str, Any] = {
        "ids": pa.array([f"{number:032x}" for number in range(count)], pa.string()),
        "sources": pa.array(["own"] * count, pa.string()),
        "languages": pa.array(["eng_Latn"] * count, pa.string()),
        "parts": np.zeros(count, np.int32),
        "rows": np.arange(count, dtype=np.int32),
        "copies": np.zeros(count, np.int16),
        "offsets": np.cumsum([0, *(len(one) + 1 for one in documents)]).astype(np.int64),
        "tokens": np.array([token for one in documents for token in (*one, END)], np.int32),
    }
    return Block(**{**values, **columns})


def split(found: Examples) -> list[tuple[list[int], list[int]]]:
    """Inputs and targets of each example."""
    bounds = found.block.offsets.tolist()
    whole = [found.block.tokens[a:b].tolist() for a, b in pairwise(bounds)]
    return [(one[:size], one[size:]) for one, size in zip(whole, found.inputs.tolist(), strict=True)]


def counts(length: int, density: float, mean: float) -> tuple[int, int]:
    """Tokens of noise and spans, in T5's words (`random_spans_noise_mask`)."""
    noise = min(max(round(length * density), 1), length - 1)
    spans = max(round(noise / mean), 1)
    return noise, min(spans, noise, length - noise)


def parted(items: int, segments: int, chance: draws.Draws) -> list[int]:
    """A partition, as selection sampling gives it."""
    lengths, length, ends = [], 0, segments - 1
    for place in range(items - 1):
        length += 1
        if chance.below(items - 1 - place) < ends:
            lengths.append(length)
            length, ends = 0, ends - 1
    return [*lengths, length + 1]


def corrupted(tokens: Sequence[int], mask: Sequence[bool], sentinels: Sequence[int]) -> tuple[list[int], list[int]]:
    """Inputs and targets where a mask says what is noise, without the tokens that end them."""
    inputs: list[int] = []
    targets: list[int] = []
    span = -1
    for place, (token, noisy) in enumerate(zip(tokens, mask, strict=True)):
        if not noisy:
            inputs.append(token)
            continue
        if place == 0 or not mask[place - 1]:
            span += 1
            inputs.append(sentinels[span])
            targets.append(sentinels[span])
        targets.append(token)
    return inputs, targets


def twin(documents: Sequence[Sequence[int]], keys: Sequence[int], own: Maker) -> list[tuple[list[int], list[int]]]:
    """What the examples of whole documents are to be, token by token. `keys` are of documents."""
    found = []
    for document, key in zip(documents, keys, strict=True):
        place = piece = 0
        while place < len(document) or (own.view.objective == "causal" and piece == 0):
            chance = draws.of(key, 0, piece)
            one = _example(document, place, chance, own)
            if one is None:
                break
            inputs, targets, taken = one
            found.append((inputs, targets))
            place, piece = place + taken, piece + 1
    return found


def _example(
    document: Sequence[int], place: int, chance: draws.Draws, own: Maker
) -> tuple[list[int], list[int], int] | None:
    ways, how, at = own.view.ways, own.how, chance.share()
    if not ways:
        size = own.view.sequence_length - 1 - (how.separator >= 0)
        piece = [*document[place : place + size]]
        whole = piece + [END] * (place + len(piece) == len(document))
        if own.view.objective == "causal":
            return [], whole, len(piece)
        seen = 1 + chance.below(len(whole) - 1)
        return whole[:seen] + [how.separator] * (how.separator >= 0), whole[seen:], len(piece)
    total = sum(one.weight for one in ways)
    sums = np.cumsum([one.weight / total for one in ways])
    way = ways[next(n for n, one in enumerate([*sums[:-1], 1.0]) if at < one)]
    mean, before = way.mean_span or 0, [own.ids[way.token]] if way.token else []
    size = fitting(own.view.sequence_length, way.density, mean, own.view.fits, len(before)).tokens
    piece = [*document[place : place + size]]
    if len(piece) < 2:
        return None
    if way.mean_span is None:
        kept = len(piece) - min(max(round(len(piece) * way.density), 1), len(piece) - 1)
        return [*before, *piece[:kept], how.separator], [*piece[kept:], END], len(piece)
    noise, spans = counts(len(piece), way.density, mean)
    noises, keeps = parted(noise, spans, chance), parted(len(piece) - noise, spans, chance)
    mask = [noisy for keep, out in zip(keeps, noises, strict=True) for noisy in [False] * keep + [True] * out]
    inputs, targets = corrupted(piece, mask, how.sentinels.tolist())
    return [*before, *inputs, how.separator], [*targets, END], len(piece)
