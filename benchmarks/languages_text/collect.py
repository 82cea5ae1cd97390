"""Clean pieces of text out of all sources: `python -m benchmarks.languages_text.collect LIST DEBS REPOSITORIES PIECES`.

LIST is `sources.tsv` or `held_out.tsv` of this folder; DEBS a folder of .deb files, REPOSITORIES one of git
repositories as OWNER+NAME/repo. A piece is labelled by its source's locale and its script. Writes JSON lines of label,
source and texts.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.languages_text.labels import label_of
from benchmarks.languages_text.pieces import cleaned, looks_english
from benchmarks.languages_text.readers import READERS
from benchmarks.languages_text.sources import Listed, listed, members

CODE = "zxx-code"
_MOST_READ = 400_000  # characters of a source's row and locale

Pieces = dict[str, dict[str, dict[str, None]]]  # label, source, texts in order


def _pieces(source: Listed, content: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    read: dict[str, int] = defaultdict(int)
    for path, data in content:
        for locale, raw in READERS[source.reader](path, data, source.parameter):
            if source.reader == "code":
                yield CODE, raw
                continue
            read[locale] += len(raw)
            if read[locale] > _MOST_READ:
                continue
            text = cleaned(raw)
            label = label_of(locale, text) if text else ""
            if label and (label.startswith("eng_") or not looks_english(text)):
                yield label, text


def _read(task: tuple[Listed, Path, Path]) -> list[tuple[str, str]]:
    source, packages, repositories = task
    return list(dict.fromkeys(_pieces(source, members(source, packages, repositories))))


def collect(path: Path, packages: Path, repositories: Path) -> Pieces:
    """All clean pieces of the list's sources, each once a label and source."""
    found: Pieces = defaultdict(lambda: defaultdict(dict))
    sources = listed(path)
    with ProcessPoolExecutor(2) as pool:
        tasks = [(source, packages, repositories) for source in sources]
        for source, pairs in zip(sources, pool.map(_read, tasks), strict=True):
            group = source.name if source.kind == "git" else source.name.rsplit("-l10n-")[0]
            for label, text in pairs:
                found[label][group][text] = None
            print(source.name, len(pairs), flush=True)
    return found


def read(path: Path) -> Pieces:
    """What `main` wrote."""
    found: Pieces = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            found[row["label"]][row["source"]] = dict.fromkeys(row["texts"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("list", "packages", "repositories", "pieces"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    found = collect(options.list, options.packages, options.repositories)
    with options.pieces.open("w", encoding="utf-8") as file:
        for label in sorted(found):
            for source, texts in sorted(found[label].items()):
                row = {"label": label, "source": source, "texts": list(texts)}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
