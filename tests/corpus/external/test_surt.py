"""SURTs against what the Internet Archive's own program gives (package surt 0.3.1), as fixed expectations."""

import pytest

from corpus.external.surt import surt


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://archive.org/goo/?a=1&b", "org,archive)/goo?a=1&b"),
        ("http://www.archive.org/goo/?a=2&b&a=1", "org,archive)/goo?a=1&a=2&b"),
        ("http://archive.org:8080/goo/?a=2&b&a=1", "org,archive:8080)/goo?a=1&a=2&b"),
        ("https://www34.Archive.ORG:443/Index.HTML", "org,archive)/index.html"),
        ("https://archive.org:80/", "org,archive:80)/"),
        ("http://archive.org", "org,archive)/"),
        ("http://archive.org/?", "org,archive)/"),
        ("http://user:word@archive.org/a#b", "org,archive)/a"),
        ("http://www2.www2foo.com/", "com,www2foo)/"),
        ("http://host.com//twoslashes?more//slashes", "com,host)/twoslashes?more//slashes"),
        ("http://host.com/ab%23cd", "com,host)/ab%23cd"),
        ("http://host/%2525252525252525", "host)/%25"),
        ("http://www.google.com/blah/..", "com,google)/"),
        ("http://a.example/x/./y/../z/", "example,a)/x/z"),
        ("http://b\u00fccher.ch:8080/", "ch,xn--bcher-kva:8080)/"),
        ("http://example.org/S\u00fcd?q=\u00fc", "org,example)/s%c3%bcd?q=%c3%bc"),
        ("http://archive.org/?sid=9682993c8daa2c5497996114facdc805", "org,archive)/"),
        ("http://archive.org/?x=y&jsessionid=0123456789abcdefghijklemopqrstuv", "org,archive)/?&x=y"),
        ("http://www.example.com/(S(4hqa0555fwsecu455xqckv45))/mileg.aspx", "com,example)/mileg.aspx"),
        ("http://127.0.0.1/a", "1,0,0,127)/a"),
    ],
)
def test_surt_is_what_the_archive_gives(url: str, expected: str) -> None:
    assert surt(url) == expected


@pytest.mark.parametrize("url", ["urn:x", "", "mailto:a@b.example", "http://", "http://a/" + "b" * 70_000])
def test_what_is_no_address_of_http_has_none(url: str) -> None:
    assert surt(url) is None


def test_surt_is_what_the_package_gives_where_it_is_installed() -> None:
    package = pytest.importorskip("surt")
    for path in ("", "/", "/a b/", "/A%2fb/?Z=1&a=%41", "/x//y/../?q", "/a;b?c;d", "/%7Eu?&b&a"):
        for host in ("www.example.org", "EXAMPLE.org:81", "a.b.co.uk."):
            url = f"http://{host}{path}"
            assert surt(url) == package.surt(url)
