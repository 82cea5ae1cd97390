"""`gristmill languages`: what there is for a language, by any way to name it."""

from pathlib import Path

import pytest

from jobs.command_line import main

RECIPES = Path(__file__).parents[2] / "recipes"


def rows(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, str]:
    assert main(["languages", *map(str, arguments)]) == 0
    lines = capsys.readouterr().out.splitlines()
    return {line.split()[0]: line for line in lines[1:-2]}


@pytest.mark.parametrize("wanted", ["zh", "zho", "chi", "Chinese"])
def test_every_script_of_a_language_is_listed(capsys: pytest.CaptureFixture[str], wanted: str) -> None:
    assert {"zho_Hans", "zho_Hant", "zho_Hani"} <= set(rows(capsys, wanted))


def test_what_a_language_has(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys, "de", "twi", "srp_Latn", "code_Go", "--recipe", RECIPES / "roots.toml")
    assert found["deu_Latn"].split() == ["deu_Latn", "German", "de", "ger", "yes", "yes", "yes", "stopwords", "-"]
    assert found["twi_Latn"].split() == ["twi_Latn", "Twi", "tw", "-", "yes", "-", "-", "-"]
    assert found["srp_Latn"].split()[-5:] == ["yes", "yes", "-", "-", "-"]
    assert "lines, repetition, stopwords, symbols, words" in found["code_Go"]
    english = rows(capsys, "en", "--recipe", RECIPES / "roots.toml")["eng_Latn"]
    assert english.split("  ")[-2:] == ["flagged, language, length, stopwords", "-"]


def test_thresholds_of_a_script_are_shown_beside_those_of_a_language(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys, "ja", "lo", "de", "--recipe", RECIPES / "roots.toml")
    assert found["jpn_Jpan"].endswith("length, repetition")
    assert found["lao_Laoo"].endswith("length, repetition")
    assert found["deu_Latn"].endswith("-")


def test_without_names_those_that_have_something(capsys: pytest.CaptureFixture[str]) -> None:
    some, every = rows(capsys), rows(capsys, "--all")
    assert {"eng_Latn", "zho_Hani", "zul_Latn"} <= set(some)
    assert "nuk_Latn" not in some  # Nuu-chah-nulth
    assert set(some) < set(every)
    assert len(every) > 8000


def test_what_is_no_language_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["languages", "Germann"]) == 2
    assert "did you mean deu_Latn (German)?" in capsys.readouterr().err
    assert main(["languages", "--recipe", str(tmp_path / "none.toml")]) == 2
    assert "cannot read the recipe" in capsys.readouterr().err
