"""What `gristmill warm` compiles is all that a run needs."""

from pathlib import Path

import pytest

from tests.conftest import ROOT, Gristmill, write_recipe


def test_warm_says_that_kernels_are_compiled_and_leaves_nothing_else(tmp_path: Path, process: Gristmill) -> None:
    done = process("warm", "--cores", "2", TMPDIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("kernels are compiled: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_run_after_warm_compiles_nothing(tmp_path: Path, process: Gristmill) -> None:
    cache = tmp_path / "numba"
    assert process("warm", NUMBA_CACHE_DIR=str(cache)).returncode == 0
    compiled = set(cache.rglob("*.nbc"))
    assert len(compiled) > 100
    out = tmp_path / "out"
    tiny = write_recipe(tmp_path)
    indexed = tmp_path / "indexed.toml"
    (tmp_path / "items.jsonl").write_text(
        '{"question": "Which of the old bridges over the long canal was shut?"}\n', "utf-8"
    )
    more = "[textindex]\n[bm25]\n[contamination]\n[[contamination.suites]]\nname = 'items'\npath = 'items.jsonl'\n"
    indexed.write_text(f"{tiny.read_text('utf-8')}\n{more}", "utf-8")
    asked = (("search", out, "the grain"), ("trace", out, "--text", "the mill and the grain " * 3), ("verify", out))
    for recipe in (tiny, ROOT / "recipes" / "demo.toml", indexed):
        ranked = [("search", out, "the grain of the mill", "--ranked")] if recipe == indexed else []
        for command in (("run", recipe, "--root", out), *asked, *ranked):
            done = process(*command, NUMBA_CACHE_DIR=str(cache))
            assert done.returncode == 0, done.stderr
    assert set(cache.rglob("*.nbc")) == compiled
