"""A small crawl of May 2021 in which every kind of statement on training stands once, and what its sites say later."""

import gzip
import hashlib
import random
from pathlib import Path

from tests.corpus.sources.archives import record

_TEXT = (
    "mill miller river valley stone wheel flour grain sack cart horse bridge market baker bread field barley rye oats "
    "winter summer harvest autumn storm flood weir sluice timber beam roof loft ladder rope pulley candle lantern road "
    "village church school letter neighbour cousin daughter brother stranger merchant price copper silver ledger"
)
WORDS = _TEXT.split()

# By site: headers of the answer, the head of its page, its robots.txt of the day of the crawl or why there is none, and
# one of 2026.
SITES: dict[str, tuple[str, str, str, str]] = {
    "usage-no.test": ("Content-Usage: train-ai=n", "", "", ""),
    "usage-yes.test": ("Content-Usage: search=n, train-ai=y", "", "", ""),
    "signal.test": ("Content-Signal: search=yes, ai-train=no", "", "", ""),
    "tdm-header.test": ("TDM-Reservation: 1|TDM-Policy: https://tdm-header.test/policy.json", "", "", ""),
    "tdm-meta.test": ("", '<meta name="tdm-reservation" content="1">', "", ""),
    "noai-header.test": ("X-Robots-Tag: noai, noimageai", "", "", ""),
    "noai-meta.test": ("", '<meta name="robots" content="noai">', "", ""),
    "rsl-header.test": ('Link: </rsl.xml>; rel="license"; type="application/rsl+xml"', "", "", ""),
    "rsl-page.test": ("", '<link rel="license" type="application/rsl+xml" href="/rsl.xml">', "", ""),
    "robots-agent.test": ("", "", "User-agent: GPTBot\nDisallow: /\n", ""),
    "robots-usage.test": ("", "", "User-agent: *\nAllow: /\nContent-Usage: /page train-ai=n\n", ""),
    "robots-signal.test": ("", "", "User-agent: *\nContent-Signal: search=yes, ai-train=yes\n", ""),
    "robots-rsl.test": ("", "", "License: https://robots-rsl.test/rsl.xml\nUser-agent: *\nAllow: /\n", ""),
    "robots-later.test": ("", "", "User-agent: *\nAllow: /\n", "User-agent: CCBot\nDisallow: /\n"),
    "robots-down.test": ("Content-Usage: train-ai=y", "", "503 Service Unavailable", ""),
    "strictest.test": ("Content-Usage: train-ai=y", '<meta name="robots" content="noai">', "", ""),
    "old.listed.test": ("", "", "", ""),
    "silent.test": ("", "<title>nothing of rights</title>", "", ""),
}

HELD = {  # what holds of each: label, protocol, place
    "usage-no.test": ("disallow", "content-usage", "header"),
    "usage-yes.test": ("allow", "content-usage", "header"),
    "signal.test": ("disallow", "content-signal", "header"),
    "tdm-header.test": ("disallow", "tdmrep", "header"),
    "tdm-meta.test": ("disallow", "tdmrep", "page"),
    "noai-header.test": ("disallow", "noai", "header"),
    "noai-meta.test": ("disallow", "noai", "page"),
    "rsl-header.test": ("unknown", "rsl", "header"),
    "rsl-page.test": ("unknown", "rsl", "page"),
    "robots-agent.test": ("disallow", "robots.txt", "robots"),
    "robots-usage.test": ("disallow", "content-usage", "robots"),
    "robots-signal.test": ("allow", "content-signal", "robots"),
    "robots-rsl.test": ("unknown", "rsl", "robots"),
    "robots-later.test": ("disallow", "robots.txt", "robots"),
    "robots-down.test": ("unknown", "robots.txt", "robots"),  # it may have refused
    "strictest.test": ("disallow", "noai", "page"),
    "old.listed.test": ("disallow", "list", "list"),
    "silent.test": ("unknown", "", ""),
}

RECIPE = """
name = "refusals"

[[sources]]
name = "web"
path = "pages.warc.gz"
extractor = "all"

[[sources]]
name = "robots"
path = "robots.warc.gz"

[[filters]]
use = "rights"
{keep}
lists.refusals = {{ path = "{folder}/refusals.txt", sha256 = "{sha256}", date = "2026-11-01" }}

[tokenizer]
vocab_size = 300
"""


def write(folder: Path, keep: str = 'keep_train_ai = ["allow", "unknown"]') -> Path:
    """The crawl, the list and a recipe that asks both."""
    pages, robots = [], []
    for site, (headers, head, then, later) in SITES.items():
        pages.append(_answer(f"http://www.{site}/page", "2021-05-01", headers, _page(site, head)))
        if then.startswith("503"):
            pages.append(_answer(f"http://www.{site}/robots.txt", "2021-05-01", "", "", "text/html", then))
        elif then:
            pages.append(_answer(f"http://www.{site}/robots.txt", "2021-05-01", "", then, "text/plain"))
        else:
            pages.append(_answer(f"http://www.{site}/robots.txt", "2021-05-01", "", "", "text/html", "404 Not Found"))
        if later:
            robots.append(_answer(f"https://{site}/robots.txt", "2026-11-01", "", later, "text/plain"))
    (folder / "pages.warc.gz").write_bytes(b"".join(gzip.compress(one, mtime=0) for one in pages))
    (folder / "robots.warc.gz").write_bytes(b"".join(gzip.compress(one, mtime=0) for one in robots))
    (folder / "refusals.txt").write_text("# asked for by letter\nlisted.test\n", "utf-8")
    digest = hashlib.sha256((folder / "refusals.txt").read_bytes()).hexdigest()
    path = folder / "refusals.toml"
    path.write_text(RECIPE.format(keep=keep, folder=folder, sha256=digest), "utf-8")
    return path


def _page(site: str, head: str) -> str:
    chance = random.Random(site)
    text = " ".join(chance.choice(WORDS) for _ in range(60))
    return f"<html><head>{head}</head><body><p>{site} {text}</p></body></html>"


def _answer(
    url: str, day: str, headers: str, body: str, kind: str = "text/html; charset=utf-8", status: str = "200 OK"
) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *(line for line in headers.split("|") if line), "", ""]
    return record(
        "\r\n".join(lines).encode() + body.encode(),
        f"WARC-Type: response|WARC-Target-URI: {url}|WARC-Date: {day}T12:00:00Z|"
        "Content-Type: application/http; msgtype=response",
    )
