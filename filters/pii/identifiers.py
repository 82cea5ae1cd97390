"""Checks of identifiers of persons that `python-stdnum` does not have. Each takes the number as it is written."""

import re
from collections.abc import Callable

from stdnum import luhn

_BIRTH = r"(?:0[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"


def _digits(number: str) -> str:
    """Those of a number that is written in digits and joints alone, else ""."""
    return "" if any(c.isalpha() for c in number) else "".join(c for c in number if c.isdigit())


def _letters(number: str) -> str:
    return "".join(c for c in number if c.isalnum()).upper()


def _form(pattern: str) -> Callable[[str], bool]:
    """A check of nothing but the form, without joints."""
    form = re.compile(pattern + r"\Z")
    return lambda number: form.match(_letters(number)) is not None


# No prefix has these letters, and these pairs are not given (HMRC, NIM39110).
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]\Z")


def nino(number: str) -> bool:
    """United Kingdom, national insurance: form alone."""
    return _NINO.match(_letters(number)) is not None


def snils(number: str) -> bool:
    """Russia, insurance of a person: two check digits, sum of digits by their places from the right modulo 101."""
    digits = _digits(number)
    if len(digits) != 11 or int(digits[:9]) <= 1_001_998:
        return False
    total = sum(int(c) * (9 - i) for i, c in enumerate(digits[:9]))
    return total % 101 % 100 == int(digits[9:])


def melli(number: str) -> bool:
    """Iran, national code: a check digit modulo 11."""
    digits = _digits(number)
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = sum(int(c) * (10 - i) for i, c in enumerate(digits[:9])) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


def iin(number: str) -> bool:
    """Kazakhstan: date of birth, century and sex, a check digit modulo 11 with a second turn of weights."""
    digits = _digits(number)
    if not re.match(rf"[0-9]{{2}}{_MONTH}{_BIRTH}[0-6][0-9]{{5}}\Z", digits):
        return False
    rest = sum(int(c) * (i + 1) for i, c in enumerate(digits[:11])) % 11
    if rest == 10:
        rest = sum(int(c) * ((i + 2) % 11 + 1) for i, c in enumerate(digits[:11])) % 11
    return rest == int(digits[11])


_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def taiwan(number: str) -> bool:
    """Taiwan: a letter of the county, sex (8 and 9 for residents of abroad), a check digit modulo 10."""
    compact = _letters(number)
    if not re.match(r"[A-Z][1289][0-9]{8}\Z", compact):
        return False
    county = _TAIWAN.index(compact[0]) + 10
    values = [county // 10, county % 10, *map(int, compact[1:])]
    return sum(a * b for a, b in zip(values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def hong_kong(number: str) -> bool:
    """Hong Kong: one or two letters, six digits, a check digit modulo 11 (A for ten)."""
    compact = _letters(number)
    match = re.match(r"([A-Z]{1,2})([0-9]{6})([0-9A])\Z", compact)
    if not match:
        return False
    values = [36, *(ord(c) - 55 for c in match[1])][-2:]
    values += [int(c) for c in match[2]] + [10 if match[3] == "A" else int(match[3])]
    return sum(v * (9 - i) for i, v in enumerate(values)) % 11 == 0


_SINGAPORE = {"S": (0, "JZIHGFEDCBA"), "T": (4, "JZIHGFEDCBA"), "F": (0, "XWUTRQPNMLK"), "G": (4, "XWUTRQPNMLK")}


def singapore(number: str) -> bool:
    """Singapore, NRIC and FIN: a letter, seven digits, a check letter."""
    compact = _letters(number)
    if not re.match(r"[STFG][0-9]{7}[A-Z]\Z", compact):
        return False
    plus, letters = _SINGAPORE[compact[0]]
    return (
        letters[(sum(int(c) * w for c, w in zip(compact[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True)) + plus) % 11]
        == compact[8]
    )


def pis(number: str) -> bool:
    """Brazil, PIS, PASEP and NIS: a check digit modulo 11."""
    digits = _digits(number)
    if len(digits) != 11:
        return False
    rest = 11 - sum(int(c) * w for c, w in zip(digits, (3, 2, 9, 8, 7, 6, 5, 4, 3, 2), strict=False)) % 11
    return int(digits[10]) == (rest if rest < 10 else 0)


def saudi(number: str) -> bool:
    """Saudi Arabia: ten digits, 1 for citizens and 2 for residents, the check digit of Luhn."""
    digits = _digits(number)
    return len(digits) == 10 and digits[0] in "12" and luhn.is_valid(digits)


def emirates(number: str) -> bool:
    """United Arab Emirates: 784, the year of birth, the check digit of Luhn."""
    digits = _digits(number)
    return re.match(r"784(?:19|20)[0-9]{10}\Z", digits) is not None and luhn.is_valid(digits)


def egypt(number: str) -> bool:
    """Egypt: century, date of birth, governorate."""
    digits = _digits(number)
    return re.match(rf"[23][0-9]{{2}}{_MONTH}{_BIRTH}(?:0[1-4]|[12][0-9]|3[1-5]|88)[0-9]{{5}}\Z", digits) is not None


def vietnam(number: str) -> bool:
    """Vietnam, CCCD: province (001 to 096), century with sex, year of birth."""
    digits = _digits(number)
    return re.match(r"0(?:0[1-9]|[1-8][0-9]|9[0-6])[0-3][0-9]{8}\Z", digits) is not None


def sri_lanka(number: str) -> bool:
    """Sri Lanka: year, day of the year (500 more for women), serial number, V or X; or 12 digits since 2016."""
    compact = _letters(number)
    match = re.match(r"(?:[0-9]{2}([0-9]{3})[0-9]{4}[VX]|(?:19|20)[0-9]{2}([0-9]{3})[0-9]{5})\Z", compact)
    return match is not None and 1 <= int(match[1] or match[2]) % 500 <= 366


def kuwait(number: str) -> bool:
    """Kuwait, civil number: century, date of birth, a check digit modulo 11."""
    digits = _digits(number)
    if not re.match(rf"[23][0-9]{{2}}{_MONTH}{_BIRTH}[0-9]{{5}}\Z", digits):
        return False
    return 11 - sum(int(c) * w for c, w in zip(digits, (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=False)) % 11 == int(
        digits[11]
    )


def uruguay(number: str) -> bool:
    """Uruguay, cédula: a check digit of weights 2987634."""
    digits = _digits(number)
    digits = digits.rjust(8, "0") if len(digits) > 6 else ""
    if len(digits) != 8:
        return False
    return -sum(int(c) * w for c, w in zip(digits, (2, 9, 8, 7, 6, 3, 4), strict=False)) % 10 == int(digits[7])


def mexico(number: str) -> bool:
    """Mexico, NSS of the IMSS: eleven digits, the check digit of Luhn."""
    digits = _digits(number)
    return len(digits) == 11 and luhn.is_valid(digits)


CHECKS: dict[str, Callable[[str], bool]] = {
    "ae.eid": emirates,
    "bd.nid": _form(r"(?:[1-9][0-9]{9}|[0-9]{13}|(?:19|20)[0-9]{15})"),
    "br.pis": pis,
    "co.cc": _form(r"[1-9][0-9]{6,9}"),
    "eg.nid": egypt,
    "gb.nino": nino,
    "hk.hkid": hong_kong,
    "ir.melli": melli,
    "ke.id": _form(r"[1-9][0-9]{6,7}"),
    "kw.civil": kuwait,
    "kz.iin": iin,
    "lk.nic": sri_lanka,
    "ma.cin": _form(r"[A-Z]{1,2}[0-9]{5,7}"),
    "mx.nss": mexico,
    "ng.nin": _form(r"[1-9][0-9]{10}"),
    "ph.philsys": _form(r"[0-9]{16}"),
    "ph.sss": _form(r"[0-9]{10}"),
    "ru.passport": _form(r"[0-9]{10}"),
    "ru.snils": snils,
    "sa.id": saudi,
    "sg.nric": singapore,
    "tw.id": taiwan,
    "uy.ci": uruguay,
    "vn.cccd": vietnam,
    "vn.cmnd": _form(r"[0-9]{9}"),
    "xx.passport": _form(
        r"(?:[A-Z]{1,2}[0-9]{6,8}|[0-9]{2}[A-Z]{2}[0-9]{5}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{7}[0-9])"
    ),
}
