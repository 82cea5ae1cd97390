"""Bytes of a file, decompressed piece by piece: bounded whatever a file unpacks to, and aware of how it ended."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from corpus.errors import RecipeError
from corpus.packed.compression import COMPRESSIONS, is_packed
from corpus.packed.stored import BLOCK, Damaged, Stored
from corpus.packed.zstd_frames import dictionary_of
from corpus.sources.inventory import SourceFile
from corpus.store.original import Original

_MEMBERS_KEPT = 1 << 13
_TRIED = 1 << 12  # places that are tried for one that a member begins at, for each damage
_TRIED_BYTES = 1 << 20  # that a member gives without error are enough to tell that it is one
_HEAD_BYTES = 16  # of what a member unpacks to are enough to tell how it begins
_BACK = 1 << 17  # bytes before damage that may be the next member's: what is cut takes them in, a stored block 64 kB


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What was passed over of a damaged file. Places are bytes of the file as it is stored."""

    reason: str
    detail: str
    begun: int  # where the damaged member begins
    at: int  # up to where it was read
    next: int  # where reading goes on, or the end of the file
    more: bool  # whether it goes on
    checked: bool  # whether all was read, and its checksum says that it is not what was packed

    @property
    def lost(self) -> int:
        """Bytes that were not read; of a member whose checksum is wrong all, for nothing of it is sure."""
        return max(self.next - (self.begun if self.checked else self.at), 0)


class Stream:
    """A readable file object, which ends where the file is damaged. Then `damage` says how, a key of REASONS ("": not
    at all), and `resume` goes on behind it."""

    def __init__(self, file: SourceFile, start: int = 0, stop: int = -1, begins: tuple[bytes, ...] = (b"",)) -> None:
        """From byte `start` of the file on; of a compressed one from the first member on that begins between `start`
        and `stop` (-1: the end) and unpacks to what begins so. Raises RecipeError for a file that is not compressed as
        its name says."""
        self._file = file
        self._stored = Stored(file.original, start)
        self._dictionary = b""
        self.damage = ""
        self.position = start  # of the next byte, decompressed
        self._damaged: Damaged | None = None
        self._starts, self._places = [start], [start]  # of members: where they begin, decompressed and in the file
        self._rest = b""
        if not file.compression:
            self._pieces = self._plain(start)
        else:
            self._pieces = self._within(start, stop, begins) if start else self._opened()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, of one member; b"" at the end, damaged or not."""
        if not self._rest:
            self._rest = self._next()
        given = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(given) :]
        self.position += len(given)
        return given

    def begins_member(self, position: int) -> bool:
        """Whether a member of a compressed file begins at this decompressed position."""
        index = bisect_right(self._starts, position) - 1
        return bool(self._file.compression) and index >= 0 and self._starts[index] == position

    def member_at(self, position: int) -> int:
        """Where in the file the member lies that unpacks to this position; the position itself if unknown."""
        index = bisect_right(self._starts, position) - 1
        return self._places[index] if index >= 0 and self._starts[index] == position else position

    def stored(self, position: int) -> int:
        """The place in the file of a decompressed position: of the member that it is in, if the file is compressed."""
        if not self._file.compression:
            return position
        return self._places[max(bisect_right(self._starts, position) - 1, 0)]

    @property
    def reached(self) -> int:
        """Bytes of the file, as it is stored, that have been read, to a block."""
        return self._stored.place

    @property
    def plain_bytes(self) -> int:
        """Bytes that it has decompressed, if that is known; else more than any file has."""
        return 1 << 62 if self._file.compression else self._file.size

    @property
    def unread(self) -> int:
        """Bytes of the file behind its damage, or behind what has been read, for readers that do not go on."""
        return max(self._file.size - (self._damaged.at if self._damaged else self.reached), 0)

    @property
    def detail(self) -> str:
        """What is wrong with the file, in a few words."""
        return self._damaged.detail if self._damaged else ""

    def resume(self, begins: tuple[bytes, ...] = (b"",)) -> Gap:
        """Go on, behind damage, with the next member that unpacks, and unpacks to what begins so."""
        wrong = self._damaged
        if wrong is None:
            raise ValueError("the file is not damaged")
        found = wrong.after
        if found < 0:
            found = self._search(max(wrong.begun + 1, wrong.at - _BACK), begins)
        more = 0 <= found < self._file.size
        if more:
            self._stored.seek(found)
            self._pieces = self._unpacked(self._stored)
            self.damage, self._damaged = "", None
        return Gap(
            reason=wrong.reason,
            detail=wrong.detail,
            begun=wrong.begun,
            at=wrong.at,
            next=found if more else self._file.size,
            more=more,
            checked=wrong.checked,
        )

    def close(self) -> None:
        self._stored.close()

    def _next(self) -> bytes:
        try:
            for place, piece in self._pieces:
                if piece:
                    if place != self._places[-1] and self._file.compression:
                        self._remember(place)
                    return piece
        except Damaged as wrong:
            self._damaged, self.damage = wrong, wrong.reason
        return b""

    def _remember(self, place: int) -> None:
        if len(self._starts) >= _MEMBERS_KEPT:
            del self._starts[: _MEMBERS_KEPT // 2], self._places[: _MEMBERS_KEPT // 2]
        self._starts.append(self.position)
        self._places.append(place)

    def _plain(self, start: int) -> Iterator[tuple[int, bytes]]:
        while block := self._stored.read():
            yield start, block

    def _opened(self) -> Iterator[tuple[int, bytes]]:
        """The members, once the file is known to be what its name says."""
        head = self._stored.read()
        name = self._file.compression
        if not head:
            wrong = Damaged("truncated", "the file is empty", begun=0, at=0, after=0)
            self._damaged, self.damage = wrong, wrong.reason
        elif not is_packed(head[:8], name):
            raise RecipeError(f"{self._file.uri} is not {name}: rename it, or take it out of the source")
        return self._unpacked(_Ahead(head, self._stored))

    def _unpacked(self, blocks: "Stored | _Ahead") -> Iterator[tuple[int, bytes]]:
        return COMPRESSIONS[self._file.compression].pieces(blocks, self._dictionary)

    def _within(self, start: int, stop: int, begins: tuple[bytes, ...]) -> Iterator[tuple[int, bytes]]:
        """The members from the first on that begins in a slice; none if none does."""
        found = self._search(start, begins, stop)
        if found < 0:
            return iter(())
        self._stored.seek(found)
        return self._unpacked(self._stored)

    def _search(self, start: int, begins: tuple[bytes, ...], stop: int = -1) -> int:
        """Where a member begins at `start` or behind it, and before `stop`; -1 if none does."""
        if self._file.compression == "zstd" and not self._dictionary:
            self._dictionary = _dictionary(self._file.original)
        trial = Stored(self._file.original, start)
        try:
            places = _places(trial, COMPRESSIONS[self._file.compression].magic, stop)
            for place in islice(places, _TRIED if stop < 0 else None):  # what a slice does not find nobody reads
                if 0 <= stop <= place:
                    break
                here = trial.place
                trial.seek(place)
                if self._unpacks(trial, begins):
                    return place
                trial.seek(here)
        finally:
            trial.close()
        return -1

    def _unpacks(self, trial: Stored, begins: tuple[bytes, ...]) -> bool:
        """Whether what begins here is a member: any three bytes may look like the head of one."""
        head = b""
        given = 0
        try:
            for _, piece in self._unpacked(trial):
                given += len(piece)
                head += piece[: _HEAD_BYTES - len(head)]
                if len(head) < _HEAD_BYTES:
                    continue
                if not head.startswith(begins):
                    return False
                if any(begins) or given >= _TRIED_BYTES:
                    return True
        except Damaged as wrong:
            return bool(given) and wrong.reason == "truncated" and not any(begins)
        return bool(given) and not any(begins)


class _Ahead:
    """Blocks of which the first was read already."""

    def __init__(self, head: bytes, rest: Stored) -> None:
        self._head, self._rest = head, rest

    @property
    def place(self) -> int:
        return self._rest.place - len(self._head)

    def read(self, size: int = 0) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._rest.read(size)


def _places(stored: Stored, magic: bytes, stop: int) -> Iterator[int]:
    """Places from the next block on where the magic stands, before `stop`."""
    tail = b""
    while (stop < 0 or stored.place < stop + len(magic)) and (block := stored.read(BLOCK)):
        data = tail + block
        start = stored.place - len(data)
        found = data.find(magic)
        while found >= 0:
            yield start + found
            found = data.find(magic, found + 1)
        tail = data[-len(magic) + 1 :]


def _dictionary(original: Original) -> bytes:
    stored = Stored(original)
    try:
        return dictionary_of(stored)
    except Damaged:
        return b""
    finally:
        stored.close()
