"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/decisions/README.md", *PAGES]
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_FILE = re.compile(
    r"`((?:corpus|filters|jobs|tokenizer|tests|docs|benchmarks|recipes|scripts|data/sample|data/pii)/[\w./-]+)`"
)
_EXAMPLES = {  # of docs/adding.md
    *("filters/emoji.py", "tests/filters/test_emoji.py", "corpus/readers/delimited.py", "filters/pii/vehicle.py"),
    "tests/test_emoji.py",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_a_document_names_are_there(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    links = [(ROOT / name).parent / link for link in _LINK.findall(text) if link != "address"]  # the recipe's own word
    files = [ROOT / file for file in _FILE.findall(text) if file not in _EXAMPLES]
    assert [str(path) for path in (*links, *files) if not path.exists()] == []


def test_the_guide_leads_to_every_page() -> None:
    guide = (ROOT / "docs" / "README.md").read_text("utf-8")
    assert [page for page in PAGES if f"]({page.removeprefix('docs/')})" not in guide] == ["docs/README.md"]


def test_every_decision_is_in_the_index_under_its_own_number() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("0*.md"))
    found = re.findall(r"\[(\d{4})\]\(([^)]+)\)", (folder / "README.md").read_text("utf-8"))
    assert sorted(page for _, page in found) == pages
    assert all(page.startswith(number) for number, page in found)


def test_license_is_whole_and_notice_names_every_file_of_licences() -> None:
    license_ = (ROOT / "LICENSE").read_text("utf-8")
    assert all(f"\n   {number}. " in license_ for number in range(1, 10))
    assert "END OF TERMS AND CONDITIONS" in license_
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for path in sorted((ROOT / "data" / "sample" / "LICENSES").iterdir()):
        assert f"LICENSES/{path.name}" in notice
    for folder in ("filters/data", "tokenizer/data"):
        for path in Path(ROOT, folder).iterdir():
            if path.suffix in (".tsv", ".json"):
                assert path.name in notice, path
