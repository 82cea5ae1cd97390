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


THAI = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม ข้อที่ {}"


def rows(path: Path, texts: list[tuple[str, str]]) -> None:
    path.write_text("".join(json.dumps({"text": text, "lang": tag}) + "\n" for text, tag in texts), "utf-8")


def test_language_that_filters_drop_whole_stops_the_run_unless_allowed(tmp_path: Path, gristmill: Gristmill) -> None:
    english = [
        (f"Page {i} of a long book about mills of valley {i * 7} and what they ground.", "en") for i in range(30)
    ]
    rows(tmp_path / "web.jsonl", [*english, *[(THAI.format(i), "th") for i in range(25)]])
    path = tmp_path / "r.toml"
    recipe = (
        '[[sources]]\nname = "web"\npath = "web.jsonl"\nlanguage_field = "lang"\n'
        '[[filters]]\nuse = "length"\nmin_mean_word_chars = 3.0\n'
    )
    path.write_text(recipe, "utf-8")
    stopped = gristmill("run", path, "--root", tmp_path / "out", "--until", "release", "--cores", "2")
    assert stopped.returncode == 2, stopped.stderr
    [line] = stopped.stderr.strip().splitlines()
    assert "language 'tha_Thai' vanished: the filters dropped all of its 25 documents" in line
    assert "by length.short_words (25)" in line
    path.write_text(recipe + '[decide]\nallow_vanish = ["tha_Thai"]\n', "utf-8")
    done = gristmill("run", path, "--root", tmp_path / "out", "--until", "decide", "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert "WARNING language 'tha_Thai' lost 100.0 % of its 25 documents to filters" in done.stdout
    path.write_text(recipe + 'by_script.unspaced = { min_mean_word_chars = "off" }\n', "utf-8")
    done = gristmill("run", path, "--root", tmp_path / "out", "--until", "decide", "--cores", "2")
    assert (done.returncode, "WARNING" in done.stdout) == (0, False), done.stderr


def test_filters_that_drop_everything_stop_the_run_with_one_line(tmp_path: Path, gristmill: Gristmill) -> None:
    rows(tmp_path / "web.jsonl", [(f"Page {i} of a book.", "en") for i in range(3)])
    path = tmp_path / "r.toml"
    path.write_text(
        '[[sources]]\nname = "web"\npath = "web.jsonl"\n[[filters]]\nuse = "length"\nmin_words = 90\n'
        '[decide]\nallow_vanish = ["web"]\n',
        "utf-8",
    )
    stopped = gristmill("run", path, "--root", tmp_path / "out", "--cores", "2")
    assert stopped.returncode == 2
    [line] = stopped.stderr.strip().splitlines()
    assert "the filters dropped all 3 documents, by length.few_words (3)" in line
