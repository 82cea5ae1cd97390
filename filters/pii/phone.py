"""Telephone numbers that `phonenumbers` (Google's libphonenumber) validates for a region where the language is spoken.

International numbers (+ or 00) stand for themselves. A national number needs a word before it that says what it is:
without one, dates, prices and part numbers of the right length are far more frequent than telephones.
"""

from collections.abc import Iterator

import phonenumbers
import re2

from filters.pii.spans import Span

_WORDS = (
    "tel",
    "phone",
    "call",
    "fax",
    "mobile",
    "mob",
    "cell",
    "whatsapp",
    "telefon",
    "handy",
    "rufen",
    "anruf",
    "téléphone",
    "tél",
    "appel",
    "teléfono",
    "llame",
    "móvil",
    "telefone",
    "ligue",
    "celular",
    "telefono",
    "chiama",
    "cellulare",
    "telefoon",
    "тел",
    "телефон",
    "звон",
    "电话",
    "电 话",
    "手机",
    "致电",
    "電話",
    "전화",
    "연락처",
    "هاتف",
    "اتصل",
    "تلفن",
    "फ़ोन",
    "फोन",
    "कॉल",
    "ফোন",
    "โทร",
    "điện thoại",
    "gọi",
    "telp",
    "hubungi",
    "simu",
    "τηλ",
    "טלפון",
    "puhelin",
    "telefonnummer",
)
# A Latin letter before the word makes it another word ("abgerufen"); scripts without spaces have no such border. After
# a colon or bracket it is the name of a kind in a placeholder, which must not point at the number that follows.
_NAME = r"(?:\A|[^\p{Latin}:<\[{_|])(?:" + "|".join(_WORDS) + r")[^0-9\n]{0,24}"
CANDIDATE = r"(?i)(?:\+|\b00)[0-9(][0-9 ()./\-]{5}|" + _NAME + "[0-9]"
_NUMBER = re2.compile(r"(?:\+|\b00)?\(?[0-9][0-9 ()./\-\x{a0}\x{2011}]{5,22}[0-9](?:\s?(?:x|ext\.?)\s?[0-9]{1,6})?")
_NAMED = re2.compile("(?i)" + _NAME + "$")
_DATE = re2.compile(
    r"(?:[0-9]{1,2}[./\-][0-9]{1,2}[./\-][0-9]{2,4}|[0-9]{4}[./\-][0-9]{1,2}[./\-][0-9]{1,2})(?:[^0-9]|$)"
)
_CONTEXT = 48
_JOINS = "_-./=#"  # what makes a number part of a longer name
_DIGITS = range(7, 16)  # E.164 has at most 15; shorter national numbers are not told from other numbers

# Where a language is mostly written on the web, by speakers (CLDR 45, territory-language information), most first.
_REGIONS = {
    "ara": ("EG", "SA", "AE", "MA", "DZ", "IQ", "JO"),
    "ben": ("BD", "IN"),
    "cat": ("ES",),
    "ces": ("CZ",),
    "dan": ("DK",),
    "deu": ("DE", "AT", "CH"),
    "ell": ("GR",),
    "eng": ("US", "GB", "CA", "AU", "IN", "IE", "NZ", "ZA"),
    "spa": ("ES", "MX", "AR", "CO", "CL", "PE", "US"),
    "est": ("EE",),
    "eus": ("ES",),
    "fas": ("IR",),
    "fin": ("FI",),
    "fra": ("FR", "BE", "CH", "CA"),
    "heb": ("IL",),
    "hin": ("IN",),
    "hrv": ("HR",),
    "hun": ("HU",),
    "ind": ("ID",),
    "ita": ("IT", "CH"),
    "jpn": ("JP",),
    "kor": ("KR",),
    "lit": ("LT",),
    "lav": ("LV",),
    "nld": ("NL", "BE"),
    "nno": ("NO",),
    "nob": ("NO",),
    "pol": ("PL",),
    "por": ("BR", "PT"),
    "ron": ("RO",),
    "rus": ("RU", "KZ", "BY"),
    "slk": ("SK",),
    "slv": ("SI",),
    "srp": ("RS",),
    "swe": ("SE",),
    "swh": ("KE", "TZ"),
    "tam": ("IN", "LK"),
    "tel": ("IN",),
    "tha": ("TH",),
    "tur": ("TR",),
    "ukr": ("UA",),
    "urd": ("PK", "IN"),
    "vie": ("VN",),
    "zho": ("CN", "TW", "HK", "SG"),
}


def find(text: str, language: str) -> Iterator[Span]:
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        before = text[max(start - _CONTEXT, 0) : start]
        number = match.group()
        if sum(c.isdigit() for c in number) not in _DIGITS or _glued(text, start, end) or _DATE.match(number):
            continue
        if number.startswith(("+", "00")):
            if _valid(number, None):
                yield Span(start=start, end=end, kind="PHONE", detector="phone.international")
        elif _NAMED.search(before) and any(_valid(number, region) for region in _REGIONS.get(language[:3], ())):
            yield Span(start=start, end=end, kind="PHONE", detector="phone.national")


def _glued(text: str, start: int, end: int) -> bool:
    """Part of an identifier, a decimal or a longer number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isascii() and (before.isalnum() or (before != "" and before in _JOINS))) or (
        after.isascii() and (after.isalnum() or after == "_")
    )


def _valid(number: str, region: str | None) -> bool:
    plain = "+" + number[2:] if region is None and number.startswith("00") else number
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(plain, region)))
    except phonenumbers.NumberParseException:
        return False
