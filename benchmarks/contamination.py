"""Items of suites planted in text, by form: how many are found; what is found where none is; how fast.

taskset -c 0 python -m benchmarks.contamination FILES --suite gsm8k=gsm8k.jsonl.gz --suite "bbh=bbh/*.json"
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.canaries.items import FORMS
from corpus.contamination import item_index, search, suites
from corpus.contamination.item_index import ItemIndex
from corpus.contamination.items import Item
from corpus.contamination.recipe_table import Contamination, Suite
from filters.arrow import string_array, strings

_PLANTED = 400  # items of each suite
_MIN_SHARE = 0.8
_ROWS = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", help="Parquet files with a column text that hold no items")
    parser.add_argument("--suite", action="append", required=True, metavar="NAME=PATH")
    given = parser.parse_args()
    asked = [
        Suite(name=name, path=str(Path(path).resolve())) for name, _, path in (s.partition("=") for s in given.suite)
    ]
    started = time.process_time()
    index = item_index.build(suites.items(suites.files(Contamination(suites=tuple(asked)), "/")), 13)
    spent = time.process_time() - started
    print(f"{len(index.items):,} items, {len(index.unchecked):,} not checked; index in {spent:.1f} s")
    texts = list(_texts(given.files))
    _found(index, texts[0])  # compiled
    started = time.process_time()
    found = sum(_found(index, text) for text in texts)
    spent, size = time.process_time() - started, sum(text.nbytes for text in texts) / 1e6
    print(f"{size:.0f} MB without items: {found} matches; {size / spent:.0f} MB/s")
    chance = random.Random(1)
    around = [text for text in strings(texts[0]) if 300 < len(text) < 3000]
    for suite in asked:
        items = [item for item in index.items if item.suite == suite.name]
        chosen = chance.sample(items, min(_PLANTED, len(items)))
        for form, make in FORMS.items():
            planted = [make(item, lambda: chance.choice(around)) for item in chosen]
            print(f"{suite.name:<12} {form:<24} {_recall(index, chosen, planted):.3f}")


def _texts(files: Sequence[str]) -> Iterator[pa.StringArray]:
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(_ROWS, columns=["text"]):
            yield string_array(batch.column(0))


def _found(index: ItemIndex, text: pa.StringArray) -> int:
    return len([*search.search(index, text, _MIN_SHARE), *search.canaries(index, text)])


def _recall(index: ItemIndex, items: Sequence[Item], planted: Sequence[str]) -> float:
    matches = search.search(index, pa.array(planted, pa.string()), _MIN_SHARE)
    right = {one.row for one in matches if index.items[one.item].question == items[one.row].question}
    return len(right) / len(items)


if __name__ == "__main__":
    main()
