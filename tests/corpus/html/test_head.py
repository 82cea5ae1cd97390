"""What a page states of rights, wherever it stands, bounded."""

import pytest

from corpus.html.head import head
from corpus.html.tree import tree


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<meta name="robots" content="noindex, noai">', [("robots", "noindex, noai")]),
        ("<META CONTENT=noarchive NAME=GoogleBot>", [("googlebot", "noarchive")]),
        ("<meta name='tdm-reservation' content='1'>", [("tdm-reservation", "1")]),
        ('<link rel="license" href="https://a.test/l?a=1&amp;b">', [("license", "https://a.test/l?a=1&b")]),
        ('<p><a rel="nofollow license" href="https://a.test/by">CC</a>', [("license", "https://a.test/by")]),
        ('<a rel="cc:license" href="/by">x</a><a href="/no">y</a>', [("license", "/by")]),
        ('<link rel="license" type="application/rsl+xml" href="/rsl.xml">', [("rsl", "/rsl.xml")]),
        ('<meta name="viewport" content="x"><link rel="stylesheet" href="license.css">', []),
        ('<meta name="robots" content="a" content="b"><meta name="robots" content="a">', [("robots", "a")]),
        ('<!-- <meta name="robots" content="a"> --><script>"<meta name=robots content=a>"</script>', []),
    ],
)
def test_statements_are_read(markup: str, expected: list[tuple[str, str]]) -> None:
    assert list(head(tree(markup)).rights) == expected


def test_statements_are_bounded() -> None:
    markup = "".join(f'<meta name="robots" content="{"x" * 5000}{n}">' for n in range(2000))
    found = head(tree(markup)).rights
    assert len(found) <= 65
    assert found[-1] == ("cut", "")  # more is said than is kept, which is not silence
    assert head(tree('<link rel="stylesheet" href="x">' * 600 + '<meta name="robots" content="noai">')).rights == (
        ("cut", ""),
    )
    assert all(len(content) <= 1024 for _, content in found)
