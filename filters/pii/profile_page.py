"""Addresses of persons' own pages: `https://x.com/name`, `github.com/name`, `t.me/name`, `host/~name`, `host/@name`."""

import re
from collections.abc import Iterator

from filters.kernels.anchors import HOSTS
from filters.pii.listed import listed
from filters.pii.mail import known_top
from filters.pii.spans import NAMED, SHAPED, Span
from filters.pii.window import Window

BEFORE, AFTER = 120, 100  # bytes: a scheme with a host, a path of two or three names
WORTH_AT = r"[A-Za-z0-9]/\x01@\x02[A-Za-z0-9_]"
_HOST = re.compile(
    r"(?:[a-z]{3,6}://)?((?:[A-Za-z0-9\-]{1,63}\.){1,5}[A-Za-z]{2,24})(?::[0-9]{2,5})?((?:/[A-Za-z0-9_.\-]{1,40}){0,3})$"
)
_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,48}[A-Za-z0-9_])?"
_HOME = re.compile(rf"/~({_NAME})")
_AT = re.compile(rf"@({_NAME})")
# Networks that have a word or a sign between host and name; `None`: the name stands right behind the host.
_LEADS = {
    "linkedin.com": r"/in/",
    "reddit.com": r"/(?:u|user)/",
    "old.reddit.com": r"/(?:u|user)/",
    "bsky.app": r"/profile/",
    "weibo.com": r"/(?:u/|n/)?",
    "ok.ru": r"/(?:profile/)?",
    "youtube.com": r"/(?:@|user/|c/)",
    "m.youtube.com": r"/(?:@|user/|c/)",
    "tiktok.com": r"/@",
    "medium.com": r"/@",
    "substack.com": r"/@",
    "threads.net": r"/@",
    "threads.com": r"/@",
    "launchpad.net": r"/~",
    "snapchat.com": r"/add/",
    "flickr.com": r"/(?:people|photos)/",
    "xing.com": r"/profile/",
    "zhihu.com": r"/people/",
    "douban.com": r"/people/",
    "quora.com": r"/profile/",
    "stackoverflow.com": r"/users/[0-9]+/",
    "steamcommunity.com": r"/(?:id|profiles)/",
    "news.ycombinator.com": r"/user\?id=",
    "last.fm": r"/user/",
    "strava.com": r"/athletes/",
    "imgur.com": r"/user/",
    "goodreads.com": r"/(?:author|user)/show/[0-9]+[.\-]",
    "facebook.com": r"/(?:profile\.php\?id=|people/)?",
    "m.facebook.com": r"/(?:profile\.php\?id=|people/)?",
    "keybase.io": r"/",
    "ko-fi.com": r"/",
    "cash.app": r"/\$",
    "venmo.com": r"/(?:u/)?",
    "kaggle.com": r"/",
    "wa.me": r"/",
}
_PATTERNS = {host: re.compile(f"{_LEADS.get(host, '/')}({_NAME})") for host in HOSTS}
# Sites of code: what stands behind the name is a repository, which is not a person's page.
_CODE = frozenset(
    {
        "github.com",
        "gitlab.com",
        "bitbucket.org",
        "codeberg.org",
        "huggingface.co",
        "kaggle.com",
        "dev.to",
        "gist.github.com",
    }
)
_EXAMPLE = re.compile(r"(?:^|\.)example\.(?:com|org|net)$")  # RFC 2606
# First names of paths that are pages of the network itself.
_PAGES = frozenset(
    listed(
        """
        about account accounts ads advertising api app apps auth badges blog blogs business careers channel
        collections company compose contact customer dashboard datasets developer developers dialog docs
        download downloads enterprise events explore feed features feedback forgot game games group groups
        hashtag help home i intent issues iframe jobs join language legal live login logo logos logout
        market marketplace media messages models mobile music new news notifications oauth organizations
        orgs p page pages partners payments plans plugins policies popular posts premium press pricing
        privacy product products profile public pulls r readme reel reels register resources rules s safety
        search security sessions settings share sharearticle sharer sharer.php share.php shop shorts signin
        signup site sitemap solutions spaces sponsors static status stories store story support tag tags
        team teams terms toc topic topics tos tour tr trending tv tweet u user users video videos view watch
        web wiki www favicon.ico index.html index.php robots.txt addstickers addtheme joinchat proxy socks
        iv photo photos pin hashtags places directory pub learning school pulse embed playlist results
        nonprofits codespaces copilot actions
        """,
        " ",
    )
)


def find(window: Window) -> Iterator[Span]:
    """The address around a slash behind a network's host, or before a tilde."""
    host = _HOST.search(window.before)
    if not host or not known_top(host.group(1).rpartition(".")[2]):
        return
    text, slash, start = window.text, window.start, host.start()
    if _EXAMPLE.search(host.group(1)) or _joined(text, start, host.group()):
        return
    home = _HOME.match(text, slash)
    if home:
        yield _span(start, home.end(), "profile.home", SHAPED)
        return
    name = host.group(1).lower().removeprefix("www.")
    pattern = _PATTERNS.get(name)
    found = pattern.match(text, slash) if pattern is not None and not host.group(2) else None
    if found is None or found.group(1).lower() in _PAGES or found.group(1).endswith((".html", ".php")):
        return
    end = found.end()
    behind = text[end : end + 2]
    repository = name in _CODE and behind[:1] == "/" and behind[1:].isalnum()
    if not repository and behind[:1] not in ("(", "@", "=", "\\", "{", "$"):
        yield _span(start, end, "profile.network", NAMED)


def find_at(window: Window) -> Iterator[Span]:
    """`host/@name` of other hosts, servers of the fediverse; scopes of packages have a second name."""
    host = _HOST.search(window.before[:-1])
    found = _AT.match(window.text, window.start)
    if not host or host.group(2) or not found or not known_top(host.group(1).rpartition(".")[2]):
        return
    name = host.group(1).lower().removeprefix("www.")
    behind = window.text[found.end() : found.end() + 2]
    if name in _PATTERNS or (behind[:1] in ("/", "@") and not behind[1:].isdigit() and behind[1:].isalnum()):
        return
    if found.group(1).lower() in _PAGES or any(
        part in name for part in ("npm", "unpkg", "jsdelivr", "esm.", "cdn", "skypack")
    ):
        return
    start = host.start()
    if _joined(window.text, start, host.group()):
        return
    yield _span(start, found.end(), "profile.at", SHAPED)


def _joined(text: str, start: int, host: str) -> bool:
    """Whether the address is the rest of a longer name."""
    return "://" not in host and start > 0 and (text[start - 1].isalnum() or text[start - 1] in "@.-_/")


def _span(start: int, end: int, detector: str, confidence: float) -> Span:
    return Span(start=start, end=end, kind="PROFILE", detector=detector, confidence=confidence)
