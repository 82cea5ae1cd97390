"""Every command of the guide is run, in the order of its page; its pages are those of the index, and of the site.

Blocks ```sh hold commands, blocks ```console commands behind `$` and what they print; a comment before one says what is
not run here and why, what takes long (`slow`), or which exit codes are right. Blocks ```toml whose first line is
`# NAME.toml` are files. `build/demo` and `recipes/demo.toml` are the small run that all tests share, so what commands
print is not compared.
"""

import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
import yaml

from tests.conftest import RECIPE, ROOT, SAMPLE, Gristmill
from tests.foreign import foreign

DOCS = ROOT / "docs"
ELSEWHERE = {  # pages whose commands have inputs of their own: tests/withdraw, tests/jobs/test_catalogue.py
    *("rights.md", "withdrawal.md"),
    *("adding.md", "architecture.md", "decisions/README.md"),  # for those who change it
}
_BLOCK = re.compile(r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<kind>sh|console|toml)\n(?P<text>.*?)^```$", re.M | re.S)
_LINK = re.compile(r"\[[^\]]+\]\(([\w./-]+\.md)\)")


class Block(NamedTuple):
    kind: str
    text: str
    mark: str  # of the comment before it

    @property
    def skipped(self) -> bool:
        return self.mark.startswith("not run here")

    @property
    def codes(self) -> set[int]:
        """Exit codes that are right."""
        said = re.match(r"exits ([\d ]+)", self.mark)
        return {int(code) for code in said[1].split()} if said else {0}

    def commands(self) -> Iterator[str]:
        lines = self.text.replace("\\\n", "").splitlines()
        shown = [line.removeprefix("$ ") for line in lines if self.kind == "sh" or line.startswith("$ ")]
        return (line for line in shown if shlex.split(line, comments=True))


def pages() -> list[str]:
    """Of the index, in its order."""
    return _LINK.findall((DOCS / "README.md").read_text("utf-8"))


def blocks(page: str) -> list[Block]:
    found = _BLOCK.finditer((DOCS / page).read_text("utf-8"))
    return [Block(kind=one["kind"], text=one["text"], mark=one["mark"] or "") for one in found]


PAGES = [page for page in ["../README.md", *pages()] if page not in ELSEWHERE]
QUICK = [page for page in PAGES if any(b.kind != "toml" and not b.skipped and b.mark != "slow" for b in blocks(page))]
SLOW = [page for page in PAGES if any(block.mark == "slow" for block in blocks(page))]


@pytest.fixture(scope="module")
def demo(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recipe and the run that the guide speaks of, and a release by the name of `before`."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "recipes").mkdir()
    recipe = RECIPE.format(sample=SAMPLE, folder=finished, min_words=12)
    (folder / "recipes" / "demo.toml").write_text(f'root = "{folder}/build/demo"\n{recipe}', "utf-8")
    shutil.copytree(finished / "out", folder / "build" / "demo", symlinks=True)
    return folder


def words(command: str, demo: Path) -> list[str]:
    """As a shell parts them, with what the guide's own words stand for."""
    said = {"ROOT": "build/demo", "RECIPE": "recipes/demo.toml"}
    found = [said.get(word, word) for word in shlex.split(command, comments=True)]
    placed = [
        re.sub(r"^(build/demo|recipes/demo\.toml)\b", lambda one: str(demo / one[0]), word) if demo.is_dir() else word
        for word in found
    ]
    return [name for word in placed for name in (sorted(glob.glob(word)) if "*" in word else []) or [word]]


def write(text: str) -> None:
    """A file of the guide, by its first line."""
    named = re.match(r"# (?P<name>[\w-]+\.toml)(?P<more>, and more)?\n", text)
    if named:
        with open(named["name"], "a" if named["more"] else "w", encoding="utf-8") as file:
            file.write(f"\n{text}")


def beside(folder: Path, page: str) -> None:
    """What a page finds in its folder."""
    (folder / "data").mkdir()
    (folder / "data" / "sample").symlink_to(SAMPLE)
    if page == "own-data.md":
        foreign(folder / "mydata")
    if page == "worked-language.md":
        (folder / "web.warc.gz").symlink_to(SAMPLE / "web-sample.warc.gz")


@pytest.mark.parametrize("page", QUICK)
def test_commands_of_a_page(
    page: str, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gristmill: Gristmill
) -> None:
    monkeypatch.chdir(tmp_path)
    beside(tmp_path, "")
    for block in blocks(page):
        if block.kind == "toml" or block.skipped or block.mark == "slow":
            continue
        for command in block.commands():
            program, *arguments = words(command, demo)
            if program in {"scripts/demo", "scripts/test"}:  # what CI runs
                continue
            assert program == "gristmill", f"{page}: mark what is not run here: {command}"
            done = gristmill(*arguments)
            assert done.returncode in block.codes, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW)
def test_commands_of_a_page_that_take_long(
    page: str, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of its commands, each a process of its own in the page's folder."""
    monkeypatch.chdir(tmp_path)
    beside(tmp_path, page)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GRISTMILL_CORES": "2"}
    for block in blocks(page):
        if block.kind == "toml":
            write(block.text.replace("build/demo", str(demo / "build" / "demo")))
            continue
        for command in [] if block.skipped else block.commands():
            _, *arguments = words(command, demo)
            done = subprocess.run(
                [sys.executable, "-m", "jobs", *arguments], env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode in block.codes, f"{command}\n{done.stdout}{done.stderr}"
    if page == "own-data.md":
        facts = orjson.loads((tmp_path / "build" / "mydata" / "latest" / "report" / "facts.json").read_bytes())
        assert facts
        assert list((tmp_path / "build" / "mydata" / "latest" / "megatron").glob("*.bin"))


@pytest.mark.parametrize("page", [page for page in PAGES if page != "recipe.md"])
def test_commands_stand_in_blocks_that_are_run(page: str) -> None:
    text = re.sub(r"^```.*?^```$", "", (DOCS / page).read_text("utf-8"), flags=re.M | re.S)
    assert re.findall(r"^    (?:\$ )?gristmill [^\n]*", text, re.M) == []
    fences = re.findall(r"^```(\w*)\n((?:\$ )?gristmill )?", (DOCS / page).read_text("utf-8"), re.M)
    assert [kind for kind, command in fences if command and kind not in ("sh", "console")] == []


def test_site_has_the_pages_of_the_index() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    assert nav[0] == {"Guide": "README.md"}
    sections = {
        title: [link for one in inner for link in one.values()] for part in nav[1:] for title, inner in part.items()
    }
    index = re.split(r"^## ", (DOCS / "README.md").read_text("utf-8"), flags=re.M)[1:]
    assert sections == {part.partition("\n")[0]: _LINK.findall(part) for part in index}


def test_site_builds(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = (tmp_path / "site" / "first-corpus" / "index.html").read_text("utf-8")
    assert "gristmill verify build/demo" in built


def test_messages_of_the_questions_are_those_of_the_code() -> None:
    """The longest piece of each that is the same whatever it speaks of."""
    files = [path for package in ("corpus", "filters", "jobs") for path in (ROOT / package).rglob("*.py")]
    code = re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text("utf-8") for path in files))
    found = re.findall(r"^\| `([^`]+)`", (DOCS / "questions.md").read_text("utf-8"), re.M)
    assert len(found) > 10
    for message in found:
        pieces = re.split(r"'[^']*'|\.\.\.|[\d,.]+(?: %)?|\(?\[\w+\]|\b(?:web|x\.bin|train|x|filters)\b|[;:]", message)
        assert max((piece.strip() for piece in pieces), key=len) in code, message
