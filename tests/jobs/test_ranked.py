"""`gristmill search --ranked` over a finished run with the index."""

import shutil
from pathlib import Path

import orjson
import pytest

from corpus.lineage.opened_release import open_release
from corpus.stages.bm25 import BM25
from corpus.store import manifest
from tests.conftest import Gristmill
from tests.jobs.test_search_verb import corpus_of

TABLE = "\n[bm25]\nblock_bytes = 20_000\n"


@pytest.fixture(scope="module")
def indexed(finished: Path, gristmill: Gristmill, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished run with an index of its passages."""
    folder = tmp_path_factory.mktemp("ranked")
    shutil.copytree(finished / "out", folder / "out", symlinks=True)
    recipe = folder / "ranked.toml"
    recipe.write_text((finished / "tiny.toml").read_text("utf-8") + TABLE, "utf-8")
    done = gristmill("run", recipe, "--root", folder / "out", "--cores", 2)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_passages_of_the_corpus_come_in_order(gristmill: Gristmill, indexed: Path) -> None:
    corpus = {row["id"]: row for row in corpus_of(indexed)}
    done = gristmill("search", indexed, "the file manager of the desktop", "--ranked", "-n", 20, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    *found, total = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 20
    assert [-one["score"] for one in found] == sorted(-one["score"] for one in found)
    assert total["documents"] == len(corpus)
    assert 20 <= total["fitting"] <= total["passages"] == total["corpus_passages"]
    for one in found:
        first, last = one["bytes"]
        row = corpus[one["id"]]
        assert (one["source"], one["language"], one["row"]) == (row["source"], row["language"], row["row"])
        if not one["redacted"]:
            assert one["text"] == row["text"].encode()[first:last].decode()
            assert {one["text"][a:b].lower() for a, b in one["marks"]} & {"file", "manager", "desktop"}


def test_for_people_it_is_two_lines_a_passage(gristmill: Gristmill, indexed: Path) -> None:
    done = gristmill("search", indexed, "der zqxjkv", "--ranked", "-n", 2, "--lang", "de")
    assert done.returncode == 0, done.stderr
    assert "[[" in done.stdout
    assert "have a word of the query; 2 shown" in done.stdout
    assert "1 of the 2 different words of the query stand nowhere in the corpus" in done.stdout
    assert "deu_Latn" in done.stdout
    assert "eng_Latn" not in done.stdout


@pytest.mark.parametrize("query", ["jane.roe@mail-server.net", "jane roe", "DE89 3704", "write to jane"])
@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_personal_data_is_in_no_answer(gristmill: Gristmill, indexed: Path, query: str, form: str) -> None:
    done = gristmill("search", indexed, query, "--ranked", "--format", form, "-n", 50)
    assert done.returncode == 0
    for secret in ("jane.roe", "roe@", "mail-server", "901820", "DE89", "the_other_person", "post.net"):
        assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["...", "--ranked"], "has no word"),
        (["a", "--ranked", "--regex"], "leave --regex and --table out"),
        (["a", "--ranked", "--table", "documents"], "leave --regex and --table out"),
        (["a", "--ranked", "--source", "manual"], "did you mean 'manuals'?"),
    ],
)
def test_mistakes_are_one_line(gristmill: Gristmill, indexed: Path, arguments: list[str], message: str) -> None:
    done = gristmill("search", indexed, *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert message in done.stderr


def test_without_the_index_it_is_said_what_to_do(gristmill: Gristmill, finished: Path) -> None:
    done = gristmill("search", finished / "out", "the mill", "--ranked")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "add the table [bm25] to the recipe" in done.stderr


def test_the_index_has_the_same_bytes_on_one_core(gristmill: Gristmill, indexed: Path) -> None:
    before = {path.name: path.read_bytes() for path in indexed.glob("bm25/*/blocks/*")}
    folder = next(indexed.glob("bm25/*"))
    kept = folder.rename(indexed.parent / "kept")
    done = gristmill("run", indexed.parent / "ranked.toml", "--root", indexed, "--cores", 1)
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in folder.glob("blocks/*")} == before
    assert (folder / manifest.MANIFEST).read_bytes() == (kept / manifest.MANIFEST).read_bytes()
    assert open_release(str(indexed)).stages[BM25].counts["blocks"] > 2
    shutil.rmtree(kept)


def test_verify_makes_the_index_again(gristmill: Gristmill, indexed: Path, tmp_path: Path) -> None:
    done = gristmill("verify", indexed)
    assert done.returncode == 0, done.stdout
    assert "bm25       ok" in done.stdout
    shutil.copytree(indexed, tmp_path / "out", symlinks=True)
    folder = next((tmp_path / "out").glob("bm25/*"))
    raw = orjson.loads((folder / manifest.MANIFEST).read_bytes())
    raw["tables"]["blocks"][0] = raw["tables"]["blocks"][1]  # whole, with right digests, but not of this part
    (folder / manifest.MANIFEST).write_bytes(manifest.canonical(raw))
    done = gristmill("verify", tmp_path / "out")
    assert done.returncode == 1
    assert "part 0 of the index: the block at row 0 is not that of the corpus's texts" in done.stdout
