"""The plug-in of docs/adding.md, installed by hand: files out of the page, and the metadata that pip would write."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "adding.md").read_text("utf-8")
PACKAGE = "gristmill_emoji"
MODULE = f"{PACKAGE}/emoji.py"


def example() -> dict[str, str]:
    """Its files by path."""
    found = dict(re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    return {f"{PACKAGE}/__init__.py": "", **found}


def in_recipe() -> str:
    """Its table, as the page has it."""
    [table] = re.findall(r"^```toml\n(\[\[filters\]\]\n.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(table)


def install(folder: Path, changes: Mapping[str, str] = MappingProxyType({}), *, record: bool = True) -> Path:
    """The example below a folder that is to be on Python's path; `changes`: other texts of files, by path."""
    files = example() | dict(changes)
    project = tomllib.loads(files["pyproject.toml"])["project"]
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    entries = project["entry-points"]["gristmill.filters"]
    describe(folder, project["name"], project["version"], entries, [*files] if record else [])
    return folder


def describe(folder: Path, name: str, version: str, entries: dict[str, str], files: list[str]) -> None:
    """Write the dist-info folder of a distribution."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    listed = "".join(f"{key} = {value}\n" for key, value in entries.items())
    (info / "entry_points.txt").write_text(f"[gristmill.filters]\n{listed}", "utf-8")
    if files:
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in files), "utf-8")
