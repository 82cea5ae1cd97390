"""Train the model of main text: `python -m benchmarks.extraction_model FOLDER ... --write`.

Reads pages with gold main text (benchmarks.extraction_gold), those that nothing is reported on. Writes
corpus/html/model.tsv, the same for the same pages and packages. Needs LightGBM (Ke et al. 2017) and trafilatura, which
nothing else needs. Cost: two minutes on two cores, 4 GB.

A block's label is the share of its runs of five words that stand in the gold text; a shorter block counts if its words
stand there between those of the long blocks before and after it. Where only segments are gold, a block with a segment
counts by it, and the others, with less weight, by whether trafilatura with two settings takes them. A block weighs what
its words are of the page's main text, so that all pages weigh about the same, as they do in the figures.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import trafilatura

from benchmarks.extraction_gold import Page, pages
from corpus.html.elements import TEXT
from corpus.html.page import rows_of
from corpus.html.tree import Cut, cut, tree

_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_RUN = 5
_REACH = 80  # words around the first and last long block in which a short one may stand
_SLACK = 3
_MOST_WORDS, _MOST_WEIGHT, _LEAST_WEIGHT = 150, 0.3, 0.002
_SEGMENT, _TAKEN = 0.3, 0.2  # weights of a block with a gold segment, and of trafilatura's word
_LEAST_TAKEN = 100  # characters that trafilatura must find for its word to count
_OF_ORIGIN = {"scrapinghub": 1.5}
_ROUNDS = 240
_SETTINGS: dict[str, Any] = {
    "objective": "cross_entropy",
    "learning_rate": 0.05,
    "num_leaves": 20,
    "min_data_in_leaf": 60,
    "min_sum_hessian_in_leaf": 0.02,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 0.5,
    "max_bin": 63,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}
_HEADER = "tree\tfeature\tthreshold_or_value\tleft\tright\n"
_TARGET = Path(__file__).parents[1] / "corpus" / "html" / "model.tsv"


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """Blocks of a page: rows of features, the share that is main text, the weight."""

    rows: np.ndarray
    share: np.ndarray
    weight: np.ndarray


def words(text: str) -> list[str]:
    """Words in lower case; a character each where a script has no spaces."""
    return _WORD.findall(text.lower())


def texts_of(page: Cut) -> list[str]:
    """The text of each block, its white space as it is."""
    nodes, data = page.tree.nodes, page.tree.data.tobytes()
    found: list[list[str]] = [[] for _ in range(page.count)]
    for i in np.flatnonzero((page.block_of >= 0) & (nodes.tag[: page.tree.count] == TEXT)):
        found[page.block_of[i]].append(unescape(data[nodes.start[i] : nodes.stop[i]].decode("utf-8", "replace")))
    return ["".join(parts) for parts in found]


def in_gold(blocks: Sequence[Sequence[str]], gold: Sequence[str]) -> np.ndarray:
    """The share of each block, given as words, that stands in the gold words."""
    places = defaultdict(list)
    for size in range(1, _RUN + 1):
        for i in range(len(gold) - size + 1):
            places[tuple(gold[i : i + size])].append(i)
    share = np.zeros(len(blocks))
    anchors: list[tuple[int, int] | None] = [None] * len(blocks)
    at = 0
    for b, block in enumerate(blocks):
        if len(block) < _RUN:
            continue
        runs = range(len(block) - _RUN + 1)
        hits = [i for i in runs if tuple(block[i : i + _RUN]) in places]
        share[b] = len(hits) / len(runs)
        if share[b] >= 0.5:
            first = min(places[tuple(block[hits[0] : hits[0] + _RUN])], key=lambda place: abs(place - at)) - hits[0]
            anchors[b], at = (first, first + len(block)), first + len(block)
    for b, (low, high) in enumerate(_between(anchors, len(gold))):
        if 0 < len(blocks[b]) < _RUN and any(low <= i <= high for i in places.get(tuple(blocks[b]), ())):
            share[b] = 1.0
    return share


def _between(anchors: Sequence[tuple[int, int] | None], size: int) -> Iterator[tuple[int, int]]:
    """By block, from where to where in the gold words a short one may stand."""
    after: list[tuple[int, int] | None] = [None] * len(anchors)
    for b in range(len(anchors) - 2, -1, -1):
        after[b] = anchors[b + 1] or after[b + 1]
    before = None
    for b, anchor in enumerate(anchors):
        following = after[b]
        low = before[1] - _SLACK if before else (following[0] - _REACH if following else 0)
        high = following[0] + _SLACK if following else (before[1] + _REACH if before else size)
        yield (low, high) if low <= high else (high - 2 * _RUN, low + 2 * _RUN)
        before = anchor or before


def _weights(sizes: np.ndarray, gold: float) -> np.ndarray:
    """By block, from its words and those of the main text."""
    of_text = np.minimum(sizes, _MOST_WORDS) / max(gold, 60)
    return np.asarray(np.minimum(of_text, _MOST_WEIGHT) + _LEAST_WEIGHT)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _segments(page: Page, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(shares, weights) where segments are gold."""
    blocks = [words(text) for text in texts]
    sizes = np.array([len(block) for block in blocks], float)
    taken = [
        trafilatura.extract(page.markup, include_comments=False, favor_recall=recall) or "" for recall in (False, True)
    ]
    share, weight = np.zeros(len(texts)), np.zeros(len(texts))
    if min(map(len, taken)) >= _LEAST_TAKEN:
        golds = [words(text) for text in taken]
        share = np.clip(np.mean([in_gold(blocks, gold) for gold in golds], axis=0), 0.05, 0.95)
        weight = _TAKEN * _weights(sizes, float(np.mean([len(gold) for gold in golds])))
    for b, text in enumerate(map(_plain, texts)):
        wanted = any(_plain(segment) in text for segment in page.wanted)
        if wanted or any(_plain(segment) in text for segment in page.unwanted):
            share[b], weight[b] = float(wanted), _SEGMENT
    return share, weight


def labelled(page: Page) -> Labelled | None:
    """The blocks of a page with their labels; None if it has none, or no main text is known."""
    found = cut(tree(page.markup), main=True, formulas=True)
    if not found.count or page.text == "":
        return None
    texts = texts_of(found)
    if page.text is None:
        share, weight = _segments(page, texts)
    else:
        blocks, gold = [words(text) for text in texts], words(page.text)
        share = in_gold(blocks, gold)
        weight = _weights(np.array([len(block) for block in blocks], float), len(gold))
        weight *= _OF_ORIGIN.get(page.origin, 1.0) * (1.3 if page.kind == "article" else 0.8)
    seen = weight > 0
    return Labelled(rows=rows_of(found)[seen], share=share[seen], weight=weight[seen])


def trained(sample: Sequence[Labelled]) -> lightgbm.Booster:
    """The trees of a sample."""
    weight = np.concatenate([one.weight for one in sample])
    data = lightgbm.Dataset(
        np.concatenate([one.rows for one in sample]),
        np.concatenate([one.share for one in sample]),
        weight=weight / weight.mean(),
    )
    return lightgbm.train(_SETTINGS, data, _ROUNDS)


def lines(booster: lightgbm.Booster) -> Iterator[str]:
    """The trees as lines of model.tsv. A threshold is rounded down to 32 bits, which rows have: the same go left."""
    count = 0
    for number, tree_of in enumerate(booster.dump_model()["tree_info"]):
        nodes: list[list[str]] = []

        def add(node: dict[str, Any], nodes: list[list[str]], first: int, number: int) -> int:
            own = [str(number)]
            nodes.append(own)
            place = first + len(nodes) - 1
            if "leaf_value" in node:
                own += ["-1", f"{node['leaf_value']:.6g}", "0", "0"]
            else:
                limit = np.float32(node["threshold"])
                if float(limit) > node["threshold"]:
                    limit = np.nextafter(limit, np.float32(-np.inf))
                own += [str(node["split_feature"]), f"{limit:.9g}"]
                own.append(str(add(node["left_child"], nodes, first, number)))
                own.append(str(add(node["right_child"], nodes, first, number)))
            return place

        add(tree_of["tree_structure"], nodes, count, number)
        count += len(nodes)
        yield from ("\t".join(node) + "\n" for node in nodes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    every = [page for folder in arguments.folders for page in pages(folder)]
    held = {page.site for page in every if page.reported}
    sample = [found for page in every if page.site not in held for found in (labelled(page),) if found]
    print(f"{len(sample)} pages, {sum(len(one.share) for one in sample)} blocks")
    text = _HEADER + "".join(lines(trained(sample)))
    print(f"{text.count(chr(10)) - 1} nodes, {len(text)} bytes")
    if arguments.write:
        _TARGET.write_text(text, "ascii")


if __name__ == "__main__":
    main()
