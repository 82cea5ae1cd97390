"""docs/faults.md lists what is tested, and what is tested is listed."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "faults.md").read_text("utf-8")
HERE = ROOT / "tests" / "faults"
NAMED = set(re.findall(r"`(test_\w+)`", PAGE))
FUNCTION = re.compile(r"^def (test_\w+)", re.MULTILINE)
DEFINED = {name for file in HERE.glob("test_*.py") for name in FUNCTION.findall(file.read_text("utf-8"))}


def test_every_fault_that_is_promised_is_tested() -> None:
    assert NAMED == DEFINED
    for path in re.findall(r"`(tests/[\w/]+\.py)`", PAGE):
        assert (ROOT / path).is_file(), path


def test_there_are_thirty_or_more() -> None:
    tables = PAGE.split("## How files")[0]
    assert len(re.findall(r"^\| (?!fault \|)", tables, re.MULTILINE)) >= 30
