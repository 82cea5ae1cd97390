"""The SURT of an address, by which web archives sort: `org,example)/path?a=1` (Common Crawl: `url_surtkey`).

What the Internet Archive's canonicaliser makes equal is equal here: the scheme and who logs in are left out, so are the
scheme's own port, `www.` with or without a number, a `#` and what follows it, an empty query and a slash at the end of
a path; letters are small, `%` is undone as often as it can be and done once, parameters are in order, and ids of
sessions go.
"""

import re
from contextlib import suppress
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

_URL: Final = re.compile(
    rb"(?P<scheme>https?)://+(?:[^/?#@]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:@\[\]]*)(?::(?P<port>[0-9]*))?"
    rb"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_PORTS: Final = {b"http": 80, b"https": 443}
_WWW: Final = re.compile(r"www\d*\.", re.ASCII)
_PLAIN: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"  # stand as they are; all of ASCII that is printed but # and %
_PATH_SESSIONS: Final = (
    re.compile(r"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$"),
    re.compile(r"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$"),
)
_QUERY_SESSIONS: Final = tuple(
    re.compile(rf"^(.*)(?:{name})(?:&(.*))?$", re.IGNORECASE)
    for name in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
)
_CHARS: Final = 1 << 16  # of an address; longer ones have none


def surt(url: str) -> str | None:
    """None for what is no address of HTTP.

    >>> surt("http://www.Archive.org:80/goo/?a=2&b&a=1#top"), surt("https://archive.org:8080/"), surt("urn:x")
    ('org,archive)/goo?a=1&a=2&b', 'org,archive:8080)/', None)
    """
    if len(url) > _CHARS:
        return None
    plain = re.sub(r"[\n\r\t]", "", url.strip()).encode("utf-8", "surrogatepass")
    found = _URL.fullmatch(plain)
    if found is None:
        return None
    host = _host(found["host"])
    if not host:
        return None
    port = int(found["port"] or b"0")
    place = f":{port}" if port and port != _PORTS[found["scheme"].lower()] else ""
    query = _query(found["query"] or b"")
    return f"{','.join(reversed(host.split('.')))}{place}){_path(found['path'] or b'/')}" + (
        f"?{query}" if query else ""
    )


def _host(raw: bytes) -> str:
    text = _unescaped(raw).decode("utf-8", "ignore")
    if not text.isascii():
        with suppress(UnicodeError):
            text = text.encode("idna").decode("ascii")
    small = _escaped(text.replace("..", ".").strip(".").lower().encode()).lower()
    return _WWW.sub("", small, count=1) if _WWW.match(small) else small


def _path(raw: bytes) -> str:
    kept: list[bytes] = []
    for step in _unescaped(raw).split(b"/")[1:]:
        if step == b"..":
            kept = kept[:-1] if kept else [step]
        elif step != b".":
            kept.append(step)
    joined = b"/" + b"/".join([*(step for step in kept[:-1] if step), *kept[-1:]])
    path = _escaped(joined).lower()
    for pattern in _PATH_SESSIONS:
        path = pattern.sub(r"\1\2", path)
    return path[:-1] if path.endswith("/") and len(path) > 1 else path


def _query(raw: bytes) -> str:
    query = _escaped(_unescaped(raw))
    for pattern in _QUERY_SESSIONS:
        found = pattern.match(query)
        query = found[1] + (found[2] or "") if found else query
    if len(query) <= 1:
        return query.lower()
    parameters = sorted(tuple(one.split("=", 1)) for one in query.lower().split("&"))
    return "&".join("=".join(one) for one in parameters)


def _unescaped(raw: bytes) -> bytes:
    """Again and again until nothing changes; every time it is shorter."""
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return raw


def _escaped(raw: bytes) -> str:
    return quote_from_bytes(raw, _PLAIN)
