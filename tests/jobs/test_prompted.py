"""Prompted records from the source to token parts, stage by stage without Spark."""

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.planning import recipe
from corpus.sources.inventory import list_files, plan_units
from corpus.sources.source import Source
from corpus.stages.columns import CUTS
from corpus.stages.decide import VERDICTS
from corpus.stages.dedup import CLUSTERS
from corpus.store import table
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from corpus.texts.cleaning import Cleaning
from corpus.texts.kept import Kept
from corpus.texts.pii_policy import Policy
from corpus.vocabulary.judged import Chosen
from jobs.stages.encode import EncodePart
from jobs.stages.ingest import IngestUnit
from jobs.stages.release import ReleasePart
from tokenizer.encode import Encoder

ROWS = [
    {"inputs": "What is the capital of France?", "targets": "Paris."},
    {"inputs": "Write to ann.lee@mill-post.net:", "targets": "I wrote to bob.ray@mill-post.net."},
    {"inputs": "A line that goes\nQ: cafe\u0301?", "targets": "\n翻訳"},
    {"inputs": "Visit http://x.example now", "targets": "done"},
    {"inputs": " ", "targets": "no question"},
    {"inputs": "no answer"},
    {"inputs": "All of the answer is cut", "targets": "gone"},
]


def documents(folder: Path, name: str) -> tuple[Table, dict[str, int]]:
    """What ingest makes of the rows, as JSON lines or a table."""
    path = folder / name
    if name.endswith("jsonl"):
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in ROWS))
    else:
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    source = Source(name="prompts", path=str(path), inputs_field="inputs", targets_field="targets")
    [unit] = plan_units(list_files(source, ""), 1 << 20)
    [receipt] = IngestUnit(folder=str(folder), units={0: (source, unit)}, part_bytes=1 << 20)(0).values()
    return made(folder, "documents", receipt), dict(receipt.counts)


def made(folder: Path, name: str, receipt: Receipt) -> Table:
    return Table(folder=str(folder), name=name, files=tuple(receipt.files[name]))


def halves(found: Table) -> list[tuple[str, str] | str]:
    """Inputs and targets, or the text that is no prompt."""
    rows = found.read(0, ["text", "targets_at"]).to_pylist()
    at = [row["targets_at"] for row in rows]
    return [r["text"] if n is None else (r["text"][:n], r["text"][n:]) for r, n in zip(rows, at, strict=True)]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet"])
def test_targets_stand_behind_inputs_with_a_blank(tmp_path: Path, name: str) -> None:
    found, counts = documents(tmp_path, name)
    assert halves(found) == [
        ("What is the capital of France?", " Paris."),
        ("Write to ann.lee@mill-post.net:", " I wrote to bob.ray@mill-post.net."),
        ("A line that goes\nQ: café?", "\n翻訳"),
        ("Visit http://x.example now", " done"),
        ("All of the answer is cut", " gone"),
    ]
    assert counts["rejects"] == 2


def test_boundary_goes_through_release_and_is_one_of_tokens(tmp_path: Path, finished: Path) -> None:
    found, _ = documents(tmp_path, "rows.jsonl")
    ids = found.read(0, ["id"]).column("id").to_pylist()
    verdicts: list[dict[str, Any]] = [
        {"id": i, "source": "prompts", "language": "eng_Latn", "kept": True, "reasons": []} for i in ids
    ]  # fmt: skip
    clusters = [{"id": i, "outcome": "kept", "size": 1, "restricted": False} for i in ids]
    spans = [(2, 0, 17), (4, 22, 29)]
    cut = {"rule": "passages.repeated", "count": 2}
    cuts = [{"id": ids[row], "row": row, "start": a, "end": b, **cut} for row, a, b in spans]

    def written(name: str, rows: list[dict[str, Any]], schema: pa.Schema) -> Table:
        entry = write_whole(str(tmp_path), name, "part-0", pa.Table.from_pylist(rows, schema=schema))
        return Table(folder=str(tmp_path), name=name, files=(entry,))

    release = ReleasePart(
        folder=str(tmp_path),
        documents=found,
        verdicts=written("verdicts", verdicts, VERDICTS),
        kept=Kept(clusters=written("clusters", clusters, CLUSTERS)),
        cuts=(written("cuts", cuts, CUTS),),
        policy=Policy(),
        cleaning=(Cleaning(drop_words_with=("http",)),),
    )
    [receipt] = release(0).values()
    corpus = made(tmp_path, "corpus", receipt)
    released = halves(corpus)
    assert [released[i] for i in (0, 2, 3, 4)] == [
        ("What is the capital of France?", " Paris."),
        ("Q: café?", "\n翻訳"),
        ("Visit now", " done"),
        "All of the answer is c",  # no targets are left, so it is a prompt no more
    ]
    prompt = released[1]
    assert isinstance(prompt, tuple)
    question, answer = prompt
    assert (question[:9], question[-1:], answer[:12]) == ("Write to ", ":", " I wrote to ")
    assert receipt.counts["prompted"] == 4

    folder = next((finished / "out" / "train").iterdir()) / "tokenizer"
    [receipt] = EncodePart(
        folder=str(tmp_path),
        corpus=corpus,
        tokenizer=str(folder),
        seed=1,
        prompted=True,
        slow=False,
        judged=Chosen(below=1 << 64, least=frozenset()),
    )(0).values()
    assert receipt.counts["prompted"] == 4
    assert receipt.counts["judged"] == corpus.rows + 4  # a text for each half
    encoder = Encoder(path=str(folder / "tokenizer.json"))
    with pa.memory_map(str(tmp_path / "tokens" / receipt.files["tokens"][0].name)) as source:
        rows = pa.ipc.open_file(source).read_all().sort_by("row").to_pylist()
    for row, text in zip(rows, released, strict=True):
        parts = [text] if isinstance(text, str) else list(text)
        tokens, bounds = encoder.encode(pa.array(parts))
        assert row["tokens"] == tokens.tolist()
        assert row["targets_at"] == (bounds[1] if len(parts) == 2 else None)


def test_ordinary_sources_have_no_place_and_no_column_of_tokens(finished: Path) -> None:
    corpus = table.of(str(next((finished / "out" / "release").iterdir())), "corpus")
    assert corpus.read(0, ["targets_at"]).column("targets_at").null_count == corpus.files[0].rows
    [tokens, *_] = (finished / "out").glob("encode/*/tokens/*.arrow")
    assert "targets_at" not in pa.ipc.open_file(tokens.read_bytes()).schema.names


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('inputs_field = "q"', "set both or neither"),
        ('inputs_field = "q"\ntargets_field = "a"\nformat = "text"', "has no fields"),
    ],
)
def test_source_with_half_a_prompt_is_refused(tmp_path: Path, lines: str, message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'[[sources]]\nname = "p"\npath = "x.jsonl"\n{lines}\n', "utf-8")
    with pytest.raises(RecipeError, match=message):
        recipe.load(str(path))
