"""The reference of recipes is what the code says, and its schema takes and refuses what the reader does."""

import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

import filters
from corpus.duplicates.passages import Passages
from corpus.duplicates.recipe_tables import Code, Dedup
from corpus.mixture.recipe_table import Mixture
from corpus.planning import recipe
from corpus.reference import page, schema
from corpus.reference.meanings import meanings
from corpus.shards.recipe_table import Shards
from corpus.shards.splits import Quota, Splits
from corpus.sources.limits import Ingest
from corpus.sources.source import Source
from corpus.stages.recipe import Recipe
from corpus.stages.report_table import Report
from corpus.texts.cleaning import Cleaning
from corpus.texts.pii_policy import Policy, Rule
from corpus.texts.repeated_lines import LineRule
from corpus.vocabulary.recipe_tables import Fertility, TokenizerTable
from tokenizer.presets import PRESETS

ROOT = Path(__file__).parents[3]
RECIPES = sorted((ROOT / "recipes").glob("*.toml"))
WHOLE = schema.schema()
SMALL: tuple[object, ...] = (True, -1, 0, 1, 2, 0.5, 1.5, "off")
VALUES: tuple[object, ...] = (*SMALL, 10**9, "x", "", [], ["x"], [1], {}, {"x": 1}, {"x": {}}, {"x": "off"})
NEEDED: dict[type, dict[str, object]] = {
    Source: {"name": "a", "path": "b"},
    LineRule: {"rule": "drop-all"},
    Rule: {"action": "keep"},
}
TABLES: tuple[type, ...] = (
    *(Ingest, Dedup, Code, TokenizerTable, Fertility, Shards, Report),
    *(Source, LineRule, Cleaning, Passages, Policy, Rule, Mixture, Splits, Quota),
    *(filters.load(name) for name in filters.names()),
)


def errors(raw: object) -> list[str]:
    return [error.message for error in Draft202012Validator(schema.whole()).iter_errors(raw)]


def test_committed_files_are_those_of_the_code() -> None:
    hint = "run scripts/make_recipe_docs"
    assert (ROOT / "docs" / "recipe.schema.json").read_bytes() == schema.data(), hint
    assert (ROOT / "docs" / "recipe.md").read_text("utf-8") == page.page(WHOLE), hint


def described(node: object, where: str = "") -> Iterator[tuple[str, str]]:
    """Every description in a schema, with its place."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                yield where, value
            else:
                yield from described(value, f"{where}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from described(value, f"{where}/{number}")


def test_every_meaning_is_a_sentence() -> None:
    found = list(described(WHOLE))
    assert len(found) > 150
    for where, text in found:
        assert text[-1] in ".:" or text.endswith("..."), where
        assert text[0].isupper() or text.startswith(("k-grams", "0:")), where
        assert '"""' not in text, where


@dataclass(frozen=True, kw_only=True)
class Mute:
    """A table with a key of which nobody says what it is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    told: int = 1
    """What it is."""
    untold: int = 2


def test_key_without_a_meaning_is_an_error() -> None:
    assert meanings(Mute) == {"told": "What it is."}
    with pytest.raises(ValueError, match=r"Mute\.untold says nowhere what it is"):
        schema.table(Mute)


def test_every_table_of_the_reader_is_in_the_schema() -> None:
    named = {f.name for f in fields(Recipe)} - schema.NO_KEYS - {schema.FILTERS[0]}
    assert set(WHOLE["properties"]) == named | {"extends", schema.FILTERS[1]}
    for kind in TABLES:
        assert set(schema.table(kind)["properties"]) == {f.name for f in fields(kind)}


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(WHOLE)
    Draft202012Validator.check_schema(schema.whole())


def test_what_a_table_needs_may_stand_in_the_recipe_that_is_extended() -> None:
    source, catalogue = {"name": "a", "path": "b"}, {"path": "catalogue"}
    assert errors({"sources": [source], "catalogue": catalogue}) == ["'allow_licences' is a required property"]
    assert errors({"extends": "common-pile", "sources": [source], "catalogue": catalogue}) == []
    assert errors({"catalogue": {"allow_licences": ["MIT"]}}) == []  # a preset


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_recipes_of_this_repository_pass_and_name_the_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    assert errors(tomllib.loads(text)) == []
    named = text.splitlines()[0].removeprefix("#:schema ")
    assert (path.parent / named).resolve() == ROOT / "docs" / "recipe.schema.json"


@pytest.mark.parametrize(
    "text",
    [
        "colour = 1",
        "seed = '1'",
        "[dedup]\ntreshold = 0.8",
        "[dedup]\nthreshold = 0.0",
        "[dedup]\nurl = 'first'",
        "[[filters]]\nmin_words = 3",
        "[[filters]]\nuse = 'lenght'",
        "[[filters]]\nuse = 'length'\nmin_wordz = 3",
        "[[filters]]\nuse = 'length'\nby_language.deu_Latn = { words = 3 }",
        "[[filters]]\nuse = 'repetition'\nby_source.a = { char_ngram = 3 }",
        "[[filters]]\nuse = 'minhash'\npermutations = 'off'",
        "[[sources]]\nname = 'a'",
        "[[sources]]\nname = 'a'\npath = ''",
        "[[pii.rules]]\nkinds = ['PHONE']",
        "[splits]\nby_language.deu_Latn = { similarity = 0.5 }",
        "[mixture]\nweights = { a = 0 }",
    ],
)
def test_mistakes_are_refused(text: str) -> None:
    assert errors(tomllib.loads(text))


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_schema_and_reader_take_the_same_values(kind: type) -> None:
    reader: TypeAdapter[Any] = TypeAdapter(kind)
    is_filter = kind.__module__.startswith("filters.") and kind.__name__ == "Filter"
    if is_filter:
        kinds = WHOLE["properties"]["filters"]["items"]["oneOf"]
        name = kind.__module__.rpartition(".")[2]
        judge = Draft202012Validator(
            next(one for one in kinds if one["properties"]["use"]["const"] == name) | {"required": []}
        )
    else:
        judge = Draft202012Validator(schema.table(kind))
    compared = 0
    for key in meanings(kind):
        for value in SMALL if key == "reserved_unnamed" else VALUES:  # the reader makes that many names
            raw = {**NEEDED.get(kind, {}), key: value}
            read = {**raw, key: None} if is_filter and value == "off" and filters.is_threshold(key) else raw
            try:
                reader.validate_json(orjson.dumps(read), strict=True)
                taken = True
            except ValidationError as error:
                if any(one["type"] == "value_error" for one in error.errors()):
                    continue  # keys that demand something of each other
                taken = False
            assert judge.is_valid(raw) == taken, (key, value)
            compared += 1
    assert compared > 0 or not fields(kind)


def test_defaults_at_the_top_are_the_readers(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    path.write_text('[[sources]]\nname = "a"\npath = "a.jsonl"\n', "utf-8")
    read = recipe.load(str(path))
    assert {key: getattr(read, key) for key in schema.DEFAULTS} == dict(schema.DEFAULTS)
    assert (read.name, read.root) == ("some", "build/some")


def test_sizes_of_presets_are_told_right() -> None:
    told = meanings(TokenizerTable)["vocab_size"]
    for name, preset in PRESETS.items():
        assert f"{name} {preset.vocab_size:,}" in told


def test_rows_of_the_page_have_four_cells() -> None:
    rows = [line for line in page.page(WHOLE).splitlines() if line.startswith("|")]
    assert len(rows) > 150
    for row in rows:
        assert row.replace("\\|", "").count("|") == 5, row
        outside = "".join(row.split("`")[::2])
        assert "<" not in outside.replace("\\<", ""), row


def test_meanings_are_read_from_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = 'class Table:\n    """A table."""\n\n    size: int = 1\n    """Größe:\n    in bytes."""\n'
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("zipped_tables/__init__.py", "")
        archive.writestr("zipped_tables/table.py", source)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "some.zip"), *sys.path])
    kind = import_module("zipped_tables.table").Table
    assert meanings(kind) == {"size": "Größe: in bytes."}
