"""Figures of benchmarks by the commit that they were taken at: `results.json`."""

import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

HISTORY = Path(__file__).with_name("results.json")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A section of RESULTS.md as it was written once."""

    section: str
    commit: str  # with + behind it where files differed from the commit
    machine: str
    command: str
    tables: Sequence[Sequence[Sequence[str]]]  # rows of cells; the first is the head


@dataclass(frozen=True, kw_only=True)
class Change:
    """A number in both of two takings of a section."""

    row: str
    column: str
    old: float
    new: float


def commit() -> str:
    """Of the checkout, + for one with changes other than to figures."""
    figures = [":!benchmarks/RESULTS.md", f":!benchmarks/{HISTORY.name}"]
    ran = [["git", "rev-parse", "--short", "HEAD"], ["git", "status", "--porcelain", "--", ".", *figures]]
    try:
        name, changed = (subprocess.run(one, check=True, capture_output=True, text=True).stdout.strip() for one in ran)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name + ("+" if changed else "")


def tables(body: str) -> list[list[list[str]]]:
    """The Markdown tables of a text, rows of cells without the line under the head."""
    found: list[list[list[str]]] = []
    inside = False
    for line in body.splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not inside:
            found.append([])
        inside = True
        if not all(set(cell) <= {"-", ":"} and cell for cell in cells):
            found[-1].append(cells)
    return found


def record(section: str, command: str, body: str, path: Path = HISTORY) -> None:
    """Keep a section's figures; those of the same commit are replaced."""
    taken = Taken(section=section, commit=commit(), machine=platform.machine(), command=command, tables=tables(body))
    kept = [one for one in load(path) if (one.section, one.commit) != (taken.section, taken.commit)]
    lines = [orjson.dumps(asdict(one)).decode() for one in [*kept, taken]]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def load(path: Path = HISTORY) -> list[Taken]:
    """In the order in which they were taken."""
    return [Taken(**one) for one in orjson.loads(path.read_bytes())] if path.exists() else []


def changes(old: Taken, new: Taken) -> list[Change]:
    """Numbers of rows and columns with the same names. Where a name comes twice in a table it is left out."""
    before, after = _numbers(old), _numbers(new)
    return [Change(row=at[1], column=at[2], old=before[at], new=after[at]) for at in before if at in after]


def _numbers(taken: Taken) -> Mapping[tuple[int, str, str], float]:
    found: dict[tuple[int, str, str], float] = {}
    for place, (head, *rows) in enumerate(taken.tables):
        names = [row[0] for row in rows]
        for row in rows:
            for column, cell in zip(head[1:], row[1:], strict=False):
                number = _NUMBER.match(cell)
                if number and names.count(row[0]) == 1:
                    found[place, row[0], column] = float(number[0].replace(",", ""))
    return found
