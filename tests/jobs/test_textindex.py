"""The index of a finished run: answers with it are those without it, and verify looks at it."""

import shutil
from pathlib import Path

import orjson
import pytest

from corpus.lineage.opened_release import open_release
from corpus.stages.release import RELEASE
from corpus.stages.textindex import TEXTINDEX
from corpus.store import manifest
from corpus.store.manifest import Manifest
from corpus.textindex import blocks
from tests.conftest import Gristmill
from tests.jobs.test_search_verb import corpus_of

TABLE = "\n[textindex]\nblock_bytes = 20_000\n"


@pytest.fixture(scope="module")
def indexed(finished: Path, gristmill: Gristmill, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished run with an index."""
    folder = tmp_path_factory.mktemp("indexed")
    shutil.copytree(finished / "out", folder / "out", symlinks=True)
    recipe = folder / "indexed.toml"
    recipe.write_text((finished / "tiny.toml").read_text("utf-8") + TABLE, "utf-8")
    done = gristmill("run", recipe, "--root", folder / "out", "--cores", 2)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def index_file(out: Path) -> Path:
    return next(out.glob("textindex/*/blocks/part-00001-*.arrow"))


@pytest.mark.parametrize("phrase", ["der", "e", "GNOME", "the ", "ü", "\n", "no such phrase there", "file manager"])
@pytest.mark.parametrize("more", [[], ["--lang", "de", "--source", "manuals"], ["-n", "0"], ["--format", "jsonl"]])
def test_search_says_the_same(
    gristmill: Gristmill, finished: Path, indexed: Path, phrase: str, more: list[str]
) -> None:
    with_, without = (gristmill("search", out, phrase, *more) for out in (indexed, finished / "out"))
    assert with_.returncode == 0
    assert with_.stdout == without.stdout


def test_trace_says_the_same(gristmill: Gristmill, finished: Path, indexed: Path) -> None:
    texts = [row["text"] for row in corpus_of(indexed)]
    asked = f"{texts[3][50:190]} and something else {texts[-5][:80]} {texts[len(texts) // 2][20:300]}"
    with_, without = (gristmill("trace", out, "--text", asked, "-n", 2) for out in (indexed, finished / "out"))
    assert with_.returncode == 0, with_.stderr
    assert with_.stdout == without.stdout
    assert with_.stdout.count("\nspan ") >= 3


def test_the_index_is_of_the_corpus_and_in_several_blocks(indexed: Path) -> None:
    stages = open_release(str(indexed)).stages
    built, corpus = stages[TEXTINDEX], stages[RELEASE].table("corpus")
    assert built.counts["blocks"] > corpus.parts
    assert built.table(blocks.TABLE).rows == corpus.rows


def test_the_index_has_the_same_bytes_on_one_core(gristmill: Gristmill, indexed: Path, finished: Path) -> None:
    before = {path.name: path.read_bytes() for path in indexed.glob("textindex/*/blocks/*")}
    folder = next(indexed.glob("textindex/*"))
    kept = folder.rename(indexed.parent / "kept")
    done = gristmill("run", indexed.parent / "indexed.toml", "--root", indexed, "--cores", 1)
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in folder.glob("blocks/*")} == before
    assert (folder / manifest.MANIFEST).read_bytes() == (kept / manifest.MANIFEST).read_bytes()
    shutil.rmtree(kept)


def test_verify_looks_at_the_index(gristmill: Gristmill, indexed: Path, tmp_path: Path) -> None:
    done = gristmill("verify", indexed)
    assert done.returncode == 0, done.stdout
    assert "textindex  ok" in done.stdout
    shutil.copytree(indexed, tmp_path / "out", symlinks=True)
    file = index_file(tmp_path / "out")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    done = gristmill("verify", tmp_path / "out")
    assert done.returncode == 1
    assert f"{file} has sha256" in done.stdout
    assert "textindex  -" in done.stdout


def test_verify_finds_an_index_of_other_texts(gristmill: Gristmill, indexed: Path, tmp_path: Path) -> None:
    """Whole and with right digests, but not of this corpus."""
    shutil.copytree(indexed, tmp_path / "out", symlinks=True)
    folder = next((tmp_path / "out").glob("textindex/*"))
    known = manifest.load(str(folder))
    assert known is not None
    table = TEXTINDEX.blocks
    index = open_release(str(tmp_path / "out")).stages.table(table)
    assert index is not None
    first = list(blocks.read(index, 0))
    texts = [
        one.text[a : b - 1].tobytes() for one in first for a, b in zip(one.starts[:-1], one.starts[1:], strict=True)
    ]
    texts[1] = texts[1].replace(b"e", b"a")
    entry = blocks.write(str(folder), 0, blocks.cut([texts], 20_000))
    raw = orjson.loads((folder / manifest.MANIFEST).read_bytes())
    raw["tables"]["blocks"][0] = vars(entry)
    (folder / manifest.MANIFEST).write_bytes(manifest.canonical(raw))
    assert isinstance(manifest.load(str(folder)), Manifest)
    done = gristmill("verify", tmp_path / "out")
    assert done.returncode == 1
    assert "part 0 of the index: the block at row 0 has not the corpus's texts" in done.stdout


def test_a_damaged_index_is_one_line(gristmill: Gristmill, indexed: Path, tmp_path: Path) -> None:
    shutil.copytree(indexed, tmp_path / "out", symlinks=True)
    file = index_file(tmp_path / "out")
    file.write_bytes(file.read_bytes()[:-10])
    done = gristmill("search", tmp_path / "out", "der")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "run again" in done.stderr
