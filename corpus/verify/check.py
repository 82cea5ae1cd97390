"""One line of a verification, and the lines below it."""

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 20  # failures of one check that are printed: a lost folder would fill the screen with its files


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was looked at, how much of it, and what is wrong with it."""

    name: str
    looked: str  # counts of what was looked at; empty if nothing was
    failures: tuple[str, ...] = ()
    remedy: str = ""
    unchecked: str = ""  # what could not be looked at, and why
    passed_over: tuple[str, ...] = ()  # what is no part of a release and does no harm

    @property
    def failed(self) -> bool:
        return bool(self.failures)

    @property
    def state(self) -> str:
        return "FAILED" if self.failed else "ok" if self.looked else "-"


def text(checks: Sequence[Check]) -> str:
    """A line a check; below it what could not be checked, what is wrong, and what to do."""
    lines = []
    for check in checks:
        lines.append(f"{check.name:<10} {check.state:<7} {check.looked}".rstrip())
        if check.unchecked:
            lines.append(f"  not checked: {check.unchecked}")
        lines += [f"  passed over: {one}" for one in check.passed_over]
        lines += [f"  {failure}" for failure in check.failures[:_SHOWN]]
        if len(check.failures) > _SHOWN:
            lines.append(f"  and {len(check.failures) - _SHOWN:,} more")
        if check.failed:
            lines.append(f"  do: {check.remedy}")
    return "\n".join(lines)
