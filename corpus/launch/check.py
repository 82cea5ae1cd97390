"""What a launch was checked for, and CHECKS.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["FAILED", "warning", "ok"]
_ORDER: tuple[State, ...] = ("FAILED", "warning", "ok")


@dataclass(frozen=True, kw_only=True)
class Check:
    """`said` has the numbers, `do` what to do about them."""

    name: str
    state: State
    said: str
    do: str = ""


def holds(name: str, condition: bool, said: str, do: str) -> Check:
    """Ok, or failed with what to do."""
    return Check(name=name, state="ok", said=said) if condition else Check(name=name, state="FAILED", said=said, do=do)


def advises(name: str, condition: bool, said: str, do: str) -> Check:
    """Ok, or a warning with what to do."""
    return Check(name=name, state="ok", said=said) if condition else Check(name=name, state="warning", said=said, do=do)


def failed(checks: Sequence[Check]) -> list[Check]:
    return [check for check in checks if check.state == "FAILED"]


def markdown(title: str, checks: Sequence[Check], sections: Sequence[str]) -> str:
    """Failures first, then warnings, then what is in order."""
    count = {state: sum(check.state == state for check in checks) for state in _ORDER}
    verdict = (
        f"FAILED: {count['FAILED']} of {len(checks)} checks" if count["FAILED"] else f"{len(checks)} checks passed"
    )
    lines = [f"# {cell(title)}", "", f"{verdict}, {count['warning']} with a warning. Nothing was started.", ""]
    lines += ["| | what | found | do |", "|---|---|---|---|"]
    for check in sorted(checks, key=lambda check: _ORDER.index(check.state)):
        lines.append(f"| {check.state} | {cell(check.name)} | {cell(check.said)} | {cell(check.do)} |")
    return "\n".join([*lines, "", *sections]) + "\n"


def cell(text: str) -> str:
    """Plain text in a cell of a Markdown table: names come out of data."""
    for old, new in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;"), ("`", "&#96;"), ("\n", " ")):
        text = text.replace(old, new)
    return text.replace("[", "&#91;").replace("*", "&#42;")
