"""README.md of an export for the hub of datasets: what it is, and by `configs:` how it is opened."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from corpus.export.counted import Counted
from corpus.export.documents import DROPPED
from corpus.export.layout import DATA
from corpus.shards.splits import SPLITS, TRAIN
from corpus.store.manifest import Json

NAME = "README.md"
EVERY = "all"  # the config of all languages, which is opened where none is named
_SPLITS = (TRAIN, *SPLITS, DROPPED)
_COLUMNS = (
    ("id", "32 hex digits, of source, locator and text"),
    ("text", "the document"),
    ("source", "name of the source in the recipe"),
    ("language", "ISO 639-3 and ISO 15924, or `code_` and a programming language"),
    ("url", "address, where there is one"),
    ("licence", "SPDX where it is known"),
    ("date", "of the record, UTC"),
    ("split", "`train`, or held out: `valid`, `test`; `dropped` of what is not in the corpus"),
    ("outcome", "`kept`, or what took it"),
    ("rules", "of filters that dropped it"),
    ("restricted", "it, or a document that it resembles, may not be used freely"),
    ("targets_at", "of prompts: the code point at which the targets begin"),
)


def card(name: str, what: Mapping[str, Json], counted: Counted) -> bytes:
    """The page; the same for the same export."""
    head = yaml.safe_dump(_head(name, counted), sort_keys=False, allow_unicode=True, width=10_000)
    return "\n".join(["---", f"{head}---", "", *_body(name, what, counted), ""]).encode()


def _head(name: str, counted: Counted) -> dict[str, Any]:
    languages = sorted(counted.splits)
    codes = {one.partition("_")[0] for one in languages if not one.startswith(("code_", "und_"))}
    every = [split for split in _SPLITS if counted.by["split"][split]]
    configs = [_config(EVERY, "*", every) | {"default": True}]
    configs += [_config(one, one, [s for s in _SPLITS if counted.splits[one][s]]) for one in languages]
    return {"pretty_name": name, "language": sorted(codes), "task_categories": ["text-generation"], "configs": configs}


def _config(name: str, folder: str, splits: list[str]) -> dict[str, Any]:
    files = [{"split": split, "path": f"{DATA}/{folder}/{split}-*.parquet"} for split in splits]
    return {"config_name": name, "data_files": files}


def _body(name: str, what: Mapping[str, Json], counted: Counted) -> Iterator[str]:
    yield f"# {_cell(name)}"
    yield ""
    yield (
        f"{counted.documents:,} documents, {counted.bytes:,} bytes of text in {len(counted.splits)} languages, written "
        f"by Gristmill from its release `{what['release']}`. `export.json` says what was asked for, `counts.json` has "
        "all counts, `SHA256SUMS` the digests: `sha256sum -c SHA256SUMS`."
    )
    yield ""
    yield "```python"
    yield "from datasets import load_dataset"
    yield ""
    first = min(counted.splits, default=EVERY)
    yield f'documents = load_dataset("FOLDER", "{first}")  # a language; without one all of them'
    yield "```"
    yield ""
    yield from _notes(what, counted)
    yield ""
    yield from _table(("column", "what"), [(f"`{column}`", said) for column, said in _COLUMNS])
    for title, column in (("language", "language"), ("source", "source"), ("licence", "licence"), ("split", "split")):
        rows = [(f"`{_cell(value) or 'unknown'}`", f"{count:,}") for value, count in counted.most(column)]
        yield from ["", *_table((title, "documents"), rows)]


def _notes(what: Mapping[str, Json], counted: Counted) -> Iterator[str]:
    yield (
        "Each document stands here once, however often the mixture of the shards repeats it. Texts of kept documents "
        "are those of the release: cut, cleaned, and personal data that was found replaced as the recipe said."
    )
    if counted.dropped:
        texts = (
            "**raw: as they were read, with all personal data in them**"
            if what["raw"]
            else "as they were read, with placeholders for the personal data that was found"
        )
        yield ""
        yield f"{counted.dropped:,} documents were dropped from the corpus. Their texts and addresses are {texts}."
    if counted.restricted:
        yield ""
        yield (
            f"**{counted.restricted:,} documents are restricted**: they, or documents that they resemble, may not be "
            "used freely (column `restricted`)."
        )


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head[0]} | {head[1]} |"
    yield "|---|---|"
    yield from (f"| {one} | {other} |" for one, other in rows)


def _cell(text: str) -> str:
    """A name as Markdown shows it and not as it reads it; within a code span or a heading."""
    return "".join(c if c.isprintable() and c not in "`|<>\\" else " " for c in text)
