"""Pages with main text that people marked, from folders of other projects, which stay outside this repository.

Four layouts are known by their files: trafilatura's `tests` (evaldata.json: segments that belong in, segments that do
not; Barbaresi 2021), scrapinghub's article-extraction-benchmark (ground-truth.json), WCXB (dev and test with
ground-truth; page types from articles to products) and readability's test-pages (expected.html).
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from corpus.charset.choice import decode
from corpus.html.extraction import Extraction
from corpus.html.page import page_text


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page and what is known of its main text: all of it, or segments."""

    origin: str  # "adbar", "scrapinghub", "wcxb-dev", "wcxb-test" or "readability"
    name: str
    url: str
    data: bytes
    kind: str = "article"
    text: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @cached_property
    def markup(self) -> str:
        """Decoded; readability's pages were stored anew as UTF-8, whatever they say."""
        if self.origin == "readability":
            return self.data.decode("utf-8", "replace")
        found = decode(self.data, None, html=True)
        return found.text if found else ""

    @property
    def site(self) -> str:
        """The host without www."""
        return re.sub(r"^www\.", "", urlsplit(self.url).hostname or self.url)

    @property
    def reported(self) -> bool:
        """Whether figures are reported on it: WCXB has its own halves, the others are split by the hash of the site."""
        if self.origin.startswith("wcxb"):
            return self.origin == "wcxb-test"
        return bool(hashlib.blake2b(self.site.encode(), digest_size=8).digest()[0] & 1)


def pages(folder: Path) -> Iterator[Page]:
    """The pages of a folder in one of the layouts, in order. Raises ValueError for another."""
    if (folder / "evaldata.json").exists():
        return _adbar(folder)
    if (folder / "ground-truth.json").exists():
        return _scrapinghub(folder)
    if (folder / "dev" / "ground-truth").exists():
        return _wcxb(folder)
    if any(folder.glob("*/expected.html")):
        return _readability(folder)
    raise ValueError(f"{folder} has no layout that is known here")


def _adbar(folder: Path) -> Iterator[Page]:
    for url, item in sorted(json.loads((folder / "evaldata.json").read_text("utf-8")).items()):
        places = [folder / part / item["file"] for part in ("cache", "eval")]
        data = next(place for place in places if place.exists()).read_bytes()
        yield Page(
            origin="adbar",
            name=item["file"],
            url=url,
            data=data,
            wanted=tuple(item["with"]),
            unwanted=tuple(item["without"]),
        )


def _scrapinghub(folder: Path) -> Iterator[Page]:
    for name, item in sorted(json.loads((folder / "ground-truth.json").read_text("utf-8")).items()):
        data = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Page(origin="scrapinghub", name=name, url=item["url"], data=data, text=item["articleBody"])


def _wcxb(folder: Path) -> Iterator[Page]:
    for part in ("dev", "test"):
        for path in sorted((folder / part / "ground-truth").glob("*.json")):
            item = json.loads(path.read_text("utf-8"))
            kind = (item.get("_internal") or {}).get("page_type") or {}
            yield Page(
                origin=f"wcxb-{part}",
                name=path.stem,
                url=item.get("url") or f"http://{path.stem}.invalid",
                data=gzip.decompress((folder / part / "html" / f"{path.stem}.html.gz").read_bytes()),
                kind=str(kind.get("primary", "article") if isinstance(kind, dict) else kind),
                text=item["ground_truth"].get("main_content") or "",
            )


def _readability(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("*/expected.html")):
        name = path.parent.name
        text = page_text(path.read_text("utf-8", "replace"), Extraction(extractor="all"))
        site = re.sub(r"-\d+$", "", name)
        data = (path.parent / "source.html").read_bytes()
        yield Page(origin="readability", name=name, url=f"http://{site}.invalid", data=data, text=text)
