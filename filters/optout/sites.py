"""Of an address: its host, its site, and its path as robots.txt matches it."""

import re
from typing import Final

_URL: Final = re.compile(
    r"https?://(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^/?#:@\[\]]*)(?::[0-9]*)?([/?][^#]*|)(?:#.*)?", re.I | re.S
)
_CHARS: Final = 1 << 16  # of an address; longer ones have no site


def parted(url: str | None) -> tuple[str, str]:
    """Host in small letters, and path with query; ("", "") for what is no address of HTTP.

    >>> parted("https://user@Www.Example.org:443/a?b#c"), parted("http://example.org"), parted("urn:x")
    (('www.example.org', '/a?b'), ('example.org', '/'), ('', ''))
    """
    found = _URL.fullmatch(url) if url and len(url) <= _CHARS else None
    if found is None:
        return "", ""
    path = found[2]
    return plain(found[1]), path if path.startswith("/") else f"/{path}"


def plain(host: str) -> str:
    """A host as DNS has it; one that cannot be so written stays as it is."""
    small = host.lower().rstrip(".")
    if small.isascii():
        return small
    try:
        return small.encode("idna").decode("ascii")
    except UnicodeError:
        return small


def site(host: str) -> str:
    """By what a robots.txt is looked up: the host without www., whatever scheme and port, since sites move between
    these, and an older crawl has them under the other name."""
    return host.removeprefix("www.")
