"""Lists of domains are looked at before a run."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import RecipeError
from corpus.planning import domain_lists, recipe, term_lists

TODAY = date(2026, 11, 28)


def lines(folder: Path, filter_: str, text: str, day: str = "") -> list[str]:
    path = folder / "list.txt"
    path.write_text(text, "utf-8")
    said = f', date = "{day}"' if day else ""
    (folder / "r.toml").write_text(
        f'[[sources]]\nname = "web"\npath = "x.jsonl"\n[[filters]]\nuse = "{filter_}"\n'
        f'lists.refusals = {{ path = "{path}", sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"{said} }}\n',
        "utf-8",
    )
    return domain_lists.lines(recipe.load(str(folder / "r.toml")), TODAY)


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
        domain_lists.lines(recipe.load(str(tmp_path / "r.toml")), TODAY)


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
