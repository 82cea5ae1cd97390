"""Requests as they are written, and what is refused."""

import json
from pathlib import Path

import pytest

from corpus.errors import RecipeError
from corpus.withdrawal import requests
from tests.withdraw.whole import asked


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**asked(id="0" * 32), "reason": "x"}, "unknown key 'reason'"),
        (asked(), "must have one of id, url"),
        ({**asked(url="https://a.example"), "domain": "a.example"}, "it has url, domain"),
        ({**asked(domain="a.example"), "role": "a friend"}, "role must be one of"),
        ({**asked(domain="a.example"), "basis": ""}, "basis must be a text that is not empty"),
        ({**asked(domain="a.example"), "date": "2 August"}, "date must be the day of the request"),
        (asked(span="too short"), "span has fewer than 20 characters"),
        (asked(identifier="ab"), "identifier has fewer than 5"),
        (asked(id="abc"), "id must be 32 hexadecimal digits"),
        ({**asked(), "url": 3}, "url must be a text"),
        ({**asked(domain="a.example"), "copies": "leave"}, "copies must be one of go, stay"),
    ],
)
def test_a_request_that_cannot_be_asked_is_refused_in_one_line(
    tmp_path: Path, row: dict[str, object], message: str
) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(RecipeError, match=message) as raised:
        requests.load(str(file))
    assert "line 1" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_files_without_requests_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", "utf-8")
    (tmp_path / "broken.jsonl").write_text("{", "utf-8")
    for name, message in (("no", "is not there"), ("empty", "holds no request"), ("broken", "is no JSON")):
        with pytest.raises(RecipeError, match=message):
            requests.load(str(tmp_path / f"{name}.jsonl"))


def test_the_same_request_has_one_text_however_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    rows = [asked(identifier=" Jane@Mill.NET "), asked(identifier="jane@mill.net"), asked(domain="Example.ORG")]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    one, other, domain = requests.load(str(file))
    assert one.text == other.text
    assert domain.value == "example.org"
