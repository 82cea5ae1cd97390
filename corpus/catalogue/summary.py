"""What `gristmill sources` prints of entries: never a contact, an address of a person or the text of terms."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.catalogue import licences, names
from corpus.catalogue.entry import Entry
from corpus.catalogue.excerpt import custodian_of

_PII = ("generic", "numeric", "sensitive")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries are asked for; an empty text asks for all."""

    language: str = ""
    """By BCP 47 tag or name."""
    licence: str = ""
    """An SPDX id, or a pattern of them."""
    custodian: str = ""
    """A part of the custodian's name, whatever the case."""

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is asked for."""
        tag = names.language(self.language) if self.language else None
        if self.language and tag not in tags(entry) and self.language not in _languages(entry):
            return False
        if self.licence and not any(_allows(item, self.licence) for item in entry.licensing.license_list):
            return False
        return self.custodian.casefold() in custodian_of(entry).casefold()


def rows(entries: Iterable[Entry]) -> Iterator[str]:
    """A line an entry, in columns: uid, type, access, licence, languages, custodian, and what nobody has checked."""
    table = [
        (
            one.uid,
            one.type,
            one.tier,
            licence_of(one) or "-",
            ",".join(filter(None, tags(one))) or "-",
            custodian_of(one) or "-",
            f"not validated: {', '.join(one.unvalidated)}" if one.unvalidated else "validated",
        )
        for one in entries
    ]
    widths = [max(len(row[i]) for row in table) for i in range(6)] if table else []
    for row in table:
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])


def report(entries: Iterable[Entry]) -> Iterator[str]:
    """Counts by type, validation, language, place, custodian's type, licence, property, access and personal data."""
    found = list(entries)
    yield f"{len(found):,} entries"
    for title, values in _COUNTED.items():
        counts = Counter(value for one in found for value in dict.fromkeys(values(one)))
        yield title
        yield from (f"  {count:>6,}  {value}" for value, count in sorted(counts.items(), key=lambda x: (-x[1], x[0])))


def licence_of(entry: Entry) -> str:
    """Its SPDX expression; "not SPDX" for what is none."""
    try:
        return licences.joined(entry.licensing.license_list)
    except ValueError:
        return "not SPDX"


def tags(entry: Entry) -> tuple[str, ...]:
    """BCP 47 tags of its languages, in order; "" for words that stand for several or say nothing."""
    return tuple(dict.fromkeys(names.language(name) or "" for name in _languages(entry)))


def _languages(entry: Entry) -> tuple[str, ...]:
    return entry.languages.language_names if entry.languages else ()


def _allows(item: str, pattern: str) -> bool:
    try:
        return licences.allowed(item, [pattern])
    except ValueError:
        return False


def _custodian_type(entry: Entry) -> list[str]:
    return [entry.custodian.type or "not said"] if entry.custodian else ["not said"]


def _places(entry: Entry) -> tuple[str, ...]:
    return entry.languages.language_locations if entry.languages else ()


def _pii(entry: Entry) -> list[str]:
    likely = [f"{kind}: {said}" for kind in _PII if (said := getattr(entry.pii, f"{kind}_pii_likely"))]
    return [entry.pii.has_pii or "not said", *likely]


_COUNTED: Mapping[str, Callable[[Entry], Iterable[str]]] = {
    "type": lambda one: [one.type],
    "validated": lambda one: ["not in whole" if one.unvalidated else "in whole"],
    "language": lambda one: _languages(one) or ["not said"],
    "country or region": lambda one: _places(one) or ["not said"],
    "custodian": _custodian_type,
    "licence": lambda one: [licence_of(one) or "not said"],
    "property of the licence": lambda one: one.licensing.license_properties or ["not said"],
    "access": lambda one: [one.tier],
    "personal data": _pii,
}
