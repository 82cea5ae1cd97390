"""Files that filters name lie below the recipe, and are looked at before a run."""

import hashlib
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import filters
from corpus.errors import RecipeError
from corpus.planning import filter_files, recipe, term_lists
from corpus.reference import schema
from corpus.reference.meanings import meanings
from corpus.stages.stage import identity
from filters import files

TODAY = date(2026, 11, 28)


def lines(folder: Path, filter_: str, text: str, day: str = "", *, path: str = "") -> list[str]:
    (folder / "list.txt").write_text(text, "utf-8")
    said = f', date = "{day}"' if day else ""
    path = path or str(folder / "list.txt")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "r.toml").write_text(
        f'[[sources]]\nname = "web"\npath = "x.jsonl"\n[[filters]]\nuse = "{filter_}"\n'
        f'lists.refusals = {{ path = "{path}", sha256 = "{digest}"{said} }}\n',
        "utf-8",
    )
    return filter_files.lines(recipe.load(str(folder / "r.toml")), TODAY)


def test_a_list_is_named_with_its_domains_and_its_day(tmp_path: Path) -> None:
    text = "# by letter\n\na.test\nb.test\n"
    (line,) = lines(tmp_path, "rights", text, "2026-11-01")
    assert line == f"filter 'rights': list 'refusals' ({tmp_path}/list.txt): domains 2, as of 2026-11-01"
    (line,) = lines(tmp_path, "url", text)
    assert line.endswith("domains 2")


@pytest.mark.parametrize(("filter_", "day"), [("rights", "2026-11-01"), ("url", "")])
@pytest.mark.parametrize("text", ["", "# nothing yet\n\n"])
def test_a_list_without_domains_stops_the_run(tmp_path: Path, filter_: str, day: str, text: str) -> None:
    with pytest.raises(RecipeError, match="names no domain: give the file that was meant, or take the list out"):
        lines(tmp_path, filter_, text, day)


def test_a_day_that_has_not_come_stops_the_run(tmp_path: Path) -> None:
    assert lines(tmp_path, "rights", "a.test\n", "2026-11-29")  # it is tomorrow somewhere
    with pytest.raises(RecipeError, match="is dated 2062-11-01, a day that has not come"):
        lines(tmp_path, "rights", "a.test\n", "2062-11-01")


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    lines(tmp_path, "rights", "a.test\n", "2026-11-01")
    text = (tmp_path / "r.toml").read_text("utf-8")
    (tmp_path / "r.toml").write_text(text.replace("list.txt", "gone.txt"), "utf-8")
    with pytest.raises(RecipeError, match=r"list 'refusals' .*No such file"):
        filter_files.lines(recipe.load(str(tmp_path / "r.toml")), TODAY)


def test_lists_of_terms_are_looked_at_too(tmp_path: Path) -> None:
    text = (
        'languages = ["swh_Latn"]\nversion = 4\nvariety = "v"\nauthor = "a"\nsource = "s"\nlicence = "CC0-1.0"\n'
        'limits = "l"\n[gender]\nfemale = ["mwanamke"]\nmale = ["mwanaume"]\n'
    )
    (tmp_path / "swh.toml").write_text(text, "utf-8")
    (tmp_path / "a.jsonl").write_text("{}", "utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    begin = '[[sources]]\nname = "a"\npath = "a.jsonl"\n[[filters]]\nuse = "mentions"\nlexicons.mine = '
    one = f'{{ path = "{tmp_path}/swh.toml", sha256 = "{digest}" }}\n'
    (tmp_path / "r.toml").write_text(begin + one, "utf-8")
    [line] = term_lists.lines(recipe.load(str(tmp_path / "r.toml")))
    assert line == f"filter 'mentions': list 'mine' ({tmp_path}/swh.toml), version 4, of swh_Latn"
    (tmp_path / "r.toml").write_text(begin + one + "lexicons.other = " + one, "utf-8")
    with pytest.raises(RecipeError, match="lexicons 'mine' and 'other' are both of swh_Latn"):
        term_lists.lines(recipe.load(str(tmp_path / "r.toml")))
    (tmp_path / "r.toml").write_text(begin + one.replace("swh.toml", "none.toml"), "utf-8")
    with pytest.raises(RecipeError, match="none.toml: No such file"):
        term_lists.lines(recipe.load(str(tmp_path / "r.toml")))


def test_files_lie_below_the_recipe_and_their_places_measure_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the command is given, and wherever the file of that digest lies."""
    monkeypatch.chdir(tmp_path)
    found = []
    for place in ("here", "there/deeper"):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / "list.txt").write_text("a.test\n", "utf-8")
        lines(folder, "rights", "a.test\n", "2026-11-01", path="list.txt")
        read = recipe.load(str(folder / "r.toml"))
        rights = next(choice.base for choice in read.choices if choice.name == "rights")
        assert files.named(rights) == [str(folder / "list.txt")]
        found.append(identity(filters.measuring_parameters(rights)))
    assert found[0] == found[1]


def test_no_file_is_another_than_one_without_a_name() -> None:
    table: Any = filters.load("quality")
    plain, named = table(sha256="d"), files.placed(table(model="m.bin", sha256="d"), str)
    assert identity(plain) != identity(named)
    assert files.placed(plain, str) == plain
    language: Any = filters.load("language")
    own = language(model="gristmill")
    assert files.named(files.placed(own, str)) == []


@pytest.mark.parametrize(
    "table",
    [
        'use = "quality"\nmodel = "gone.bin"\n',
        'use = "language"\nmodel = "gone.bin"\n',
        'use = "perplexity"\nmodels.de = { path = "gone.bin", sha256 = "d" }\n',
    ],
)
def test_a_model_that_is_not_below_the_recipe_is_one_line(tmp_path: Path, table: str) -> None:
    (tmp_path / "r.toml").write_text(f'[[sources]]\nname = "web"\npath = "x.jsonl"\n[[filters]]\n{table}', "utf-8")
    expected = f"nothing is at {tmp_path}/gone.bin; paths are from the recipe's folder, {tmp_path}"
    with pytest.raises(RecipeError, match=expected):
        filter_files.lines(recipe.load(str(tmp_path / "r.toml")), TODAY)


def test_every_path_of_a_filter_is_marked_as_one() -> None:
    """A field that holds a path and is not would be looked for elsewhere, and its place be measured."""
    for name in filters.names():
        for kind in [filters.load(name), *schema.tables_of(filters.load(name))]:
            hints = get_type_hints(kind, include_extras=True)
            for field in fields(kind):
                meaning = meanings(kind).get(field.name, "")
                marked = any(isinstance(one, files.FileName) for one in get_args(hints[field.name])[1:])
                assert marked == ("from the recipe's folder" in meaning), f"{name}.{field.name}"
                assert "working directory" not in meaning
