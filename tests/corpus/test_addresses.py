"""Canonical URLs: RFC 3986's examples of equivalence, what is left out, and what must stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates.addresses import canonical, key
from tests.filters.strategies import TEXT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.com", "HTTP://EXAMPLE.com:80/"),  # 6.2.3
        ("https://example.com:/", "https://example.com:443"),
        ("https://example.com./a", "http://user:secret@example.com/a#top"),
        ("https://h/a/./b/../b/%63/%7bfoo%7d", "https://h/a/b/c/%7Bfoo%7D"),  # 6.2.2
        ("https://h/?utm_source=x&fbclid=y&utm_id=", "https://h/?"),
        ("https://h/?a=1&gclid=z&b=2", "https://h/?a=1&b=2"),
        ("http://мельница.рф/мука", "https://xn--80ajjldi8d2b.xn--p1ai/%d0%bc%d1%83%d0%ba%d0%b0"),
        (" https://h/x \n", "https://h/x"),
    ],
)
def test_canonical_form_is_one_for_addresses_of_one_page(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) is not None
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h/a", "https://h/a/"),
        ("https://h/a", "https://h/A"),
        ("https://h/?a=1&b=2", "https://h/?b=2&a=1"),
        ("https://h/?a=", "https://h/?a"),
        ("https://h/a%2Fb", "https://h/a/b"),
        ("https://h/?a=1%262", "https://h/?a=1&2"),
        ("https://www.h.org/", "https://h.org/"),
        ("https://h/#!one", "https://h/#!two"),
        ("http://h:8080/", "https://h:8080/"),
        ("https://h//a", "https://h/a"),
    ],
)
def test_canonical_form_keeps_apart_what_may_differ(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "url", ["", "ftp://h/", "/a", "mailto:a@b.example", "https://", "https://:80/", "urn:x", "http:/h"]
)
def test_address_without_host_has_no_key(url: str) -> None:
    assert key(url) is None


@given(st.text(max_size=20), TEXT, TEXT)
def test_canonical_form_is_canonical_itself(host: str, path: str, query: str) -> None:
    plain = canonical(f"http://{host}/{path}?{query}")
    assert plain is None or canonical(plain) == plain


def test_dot_segments_are_resolved_as_in_the_rfc() -> None:
    assert canonical("http://h/a/b/c/./../../g") == "https://h/a/g"  # 5.2.4
    assert canonical("http://h/../../..") == "https://h/"
    assert canonical("http://h/a/..") == "https://h/"
