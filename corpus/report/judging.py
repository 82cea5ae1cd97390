"""Precision by hand: a sheet of sampled removals that a person fills in, and what the verdicts say.

The sample is stratified, so precision is estimated in each stratum, with Wilson's score interval (Wilson 1927), and
over all removals by weighting strata with their sizes (Cochran 1977, 5.3).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import RecipeError
from corpus.report.pairs import Pair
from corpus.report.people.strata import ordered

SHEET = "pairs.csv"
COLUMNS = ("pair", "stratum", "removals", "similarity", "dropped", "kept", "source", "kept_source", "verdict", "dedup")
_YES, _NO, _UNSURE = {"yes", "y", "1"}, {"no", "n", "0"}, {"", "?", "unsure"}
_FORMULA = tuple("=+-@＝＋－＠")  # noqa: RUF001 - a spreadsheet computes what begins so (OWASP, CSV injection)
_Z = 1.959963984540054  # 0.975 quantile of the normal distribution: intervals of 95 %


@dataclass(frozen=True, kw_only=True)
class Row:
    """A removal that was judged, or not yet."""

    stratum: str
    removals: int  # in the stratum
    right: bool | None  # None: not judged, or unsure


def sheet(strata: Mapping[str, Sequence[Pair]], removals: Mapping[str, int], dedup: str) -> bytes:
    """CSV in UTF-8, a row a pair, numbered as on the page; `dedup` is the fingerprint of the stage that removed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    number = 0
    for stratum, pairs in strata.items():
        for pair in pairs:
            number += 1
            similarity = "" if pair.similarity is None else f"{pair.similarity:.4f}"
            about = [stratum, removals[stratum], similarity, pair.one.id, pair.other.id]
            writer.writerow(map(_cell, [number, *about, pair.one.source, pair.other.source, "", _mark(dedup)]))
    return out.getvalue().encode("utf-8")


def _mark(fingerprint: str) -> str:
    """With a word before it: a spreadsheet takes 16 digits, or 12e4..., for a number and rounds it."""
    return f"dedup {fingerprint}"


def _cell(value: object) -> str:
    """Text that no spreadsheet computes: an apostrophe before it says that it is text. What cannot be seen is a space:
    csv leaves a lone carriage return unquoted."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def has_verdicts(data: bytes) -> bool:
    """Whether someone has written into the sheet; one that cannot be read is taken for written in."""
    try:
        return any(row["verdict"].strip() for row in _rows(data, SHEET))
    except RecipeError:
        return True


def read(data: bytes, name: str, dedup: str) -> list[Row]:
    """Verdicts of a sheet. Raises RecipeError: which line, what is wrong, what is expected."""
    found = []
    for line, row in enumerate(_rows(data, name), 2):
        said = row["verdict"].strip().lower()
        if row["dedup"].strip() != _mark(dedup):
            raise RecipeError(
                f"{name}, line {line}: sampled from {row['dedup']!r}, this recipe's is {_mark(dedup)!r}: "
                "judge the report/pairs.csv of its last run"
            )
        if said not in _YES | _NO | _UNSURE:
            raise RecipeError(f"{name}, line {line}: verdict {row['verdict']!r}: say yes (a duplicate), no, or ?")
        if not row["removals"].strip().isdecimal():
            raise RecipeError(f"{name}, line {line}: removals must be a number, not {row['removals']!r}")
        right = None if said in _UNSURE else said in _YES
        found.append(Row(stratum=row["stratum"].removeprefix("'"), removals=int(row["removals"]), right=right))
    return found


def _rows(data: bytes, name: str) -> list[dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")  # what spreadsheets write
    except UnicodeDecodeError as error:
        raise RecipeError(f"{name} is not UTF-8: save it as CSV UTF-8") from error
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise RecipeError(f"{name}, line {reader.line_num}: {error}") from error
    head = [cell.strip() for cell in lines[0]] if lines else []
    lacking = [column for column in COLUMNS if column not in head]
    if lacking:
        raise RecipeError(f"{name} has no column {lacking[0]!r}: its first line must be {','.join(COLUMNS)}")
    for line in lines[1:]:
        if len(line) != len(head):
            raise RecipeError(f"{name}: a line has {len(line)} cells, its first has {len(head)}: {','.join(line)[:60]}")
    return [dict(zip(head, line, strict=True)) for line in lines[1:]]


def wilson(right: int, judged: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion; (0, 1) where nothing is judged.

    >>> [round(bound, 4) for bound in wilson(25, 25)]
    [0.8668, 1.0]
    """
    if not judged:
        return 0.0, 1.0
    share = right / judged
    middle = share + _Z**2 / (2 * judged)
    half = _Z * (share * (1 - share) / judged + _Z**2 / (4 * judged**2)) ** 0.5
    scale = 1 + _Z**2 / judged
    return max(0.0, min(share, (middle - half) / scale)), min(1.0, max(share, (middle + half) / scale))


@dataclass(frozen=True, kw_only=True)
class Precision:
    """Of one stratum, or of all that is judged."""

    stratum: str
    removals: int
    judged: int
    right: int
    share: float
    low: float
    high: float


def precision(rows: Sequence[Row], threshold: float) -> tuple[list[Precision], Precision | None]:
    """Of each stratum with a verdict, and over them weighted by their removals. The bounds over all are the weighted
    bounds: no narrower than an interval of the sum would be. None without a verdict."""
    found = []
    for name in ordered([row.stratum for row in rows if row.right is not None], threshold):
        own = [row for row in rows if row.stratum == name and row.right is not None]
        right = sum(row.right is True for row in own)
        low, high = wilson(right, len(own))
        share = right / len(own)
        counts = {"removals": own[0].removals, "judged": len(own), "right": right}
        found.append(Precision(stratum=name, **counts, share=share, low=low, high=high))
    total = sum(one.removals for one in found)
    if not total:
        return found, None
    share, low, high = (
        sum(getattr(one, bound) * one.removals for one in found) / total for bound in ("share", "low", "high")
    )
    judged, right = sum(one.judged for one in found), sum(one.right for one in found)
    whole = Precision(
        stratum="all, weighted", removals=total, judged=judged, right=right, share=share, low=low, high=high
    )
    return found, whole


AUDIT = ("stratum", "removals", "judged", "unsure", "right", "precision", "low", "high", "threshold", "dedup")


def audit(rows: Sequence[Row], threshold: float, dedup: str) -> bytes:
    """A table to be published, CSV in UTF-8: a row a stratum, those without a verdict too, and one of all judged.
    It has no id and no text. `low` and `high` are bounds of 95 % (Wilson); `unsure` counts rows without a verdict."""
    found, whole = precision(rows, threshold)
    by_name = {one.stratum: one for one in found}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(AUDIT)
    removals = {row.stratum: row.removals for row in rows}
    for name in [*ordered([*removals], threshold), *([whole.stratum] if whole else [])]:
        one = by_name.get(name) or (whole if whole and name == whole.stratum else None)
        unsure = sum(row.right is None for row in rows if name in (row.stratum, "all, weighted"))
        shares = [f"{value:.4f}" for value in (one.share, one.low, one.high)] if one else ["", "", ""]
        counts = [one.judged, unsure, one.right] if one else [0, unsure, 0]
        size = one.removals if one else removals[name]
        writer.writerow(map(_cell, [name, size, *counts, *shares, threshold, _mark(dedup)]))
    return out.getvalue().encode("utf-8")


def text(rows: Sequence[Row], threshold: float) -> str:
    """The table for a terminal."""
    found, whole = precision(rows, threshold)
    if whole is None:
        return "no verdict yet: write yes, no or ? into the column verdict"
    width = max(len(one.stratum) for one in [*found, whole])
    lines = [f"{'stratum':<{width}}  {'removals':>10}  {'judged':>6}  {'right':>6}  precision  95 % (Wilson)"]
    lines += [
        f"{one.stratum:<{width}}  {one.removals:>10,}  {one.judged:>6,}  {one.right:>6,}  {one.share:>9.4f}  "
        f"{one.low:.4f} to {one.high:.4f}"
        for one in [*found, whole]
    ]
    judged = {one.stratum for one in found}
    left = {row.stratum: row.removals for row in rows if row.stratum not in judged}
    if left:
        lines.append(f"not judged, not in the estimate: {', '.join(f'{n} ({c:,} removals)' for n, c in left.items())}")
    return "\n".join(lines)
