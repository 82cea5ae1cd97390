"""Telephone numbers that `phonenumbers` (Google's libphonenumber) validates for a region where the language is spoken.

International numbers (+ or 00) stand for themselves. A national number needs a word beside it that says what it is, or
a form that its country writes telephones in: without, dates, prices and part numbers of the right length are far
more frequent than telephones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import phonenumbers
import re2

from filters.pii import phone_words, regions
from filters.pii.automaton import compiled
from filters.pii.spans import NAMED, PROVED, SAID, SHAPED, Span
from filters.pii.window import Window, plain

# Scripts that put borders between words. A letter of theirs before or behind a word makes it another word
# ("abgerufen", "Telefonica"); other scripts have no such border. After a colon or bracket it is the name of a kind in a
# placeholder, which must not point at the number that follows.
_SCRIPTS = r"\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}\p{Georgian}"
_LEFT = rf"(?:\A|[^{_SCRIPTS}:<\[{{_|.`])"
_WHOLE = rf"{_LEFT}(?:{'|'.join(map(re.escape, phone_words.WHOLE))})"
_BEGINNING = f"(?:{'|'.join(map(re.escape, phone_words.BEGINNINGS))})"
_LABEL = rf"(?:\A|[\s|,;/(])(?:(?:{'|'.join(phone_words.LABELS)})\s?:|(?:[tmтмф]|port)\.)\s{{0,2}}"
_RIGHT = rf"[^{_SCRIPTS}\p{{M}}0-9"
_FEED = r"(?:\n\s{0,8})?"  # the number may stand on the next line
_NAMED = compiled(
    rf"(?i)(?:{_WHOLE}(?:{_RIGHT}\n][^0-9\n]{{0,23}})?|{_BEGINNING}[^0-9\n。！？]{{0,24}}){_FEED}$|{_LABEL}$"
)
_GAP = r"[^\p{L}\p{M}0-9]{0,6}"
_FILL = "|".join(sorted(map(re.escape, phone_words.BETWEEN), key=len, reverse=True))
_CLOSE = compiled(
    rf"(?i)(?:{_WHOLE}(?:[^\p{{L}}\p{{M}}0-9]{{1,6}}(?:{_FILL})){{0,4}}{_GAP}|"
    rf"{_BEGINNING}[^0-9\n]{{0,12}}{_FEED})$|{_LABEL}$"
)
_WORD = compiled(rf"(?i)(?:{_WHOLE}(?:{_RIGHT}]|$)|{_BEGINNING}|{_LABEL})")
_AND = "and|or|und|oder|et|ou|y|o|e|ed|of|en|og|och|i|lub|nebo|или|и|та|або|ve|veya|hoặc|atau|dan|na|au"
# "Tel.: 030 901820, 030 901821": a second number of the same word.
_LISTED = compiled(
    rf"(?i)(?:{_WHOLE}{_RIGHT}\n]|{_BEGINNING}|"
    rf"{_LABEL})[^0-9\n]{{0,16}}[+(]?[0-9][0-9 ()./\-]{{5,22}}[0-9](?:[\s,;/|&·–\-]|"
    rf"\b(?:{_AND})\b){{1,6}}(?:[tmfp]\s?[.:]\s?)?$"
)
_BEHIND = "(?:" + "|".join(phone_words.BEHIND) + ")"
_NAMED_BEHIND = compiled(r"(?i)^[^0-9\n.!?|]{0,24}" + _BEHIND)
_NUMBER = re.compile(
    r"(?:\+\s?|\b00)?\(?\+?[0-9][0-9 ()./\-]{5,24}[0-9](?:\s?(?:x|ext\.?|extension|доб\.?)\s?[0-9]{1,6})?"
)
_PART = re.compile(r"[+(0-9](?:[0-9()./\-]|\s(?![/\-]\s))*[0-9]")
_EXTENSION = re.compile(r"\s?(?:x|ext|доб)")
_DATE = re.compile(
    r"(?:[0-9]{1,2}([./\-])[0-9]{1,2}\1[0-9]{2,4}|[12][0-9]{3}([./\-])[0-9]{1,2}\2[0-9]{1,2})(?![./\-]?[0-9])"
)
_YEARS = re.compile(r"(?:1[0-9]|20)[0-9]{2}\s?[\-/]\s?(?:1[0-9]|20)[0-9]{2}$")
_THOUSANDS = re.compile(r"\+?[0-9]{1,3}(?:[ .][0-9]{3})+$")
# What numbers are called that are no telephones, where a word for "number" would make them one.
_OTHER = re2.compile(
    r"(?i)(?:isbn|issn|doi|ean|gtin|iban|bic|\bid\b|\bimei\b|order|invoice|ticket|tracking|serial|\bssn\b|tax|version|"
    r"passport|card|konto|account|bestell|rechnung|факт|заказ|инн|снилс|паспорт|订单|身份证|\bcpf\b|\bcnpj\b|"
    r"\bnif\b|\bdni\b|"
    r"license|licence|patent|\brfc\b|\bpin\b|\bvat\b|\bust|siret|siren|commande|pedido|№|"
    r"réf|\bref\b|\bp/n\b|\bs/n\b|artikel|article|\bpart\b|item|model|modell|\bsku\b|batch|\blot\b|\bloto?\b|"
    r"lotto|tirage|lotería|factura|"
    r"facture|faktura|parcel|colis|sendung|paket|注文|品番|型番|주문|订单|單號|单号|артикул|счёт|счет|накладн|"
    r"\blines?\b|\brows?\b|\bpages?\b|"
    r"\bpp?\.|\bchapter\b|\bfigure\b|\btable\b)[^0-9\n]{0,16}$"
)
_UNIT = re2.compile(
    r"(?i)^\s?(?:€|\$|£|¥|₽|₹|%|円|元|원|đồng|eur\b|usd\b|gbp\b|euros?\b|rupiah|руб|грн|zł|kč|ft\b|tl\b|lei\b|"
    r"kr\b|units?\b|"
    r"bytes?\b|bits?\b|kb\b|mb\b|km\b|kg\b|mm\b|cm\b|px\b|habitants|people|einwohner|шт)"
)
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}$")
_CONTEXT = 64  # code points
_ZERO = "[0\u0660\u06f0\u0966\u09e6\uff10]"
# A number begins with +, 0 or a bracket, or has groups with hyphens or dots, or is of China, or a word leads to it.
WORTH = (
    rf"[+\x{{ff0b}}(\x{{ff08}}] ?\x01|\x01{_ZERO}|"
    rf"\x01(?:[18][\-. ]\(?)?[0-9]{{2,4}}\)?[\-. ][0-9]{{3,4}}[\-.][0-9]{{2,4}}|"
    r"\x011[3-9][0-9]{9}\x02|"
    rf"(?is)(?:{_WHOLE}{_RIGHT}]|{_BEGINNING}|{_LABEL}).*\x01|\x02[^0-9\n]*{_BEHIND}"
)  # how far away is for _NAMED: counting makes RE2's automaton large
_JOINS = "_-./=#$€£¥&"  # what makes a number part of a longer name, a decimal or a price
# Digits that a number needs which no plan of numbers confirms: with a country's code, in groups, in one piece.
_LONG, _PARTED, _SOLID = 9, 8, 10
_LONGEST = 15  # digits of an international number (E.164, 6.2.1)
_MIN_GROUPS = 3
_TRUNKED = 9  # digits of a national number with its trunk 0 that needs no word
_UNNAMED = 8  # countries of a language that are tried without a word
# Where a number may be from whose document says no country, by how much of the web is written there.
_ANYWHERE = ("US", "GB", "DE", "FR", "ES", "RU", "IT", "IN", "BR", "JP", "CN")
# No plan of numbers begins so: E.164 knows no country 0 and has given 999 to nobody. Pseudonyms do.
_NOBODY = "000"


def find(window: Window) -> Iterator[Span]:
    """Numbers in a run of digits."""
    text = plain(window.text)
    start = window.start
    while start and text[start - 1] in "+(" and window.start - start < 3:
        start -= 1
    if start and text[start - 1] == " " and text[start - 2 : start - 1] == "+":
        start -= 2
    for match in _NUMBER.finditer(text[start : window.end + 16]):
        first, last = start + match.start(), start + match.end()
        if last > window.end and not _EXTENSION.search(text[window.end : last]):
            last = window.end
        found = _judge(window, text, first, last)
        if found:
            yield found
            continue
        parts = [part.span() for part in _PART.finditer(text, first, last)]  # two numbers with a hyphen between them
        for begin, end in parts if len(parts) > 1 else ():
            found = _judge(window, text, begin, end)
            if found:
                yield found


def _judge(window: Window, text: str, start: int, end: int) -> Span | None:
    number = text[start:end].rstrip(" (./-")
    if (
        number[-2:-1] == " " and number[-3:-2] not in "-/" and number[-1:].isdigit()
    ):  # a single digit apart: the number of the next line or note
        number = number[:-2].rstrip(" (./-")
    if number.startswith("(") and ")" not in number:  # the bracket around the number, not the one in it
        start, number = start + 1, number[1:]
    end = start + len(number)
    if number.count("(") > number.count(")"):
        return None
    digits = "".join(c for c in number if c.isdigit())
    if not 7 <= len(digits) <= 21 or _glued(text, start, end) or _DATE.match(number) or _YEARS.match(number):
        return None
    if digits.startswith(_NOBODY) or len(set(digits)) < 3:
        return None
    before, after = text[max(start - _CONTEXT, 0) : start], text[end : end + _CONTEXT]
    international = number.startswith(("+", "(+", "00"))
    word = bool(_WORD.search(before) or _NAMED_BEHIND.search(after))
    if not word and not international and len(_groups(number)) < 2 and not _CHINESE_MOBILE.match(number):
        return None
    other = _OTHER.search(before) is not None
    beside = _beside(before, after) if word and not other else _Beside(named=False, close=False)
    countries = regions.of(window.language, window.country)
    elsewhere = () if window.language.startswith("code") else _ANYWHERE
    if international:
        found = _international(number, beside.named, other)
    else:
        doubtful = other or _tabular(text, start, end) or bool(_UNIT.search(after))
        found = _national(number, beside, countries, elsewhere, doubtful)
    if found is None and number.startswith("00") and beside.named:
        found = _national(number, beside, countries, elsewhere, False)
    if found is None:
        return None
    detector, confidence, country = found
    return Span(
        start=start,
        end=end,
        kind="PHONE",
        detector=detector,
        confidence=confidence,
        country=country,
        version=3,
    )


Found = tuple[str, float, str]


@dataclass(frozen=True, slots=True)
class _Beside:
    """Whether a word beside the number says that it is one, and whether nothing else stands between."""

    named: bool
    close: bool


def _beside(before: str, after: str) -> _Beside:
    if _CLOSE.search(before) or _LISTED.search(before):
        return _Beside(named=True, close=True)
    return _Beside(named=bool(_NAMED.search(before) or _NAMED_BEHIND.search(after)), close=False)


def _international(number: str, named: bool, other: bool) -> Found | None:
    plus = "+" + number.lstrip("(+ ") if "+" in number[:3] else "+" + number[2:].lstrip(" -")
    if plus.startswith("+00"):  # both ways to say that a country's code follows
        plus = "+" + plus[3:].lstrip(" -")
    apart = any(c in " -./()" for c in number[2:-1])
    if number.startswith("00") and (other or not (apart or named)):
        return None
    if sum(c.isdigit() for c in _EXTENSION.split(plus)[0]) > _LONGEST:
        return None
    valid, possible, country, _ = _parsed(plus, None)
    if valid:
        return "phone.international", PROVED, country
    long = sum(c.isdigit() for c in number) >= _LONG
    if possible and long and (named or (apart and not number.startswith("00") and not _THOUSANDS.match(number))):
        return "phone.possible", SAID, country
    return None


def _national(
    number: str, beside: _Beside, countries: tuple[str, ...], elsewhere: tuple[str, ...], doubtful: bool
) -> Found | None:
    solid = number.isdigit()
    named = beside.named and (beside.close or not solid or number.startswith("0"))
    for at, region in enumerate(countries):
        valid, _, country, official = _parsed(number, region)
        if valid and named and not (solid and doubtful and not beside.close):
            return "phone.national", NAMED, country
        if valid and at < _UNNAMED:
            return ("phone.grouped", SHAPED, country) if not doubtful and _formed(number, region, official) else None
    digits = sum(c.isdigit() for c in number)
    parted = digits >= _PARTED and (number[0] in "0(" or len(_groups(number)) > 1)
    if named and (parted or (beside.close and digits >= _SOLID)) and not _THOUSANDS.match(number):
        for region in countries or elsewhere:
            if _parsed(number, region)[1]:
                return "phone.possible", SAID, region
    return None


def _groups(number: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in number).split()


def _formed(number: str, region: str, official: str) -> bool:
    """In a form that little else has: the groups of its country's own way to write it, an area's code with its trunk
    or in brackets and a second group, or a mobile of China, which nobody groups."""
    if region == "CN" and _CHINESE_MOBILE.match(number):
        return True
    groups = _groups(number)
    if len(groups) < 2 or _drawn(number, groups):
        return False
    own = _groups(official)
    joined = number[0] in "0(" or "-" in number or ("." in number and region == "US")
    if (
        joined
        and len(groups) >= _MIN_GROUPS
        and groups in (own, ["1", *own], ["8", *own], own[1:] and [own[0] + own[1], *own[2:]])
    ):
        return True
    return _area(number, groups)


def _area(number: str, groups: Sequence[str]) -> bool:
    """`0221 987654`, `089/123456`, `(0221) 987654`, `8 (495) 123-45-67`, `(11) 3091-3116`: a code, then the rest."""
    size = sum(map(len, groups))
    if "(" in number[:4] and ")" in number:
        return size >= _TRUNKED
    lead = groups[0] if len(groups[0]) > 1 else "".join(groups[:2])
    rest = size - len(lead)
    return lead.startswith("0") and size >= _TRUNKED and 2 <= len(lead) <= 6 and rest >= 5 and len(groups[-1]) >= 2


def _drawn(number: str, groups: Sequence[str]) -> bool:
    """Pairs that rise: numbers of a lottery."""
    return (
        len(groups) >= _MIN_GROUPS
        and " " in number
        and all(len(a) == len(b) == 2 and a < b for a, b in pairwise(groups))
    )


def _tabular(text: str, start: int, end: int) -> bool:
    """Between other numbers, as in a table."""
    before, after = text[:start].rstrip(" ,;|\t"), text[end:].lstrip(" ,;|\t")
    return before[-1:].isdigit() or after[:1].isdigit()


def _glued(text: str, start: int, end: int) -> bool:
    """Part of an identifier, a decimal, a price or a longer number."""
    before, earlier = text[start - 1 : start] if start else "", text[start - 2 : start - 1] if start > 1 else ""
    if before.isascii() and before.isalnum():
        return True
    if (before in _JOINS and before and text[start] != "+") or (before in (":", ",") and before and earlier.isdigit()):
        return True
    after = text[end : end + 2]
    if after[:1].isascii() and (after[:1].isalnum() or after[:1] in ("_", "%", "$")):
        return True
    return after[:1] in (".", ",", ":", "/", "-") and after[1:].isdigit()


@lru_cache(8192)
def _parsed(number: str, region: str | None) -> tuple[bool, bool, str, str]:
    """(valid, possible, country, national form) of a number as dialled from a region."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False, False, "", ""
    valid = phonenumbers.is_valid_number(parsed)
    country = phonenumbers.region_code_for_number(parsed) or ""
    form = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL) if valid else ""
    return valid, phonenumbers.is_possible_number(parsed), country, form
