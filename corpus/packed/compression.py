"""The ways in which input files are compressed: a row each, from which the extensions and the readers go."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from corpus.packed import members, zstd_frames
from corpus.packed.members import Blocks, Gzip


@dataclass(frozen=True, kw_only=True)
class Compression:
    """How files are told, unpacked, and where one can go on behind damage."""

    extensions: tuple[str, ...]
    magic: bytes  # that each member begins with
    pieces: Callable[[Blocks, bytes], Iterator[tuple[int, bytes]]]  # (place of the member, piece of it); raises Damaged


def _of(new: Callable[[], members.Member]) -> Callable[[Blocks, bytes], Iterator[tuple[int, bytes]]]:
    return partial(_members, new)


def _members(new: Callable[[], members.Member], blocks: Blocks, _: bytes) -> Iterator[tuple[int, bytes]]:
    return members.pieces(blocks, new)


COMPRESSIONS: Final[Mapping[str, Compression]] = {
    "gzip": Compression(extensions=(".gz", ".gzip"), magic=b"\x1f\x8b\x08", pieces=_of(Gzip)),
    "zstd": Compression(extensions=(".zst", ".zstd"), magic=zstd_frames.MAGIC, pieces=zstd_frames.pieces),
    "bzip2": Compression(extensions=(".bz2",), magic=b"BZh", pieces=_of(members.bzip2)),
    "xz": Compression(extensions=(".xz",), magic=b"\xfd7zXZ\0", pieces=_of(members.xz)),
    "lz4": Compression(extensions=(".lz4",), magic=b"\x04\x22\x4d\x18", pieces=_of(members.lz4_frame)),
}
BY_EXTENSION: Final[Mapping[str, str]] = {end: name for name, one in COMPRESSIONS.items() for end in one.extensions}


def is_packed(head: bytes, name: str) -> bool:
    """Whether a file that begins so is what its name says."""
    if name == "zstd":
        return zstd_frames.is_frame(head)
    magic = COMPRESSIONS[name].magic
    return head[: len(magic)] == magic[: len(head)]
