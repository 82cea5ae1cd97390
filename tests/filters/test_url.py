"""Block lists: what is listed and all below it, never a neighbour, never a whole suffix."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import filters
from filters.batch import Batch
from filters.url import List
from tests.filters.strategies import TEXT

Url = filters.load("url")


def measured(urls: list[str | None], **parameters: object) -> list[dict[str, object]]:
    batch = pa.RecordBatch.from_pydict(
        {"text": [""] * len(urls), "language": pa.nulls(len(urls), pa.string()), "url": pa.array(urls, pa.string())}
    )
    return Url(**parameters).measure(Batch(documents=batch)).to_pylist()


@pytest.mark.parametrize(
    ("url", "domain", "blocked"),
    [
        ("https://example.co.uk/a", "example.co.uk", 1),
        ("http://www.Example.CO.UK:8080?q", "example.co.uk", 1),
        ("https://user:pass@shop.example.co.uk./", "example.co.uk", 1),
        ("https://notexample.co.uk/", "notexample.co.uk", 0),
        ("https://example.co.uk.evil.org/", "evil.org", 0),
        ("https://good.org/?u=https://example.co.uk/", "good.org", 0),
        ("https://bad.blogs.org/", "blogs.org", 1),
        ("https://blogs.org/", "blogs.org", 0),
        ("https://xn--mhle-0ra.de/", "xn--mhle-0ra.de", 1),
        ("https://mühle.de/brot", "xn--mhle-0ra.de", 1),
        ("http://192.0.2.7/x", "192.0.2.7", 1),
        ("http://92.0.2.7/x", "92.0.2.7", 0),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]", 0),
        ("http://localhost/", "localhost", 0),
        ("not a url", "", 0),
        ("", "", 0),
        (None, "", 0),
    ],
)
def test_domain_and_all_below_it_are_blocked(url: str | None, domain: str, blocked: int) -> None:
    [row] = measured([url], domains=("example.co.uk", "bad.blogs.org", "mühle.de", "192.0.2.7"))
    assert row == {"domain": domain, "blocked": blocked, "words": 0}


def test_words_of_an_address_count_as_whole_words() -> None:
    urls = ["https://a.org/free-casino/CASINO", "https://a.org/casinos", "https://a.org/best_slot_machine.html", None]
    assert [row["words"] for row in measured(urls, words=("casino", "slot machine"))] == [2, 0, 1, 0]


def test_lists_are_read_from_files_whose_digest_is_named(tmp_path: Path) -> None:
    path = tmp_path / "adult.txt"
    path.write_text("# adult\n\nbad.example.com\n", "utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    lists = {"adult": List(path=str(path), sha256=digest)}
    rows = measured(["https://x.bad.example.com/", "https://example.com/"], lists=lists)
    assert [row["blocked"] for row in rows] == [1, 0]
    with pytest.raises(ValueError, match="its sha256 is"):
        measured([None], lists={"adult": List(path=str(path), sha256="0" * 64)})


@pytest.mark.parametrize("suffix", ["co.uk", "com", ".org."])
def test_public_suffix_is_refused(suffix: str) -> None:
    with pytest.raises(ValueError, match="domains lists .*, under which anybody can register"):
        measured([None], domains=(suffix,))


@given(st.lists(st.one_of(TEXT, st.text("htps:/.@[]#?a1", max_size=20)), max_size=4))
def test_any_string_has_an_answer_whatever_stands_beside_it(urls: list[str]) -> None:
    parameters = {"domains": ("a1.org",), "words": ("grain",)}
    alone = [measured([url], **parameters)[0] for url in urls]
    assert measured(list(urls), **parameters) == alone
