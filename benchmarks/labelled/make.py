"""Puts items into sentences: `scripts/make_pii_set`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson

from benchmarks.labelled import negatives
from benchmarks.labelled.items import Maker
from corpus.sources.inventory import list_files, plan_units
from corpus.sources.record import Record
from corpus.sources.source import Source
from corpus.sources.units import read_unit

TARGET = Path("data") / "pii" / "labelled.jsonl"
_SEED = 20260805
_UNSPACED = frozenset({"cmn", "jpn", "tha"})
_DECLARATION = "://udhr.demo.test/declaration/"
# A sentence of a line; a line without an end of a sentence (Thai) is one.
_SENTENCE = re.compile(r"(?m)(?<![^\s.!?。！？।؟])[^.!?。！？।؟\n]{30,240}(?:[.!?。！？।؟]|$)")
# Documents of each language: the kinds that the bars name have most, and each negative stands at least once.
_EACH = {
    "EMAIL": 10,
    "EMAIL_OBFUSCATED": 5,
    "PHONE": 14,
    "CREDIT_CARD": 8,
    "IBAN": 8,
    "IP_ADDRESS": 10,
    "NATIONAL_ID": 10,
    "KEY": 8,
    "MAC_ADDRESS": 3,
    "IMEI": 2,
    "CRYPTO_ADDRESS": 4,
    "HANDLE": 4,
    "PROFILE": 4,
    "IP_RESERVED": 2,
    "COORDINATES": 2,
}
# Kind -> the method of Maker that makes one.
_METHODS = {
    "EMAIL": "email",
    "EMAIL_OBFUSCATED": "spelt_email",
    "CREDIT_CARD": "card",
    "IBAN": "iban",
    "IP_ADDRESS": "ip",
    "IP_RESERVED": "reserved_ip",
    "MAC_ADDRESS": "mac",
    "IMEI": "imei",
    "CRYPTO_ADDRESS": "coin",
    "HANDLE": "handle",
    "PROFILE": "profile",
    "COORDINATES": "coordinates",
}
# Kind -> the phrases of carriers.json that lead to it; or the same phrases in every language.
_CARRIERS = {
    "EMAIL": "EMAIL",
    "EMAIL_OBFUSCATED": "EMAIL",
    "CREDIT_CARD": "CREDIT_CARD",
    "IBAN": "IBAN",
    "IP_ADDRESS": "IP",
    "IP_RESERVED": "IP",
    "HANDLE": "HANDLE",
}
_PHRASES = {
    "MAC_ADDRESS": ("MAC {}", "ether {} txqueuelen 1000", "HWaddr {}"),
    "IMEI": ("IMEI: {}", "IMEI {}"),
    "CRYPTO_ADDRESS": ("BTC: {}", "wallet {}", "{}"),
    "COORDINATES": ("GPS: {}", "coordinates {}"),
    "PROFILE": ("→ {}", "({})", "[{}]", "{}"),
}


@dataclass(frozen=True)
class Item:
    """A line of text and where the item stands in it, in code points."""

    kind: str
    text: str
    start: int
    end: int


def main(root: Path) -> int:
    """Write the set."""
    carriers = orjson.loads((root / "benchmarks" / "labelled" / "carriers.json").read_bytes())
    sentences = _sentences(root)
    target = root / TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for language in sorted(carriers):
        random = Random(f"{_SEED}:{language}")
        author = _Author(language=language, carriers=carriers[language], sentences=sentences[language], random=random)
        lines += [orjson.dumps(document) for document in author.documents()]
    target.write_bytes(b"\n".join(lines) + b"\n")
    print(f"{TARGET}: {len(lines)} documents in {len(carriers)} languages")
    return 0


def _sentences(root: Path) -> dict[str, list[str]]:
    """Sentences of the declaration by language (ISO 639-3)."""
    source = Source(name="web", path="data/sample/web-sample.warc.gz")
    found: dict[str, list[str]] = {}
    for unit in plan_units(list_files(source, str(root)), 1 << 30):
        for record in read_unit(unit, source):
            if isinstance(record, Record) and record.url and _DECLARATION in record.url:
                language = record.url.partition(_DECLARATION)[2].partition("_")[0]
                clean = [s.strip() for s in _SENTENCE.findall(record.text)]
                found.setdefault(language, []).extend(s for s in clean if not re.search(r"\d{2}", s))
    return {language: sorted(set(each)) for language, each in found.items()}


class _Author:
    def __init__(self, *, language: str, carriers: dict[str, object], sentences: Sequence[str], random: Random) -> None:
        self._language, self._carriers, self._sentences, self._random = language, carriers, sentences, random
        self._maker = Maker(language, _strings(carriers["locales"]), random)

    def documents(self) -> Iterator[dict[str, object]]:
        number = 0
        for kind, count in _EACH.items():
            for _ in range(count):
                item = self._item(kind)
                if item is not None:
                    yield self._document(number, item.text, [[item.start, item.end, item.kind]], None)
                    number += 1
        for name, make in negatives.MAKERS.items():
            yield self._document(number, make(self._random), [], name)
            number += 1

    def _document(self, number: int, line: str, spans: list[list[object]], negative: str | None) -> dict[str, object]:
        """The line between sentences, on its own line or within the paragraph."""
        around = [self._random.choice(self._sentences) for _ in range(2)]
        place = self._random.randrange(3)
        joint = "\n" if "\n" in line or self._random.random() < 0.5 else "" if self._language in _UNSPACED else " "
        before, after = joint.join(around[:place]), joint.join(around[place:])
        head = before + joint if before else ""
        text = head + line + (joint + after if after else "")
        moved = [[int(str(a)) + len(head), int(str(b)) + len(head), kind] for a, b, kind in spans]
        return {
            "id": f"{self._language}-{number:03}",
            "language": self._carriers["id"],
            "text": text,
            "spans": moved,
            "negative": negative,
        }

    def _item(self, kind: str) -> Item | None:
        own = {"PHONE": self._phone, "NATIONAL_ID": self._national, "KEY": self._key}.get(kind)
        if own is not None:
            return own()
        item = str(getattr(self._maker, _METHODS[kind])())
        if kind in _CARRIERS:
            return self._carried(kind, _CARRIERS[kind], item)
        return _within(kind, self._random.choice(_PHRASES[kind]), item)

    def _phone(self) -> Item:
        number, international = self._maker.phone()
        # Of those that say their country, a third have no word beside them.
        if international and self._random.random() < 1 / 3:
            return _within("PHONE", self._random.choice(("{}", "({})", "→ {}")), number)
        return self._carried("PHONE", "PHONE", number)

    def _national(self) -> Item | None:
        found = self._maker.national()
        form = self._random.choice(("{name}: {}", "{name} {}", "({name} {})"))
        return None if found is None else _within("NATIONAL_ID", form.replace("{name}", found[0]), found[1])

    def _key(self) -> Item:
        if self._random.random() < 0.3:
            text, secret = self._maker.assigned_key()
            return _within("KEY", text, secret)
        return self._carried("KEY", "KEY", self._maker.key())

    def _carried(self, kind: str, phrases: str, item: str) -> Item:
        return _within(kind, self._random.choice(_strings(self._carriers[phrases])), item)


def _within(kind: str, phrase: str, item: str) -> Item:
    start = phrase.index("{}")
    return Item(kind=kind, text=phrase.replace("{}", item), start=start, end=start + len(item))


def _strings(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
