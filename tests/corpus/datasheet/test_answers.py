"""datasheet.toml: every key known, every value of its form, every error one line."""

from pathlib import Path

import pytest

from corpus.datasheet import answers
from corpus.errors import RecipeError


def read(tmp_path: Path, text: str) -> answers.Answers:
    path = tmp_path / "datasheet.toml"
    path.write_text(text, "utf-8")
    return answers.read(str(path), ["web", "news"])


def test_answers_by_key_and_what_is_empty_says_nothing(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '[dataset]\ndescription = " Two\\nlines "\nlicence = ""\nkeywords = ["a", "b"]\npublished = 2026-11-28\n'
        '[model]\ncontinuous_training = false\n[gebru]\nnotified = "not applicable"\n'
        '[sources.web]\nkind = "crawled"\nlink = ""\n',
    )
    assert found.values == {
        "dataset.description": "Two lines",
        "dataset.keywords": ["a", "b"],
        "dataset.published": "2026-11-28",
        "model.continuous_training": "No",
        "gebru.notified": "not applicable",
    }
    assert found.sources == {"web": {"kind": "crawled"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[dataset]\ndescripton = "x"', "unknown key 'dataset.descripton': did you mean 'dataset.description'?"),
        ('[datset]\ndescription = "x"', "unknown table 'datset': did you mean 'dataset'?"),
        ('[sources.wev]\nkind = "crawled"', "unknown source 'sources.wev': did you mean 'sources.web'?"),
        ('[sources.web]\nkinds = "crawled"', "unknown key 'sources.web.kinds': did you mean 'sources.web.kind'?"),
        ('[sources.web]\nkind = "bought"', "sources.web.kind is one of public, licensed, private, crawled"),
        ("[dataset]\ndescription = 3", "dataset.description is a text, not 3"),
        ('[dataset]\npublished = "last week"', "dataset.published is a date (2026-11-28), not 'last week'"),
        ('[model]\ncontinuous_training = "no"', "model.continuous_training is true or false, not 'no'"),
        ('[dataset]\nurl = "javascript:alert(1)"', "dataset.url is an address that begins with https://"),
        ('[dataset]\nconfidentiality = "blue"', "dataset.confidentiality is one of red, amber, green, clear"),
        ("[dataset", "is not valid TOML"),
        ('dataset = "x"', "unknown table 'dataset'"),
    ],
)
def test_what_is_no_answer(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RecipeError) as error:
        read(tmp_path, text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"--template"):
        answers.read(str(tmp_path / "none.toml"), [])
