"""Archives give a document for every page and text in them; what is passed over, mended or lost is counted."""

import gzip
import random
import zlib
from functools import partial
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpus.archives import framing, warc_dates
from corpus.errors import RecipeError
from corpus.sources.inventory import list_files, plan_units
from corpus.sources.record import Record, Reject, SiteFile
from corpus.sources.rights import joined
from corpus.sources.source import Source
from corpus.sources.units import read_unit
from filters.optout.robots import BYTES
from tests.corpus.sources.archives import RESPONSE, Found, found, members, page, record, response

HTML = "Content-Type: text/html; charset=utf-8"
_gzip = partial(gzip.compress, mtime=0)  # a test's name is the same in every worker
TEXT = b"<html><body><p>One page, quite short.</p></body></html>"
CUT = ("repaired", "a body that ends before its last chunk")
PACKED_CUT = ("repaired", "a packed body that is cut short")
NO_CODING = ("repaired", "a content coding that there is not")


def one(folder: Path, data: bytes, **settings: object) -> Found:
    return found(folder, "x.warc", data, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("none", TEXT),
        ("identity", TEXT),
        ("UTF-8", TEXT),
        ("", TEXT),
        ("gzip", _gzip(TEXT)),
        ("GZIP", _gzip(TEXT[:20]) + _gzip(b"") + _gzip(TEXT[20:])),
        ("x-gzip", TEXT),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("deflate", TEXT),
        ("br", brotli.compress(TEXT)),
        ("br", TEXT),
        ("zstd", zstandard.compress(TEXT[:9]) + zstandard.compress(TEXT[9:])),
        ("gzip, br", brotli.compress(_gzip(TEXT))),
        ("br,gzip", _gzip(brotli.compress(TEXT))),
        ("gzip, gzip", _gzip(_gzip(TEXT))),
        ("identity, gzip", _gzip(TEXT)),
        ("gzip\r\nContent-Encoding: gzip", _gzip(TEXT)),
    ],
)
def test_body_is_read_through_its_codings(tmp_path: Path, coding: str, body: bytes) -> None:
    read = one(tmp_path, response(body, f"{HTML}|Content-Encoding: {coding}"))
    assert read.texts == ["One page, quite short."]
    assert not read.notes


@pytest.mark.parametrize(
    ("headers", "body", "note"),
    [
        ("Content-Encoding: gzip", _gzip(TEXT * 99)[:-30], PACKED_CUT),
        ("Content-Encoding: gzip", _gzip(TEXT) + b"junk", PACKED_CUT),
        ("Content-Encoding: br", brotli.compress(TEXT * 99)[:-5], PACKED_CUT),
        ("Content-Encoding: deflate", zlib.compress(TEXT)[:-4], PACKED_CUT),
        ("Content-Encoding: text/html", TEXT, NO_CODING),
        ("Transfer-Encoding: chunked", b"14\r\n" + TEXT[:20] + b"\r\n80\r\n" + TEXT[20:], CUT),
        ("Transfer-Encoding: chunked", b"37\r\n" + TEXT[:55] + b"\r\n39\r", CUT),
        ("Transfer-Encoding: chunked", b"37\r\n" + TEXT[:55] + b"\r", CUT),
        ("Transfer-Encoding: chunked", b"37\r\n" + TEXT[:55], CUT),
        (
            "Transfer-Encoding: chunked",
            b"14\r\n" + TEXT[:20] + b"\r\n23\r\n" + TEXT[20:] + b"\r\nrest\r\n1\r\nx\r\n",
            CUT,
        ),
    ],
)
def test_body_that_is_cut_gives_its_text_up_to_there(
    tmp_path: Path, headers: str, body: bytes, note: tuple[str, str]
) -> None:
    read = one(tmp_path, response(body, f"{HTML}|{headers}"))
    assert read.texts[0].startswith("One page, quite short.") or note == PACKED_CUT
    assert "One page" in read.texts[0]
    assert read.notes == {note: 1}


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ("Transfer-Encoding: chunked", TEXT, "One page, quite short."),
        (
            "Transfer-Encoding: Chunked",
            b"37;name=value\r\n" + TEXT + b"\r\n0\r\nTrailer: x\r\n\r\n",
            "One page, quite short.",
        ),
        ("Transfer-Encoding: gzip, chunked", b"%x\n%b\n0\n\n", "One page, quite short."),
    ],
)
def test_chunks_are_joined_without_their_sizes(tmp_path: Path, headers: str, body: bytes, text: str) -> None:
    packed = _gzip(TEXT)
    body = body % (len(packed), packed) if b"%b" in body else body
    read = one(tmp_path, response(body, f"{HTML}|{headers}"))
    assert read.texts == ["One page, quite short."]
    assert not read.notes


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ("Content-Encoding: compress", b"\x1f\x9d\x90\0\1\2", "broken"),
        ("Content-Encoding: br", b"\xff\0\1\2\3", "broken"),
        ("Content-Encoding: zstd", b"\x28\xb5\x2f\xfd\0\0", "broken"),
        ("Content-Encoding: gzip", _gzip(b"x" * 50_000), "too_large"),
        ("Content-Encoding: br", brotli.compress(b"x" * 50_000), "too_large"),
        ("Content-Encoding: gzip, gzip", _gzip(_gzip(bytes(3 << 20))), "too_large"),
    ],
)
def test_body_that_gives_no_text_is_a_reject(tmp_path: Path, headers: str, body: bytes, reason: str) -> None:
    read = one(tmp_path, response(body, f"{HTML}|{headers}"), max_record_bytes=20_000)
    assert read.reasons == [reason]


def test_headers_of_any_case_folded_and_with_bare_line_feeds_are_read(tmp_path: Path) -> None:
    head = "warc-TYPE: response|WARC-TARGET-URI:   <http://a.test/x>|warc-date: 2024-02-29T12:00:00.123456Z"
    block = b'HTTP/1.0 200\ncontent-TYPE: text/plain;\n charset="UTF-8"\n\nGr\xc3\xbc\xc3\x9fe'
    read = one(tmp_path, record(block, head, line_end="\n", end=b"\n\n") * 2)
    assert read.texts == ["Grüße"] * 2
    assert (read.records[0].url, read.records[0].date) == ("http://a.test/x", 1709208000)


def test_interim_responses_are_passed(tmp_path: Path) -> None:
    block = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    block += b"HTTP/2 200\r\nContent-Type: text/plain\r\n\r\nyes"
    assert one(tmp_path, record(block, RESPONSE)).texts == ["yes"]


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2024-02-29T12:00:00Z", 1709208000),
        ("2024-02-29T12:00:00", 1709208000),
        ("2024-02-29T12:00:00.5", 1709208000),
        ("2024-02-29T12:00:00.123456789Z", 1709208000),
        ("2024-02-29T13:00:00+0100", 1709208000),
        ("20240229120000", 1709208000),
        ("20240229120000000", 1709208000),
        ("202402291200", 1709208000),
        ("2024-02-29 12:00:00", 1709208000),
        ("2024-02-60T12:00:00Z", 1709208000),
        ("2009-03-65T08:43:19-0800", 1236357799),
        ("Thu, 29 Feb 2024 12:00:00 GMT", 1709208000),
        ("2024-03-60T12:00:00Z", None),
        ("2024-13-99T12:00:00Z", None),
        ("0000-02-60T12:00:00Z", None),
        ("99999999999999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_of_crawlers(said: str, date: int | None) -> None:
    assert warc_dates.seconds(said) == date


def test_date_that_is_none_is_said(tmp_path: Path) -> None:
    [read] = one(tmp_path, page("a", kind=f"{RESPONSE}|WARC-Date: soon")).records
    assert (read.date, read.unusable) == (None, ("date_field",))


def test_records_of_other_kinds_are_counted_by_kind(tmp_path: Path) -> None:
    kinds = ["warcinfo", "request", "metadata", "revisit", "continuation", "evil-<words>", ""]
    data = b"".join(record(b"x: y", f"WARC-Type: {kind}|Content-Type: text/plain") for kind in kinds)
    data += record(b"20240101 1.2.3.4", "WARC-Type: response|Content-Type: text/dns")
    data += record(b"\x89PNG", "WARC-Type: resource|Content-Type: image/png")
    data += record(b"{}", "WARC-Type: conversion|Content-Type: application/json")
    data += record(b"gopher", "WARC-Type: response|Content-Type: application/x-gopher")
    read = one(tmp_path, data + page("a page"))
    assert read.texts == ["a page"]
    assert read.notes == {
        ("passed over", word): 2 if word == "other" else 1
        for word in [*kinds[:5], "other", "dns", "resource", "conversion", "response that is not HTTP"]
    }
    assert not read.rejects


@pytest.mark.parametrize("uri", ["file:///a.html", "http://a.test/", "urn:text:http://a.test/", "https://a.test/"])
@pytest.mark.parametrize("kind", ["resource", "conversion"])
@pytest.mark.parametrize(
    "media", ["text/html; charset=windows-1252", "text/plain; charset=windows-1252", "application/xhtml+xml"]
)
def test_resources_and_conversions_that_are_text_are_documents(tmp_path: Path, uri: str, kind: str, media: str) -> None:
    text = "Grüße an die Mühle, viele Grüße"
    encoded = text.encode("cp1252" if "windows" in media else "utf-8")
    block = encoded if "plain" in media else b"<html><body><p>" + encoded + b"</p></body></html>"
    read = one(tmp_path, record(block, f"WARC-Type: {kind}|WARC-Target-URI: {uri}|Content-Type: {media}"))
    assert read.texts == [text]
    assert read.records[0].url == uri


def test_fields_of_the_recipe_name_headers(tmp_path: Path) -> None:
    kind = f"{RESPONSE}|X-Id: <urn:7>|X-Licence: CC0-1.0|X-From: <http://b.test/>|X-When: 20240229120000|X-Lang: deu"
    fields = {"id": "X-ID", "licence": "x-licence", "url": "X-from", "date": "x-WHEN", "language": "X-Lang"}
    [read] = one(tmp_path, page("a", kind=kind), **{f"{key}_field": name for key, name in fields.items()}).records
    assert (read.locator, read.licence, read.url, read.date, read.language) == (
        "urn:7",
        "CC0-1.0",
        "http://b.test/",
        1709208000,
        "deu",
    )


@pytest.mark.parametrize(
    ("said", "field", "language"),
    [
        ("nob", "WARC-Identified-Content-Language", "nob"),
        ("nob", "warc-identified-content-language", "nob"),
        ("nob,eng", "WARC-Identified-Content-Language", None),
        ("nob", "", None),
    ],
)
def test_language_of_the_crawl_is_taken_if_the_recipe_names_it(
    tmp_path: Path, said: str, field: str, language: str | None
) -> None:
    kind = f"WARC-Type: conversion|Content-Type: text/plain|WARC-Identified-Content-Language: {said}"
    [read] = found(tmp_path, "x.wet", record(b"tekst", kind), language_field=field).records
    assert read.language == language


def test_what_headers_say_of_use_is_kept(tmp_path: Path) -> None:
    said = (
        "X-Robots-Tag: noai,  noimageai|Server: x|Content-Usage: train-ai=n|TDM-Reservation: 1|tdm-policy: http://a.test/p"
        "|Link: </l>; rel=license|Link: </n>; rel=next|Content-Signal: ai-train=no|X-No-AI-Training: 1"
    )
    [read] = one(tmp_path, page("a", said)).records
    assert read.rights is not None
    assert [line.removeprefix("header ").split(":")[0] for line in read.rights.splitlines()] == [
        "x-robots-tag", "content-usage", "tdm-reservation", "tdm-policy", "link", "content-signal", "x-no-ai-training"
    ]  # fmt: skip
    [silent] = one(tmp_path, page("a")).records
    assert silent.rights is None
    kept = joined(["header x-robots-tag: " + "x" * 100] * 99) or ""
    assert len(kept) < 4096
    # What is left out is not silent, and is added up where header and page come together.
    assert kept.splitlines()[-1] == f"header cut: {99 - kept.count('x-robots-tag')}"
    assert (joined([kept, "page robots: noai" + "x" * 5000]) or "").splitlines()[-1].startswith("header cut: ")


def test_robots_files_are_no_documents_whatever_their_answer(tmp_path: Path) -> None:
    def robots(url: str, body: bytes, status: bytes = b"200 OK", kind: str = "text/plain") -> bytes:
        answer = b"HTTP/1.1 " + status + f"\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        return record(answer, RESPONSE.replace("http://a.test/", url) + "|WARC-Date: 2024-05-01T00:00:00Z")

    data = members(
        robots("https://a.test/robots.txt", b"User-agent: *\xff"),
        robots("https://b.test/robots.txt", b"<html>no such page", kind="text/html"),
        robots("https://c.test/robots.txt", b"gone", b"503 Service Unavailable"),
        robots("https://d.test/robots.txt", b"#" * (BYTES + 1)),
        robots("https://e.test/robots.txt?page=1", b"a page of a text"),
        robots("https://f.test/x/robots.txt", b"another page of a text"),
    )
    (tmp_path / "x.warc.gz").write_bytes(data)
    source = Source(name="s", path=str(tmp_path / "x.warc.gz"))
    items = [item for unit in plan_units(list_files(source, "."), 1 << 40) for item in read_unit(unit, source)]
    kept = [item for item in items if isinstance(item, SiteFile)]
    assert [(one.url[8], one.status, one.text[:20], one.cut) for one in kept] == [
        ("a", 200, "User-agent: *\N{REPLACEMENT CHARACTER}", False),
        ("b", 200, "<html>no such page", False),
        ("c", 503, "", False),
        ("d", 200, "#" * 20, True),
    ]
    assert {one.date for one in kept} == {1714521600}
    assert len(kept[3].text) == BYTES
    assert [item.url for item in items if isinstance(item, Record)] == [
        "https://e.test/robots.txt?page=1", "https://f.test/x/robots.txt",
    ]  # fmt: skip
    assert not [item for item in items if isinstance(item, Reject)]
    skipping = Source(name="s", path=source.path, skip=("x.warc.gz#0",))
    left = [item for unit in plan_units(list_files(skipping, "."), 1 << 40) for item in read_unit(unit, skipping)]
    assert [item.reason for item in left if isinstance(item, Reject)] == ["skipped"]
    assert sum(isinstance(item, SiteFile) for item in left) == 3


PAGES = [page(f"page {number} " + "word " * 99) for number in range(9)]


def numbers(read: Found) -> list[int]:
    return [int(text.split()[1]) for text in read.texts]


@pytest.mark.parametrize("place", [1, 5, 30, 80, -10, -5, -1])
@pytest.mark.parametrize("bad", [0, 4, 8])
def test_member_that_is_damaged_costs_one_record(tmp_path: Path, bad: int, place: int) -> None:
    packed = [bytearray(members(one)) for one in PAGES]
    packed[bad][place] ^= 0x80
    if bad == 0 and place == 1:
        return  # that is no gzip file
    read = found(tmp_path, "x.warc.gz", b"".join(packed))
    left = [number for number in range(9) if number != bad]
    if place == 5:  # the time in the header, which nothing depends on
        assert (numbers(read), read.lost) == (list(range(9)), 0)
    else:
        assert numbers(read) == left
        assert read.reasons in (["corrupt"], ["truncated"] if bad == 8 else [])
        assert read.lost == len(packed[bad])


@pytest.mark.parametrize("end", [".gz", ".zst"])
def test_member_that_is_cut_costs_one_record(tmp_path: Path, end: str) -> None:
    pack = gzip.compress if end == ".gz" else zstandard.ZstdCompressor(write_checksum=True).compress
    packed = [pack(one) for one in PAGES]
    for size in range(8, len(packed[4]) - 1, 7):
        read = found(tmp_path, f"x.warc{end}", b"".join([*packed[:4], packed[4][:size], *packed[5:]]))
        assert numbers(read) == [0, 1, 2, 3, 5, 6, 7, 8]
        assert read.reasons in (["corrupt"], ["truncated"])
        assert read.lost == size


def test_bytes_that_are_no_record_cost_no_more_than_themselves(tmp_path: Path) -> None:
    data = [*PAGES[:3], b"\x00\x01 some junk\nWARC/ WARC/1 \n" * 9000, *PAGES[3:]]
    read = one(tmp_path, b"".join(data))
    assert numbers(read) == list(range(9))
    assert read.reasons == ["broken"]
    assert read.lost == len(data[3]) - 1  # a zero is padding


def test_record_within_a_page_is_part_of_it(tmp_path: Path) -> None:
    read = found(
        tmp_path, "x.warc.gz", members(PAGES[0], response(b"".join(PAGES[1:3]), "Content-Type: text/plain"), PAGES[3])
    )
    assert len(read.texts) == 3
    assert "WARC/1.0" in read.texts[1]


@pytest.mark.parametrize("change", [-40, -1, 1, 40, 5_000, 10**12])
@pytest.mark.parametrize("end", ["", ".gz"])
def test_length_that_is_wrong_costs_one_record(tmp_path: Path, change: int, end: str) -> None:
    size = int(PAGES[4].split(b"Content-Length: ")[1].split(b"\r")[0])
    wrong = PAGES[4].replace(b"Content-Length: %d" % size, b"Content-Length: %d" % (size + change))
    data = [*PAGES[:4], wrong, *PAGES[5:]]
    read = found(tmp_path, f"x.warc{end}", members(*data) if end else b"".join(data))
    assert [number for number in numbers(read) if number != 4] == [0, 1, 2, 3, 5, 6, 7, 8]
    assert read.reasons in (["broken"], [])
    assert change == 1 or read.reasons == ["broken"]


@pytest.mark.parametrize("length", ["", "x", "-1", "1" * 30])
def test_record_without_its_length_is_passed_over(tmp_path: Path, length: str) -> None:
    wrong = (
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: "
        + length.encode()
        + b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx\r\n\r\n"
    )
    read = one(tmp_path, PAGES[0] + wrong + PAGES[1])
    assert numbers(read) == [0, 1]
    assert read.reasons == ["broken"]
    assert read.lost == len(wrong)


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\r\n", b"", b"\n\n", b"\r\n\r\n\r\n\xef\xbb\xbf"])
def test_ends_of_records_may_be_missing_or_more(tmp_path: Path, end: bytes) -> None:
    read = one(tmp_path, b"".join(page(f"page {number}", end=end) for number in range(3)))
    assert numbers(read) == [0, 1, 2]
    assert not read.rejects


def test_long_header_is_read_and_an_endless_one_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = page("page 1", kind=f"{RESPONSE}|X: {'x' * 200_000}")
    read = one(tmp_path, PAGES[0] + long + PAGES[2])
    assert numbers(read) == [0, 1, 2]
    monkeypatch.setattr(framing, "_HEAD_BYTES", 100_000)
    read = one(tmp_path, PAGES[0] + long + PAGES[2])
    assert numbers(read) == [0, 2]
    assert read.lost == len(long)


def test_record_that_is_too_large_is_never_held(tmp_path: Path) -> None:
    read = found(tmp_path, "x.warc.gz", members(PAGES[0], page("x" * 100_000), PAGES[2]), max_record_bytes=10_000)
    assert numbers(read) == [0, 2]
    assert read.reasons == ["too_large"]


def test_last_record_that_is_cut_says_how_many_bytes(tmp_path: Path) -> None:
    read = one(tmp_path, PAGES[0] + PAGES[1][:-50])
    assert (numbers(read), read.reasons, read.lost) == ([0], ["truncated"], len(PAGES[1]) - 50)


def _grouped(sizes: list[int]) -> list[bytes]:
    """Pages in members of so many records each."""
    pages = [page(f"page {number} {random.Random(number).randbytes(150).hex()}") for number in range(sum(sizes))]
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    return [b"".join(pages[start : start + size]) for start, size in zip(starts, sizes, strict=True)]


@pytest.mark.parametrize("end", [".gz", ".zst"])
@given(st.lists(st.integers(1, 3), min_size=1, max_size=12), st.integers(60, 3000), st.booleans(), st.data())
def test_slices_of_a_compressed_archive_give_what_the_whole_does(
    tmp_path_factory: pytest.TempPathFactory,
    end: str,
    sizes: list[int],
    unit_bytes: int,
    odd: bool,
    data: st.DataObject,
) -> None:
    """Also where members begin within records, and where some are damaged."""
    pack = gzip.compress if end == ".gz" else zstandard.ZstdCompressor(write_checksum=True).compress
    parts = _grouped(sizes)
    if odd:
        whole = b"".join(parts)
        parts = [whole[at : at + 301] for at in range(0, len(whole), 301)]
    packed = [bytearray(pack(part)) for part in parts]
    if not odd:
        for one in data.draw(st.sets(st.integers(1, len(packed)))):
            if one < len(packed):
                packed[one][len(packed[one]) // 2] ^= 0xFF
    folder = tmp_path_factory.mktemp("slices")
    whole_read = found(folder, f"x.warc{end}", b"".join(packed))
    cut = found(folder, f"x.warc{end}", b"".join(packed), unit_bytes)
    assert numbers(cut) == numbers(whole_read)
    assert [one.offset for one in cut.records if sizes == [1]] == [
        one.offset for one in whole_read.records if sizes == [1]
    ]
    assert cut.reasons == whole_read.reasons
    assert cut.lost == whole_read.lost


ARC_HEAD = b"filedesc://x.arc 0.0.0.0 20010203040506 text/plain %d\n%b\n"
VERSION = {"1.0": b"1 0 InternetArchive", "1.1": b"1 1 InternetArchive", "2.0": b"2 0 Somebody"}


def arc(version: str, blocks: list[bytes]) -> list[bytes]:
    body = VERSION[version] + b"\nURL IP-address Archive-date Content-type Archive-length\n"
    more = b" 200 - - 0 x.arc" if version == "2.0" else b""
    records = [
        b"http://a.test/%d 1.2.3.4 20010203040506 text/html%b %d\n%b\n" % (number, more, len(block), block)
        for number, block in enumerate(blocks)
    ]
    return [ARC_HEAD % (len(body), body), *records, b"dns:a.test 1.2.3.4 20010203040506 text/dns 3\nabc\n"]


@pytest.mark.parametrize("version", VERSION)
@pytest.mark.parametrize("end", ["", ".gz"])
def test_arc_gives_its_pages(tmp_path: Path, version: str, end: str) -> None:
    blocks = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>page %d\n\n</p>" % number for number in range(4)]
    blocks[2] = blocks[2].replace(b"200 OK", b"404 No")
    parts = arc(version, blocks)
    read = found(tmp_path, f"x.arc{end}", members(*parts) if end else b"".join(parts))
    assert numbers(read) == [0, 1, 3]
    assert [one.url for one in read.records] == [f"http://a.test/{number}" for number in (0, 1, 3)]
    assert {one.date for one in read.records} == {981173106}
    assert len({one.locator for one in read.records}) == 3
    assert read.reasons == ["http_status"]
    assert read.notes == {("passed over", "filedesc"): 1, ("passed over", "dns"): 1}


@pytest.mark.parametrize("end", ["", ".gz"])
def test_arc_is_read_behind_damage(tmp_path: Path, end: str) -> None:
    blocks = [b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\npage %d" % number for number in range(4)]
    parts = arc("1.0", blocks)
    if end:
        packed = [bytearray(members(part)) for part in parts]
        packed[2][40] ^= 0xFF
        data = b"".join(packed)
    else:
        parts[2] = b"junk" * 50 + b"\n"
        data = b"".join(parts)
    read = found(tmp_path, f"x.arc{end}", data)
    assert numbers(read) == [0, 2, 3]
    assert read.lost == (len(packed[2]) if end else 201)


def test_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    for name in ("x.arc", "x.warc"):
        with pytest.raises(RecipeError, match="rename it"):
            found(tmp_path, name, b"hello " * 1000)
