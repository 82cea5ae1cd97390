"""A source that deduplication takes whole stops the run, unless the recipe allows it."""

import json
from pathlib import Path

from tests.conftest import Gristmill

SOURCES = "".join(f'[[sources]]\nname = "{name}"\npath = "{name}.jsonl"\n' for name in ("books", "copies"))


def test_source_that_vanishes_stops_the_run_unless_allowed(
    tmp_path: Path, gristmill: Gristmill, process: Gristmill
) -> None:
    texts = [
        f"Page {i} of a book about the mills of valley {i * 7} and what they ground in year {i}." for i in range(25)
    ]
    for name in ("books", "copies"):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    path = tmp_path / "r.toml"
    path.write_text(SOURCES + '[dedup]\nprefer_sources = ["books"]\n', "utf-8")
    stopped = gristmill("run", path, "--root", tmp_path / "out", "--until", "release", "--cores", "2")
    assert stopped.returncode == 2, stopped.stderr
    [line] = stopped.stderr.strip().splitlines()
    assert "'copies' vanished" in line
    assert "all of the 25 documents that the filters kept, for documents of 'books' (25)" in line
    assert not list(tmp_path.glob("out/release/*"))
    path.write_text(path.read_text("utf-8") + 'allow_vanish = ["copies"]\n', "utf-8")
    done = process("run", path, "--root", tmp_path / "out", "--until", "dedup", JAVA_HOME="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "WARNING source 'copies' lost 100.0 % of its 25 documents" in done.stdout
