"""Main text of pages against what people marked: `python -m benchmarks.extraction FOLDER ... [--write]`.

Reads folders of benchmarks.extraction_gold; reports only on the pages that the model has not seen. Compared are
trafilatura, with FineWeb's settings, for recall and by default, where it is installed, and resiliparse's own main
content, with and without comments and post meta. Writes a section of RESULTS.md.

Where all of the main text is gold, F1 is of bags of words, by page, then averaged. Where segments are gold, a segment
counts if it stands in the text, white space apart, over all pages. The kept share of an element is, of the elements of
that name whose text stands in the gold text, or holds a segment that the page has once (of one that it repeats nobody
said which is meant), the share whose text is whole in the result; of pre with its own line breaks. Elements are found
by resiliparse's parser, not by ours.
"""

import argparse
import importlib
import importlib.util
import logging
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from benchmarks import bench
from benchmarks.extraction_gold import Page, pages
from corpus.html import trafilatura_text
from corpus.html.extraction import Extraction
from corpus.html.page import page_text

Extract = Callable[[str], str]
_WORD = re.compile(r"\w+")
_ELEMENTS = {"p": ("p",), "li": ("li",), "td": ("td",), "pre": ("pre",), "h": tuple(f"h{n}" for n in range(1, 7))}
_LEAST_WORDS = 4  # of an element whose text is looked for: fewer stand somewhere by chance


@dataclass(kw_only=True)
class Figures:
    """What was found of one extractor on one set."""

    shares: list[tuple[float, float, float]] = field(default_factory=list)  # precision, recall, F1 by page
    kinds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    found: int = 0
    missed: int = 0
    wrong: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def line(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        if self.shares:
            precision, recall, f1 = (sum(column) / len(self.shares) for column in zip(*self.shares, strict=True))
            return precision, recall, f1
        precision, recall = self.found / max(1, self.found + self.wrong), self.found / max(1, self.found + self.missed)
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def extractors() -> dict[str, Extract]:
    """By name, what gives the text of a page."""

    def resiliparse(markup: str, **settings: Any) -> str:
        tree = HTMLTree.parse(markup)
        return str(extract_plain_text(tree, main_content=True, alt_texts=False, preserve_formatting=True, **settings))

    found: dict[str, Extract] = {
        "Gristmill": lambda markup: page_text(markup, Extraction()) or "",
        "resiliparse": resiliparse,
        "resiliparse, no comments, no meta": lambda markup: resiliparse(markup, comments=False, post_meta=False),
    }
    if importlib.util.find_spec("trafilatura"):
        logging.disable(logging.CRITICAL)
        extract = importlib.import_module("trafilatura").extract
        found["trafilatura, FineWeb"] = lambda markup: trafilatura_text.text(markup, tables=True, links=False)
        found["trafilatura, default"] = lambda markup: extract(markup, include_comments=False) or ""
        found["trafilatura, recall"] = lambda markup: extract(markup, include_comments=False, favor_recall=True) or ""
    return found


def words(text: str) -> list[str]:
    """Words in lower case."""
    return _WORD.findall(text.lower())


def bags(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of bags of words; gold is not empty."""
    have, want = Counter(words(text)), Counter(words(gold))
    common = sum((have & want).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / sum(have.values()), common / sum(want.values())
    return precision, recall, 2 * precision * recall / (precision + recall)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    """With its line breaks and indentation, without the ends of lines and blank lines around."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip("\n")


def elements(page: Page) -> Iterator[tuple[str, str]]:
    """(kind of element, text) of what belongs to the main text and holds no element of its kind."""
    body = HTMLTree.parse(page.markup).body
    gold = "".join(words(page.text or ""))
    shown = "".join(words((body.text if body else None) or ""))
    wanted = [joined for segment in page.wanted if shown.count(joined := "".join(words(segment))) == 1]
    for kind, tags in _ELEMENTS.items():
        for tag in tags:
            for element in body.get_elements_by_tag_name(tag) if body else ():
                text = element.text or ""
                own = words(text)
                if len(own) < _LEAST_WORDS:
                    continue
                joined = "".join(own)
                if not (joined in gold or any(segment in joined for segment in wanted)):
                    continue
                if not element.get_elements_by_tag_name(tag) and not element.query_selector(
                    "script,style,noscript,math"
                ):
                    yield kind, text


def measure(extract: Extract, sample: Sequence[Page], held: Sequence[Sequence[tuple[str, str]]]) -> Figures:
    """The figures of one extractor on pages, `held` the elements of each."""
    figures = Figures()
    for page in sample:
        _ = page.markup
    started = time.process_time()
    texts = [extract(page.markup) for page in sample]
    figures.seconds = time.process_time() - started
    for page, text, own in zip(sample, texts, held, strict=True):
        if page.text is None:
            flat = _flat(text)
            found = sum(_flat(segment) in flat for segment in page.wanted)
            figures.found += found
            figures.missed += len(page.wanted) - found
            figures.wrong += sum(_flat(segment) in flat for segment in page.unwanted)
        elif words(page.text):
            figures.shares.append(bags(text, page.text))
            figures.kinds[page.kind].append(figures.shares[-1][2])
        joined, lines = "".join(words(text)), _lines(text)
        for kind, held_text in own:
            figures.held[kind] += 1
            there = _lines(held_text) in lines if kind == "pre" else "".join(words(held_text)) in joined
            figures.kept[kind] += there
    return figures


def _table(origin: str, sample: Sequence[Page], found: dict[str, Figures]) -> Iterator[str]:
    kinds = [kind for kind in _ELEMENTS if any(figures.held[kind] for figures in found.values())]
    counts = next(iter(found.values())).held
    yield f"{origin}: {len(sample)} pages; elements: " + ", ".join(f"{kind} {counts[kind]:,}" for kind in kinds)
    yield ""
    heads = ["", "precision", "recall", "F1", *(f"{kind} kept" for kind in kinds), "pages/s"]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for name, figures in found.items():
        cells = [f"{value:.3f}" for value in figures.line()]
        cells += [f"{figures.kept[kind] / max(1, figures.held[kind]):.3f}" for kind in kinds]
        yield "| " + " | ".join([name, *cells, f"{len(sample) / max(figures.seconds, 1e-9):,.0f}"]) + " |"
    yield ""
    by_kind = next(iter(found.values())).kinds
    if len(by_kind) > 1:
        heads = ["F1", *(f"{kind} ({len(own)})" for kind, own in sorted(by_kind.items()))]
        yield "| " + " | ".join(heads) + " |"
        yield "|" + "---|" * len(heads)
        for name, figures in found.items():
            means = [f"{sum(own) / len(own):.3f}" for _, own in sorted(figures.kinds.items())]
            yield "| " + " | ".join([name, *means]) + " |"
        yield ""


def report(every: Iterable[Page]) -> Iterator[str]:
    """Lines of Markdown, a table a set."""
    sets: dict[str, list[Page]] = defaultdict(list)
    for page in every:
        if page.reported:
            sets[page.origin].append(page)
    chosen = extractors()
    for extract in chosen.values():
        extract("<p>What is compiled or loaded once is no part of the time.</p>")
    for origin, sample in sorted(sets.items()):
        held = [list(elements(page)) for page in sample]
        yield from _table(origin, sample, {name: measure(extract, sample, held) for name, extract in chosen.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    text = "\n".join(report(page for folder in arguments.folders for page in pages(folder)))
    bench.publish("main text of pages", "python -m benchmarks.extraction FOLDERS", text, write=arguments.write)


if __name__ == "__main__":
    main()
