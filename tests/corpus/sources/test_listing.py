"""What lies at a path is taken, or said to be passed over, or refused in a line that helps."""

import fnmatch
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.planning.inputs import passed_lines
from corpus.sources.globs import compiled
from corpus.sources.inventory import Listing, listing, plan_units
from corpus.sources.record import Record
from corpus.sources.source import Source
from corpus.sources.units import read_unit


def look(path: Path | str, **settings: object) -> Listing:
    return listing(Source(name="s", path=str(path), **settings), ".")  # type: ignore[arg-type]


def names(path: Path | str, **settings: object) -> list[str]:
    return [file.file for file in look(path, **settings).files]


def fill(folder: Path, *files: str) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text('{"text": "a text"}\n', "utf-8")


def test_stars_stay_in_a_name_and_two_cross_folders(tmp_path: Path) -> None:
    fill(tmp_path, "a.jsonl", "b/c.jsonl", "b/d/e.jsonl", "b/d/f.txt")
    assert names(tmp_path / "*.jsonl") == ["a.jsonl"]
    assert names(tmp_path / "**/*.jsonl") == ["a.jsonl", "b/c.jsonl", "b/d/e.jsonl"]
    assert names(tmp_path / "b/**") == ["c.jsonl", "d/e.jsonl", "d/f.txt"]
    assert names(tmp_path / "{a,b/c}.jsonl") == ["a.jsonl", "b/c.jsonl"]
    assert names(tmp_path / "?.json[k-m]") == ["a.jsonl"]


def test_a_path_that_is_there_is_no_pattern(tmp_path: Path) -> None:
    fill(tmp_path, "run[1]/a.jsonl", "run1/b.jsonl", "what?.txt")
    assert names(tmp_path / "run[1]") == ["a.jsonl"]
    assert names(tmp_path / "what?.txt") == ["what?.txt"]
    assert names(tmp_path / "run[[]1]/*") == ["run[1]/a.jsonl"]


def test_a_range_that_goes_backwards_is_itself(tmp_path: Path) -> None:
    fill(tmp_path, "[z-a]x.jsonl")
    assert names(tmp_path / "[z-a]*") == ["[z-a]x.jsonl"]


def test_home_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "data/a.jsonl")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert names("~/data") == ["a.jsonl"]


def test_what_is_beside_data_is_passed_over_and_said(tmp_path: Path) -> None:
    fill(tmp_path, "data/train.jsonl", "README.md", "_SUCCESS", ".gitattributes", "data/train.jsonl.md5", "LICENSE")
    found = look(tmp_path)
    assert [file.file for file in found.files] == ["data/train.jsonl"]
    assert found.passed == (".gitattributes", "LICENSE", "README.md", "_SUCCESS", "data/train.jsonl.md5")
    [line] = passed_lines([found])
    assert line.startswith("source 's': passed over 5 beside 1 files: .gitattributes, LICENSE")
    assert names(tmp_path / "README.md") == ["README.md"]  # named by itself it is data
    fill(tmp_path, "none/.x")
    with pytest.raises(RecipeError, match=r"nothing is at .*, but for \.x"):
        look(tmp_path / "none")


def test_folders_that_save_to_disk_wrote_are_their_tables(tmp_path: Path) -> None:
    fill(tmp_path, "train/dataset_info.json", "train/state.json", "dataset_dict.json")
    (tmp_path / "train" / "data-00000-of-00001.arrow").write_bytes(b"")
    assert names(tmp_path) == ["train/data-00000-of-00001.arrow"]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    fill(tmp_path, "real/a.txt", "in/b.txt")
    (tmp_path / "in" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in" / "self")
    (tmp_path / "in" / "there").symlink_to(tmp_path / "real")
    found = look(tmp_path / "in")
    assert [file.file for file in found.files] == ["b.txt", "there/a.txt"]
    assert found.passed == (
        "gone (a link that leads nowhere)",
        "self (a link that leads nowhere)",
        "up (a link to what it lies in)",
    )


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.txt", "wb"):
        pass
    with pytest.raises(RecipeError, match=r"xff.txt' has a name that is not UTF-8: rename it"):
        look(tmp_path)


def test_folders_name_fields(tmp_path: Path) -> None:
    fill(tmp_path, "lang=deu_Latn/year=2024-01-02/x.jsonl", "lang=__HIVE_DEFAULT_PARTITION__/year=soon/x.jsonl")
    (tmp_path / "lang=deu_Latn/own.jsonl").write_text('{"text": "b", "lang": "fra_Latn"}\n', "utf-8")
    source = Source(name="s", path=str(tmp_path), language_field="lang", date_field="year", licence_field="terms")
    units = plan_units(list(listing(source, "").files), 1 << 20)
    found = [item for unit in units for item in read_unit(unit, source) if isinstance(item, Record)]
    assert [(r.language, r.date, r.licence, r.unusable) for r in found] == [
        (None, None, None, ("date_field",)),
        ("fra_Latn", None, None, ()),
        ("deu_Latn", 1_704_153_600, None, ()),
    ]


@given(st.text("ab/*?[]!-", max_size=8), st.text("ab-/", max_size=6))
def test_patterns_without_slashes_are_those_of_the_standard_library(pattern: str, name: str) -> None:
    if "/" not in pattern + name and "**" not in pattern:
        assert bool(compiled(pattern).fullmatch(name)) == fnmatch.fnmatchcase(name, pattern)


@given(st.text(max_size=12))
def test_any_pattern_compiles_and_fits_itself_without_magic(pattern: str) -> None:
    compiled(pattern).fullmatch("x")
    if not any(c in pattern for c in "*?[{"):
        assert compiled(pattern).fullmatch(pattern)
