"""The canonical form of a URL: what two addresses of one page have in common (RFC 3986, section 6).

Only what cannot lead to another page is evened out:

* scheme and host in lower case, host in IDNA, without a trailing dot; the scheme's own port left out (6.2.2.1, 6.2.3);
* `http` without a port is `https`: crawls hold both, and sites send readers from the one to the other (RFC 6797); with
  a port of its own the scheme stays;
* user and password left out, and the fragment, which is never sent (but `#!`, by which pages were told apart);
* percent-encoding in upper case, unreserved characters decoded, those beyond ASCII encoded (6.2.2.2; RFC 3987, 3.1);
* `.` and `..` resolved (5.2.4), an empty path is `/`; no other slash is touched, for `/a` and `/a/` may differ;
* parameters that only count visits are left out (`TRACKING`), and a `?` with nothing behind it.

Parameters stay in their order and case, `www.` stays, and so do file names such as `index.html`: servers may tell them
apart. An address that is not absolute http(s) has no canonical form.
"""

import hashlib
import re
from functools import cache

TRACKING_PREFIXES = ("utm_",)  # Google Analytics' campaign parameters (Urchin)
# Click ids of Google, Facebook, Microsoft, Mailchimp, Instagram, Yandex, Twitter, TikTok, HubSpot: added to any link
# on the way, with no meaning to the page.
TRACKING = frozenset(
    {"gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid"}
    | {"twclid", "ttclid", "_hsenc", "_hsmi"}
)
_PORTS = {"http": "80", "https": "443"}
# RFC 3986, appendix B; the authority taken apart as in section 3.2.
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?:[^/?#@]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:@\[\]]+)(?::(?P<port>[0-9]*))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # section 2.3
_WHITE = " \t\r\n\f"


def canonical(url: str) -> str | None:
    """The canonical form, or None for an address that has none.

    >>> canonical("HTTP://Example.ORG:80/a/./b/../%7euser?utm_source=x&id=1#top")
    'https://example.org/a/~user?id=1'
    """
    found = _PARTS.fullmatch(url.strip(_WHITE))
    if found is None:
        return None
    host = _host(found["host"])
    if not host:
        return None
    port = found["port"]
    place = f":{int(port)}" if port and str(int(port)) != _PORTS[found["scheme"].lower()] else ""
    path = _resolved(_encoded(found["path"] or "/"))
    parameters = [_encoded(p) for p in (found["query"] or "").split("&") if p and not _tracks(p)]
    query = f"?{'&'.join(parameters)}" if parameters else ""
    fragment = found["fragment"] or ""
    scheme = found["scheme"].lower() if place else "https"
    return f"{scheme}://{host}{place}{path}{query}{_encoded(fragment) if fragment.startswith('#!') else ''}"


def key(url: str | None, *, query: bool = True) -> bytes | None:
    """128-bit blake2b of the canonical form, without its query and fragment if these are not asked for: among 10^10
    addresses two meet by chance with probability 1.5e-19."""
    plain = canonical(url) if url else None
    if plain is not None and not query:
        plain = re.split(r"[?#]", plain, maxsplit=1)[0]
    return None if plain is None else hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


@cache
def _host(host: str) -> str:
    plain = host.lower().rstrip(".")
    if plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


def _encoded(text: str) -> str:
    """Percent-encoding normalised; what stands for itself and may not is encoded."""
    if "%" in text:
        text = _ENCODED.sub(_one, text)
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return "".join(
        c
        if c.isascii() and c.isprintable() and c != " "
        else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace"))
        for c in text
    )


def _one(found: "re.Match[str]") -> str:
    byte = int(found[1], 16)
    return chr(byte) if byte in _UNRESERVED else f"%{found[1].upper()}"


def _resolved(path: str) -> str:
    """Section 5.2.4: `.` and `..` taken out."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
