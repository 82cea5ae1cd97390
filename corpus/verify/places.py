"""Which documents the shards have, how often and in which split: against the corpus, the splits and the mixture.

Every copy of a document takes 11 bytes three times: of Arrow, of Megatron, and as it was wanted.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import pyarrow as pa

from corpus.shards.copies import CopiesPart
from corpus.shards.splits import SPLITS as NAMES
from corpus.shards.splits import TRAIN
from corpus.shards.tokens import TokenPart
from corpus.stages.built import Finished
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.release import RELEASE
from corpus.stages.splits import SPLITS

_ALL = (TRAIN, *NAMES)
_ORDER: list[tuple[str, Literal["ascending", "descending"]]] = [
    (name, "ascending") for name in ("part", "row", "copy", "split")
]
_TYPES = {"part": pa.int32(), "row": pa.int32(), "copy": pa.int16(), "split": pa.int8()}


def placed(documents: pa.Table, split: str) -> pa.Table:
    """Columns part, row and copy with the number of their split."""
    columns = {name: documents[name].cast(_TYPES[name]) for name in ("part", "row", "copy")}
    numbers = np.full(documents.num_rows, _ALL.index(split) if split else 0, np.int8)
    return pa.table({**columns, "split": pa.array(numbers)})


def gathered(tables: Sequence[pa.Table]) -> pa.Table:
    """All of them, in order."""
    empty = pa.table({name: pa.array([], kind) for name, kind in _TYPES.items()})
    return pa.concat_tables([empty, *tables]).sort_by(_ORDER).combine_chunks()


def expected(release: Finished) -> pa.Table | None:
    """What the stages before the shards want to be there; None if one of them is not in the release."""
    if release.damaged or any(stage.name in release.absent for stage in (RELEASE, ENCODE, SPLITS, MIX)):
        return None
    corpus = release[RELEASE].table("corpus")
    found = []
    for part in range(corpus.parts):
        rows = corpus.read(part, ["row"])["row"].to_numpy()
        out = {number: np.empty(0, np.int32) for number in range(1, len(_ALL))}
        if SPLITS in release:
            held = release[SPLITS].table("held").read(part, ["row", "split"])
            split = held["split"].to_numpy()
            out = {number: held["row"].to_numpy()[split == number - 1] for number in out}
        found += [_placed(part, own, np.zeros(len(own)), _ALL[number]) for number, own in out.items()]
        if MIX in release:
            found.append(_placed(part, *_copies(release, part), TRAIN))
        else:
            own = rows[~np.isin(rows, np.concatenate(list(out.values())))]
            found.append(_placed(part, own, np.zeros(len(own)), TRAIN))
    return gathered(found)


def _copies(release: Finished, part: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and copy numbers that the mixture gives of a part."""
    mix, encode = release[MIX], release[ENCODE]
    tokens = TokenPart(folder=encode.folder, entry=encode.manifest.tables["tokens"][part], number=part)
    batches = [stored.narrow().column("row").to_numpy() for stored in tokens.batches()]
    rows = np.concatenate([np.empty(0, np.int32), *batches])
    chosen = CopiesPart(folder=mix.folder, entry=mix.manifest.tables["copies"][part]).whole()
    return rows[chosen.column("at").to_numpy()], chosen.column("copy").to_numpy()


def _placed(part: int, rows: np.ndarray, copies: np.ndarray, split: str) -> pa.Table:
    columns = {"part": np.full(len(rows), part, np.int32), "row": rows, "copy": copies.astype(np.int16)}
    return placed(pa.table(columns), split)


def differences(kind: str, found: pa.Table, wanted: pa.Table | None) -> Iterator[str]:
    """What is wrong with the documents of one kind of shard; both tables as `gathered` gives them."""
    part, row, copy, split = (found[name].to_numpy() for name in _TYPES)
    same = np.zeros(len(part), bool)
    same[1:] = (np.diff(part) == 0) & (np.diff(row) == 0)
    if np.any(split[1:][same[1:]] != split[:-1][same[1:]]):
        at = int(np.argmax(same[1:] & (np.diff(split) != 0)))
        yield f"{kind}: part {part[at]}, row {row[at]} is in {_ALL[split[at]]} and in {_ALL[split[at + 1]]}"
    if np.any(copy != np.where(same, np.roll(copy, 1) + 1, 0)):
        at = int(np.argmax(copy != np.where(same, np.roll(copy, 1) + 1, 0)))
        yield f"{kind}: copies of part {part[at]}, row {row[at]} are not numbered 0, 1, ..."
    if np.any((split > 0) & (copy > 0)):
        at = int(np.argmax((split > 0) & (copy > 0)))
        yield f"{kind}: part {part[at]}, row {row[at]} is held out, and repeated"
    if wanted is not None and not found.equals(wanted):
        yield (
            f"{kind}: {found.num_rows:,} documents, of {wanted.num_rows:,} that corpus, splits and mixture ask for; "
            "they are not the same ones"
        )
