"""Kernels compiled before they are needed: a small recipe with every stage and filter, over our own modules as text.

What a recipe does not use is compiled too, once for this environment; a run that finds its kernels loads them.
"""

import ast
import inspect
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

import filters
from corpus.planning import inputs, opening, recipe
from corpus.search import indexed, scan, spans
from corpus.search.pattern import Phrase
from corpus.search.ranked import hits, ranking
from corpus.search.ranked.ranking import Query
from corpus.search.selection import Selection
from corpus.search.spans import Wanted
from corpus.search.texts import Texts
from corpus.stages.bm25 import BM25
from corpus.stages.built import Finished
from corpus.stages.release import RELEASE
from corpus.stages.textindex import TEXTINDEX
from corpus.store.digests import Meter
from corpus.textindex import blocks
from corpus.texts.pii_policy import Policy
from corpus.verify import checks
from corpus.verify import scan as scanning
from filters.contract import TEXTS
from jobs import build
from jobs.engine.session import Session

_MODULES = 200  # of ours: enough for a tokenizer to be learned from
_PACKAGES = ("corpus", "filters", "tokenizer")
_JAPANESE, _KOREAN, _CHINESE = "日本語", "한국어", "中文"
_ENCODED = {
    "shift_jis": _JAPANESE,
    "euc-jp": _JAPANESE,
    "iso-2022-jp": _JAPANESE,
    "euc-kr": _KOREAN,
    "big5": _CHINESE,
    "gb18030": _CHINESE,
}

_FOLDED = ("the \ufb01eld and \uff4d\uff49\uff4c\uff4c " * 20,)  # words that NFKC changes: the other texts have none

_KEEPING = {"rights": 'keep_train_ai = ["allow", "unknown", "disallow"]\n'}  # of filters that by default keep little
_RECIPE = """
name = "warm"
[[sources]]
name = "pages"
path = "pages"
[[sources]]
name = "rows"
path = "rows.jsonl"
language_field = "language"
[code]
min_shared = 5
[contamination]
[[contamination.suites]]
name = "items"
path = "items.json"
[[lines]]
rule = "keep-first"
[passages]
min_tokens = 20
[textindex]
[bm25]
[dedup]
index = true
url = "latest"
[splits]
valid = 0.1
test = 0.1
[mixture]
epochs = {{ rows = 1.5, "*" = 1 }}
[shards]
packing = "best_fit"
sequence_length = 256
[tokenizer]
vocab_size = 600
reserved_unnamed = 20
[[views]]
name = "span"
objective = "span"
sequence_length = 128
[ingest]
part_bytes = 100_000
{filters}
"""


def warm(cores: int | None) -> None:
    """Compile what is not compiled yet. Raises CorpusError."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write(folder)
        read = recipe.load(str(folder / "warm.toml"), root=str(folder / "out"))
        session = Session(cores)
        try:
            planned = opening.plan_of(read, inputs.listing(read))
            build.run(planned, session, lambda _: None)
            _look_into(planned.finished())
        finally:
            session.stop()


def _look_into(release: Finished) -> None:
    """What search, trace and verify run, with an index and without."""
    corpus, index = (release[stage].table(name) for stage, name in ((RELEASE, "corpus"), (TEXTINDEX, blocks.TABLE)))
    wanted = Wanted(str(corpus.read(0, ["text"]).column("text")[0]))
    every = Selection()
    for phrase in (Phrase(wanted.text[:20]), Phrase("e")):
        indexed.part(corpus, index, 0, phrase, every, 1)
        scan.part(Texts(name="corpus", table=corpus), 0, phrase, every, 1)
    spans.looked_up(index, 0, wanted, spans.SHORTEST)
    spans.scanned(corpus, 0, wanted, spans.SHORTEST)
    passages = release[BM25].table(BM25.blocks.table)
    query = Query(wanted.text[:40])
    found, _ = ranking.find(corpus, passages, query, every, 1, lambda _, part: list(part(0)))
    list(hits.hits(Texts(name="corpus", table=corpus), found, query, Policy()))
    checks.verify(release, 1, Meter())
    for ids in (np.zeros(1, np.uint32), np.frombuffer(bytes(4), np.uint32)):  # labels, and vocabularies above 65,536
        scanning.largest_and_count(ids, 0)


def _write(folder: Path) -> None:
    """The recipe and its inputs: what our modules say of themselves as pages, their code as rows, a page an encoding
    that has a decoder of its own."""
    (folder / "pages").mkdir()
    rows = [{"text": text} for text in [*TEXTS * 2, *_FOLDED]]
    for number, source in zip(range(_MODULES), _sources(), strict=False):
        said = ast.get_docstring(ast.parse(source)) or ""
        body = "".join(f"<p>{piece}</p>" for piece in said.split("\n\n"))
        page = f"<html><head><title>Page {number}</title></head><body><main><h1>Page</h1>{body}</main></body></html>"
        (folder / "pages" / f"{number}.html").write_text(page, "utf-8")
        rows += [{"text": said}, {"text": source, "language": "code_Python"}]
    for encoding, word in _ENCODED.items():
        page = f'<html><head><meta charset="{encoding}"></head><body><p>{word * 40}</p></body></html>'
        (folder / "pages" / f"{encoding}.html").write_bytes(page.encode(encoding))
    (folder / "rows.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (folder / "items.json").write_bytes(orjson.dumps([{"question": text} for text in TEXTS if text.strip()]))
    (folder / "warm.toml").write_text(_RECIPE.format(filters=_filters()), "utf-8")


def _filters() -> str:
    """Tables of all filters that need no model of the user's."""
    names = []
    for name in filters.names():
        try:
            filters.load(name)()
        except (TypeError, ValueError):
            continue
        names.append(name)
    return "".join(f'[[filters]]\nuse = "{name}"\n{_KEEPING.get(name, "")}' for name in names)


def _sources() -> Iterator[str]:
    """Of our modules that are loaded."""
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] in _PACKAGES and getattr(module, "__file__", "").endswith(".py"):
            source = inspect.getsource(module)
            if source:
                yield source
