"""Telephone numbers that `phonenumbers` (Google's libphonenumber) validates for a region where the language is spoken.

International numbers (+ or 00) stand for themselves. A national number needs a word before it that says what it is, or
exactly the groups in which its country writes it: without, dates, prices and part numbers of the right length are far
more frequent than telephones.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
import re2

from filters.pii import context_words, regions
from filters.pii.spans import NAMED, PROVED, SAID, SHAPED, Span
from filters.pii.window import Window, plain

# A Latin letter before the word makes it another word ("abgerufen"); scripts without spaces have no such border. After
# a colon or bracket it is the name of a kind in a placeholder, which must not point at the number that follows.
_WORDS = (
    r"(?i)(?:\A|[^\p{Latin}:<\[{_|])(?:(?:"
    + "|".join(context_words.PHONE)
    + r")|(?:"
    + "|".join(context_words.PHONE_WHOLE)
    + r")\b)"
)
_NAMED = context_words.compiled(_WORDS + r"[^0-9\n]{0,24}$")
_CLOSE = context_words.compiled(_WORDS + r"[^0-9\n]{0,8}$")  # "Tel.: ", "اتصلوا على "
_BEHIND = "(?:" + "|".join(context_words.PHONE_BEHIND) + ")"
_NAMED_BEHIND = context_words.compiled(r"(?i)^[^0-9\n.!?|]{0,24}" + _BEHIND)
_NUMBER = re.compile(
    r"(?:\+\s?|\b00)?\(?\+?[0-9][0-9 ()./\-]{5,24}[0-9](?:\s?(?:x|ext\.?|extension|доб\.?)\s?[0-9]{1,6})?"
)
_EXTENSION = re.compile(r"\s?(?:x|ext|доб)")
_DATE = re.compile(
    r"(?:[0-9]{1,2}([./\-])[0-9]{1,2}\1[0-9]{2,4}|[12][0-9]{3}([./\-])[0-9]{1,2}\2[0-9]{1,2})(?![./\-]?[0-9])"
)
_YEARS = re.compile(r"(?:1[0-9]|20)[0-9]{2}\s?[\-/]\s?(?:1[0-9]|20)[0-9]{2}$")
_THOUSANDS = re.compile(r"\+?[0-9]{1,3}(?:[ .][0-9]{3})+$")
# What numbers are called that are no telephones, where a word for "number" would make them one.
_OTHER = re2.compile(
    r"(?i)(?:isbn|issn|doi|ean|gtin|iban|bic|\bid\b|\bimei\b|order|invoice|ticket|tracking|serial|\bssn\b|tax|version|"
    r"passport|card|konto|account|bestell|rechnung|факт|заказ|инн|снилс|паспорт|订单|身份证|\bcpf\b|\bcnpj\b|\bnif\b|\bdni\b|"
    r"license|licence|patent|\brfc\b|\bpin\b|\bvat\b|\bust|siret|siren|commande|pedido|№)[^0-9\n]{0,16}$"
)
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}$")
_CONTEXT = 48
_ZERO = "[0\u0660\u06f0\u0966\u09e6\uff10]"
# A number begins with +, 0 or a bracket, or has groups with hyphens or dots, or is of China, or a word leads to it.
WORTH = (
    rf"[+\x{{ff0b}}(\x{{ff08}}] ?\x01|\x01{_ZERO}|\x01[0-9]{{2,4}}[\-.][0-9]{{3,4}}[\-.][0-9]{{3,4}}|"
    r"\x011[3-9][0-9]{9}\x02|"
    r"(?i)(?:"
    + "|".join((*context_words.PHONE, *context_words.PHONE_WHOLE))
    + rf")[^0-9\n]*\x01|\x02[^0-9\n]*{_BEHIND}"  # how far away is for _NAMED: counting makes RE2's automaton large
)
_JOINS = "_-./=#$€£¥&"  # what makes a number part of a longer name, a decimal or a price
# Digits that a number needs which no plan of numbers confirms: with a country's code, in groups, in one piece.
_LONG, _PARTED, _SOLID = 9, 8, 10
_LONGEST = 15  # digits of an international number (E.164, 6.2.1)
_MIN_GROUPS = 3
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


def _judge(window: Window, text: str, start: int, end: int) -> Span | None:
    number = text[start:end].rstrip(" (./-")
    if number[-2:-1] == " " and number[-1:].isdigit():  # a single digit apart: the number of the next line or note
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
    before = text[max(start - _CONTEXT, 0) : start]
    other = _OTHER.search(before) is not None
    named = not other and bool(_NAMED.search(before) or _NAMED_BEHIND.search(text[end : end + _CONTEXT]))
    close = named and bool(_CLOSE.search(before))
    countries = regions.of(window.language, window.country)
    found = (
        _international(number, named)
        if number.startswith(("+", "(+", "00"))
        else _national(number, named, close, countries, other or _tabular(text, start, end))
    )
    if found is None and number.startswith("00") and named:
        found = _national(number, named, close, countries, False)
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
        version=2,
    )


Found = tuple[str, float, str]


def _international(number: str, named: bool) -> Found | None:
    plus = "+" + number.lstrip("(+ ") if "+" in number[:3] else "+" + number[2:].lstrip(" -")
    apart = any(c in " -./()" for c in number[2:-1])
    if number.startswith("00") and not (apart or named):
        return None
    if sum(c.isdigit() for c in _EXTENSION.split(plus)[0]) > _LONGEST:
        return None
    valid, possible, country, _ = _parsed(plus, None)
    if valid:
        return "phone.international", PROVED, country
    long = sum(c.isdigit() for c in number) >= _LONG
    if possible and long and (named or (apart and not _THOUSANDS.match(number))):
        return "phone.possible", SAID, country
    return None


def _national(number: str, named: bool, close: bool, countries: tuple[str, ...], doubtful: bool) -> Found | None:
    for region in countries:
        valid, _, country, official = _parsed(number, region)
        if valid and named:
            return "phone.national", NAMED, country
        if valid:
            grouped = not doubtful and _grouped(number, region, official)
            return ("phone.grouped", SHAPED, country) if grouped else None
    digits = sum(c.isdigit() for c in number)
    parted = digits >= _PARTED and (number[0] in "0(" or len(_groups(number)) > 1)
    if named and (parted or (close and digits >= _SOLID)) and not _THOUSANDS.match(number):
        for region in countries:
            if _parsed(number, region)[1]:
                return "phone.possible", SAID, region
    return None


def _groups(number: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in number).split()


def _grouped(number: str, region: str, official: str) -> bool:
    """In the groups of its country's own way to write it, or a mobile of China, which nobody groups."""
    if region == "CN" and _CHINESE_MOBILE.match(number):
        return True
    groups = _groups(number)
    joined = number[0] in "0(" or "-" in number or ("." in number and region == "US")
    return len(groups) >= _MIN_GROUPS and joined and groups == _groups(official)


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
