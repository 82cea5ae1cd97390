"""Payment cards: the issuer's range and length (ISO/IEC 7812), and the check digit (Luhn)."""

import re
from collections.abc import Iterator

import re2
from stdnum import luhn

from filters.pii.automaton import compiled
from filters.pii.spans import NAMED, PROVED, SHAPED, Span
from filters.pii.window import Window, joins_left, joins_right, plain

# Lowest and highest first digits (to as many places), and the lengths: the networks' published ranges.
_ISSUERS = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("300", "305", (14,)),  # Diners Club
    ("36", "36", (14, 16)),
    ("38", "39", (14, 16)),
    ("6011", "6011", (16, 19)),  # Discover
    ("644", "659", (16, 19)),
    ("35", "35", (16, 19)),  # JCB has 3528 to 3589; what invents cards takes all of 35
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("50", "50", (12, 16, 19)),  # Maestro, Verve
    ("56", "58", (12, 13, 16, 19)),
    ("6304", "6304", (12, 13, 16, 19)),
    ("6759", "6763", (12, 13, 16, 19)),
    ("2200", "2204", (16,)),  # Mir
    ("60", "60", (16,)),  # RuPay
    ("81", "82", (16,)),
    ("9792", "9792", (16,)),  # Troy
    ("3095", "3095", (14,)),
)
_SHAPE = re.compile(
    r"[0-9]{4}(?:[ \-][0-9]{4}){3}(?:[ \-][0-9]{1,3})?(?![0-9])|[0-9]{4}(?:[ \-][0-9]{4}){2}[ \-][0-9]{1,2}(?![0-9])|"
    r"[0-9]{4}[ \-][0-9]{6}[ \-][0-9]{4,5}|[0-9]{6}[ \-][0-9]{13}|[0-9]{12,19}"
)
_USUAL = (15, 16)  # digits; of others so many article numbers (13, 14) and identifiers (19) pass that they need a word
_STRONG = (
    r"(?:credit|debit|bank|payment|gift|charge)[ \-]?cards?|\bcard ?(?:no|nr|num(?:ber)?|#)|visa|master ?card|"
    r"\bamex\b|american express|"
    r"maestro|discover\b|diners|\bjcb\b|union ?pay|银联|\brupay\b|\btroy\b|kredi(?:t|et)?[ \-]?(?:karte|kaart|"
    r"kort|kartı?|kartu|karta|kártya)"
    r"|(?:bank|ec-?|giro|debit|zahlungs)kart\p{Latin}{0,2}|kartennummer|karten-?nr|kortnummer|kaartnummer|"
    r"numéro de carte|carte (?:bancaire|bleue|"
    r"de crédit)|tarjeta|cartão|carta di credito|numero carta|număr card|karty|kart(?:y|u)? (?:płatnicz|"
    r"kredyt|kredit)|kreditn|"
    r"bankkártya|luottokort|(?:номер|кредитн|банковск|платежн)\p{Cyrillic}{0,4} карт|номер карт|卡号|卡號|"
    r"信用卡|银行卡|銀行卡|储蓄卡|"
    r"カード番号|クレジット|카드|بطاق|شماره کارت|کارت|क्रेडिट|कार्ड|কার্ড|บัตร|thẻ|kartu kredit|nomor kartu|"
    r"κάρτα|כרטיס"
)
_WEAK = (
    r"\bcards?\b|\bcc\b|\bkarte|\bcarte\b|\bcarta\b|\bkaart\b|\bkort\b|\bkarta\b|\bkartı?\b|\bkartu\b|"
    r"\bkartę\b|карт|卡|カード|\bpan\b|kortti"
)
_NAME = compiled(rf"(?i)(?:{_STRONG}|{_WEAK})[^\n]{{0,32}}$")
_CLOSE = compiled(
    rf"(?i)(?:(?:{_STRONG})[^\n0-9]{{0,24}}(?:[0-9]{{1,2}} \p{{L}}+ )?|"
    rf"(?:{_WEAK})[^\p{{L}}0-9\n]{{0,6}}(?:(?:no|nr|number|num|#|ending|n°|номер)"
    r"[^\p{L}0-9\n]{1,4})?)(?:\n\s{0,4})?$"
)
_OTHER = re2.compile(
    r"(?i)(?:isbn|ean|gtin|imei|order|invoice|tracking|serial|s/n|doi|issn|uuid|timestamp|id)[^0-9\n]{0,8}$"
)
_NEIGHBOUR = re2.compile(r"[0-9]{5}[\s,;|\t]*$|[0-9]\.[0-9]+[\s,;|\t]*$")
_NEIGHBOUR_BEHIND = re2.compile(r"^[\s,;|]*[+\-]?[0-9]*(?:[0-9]{5}|[0-9]\.[0-9])")


def find(window: Window) -> Iterator[Span]:
    """Cards in a run of digits.

    Sixteen digits in one piece need a word before them or no number beside them: of long integers in columns, one in
    forty passes (a quarter of the first digits are an issuer's, and one check digit in ten is right).
    """
    run = plain(window.candidate)
    for match in _SHAPE.finditer(run):
        digits = "".join(c for c in match.group() if c.isdigit())
        start, end = window.start + match.start(), window.start + match.end()
        if not _issued(digits) or not luhn.is_valid(digits) or len(set(digits)) < 2:
            continue
        text = window.text
        if _digit(text, start - 1) or _digit(text, end) or joins_left(text, start, "_-.") or joins_right(text, end):
            continue
        before = window.text[:start]
        named = bool(_NAME.search(before) or _CLOSE.search(before))
        solid = len(digits) == end - start
        if len(digits) not in _USUAL and (_OTHER.search(before) or not _CLOSE.search(before)):
            continue
        if solid and not named:
            if _OTHER.search(before):
                continue
            if _NEIGHBOUR.search(before) or _NEIGHBOUR_BEHIND.search(window.text[end:]):
                continue
        confidence = PROVED if named else SHAPED if solid else NAMED
        yield Span(start=start, end=end, kind="CREDIT_CARD", detector="card.luhn", confidence=confidence, version=2)


def _digit(text: str, place: int) -> bool:
    return 0 <= place < len(text) and text[place].isdigit()


def _issued(digits: str) -> bool:
    return any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)
