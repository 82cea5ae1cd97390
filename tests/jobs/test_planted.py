"""Five faults of a recipe and its input, in one run: the run says the file that is cut off, the page all of them."""

import gzip
import random
from pathlib import Path

import orjson

from tests.conftest import Gristmill

WORDS = ["mill", "river", "stone", "wheel", "grain", "flour", "water", "valley", "bread", "miller", "sack", "year"]
HAN = "人人生而自由在尊严和权利上一律平等他们赋有理性和良心并应以兄弟关系的精神相对待"
RECIPE = """
[[sources]]
name = "books"
path = "books.jsonl"
licence_field = "licence"
[[sources]]
name = "books-mirror"
path = "mirror.jsonl"
licence_field = "licence"
[[sources]]
name = "cut"
path = "cut.jsonl.gz"
licence_field = "licence"
[[sources]]
name = "unlicensed"
path = "unlicensed.jsonl"
[[sources]]
name = "chinese"
path = "chinese.jsonl"
language_field = "lang"
licence_field = "licence"
[[filters]]
use = "length"
[filters.by_language.zho_Hans]
min_mean_word_chars = 3
[[filters]]
use = "repetition"
max_line_ratio = 0.005
[decide]
allow_vanish = ["zho_Hans", "chinese"]
[dedup]
allow_vanish = ["books", "books-mirror"]
[tokenizer]
vocab_size = 400
"""


def texts(count: int, seed: int, *, twice: int = 0) -> list[dict[str, str]]:
    """Documents of random words; of the first `twice` a line stands there again."""
    chance = random.Random(seed)
    made = [[" ".join(chance.choices(WORDS, k=12)) + f" {seed} {i} {j}." for j in range(5)] for i in range(count)]
    for lines in made[:twice]:
        lines.append(lines[0])
    return [{"text": "\n".join(lines), "licence": "CC0-1.0"} for lines in made]


def lines(rows: list[dict[str, str]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def test_what_went_wrong_is_said(tmp_path: Path, gristmill: Gristmill) -> None:
    books = texts(60, 1)
    (tmp_path / "books.jsonl").write_bytes(lines(books))
    (tmp_path / "mirror.jsonl").write_bytes(lines(books))
    packed = gzip.compress(lines(texts(60, 2)), mtime=0)
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[: len(packed) * 2 // 3])
    plain = [{"text": row["text"]} for row in texts(120, 3, twice=100)]
    (tmp_path / "unlicensed.jsonl").write_bytes(lines(plain))
    chance = random.Random(4)
    han = [{"text": "。".join("".join(chance.choices(HAN, k=30)) for _ in range(6)), "lang": "zho"} for _ in range(30)]
    (tmp_path / "chinese.jsonl").write_bytes(lines([{**row, "licence": "CC0-1.0"} for row in han]))
    path = tmp_path / "r.toml"
    path.write_text(RECIPE, "utf-8")
    done = gristmill("run", path, "--root", tmp_path / "out", "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert "WARNING source 'cut': a file ends in the middle of what it holds" in done.stdout
    (facts,) = (tmp_path / "out" / "report").glob("*/report/facts.json")
    said = [(one["kind"], one["words"]) for one in orjson.loads(facts.read_bytes())["warnings"]]

    def one(kind: str, *pieces: str) -> bool:
        found = [words for which, words in said if which == kind and all(piece in words for piece in pieces)]
        return len(found) == 1

    assert one("gone", "Language zho_Hans", "length.short_words", "[decide] allow_vanish let the run go on"), said
    assert one("rule", "length.short_words is set for zho_Hans (min_mean_word_chars = 3.0; elsewhere off)"), said
    assert one("rule", "repetition.repeated_lines (max_line_ratio = 0.005; the filter's default is 0.3)"), said
    assert one("damage", "Of source cut a file ends in the middle"), said
    assert one("copied", "Sources books and books-mirror are largely the same"), said
    assert one("licence", "unlicensed"), said
