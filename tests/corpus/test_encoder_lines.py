"""The plan says where texts will be encoded slowly, and why."""

from pathlib import Path

import orjson
import pytest

from corpus.planning import encoder_lines, recipe
from tokenizer.save import save

SOURCE = '[[sources]]\nname = "texts"\npath = "texts.jsonl"\n'


def lines(folder: Path, table: str) -> list[str]:
    (folder / "texts.jsonl").write_text('{"text": "a"}\n', "utf-8")
    (folder / "recipe.toml").write_text(f"{SOURCE}[tokenizer]\n{table}\n", "utf-8")
    return encoder_lines.lines(recipe.load(str(folder / "recipe.toml")))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("vocab_size = 400", ""),
        ('preset = "llama3"', ""),
        ('preset = "bloom"', "encoder tokenizers: gigatoken has no fast path for [tokenizer] preset bloom; about"),
        ('model = "unigram"', "encoder tokenizers: gigatoken has no fast path for [tokenizer] model unigram; about"),
        ('encoder = "tokenizers"', "encoder tokenizers: [tokenizer] encoder says so; about a twentieth"),
    ],
)
def test_of_one_that_is_to_be_trained(tmp_path: Path, table: str, said: str) -> None:
    found = lines(tmp_path, table)
    assert len(found) == bool(said)
    assert "".join(found).startswith(said)


def test_of_one_that_is_there(tmp_path: Path) -> None:
    save(str(tmp_path), [])
    assert lines(tmp_path, 'path = "tokenizer.json"') == []
    raw = orjson.loads((tmp_path / "tokenizer.json").read_bytes())
    raw["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = r"\w+|\W"
    (tmp_path / "tokenizer.json").write_bytes(orjson.dumps(raw))
    [line] = lines(tmp_path, 'path = "tokenizer.json"')
    assert line.startswith("encoder tokenizers: gigatoken has no fast path for [tokenizer] path tokenizer.json; about")
