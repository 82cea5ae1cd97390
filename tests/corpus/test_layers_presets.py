"""Presets by name."""

from pathlib import Path

import pytest

from corpus.errors import RecipeError
from corpus.planning import layers


@pytest.mark.parametrize("name", ["gopher", "gopher.toml"])
def test_preset_by_name_from_anywhere(tmp_path: Path, name: str) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text(f"extends = '{name}'\n")
    assert {table["use"] for table in layers.read(str(recipe))["filters"]} >= {"length", "stopwords"}
    (tmp_path / name).write_text("seed = 7\n")
    assert layers.read(str(recipe)) == {"seed": 7}


def test_what_is_neither_names_the_presets(tmp_path: Path) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text("extends = 'gofer'\n")
    with pytest.raises(RecipeError, match="or a preset.*; known: c4, common-pile, dclm"):
        layers.read(str(recipe))
