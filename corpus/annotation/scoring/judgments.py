"""What people wrote into sheets: one judgment a line, or an error that names file and line."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from corpus.annotation import cells
from corpus.annotation.cells import Line
from corpus.annotation.key import Key
from corpus.annotation.schemes import MOST, SCHEMES, Field, Scheme, Values
from corpus.annotation.sheet import ANNOTATOR, IS, ITEM, LANGUAGE, NOTE, SAMPLE
from corpus.errors import RecipeError
from filters import language_keys
from filters.meant import hint

_SHARE = re.compile(r"0?\.[0-9]+")
_ID = "id"  # the column of HPLT's sheets
_NOT_SET = ("", "0")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file, and the folder that it lies in: HPLT's are named by the language."""

    name: str
    folder: str
    data: bytes
    key: Key | None


@dataclass(frozen=True, kw_only=True)
class Judgment:
    """`language_is`: which language the annotator says that it is, "" if nothing was said; `source` and `of` are ""
    for sheets without a key."""

    item: str
    annotator: str
    language: str
    source: str
    of: str
    values: Values
    language_is: str
    where: str  # file and line


@dataclass(frozen=True, kw_only=True)
class Read:
    """`items`: of each annotator, the texts of the sheets; `open`: of how many nothing was said; `incomplete`:
    of how many something, but not what decides; `rounded`: shares of a text that count as 0 or 1; `notes`: written."""

    scheme: Scheme
    judgments: Sequence[Judgment]
    items: Mapping[str, AbstractSet[str]]
    open: int
    incomplete: int
    rounded: int
    notes: int


def read(sheets: Sequence[Sheet], scheme: Scheme | None = None) -> Read:
    """Raises RecipeError."""
    tables = [(sheet, cells.parse(sheet.data, sheet.name)) for sheet in sheets]
    scheme = scheme or _scheme(tables[0][0].name, _heads(tables[0][1][0]))
    reader = _Reader(scheme)
    for sheet, lines in tables:
        reader.add(sheet, lines)
    found = list(reader.judged.values())
    return Read(
        scheme=scheme,
        judgments=found,
        items=dict(sorted(reader.seen.items())),
        open=sum(len(own) for own in reader.seen.values()) - len(found) - reader.incomplete,
        incomplete=reader.incomplete,
        rounded=reader.rounded,
        notes=reader.notes,
    )


class _Reader:
    """Judgments so far, by annotator and item."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.judged: dict[tuple[str, str], Judgment] = {}
        self.seen: dict[str, set[str]] = {}
        self.rounded = self.notes = 0
        self._half_done: set[tuple[str, str]] = set()

    @property
    def incomplete(self) -> int:
        return len(self._half_done - self.judged.keys())

    def add(self, sheet: Sheet, lines: Sequence[Line]) -> None:
        names = _heads(lines[0])
        lacking = [one.head for one in self.scheme.fields if one.head not in names]
        if lacking or not {ITEM, _ID} & set(names):
            raise RecipeError(
                f"{sheet.name} has no column {(lacking or [ITEM])[0]!r}: "
                f"sheets of {self.scheme.name} have {', '.join(one.head for one in self.scheme.fields)} and {ITEM}"
            )
        for line in lines[1:]:
            row = dict(zip(names, line.cells, strict=True))
            self._add(sheet, row, f"{sheet.name}, line {line.number}")

    def _add(self, sheet: Sheet, row: Mapping[str, str], where: str) -> None:
        item = row.get(ITEM, row.get(_ID, "")).strip()
        if not item:
            raise RecipeError(
                f"{where}: no {ITEM}: take the sheet as it was written, and fill in the empty cells alone"
            )
        annotator = cells.read(row.get(ANNOTATOR, "").strip()) or sheet.name
        self.seen.setdefault(annotator, set()).add(item)
        values = self._values(row, where)
        said = row.get(IS, "").strip() if self.scheme.has_remarks else ""
        language_is = _language(said, where) if said else ""
        language, source, of = _known(sheet, row, item, where)
        if language_is == language and values.get(self.scheme.deciding) == self.scheme.wrong_language:
            raise RecipeError(
                f"{where}: {self.scheme.wrong_language}, and {IS} names {language} itself: mend one of them"
            )
        self.notes += bool(row.get(NOTE, "").strip())
        if self.scheme.deciding not in values:
            if values or said:
                self._half_done.add((annotator, item))
            return
        judgment = Judgment(
            item=item,
            annotator=annotator,
            language=language,
            source=source,
            of=of,
            values=values,
            language_is=language_is,
            where=where,
        )
        before = self.judged.setdefault((annotator, item), judgment)
        if before is not judgment:
            raise RecipeError(
                f"{where}: {annotator} judged {item} already ({before.where}): give one of the two sheets"
            )

    def _values(self, row: Mapping[str, str], where: str) -> dict[str, str]:
        found = {}
        for field in self.scheme.fields:
            value = self._value(field, row[field.head].strip(), where)
            if value:
                found[field.name] = value
        return found

    def _value(self, field: Field, said: str, where: str) -> str:
        if not said or (field.is_switch and said in _NOT_SET):
            return ""
        known = {value.lower(): value for value in field.values}
        if said.lower() in known:
            return known[said.lower()]
        if field.is_switch and self.scheme.takes_shares and _SHARE.fullmatch(said):
            self.rounded += 1
            return MOST if float(said) > 0.5 else ""
        expected = [*(["empty, 0"] if field.is_switch else []), *field.values]
        raise RecipeError(
            f"{where}: unknown {field.name} {said[:40]!r}{hint(said, field.values)}: write {', '.join(expected)}"
        )


def _heads(line: Line) -> list[str]:
    """HPLT's have line feeds in them, or spaces."""
    return [" ".join(cell.split()) for cell in line.cells]


def _scheme(name: str, heads: Sequence[str]) -> Scheme:
    for one in SCHEMES.values():
        if one.nominal.head in heads:
            return one
    known = " or ".join(repr(one.nominal.head) for one in SCHEMES.values())
    raise RecipeError(f"{name} is no sheet: it has no column {known}")


def _language(said: str, where: str) -> str:
    try:
        return language_keys.only(cells.read(said))
    except ValueError as error:
        raise RecipeError(f"{where}: {IS}: {error}") from error


def _known(sheet: Sheet, row: Mapping[str, str], item: str, where: str) -> tuple[str, str, str]:
    """Language, source and outcome of a text."""
    if sheet.key is None:
        if SAMPLE in row:
            raise RecipeError(f"{sheet.name}: the key of its sample is not beside it: name it by --key key.tsv")
        return row.get(LANGUAGE, "").strip() or sheet.folder, row.get("source", "").strip(), ""
    if row.get(SAMPLE, "").strip() != sheet.key.mark:
        raise RecipeError(
            f"{where}: of {row.get(SAMPLE, '').strip()[:40] or 'no sample'!r}, the key is of {sheet.key.mark!r}: "
            "give the key that was written with this sheet"
        )
    found = sheet.key.items.get(item)
    if found is None:
        raise RecipeError(f"{where}: {item[:60]!r} is no item of the sample: take the sheet as it was written")
    return found.language, found.source, found.of
