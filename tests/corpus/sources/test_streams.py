"""Compressed files are read whole, piece by piece, and beyond damage; what was not read is counted."""

import bz2
import gzip
import json
import lzma
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpus.archives.codings import _gzip
from corpus.errors import RecipeError
from corpus.packed import members, zstd_frames
from corpus.packed.stored import Damaged, Held
from corpus.sources.inventory import list_files
from corpus.sources.source import Source
from corpus.sources.streams import Stream
from tests.corpus.sources.archives import found


def _noise(size: int, seed: int = 1) -> str:
    return random.Random(seed).randbytes(size // 2).hex()


def lines(first: int, count: int, size: int = 400) -> bytes:
    """Lines of JSON that compress to half."""
    rows = ({"text": f"line {number} {_noise(size, number)}"} for number in range(first, first + count))
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def xz(data: bytes) -> bytes:
    return lzma.compress(data, lzma.FORMAT_XZ)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".gzip": gzip.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
    ".zstd": zstandard.ZstdCompressor(level=9, write_checksum=True).compress,
    ".bz2": bz2.compress,
    ".xz": xz,
    ".lz4": lambda data: bytes(lz4.frame.compress(data, content_checksum=True)),
}
EXTENSIONS = pytest.mark.parametrize("end", PACKERS)


@EXTENSIONS
def test_members_of_any_compression_are_read_to_the_last(tmp_path: Path, end: str) -> None:
    pack = PACKERS[end]
    parts = [lines(0, 300), b"", lines(300, 1), lines(301, 40)]
    read = found(tmp_path, f"x.jsonl{end}", b"".join(map(pack, parts)))
    assert [text.split()[1] for text in read.texts] == [str(number) for number in range(341)]
    assert not read.rejects


@EXTENSIONS
def test_zeros_behind_the_last_member_are_padding(tmp_path: Path, end: str) -> None:
    read = found(tmp_path, f"x.jsonl{end}", PACKERS[end](lines(0, 3)) + b"\0" * 512)
    assert len(read.texts) == 3
    assert not read.rejects


@EXTENSIONS
def test_file_that_is_not_compressed_as_its_name_says_is_an_error(tmp_path: Path, end: str) -> None:
    with pytest.raises(RecipeError, match="rename it"):
        found(tmp_path, f"x.jsonl{end}", b'{"text": "plain"}\n')


@EXTENSIONS
def test_damaged_member_costs_no_more_than_itself(tmp_path: Path, end: str) -> None:
    pack = PACKERS[end]
    first, second, third = (bytearray(pack(lines(100 * number, 60))) for number in range(3))
    for place in range(len(second) // 2, len(second) // 2 + 40):
        second[place] ^= 0x5A
    read = found(tmp_path, f"x.jsonl{end}", bytes(first + second + third))
    numbers = [int(text.split()[1]) for text in read.texts]
    assert numbers[:60] == list(range(60))
    assert numbers[-60:] == list(range(200, 260))
    assert read.reasons[0] == "corrupt"
    assert 0 <= read.lost <= len(second)


@EXTENSIONS
def test_member_that_is_cut_is_followed_by_the_next(tmp_path: Path, end: str) -> None:
    pack = PACKERS[end]
    first, second, third = (pack(lines(100 * number, 60)) for number in range(3))
    read = found(tmp_path, f"x.jsonl{end}", first + second[: len(second) // 2] + third)
    numbers = [int(text.split()[1]) for text in read.texts]
    assert numbers[:60] == list(range(60))
    assert numbers[-60:] == list(range(200, 260))
    assert read.lost <= len(second)


@EXTENSIONS
def test_file_that_is_cut_gives_what_stood_before_and_one_reject(tmp_path: Path, end: str) -> None:
    data = PACKERS[end](lines(0, 400))
    for cut in range(40, len(data) - 9, max(1, len(data) // 12)):
        read = found(tmp_path, f"x.jsonl{end}", data[:cut])
        assert read.reasons == ["truncated"]
        assert [int(text.split()[1]) for text in read.texts] == list(range(len(read.texts)))


@EXTENSIONS
def test_rest_that_is_no_member_is_counted(tmp_path: Path, end: str) -> None:
    data = PACKERS[end](lines(0, 30))
    read = found(tmp_path, f"x.jsonl{end}", data + b"garbage" * 100)
    assert len(read.texts) == 30
    assert read.reasons == ["corrupt"]
    assert read.lost == 700


@given(st.integers(0, 10**9), st.integers(1, 255))
def test_gzip_gives_all_that_stands_before_a_changed_byte(place: int, change: int) -> None:
    """Against a naive twin that inflates byte by byte."""
    plain = lines(0, 40, 60)
    data = bytearray(gzip.compress(plain, mtime=0))
    data[place % len(data)] ^= change
    given = b""
    try:
        for piece in _gzip(bytes(data)):
            given += piece
    except Damaged:
        pass
    assert given == _naive(bytes(data))


def _naive(data: bytes) -> bytes:
    import zlib

    inflater, given = zlib.decompressobj(31), b""
    try:
        for byte in data:
            if inflater.eof:
                break
            given += inflater.decompress(bytes([byte]))
    except zlib.error:
        pass
    return given


def test_checksum_that_does_not_match_is_said(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(lines(0, 30)))
    data[-6] ^= 1
    read = found(tmp_path, "x.jsonl.gz", bytes(data) + gzip.compress(lines(30, 30)))
    assert len(read.texts) == 60
    assert read.reasons == ["corrupt"]
    assert read.lost == len(data)  # nothing of that member is sure, though all of it was read


def frame(window: int, blocks: list[bytes], content: int = -1) -> bytes:
    """A zstd frame of raw blocks that asks for a window of 2**window bytes (RFC 8878, 3.1.1)."""
    flags = 0xC0 if content >= 0 else 0
    head = zstd_frames.MAGIC + bytes([flags, (window - 10) << 3]) + (struct.pack("<Q", content) if flags else b"")
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        head += struct.pack("<I", len(block) << 3 | last)[:3] + block
    return head


def repeated(byte: bytes, count: int, window: int) -> bytes:
    """A frame of `count` blocks of 128 KiB of one byte, 4 bytes each."""
    block = struct.pack("<I", (128 << 10) << 3 | 2)[:3] + byte
    last = struct.pack("<I", (128 << 10) << 3 | 3)[:3] + byte
    return zstd_frames.MAGIC + bytes([0, (window - 10) << 3]) + block * (count - 1) + last


@pytest.mark.parametrize("window", [10, 27, 28, 31])
def test_zstd_window_of_any_length_is_read(tmp_path: Path, window: int) -> None:
    read = found(tmp_path, "x.jsonl.zst", frame(window, [lines(0, 1), lines(1, 1)]) + zstandard.compress(lines(2, 1)))
    assert len(read.texts) == 3
    assert not read.rejects


@pytest.mark.parametrize("content", [-1, 3 << 30])
def test_zstd_frame_that_needs_too_much_memory_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: int
) -> None:
    monkeypatch.setattr(zstd_frames, "MEMORY", 1 << 20)
    first = lines(0, 10)
    wide = frame(31, [first, *[b"x" * (100 << 10)] * 20, lines(20, 1)], content)
    read = found(tmp_path, "x.jsonl.zst", wide + zstandard.compress(lines(30, 1)))
    assert read.texts[-1].startswith("line 30 ")
    assert len(read.texts) == (11 if content < 0 else 1)
    assert read.reasons == ["too_large"]
    assert "--long=27" in read.rejects[0].detail
    assert len(wide) - (2 << 20) < read.lost <= len(wide)


@pytest.mark.parametrize("where", ["first", "between", "last"])
def test_skippable_frames_are_skipped(tmp_path: Path, where: str) -> None:
    skipped = b"\x5b\x2a\x4d\x18" + struct.pack("<I", 300_000) + b"\x28\xb5\x2f\xfd" * 75_000
    one, two = zstandard.compress(lines(0, 2)), zstandard.compress(lines(2, 2))
    order = {"first": [skipped, one, two], "between": [one, skipped, two], "last": [one, two, skipped]}[where]
    read = found(tmp_path, "x.jsonl.zst", b"".join(order))
    assert len(read.texts) == 4
    assert not read.rejects


def _dictionary() -> zstandard.ZstdCompressionDict:
    return zstandard.train_dictionary(4096, [lines(number, 2, 40) for number in range(400)])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("damaged", [False, True])
def test_frames_are_read_by_the_dictionary_that_the_file_begins_with(
    tmp_path: Path, packed: bool, damaged: bool
) -> None:
    words = _dictionary()
    raw = words.as_bytes()
    held = zstandard.compress(raw) if packed else raw
    packer = zstandard.ZstdCompressor(dict_data=words, write_checksum=True)
    frames = [bytearray(packer.compress(lines(number, 3, 40))) for number in range(3)]
    if damaged:
        frames[1][len(frames[1]) // 2] ^= 0xFF
    data = b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(held)) + held + b"".join(frames)
    read = found(tmp_path, "x.jsonl.zst", data)
    assert len(read.texts) >= (6 if damaged else 9)
    assert read.reasons == (["corrupt"] if damaged else [])


def test_xz_dictionary_that_needs_too_much_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MEMORY", 1 << 20)
    read = found(tmp_path, "x.jsonl.xz", xz(lines(0, 3)))
    assert read.reasons == ["too_large"]
    assert read.lost == (tmp_path / "x.jsonl.xz").stat().st_size


def test_empty_compressed_file_is_a_reject(tmp_path: Path) -> None:
    read = found(tmp_path, "x.jsonl.gz", b"")
    assert (read.texts, read.reasons) == ([], ["truncated"])


def test_places_of_members_are_those_in_the_file(tmp_path: Path) -> None:
    parts = [gzip.compress(b"a" * size, mtime=0) for size in (5, 200_000, 1)]
    (tmp_path / "x.txt.gz").write_bytes(b"".join(parts))
    [file] = list_files(Source(name="s", path=str(tmp_path)), ".")
    stream = Stream(file)
    while stream.read():
        pass
    assert [stream.member_at(at) for at in (0, 5, 200_005)] == [0, len(parts[0]), len(parts[0]) + len(parts[1])]
    assert [stream.stored(at) for at in (4, 5, 200_004)] == [0, len(parts[0]), len(parts[0])]


@pytest.mark.parametrize(
    "pieces",
    [
        lambda: members.pieces(Held(gzip.compress(bytes(30 << 20))), members.Gzip),
        lambda: members.pieces(Held(bz2.compress(bytes(30 << 20))), members.bzip2),
        lambda: members.pieces(Held(xz(bytes(30 << 20))), members.xz),
        lambda: members.pieces(Held(lz4.frame.compress(bytes(30 << 20))), members.lz4_frame),
        lambda: zstd_frames.pieces(Held(repeated(b"\0", 240, 20))),
    ],
)
def test_piece_is_bounded_whatever_it_unpacks_from(pieces: Callable[[], Iterator[tuple[int, bytes]]]) -> None:
    sizes = [len(piece) for _, piece in pieces()]
    assert max(sizes) <= members.PIECE
    assert sum(sizes) == 30 << 20
