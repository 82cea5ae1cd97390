"""Forms of personal data by rule, drawn anew by a seed: ways to write telephones of 40 countries, cards of all
lengths, every identifier that is known, and what only looks like them."""

import re
import string
from collections.abc import Callable, Iterator
from random import Random

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum import luhn

from benchmarks.labelled.card import Document
from filters.pii.national import check
from filters.pii.schemes import SCHEMES

_LETTERS, _ALNUM = string.ascii_uppercase, string.ascii_letters + string.digits
# Language -> regions, words that lead to a telephone.
_PHONES = {
    "eng_Latn": ("US GB IN AU IE ZA", "Phone:|Tel.|call|Ph:|Mobile|T:|Fax:|contact no.|Tel:\n|Cell"),
    "deu_Latn": ("DE AT CH", "Tel.:|Telefon|Fon:|Mobil|Rufnummer|Tel.\n|Handy:"),
    "fra_Latn": ("FR BE", "Tél. :|Téléphone|Port.|au numéro|Tél\n|Appelez le"),
    "spa_Latn": ("ES MX AR CO", "Tfno.|Tlf:|Tel.|Teléfono:|Móvil|Telf.|Cel."),
    "por_Latn": ("BR PT", "Fone:|Tel.|Cel:|Telefone|WhatsApp|Tlm."),
    "ita_Latn": ("IT", "Tel.|Telefono:|Cell.|chiama"),
    "nld_Latn": ("NL BE", "Tel.|Telefoon:|Bel|Mob."),
    "swe_Latn": ("SE", "Tfn|Tel:|Mobil|Ring"),
    "nob_Latn": ("NO", "Tlf.|Tlf:|Mob.|Telefon"),
    "dan_Latn": ("DK", "Tlf.|Tlf.:|Mobil|Ring på"),
    "fin_Latn": ("FI", "Puh.|puh|gsm|Puhelin:"),
    "pol_Latn": ("PL", "tel.|Tel:|kom.:|Telefon"),
    "ces_Latn": ("CZ", "tel.|Tel.:|mobil"),
    "hun_Latn": ("HU", "Tel.:|Telefon|Mobil:"),
    "ron_Latn": ("RO", "Tel.|Telefon:|mobil"),
    "tur_Latn": ("TR", "Tel:|GSM|Telefon|Cep tel:"),
    "ind_Latn": ("ID", "HP:|WA:|Telp.|No. HP|Hubungi"),
    "vie_Latn": ("VN", "ĐT:|SĐT|Hotline:|Điện thoại|Zalo:"),
    "ell_Grek": ("GR", "Τηλ.|Τηλέφωνο:|Κιν."),
    "rus_Cyrl": ("RU", "тел.|Тел:|моб.|Телефон|звоните"),
    "ukr_Cyrl": ("UA", "тел.|Моб.:|Телефон"),
    "bul_Cyrl": ("BG", "тел.|GSM:|Телефон"),
    "heb_Hebr": ("IL", "טל:|טלפון|נייד"),
    "ara_Arab": ("EG SA AE", "هاتف:|جوال|واتساب|ت:"),
    "pes_Arab": ("IR", "تلفن:|همراه|موبایل"),
    "hin_Deva": ("IN", "फ़ोन:|मोबाइल|मो.|दूरभाष:"),
    "ben_Beng": ("BD", "ফোন:|মোবাইল"),
    "tha_Thai": ("TH", "โทร.|เบอร์|โทรศัพท์"),
    "zho_Hans": ("CN", "电话：|手机|联系电话|电话:\n"),
    "zho_Hant": ("TW", "電話：|手機"),
    "jpn_Jpan": ("JP", "電話|TEL|携帯|お問い合わせ"),
    "kor_Kore": ("KR", "전화:|휴대폰|연락처"),
    "swh_Latn": ("KE TZ", "Simu:|Piga|Simu ya mkononi"),
    "cat_Latn": ("ES", "Tel.|Telèfon:"),
    "hrv_Latn": ("HR", "Tel:|Mob."),
    "slk_Latn": ("SK", "tel.|Mobil:"),
    "urd_Arab": ("PK", "فون:|موبائل نمبر"),
    "est_Latn": ("EE", "Tel|Telefon:"),
    "lit_Latn": ("LT", "Tel.|Mob."),
    "lav_Latn": ("LV", "Tālr.|Tālrunis"),
}
_CARDS = (("4", 13), ("4", 16), ("4", 19), ("36", 14), ("300", 14), ("6011", 19), ("62", 19), ("51", 16), ("34", 15))
_CARD_WORDS = (
    "credit card",
    "Visa",
    "Kreditkarte:",
    "card number",
    "tarjeta",
    "carte bancaire :",
    "卡号：",
    "номер карты",
    "cartão",
)
_PATTERN = re.compile(r"[\\\[\](){}|?.*+^$]")


def _digits(random: Random, size: int) -> str:
    return "".join(str(random.randrange(10)) for _ in range(size))


def filled(random: Random, form: str) -> str:
    """The form with random digits for # and letters for A."""
    return "".join(_digits(random, 1) if c == "#" else random.choice(_LETTERS) if c == "A" else c for c in form)


def _telephone(random: Random, region: str) -> phonenumbers.PhoneNumber:
    while True:
        kind = random.choice((PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE))
        example = phonenumbers.example_number_for_type(region, kind)
        assert example is not None  # of every region here
        digits = str(example.national_number)
        number = phonenumbers.PhoneNumber(
            country_code=example.country_code, national_number=int(digits[:-5] + _digits(random, 5))
        )
        number.italian_leading_zero = example.italian_leading_zero
        if phonenumbers.is_valid_number_for_region(number, region):
            return number


def _written(random: Random, number: phonenumbers.PhoneNumber) -> tuple[str, bool]:
    """(as written, whether the form is closed: with the country's code, or a trunk or code set apart)."""
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    form = random.randrange(8)
    if form == 0:
        return international, True
    if form == 1:
        return phonenumbers.format_number(number, PhoneNumberFormat.E164), True
    if form == 2:
        return "+00" + random.choice(("", " ")) + international[1:], True
    if form == 3:
        return "00" + international[1:].replace("-", " "), True
    if form == 4:
        national = national.replace(" ", "-")
    if form == 5:
        national = national.replace(" ", ".").replace("-", ".")
    if form == 6:
        national = re.sub(r"[^0-9]", "", national)
    if form == 7:
        national = re.sub(r"^(0[0-9]{1,4}) ", random.choice((r"\1/", r"\1 / ", r"\1 - ", r"(\1) ")), national)
    parts = re.findall(r"[0-9]+", national)
    return national, len(parts) > 1 and (national[0] in "0(" or (len(parts) > 2 and "-" in national))


def _labelled(kind: str, language: str, before: str, item: str, after: str, group: str) -> Document:
    span = (len(before), len(before) + len(item), kind)
    return Document(id=group, language=language, text=before + item + after, spans=(span,), negative=None)


def telephones(random: Random, each: int) -> Iterator[Document]:
    """With a word, in a closed form without, and bare."""
    for language, (regions, words) in _PHONES.items():
        for _ in range(each):
            item, closed = _written(random, _telephone(random, random.choice(regions.split())))
            if random.random() < 0.5:
                word = random.choice(words.split("|"))
                joint = "" if word.endswith("\n") else " "
                yield _labelled(
                    "PHONE", language, word + joint, item, random.choice((".", "", "\n", ", ")), "PHONE, beside a word"
                )
            else:
                lead = random.choice(("", "A. B., ", "- ", "\n", "X Ltd. · ", "« Z » "))
                group = "PHONE, in a closed form" if closed else "PHONE, bare"
                yield _labelled("PHONE", language, lead, item, random.choice(("", ".", "\n")), group)


def cards(random: Random, each: int) -> Iterator[Document]:
    for _ in range(each):
        head, size = random.choice(_CARDS)
        body = head + _digits(random, size - len(head) - 1)
        number = body + luhn.calc_check_digit(body)
        if random.random() < 0.5:
            sizes = (4, 6, 5) if size in (14, 15) else (4, 4, 4, 4, 3)
            groups, place = [], 0
            for one in sizes:
                groups.append(number[place : place + one])
                place += one
            number = random.choice(" -").join(group for group in groups if group)
        word = random.choice(_CARD_WORDS)
        yield _labelled("CREDIT_CARD", "eng_Latn", word + " ", number, "", "CREDIT_CARD, beside a word")


def word_of(scheme: str) -> str:
    """The first of a scheme's words that is no pattern, in capitals if it is an acronym."""
    plain = [word for word in SCHEMES[scheme].words.split("|") if not _PATTERN.search(word)]
    word = plain[0] if plain else SCHEMES[scheme].words.replace("\\", "").replace("?", "").split("|")[0]
    return word.upper() if len(word) < 6 and word.isascii() else word


def identifiers(random: Random, each: int) -> Iterator[Document]:
    for scheme, known in SCHEMES.items():
        for _ in range(each):
            for _ in range(40_000):
                item = filled(random, known.form)
                if check(scheme)(item) and not re.sub(r"[^0-9]", "", item).startswith("000"):
                    break
            else:
                continue
            joint = random.choice((": ", " ", " no. ", " :"))
            yield _labelled(
                "NATIONAL_ID",
                "und_Zzzz",
                word_of(scheme) + joint,
                item,
                random.choice(("", ".", ", ")),
                f"NATIONAL_ID {scheme}",
            )


def _version(random: Random) -> str:
    parts = (random.randrange(20), random.randrange(100), random.randrange(100), random.randrange(100))
    return ".".join(map(str, parts))


# What none of 10,000 of may be taken for personal data.
NEGATIVES: dict[str, Callable[[Random], str]] = {
    "EAN": lambda r: f"{r.choice(('EAN ', 'GTIN: ', '', 'Art. '))}{(body := _digits(r, 12))}{_ean(body)}",
    "timestamp": lambda r: r.choice(
        (
            f"{1_000_000_000 + r.randrange(10**9)}",
            f"{1_000_000_000_000 + r.randrange(10**12)}",
            f"20{r.randrange(10, 30)}{r.randrange(1, 13):02}{r.randrange(1, 29):02}{r.randrange(24):02}{r.randrange(60):02}{r.randrange(60):02}",
            f"20{r.randrange(10, 30)}-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}T{r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}.{_digits(r, 6)}",
            f"{r.randrange(1, 29):02}.{r.randrange(1, 13):02}.20{r.randrange(10, 30)} {r.randrange(24):02}:{r.randrange(60):02}",
        )
    ),
    "version": lambda r: (
        f"{r.choice(('', 'version ', 'v', 'Firefox ', 'release ', 'upgraded to ', '[', 'from ', 'libfoo==', 'image:'))}{_version(r)}"
    ),
    "order number": lambda r: (
        f"{r.choice(('Order ', 'order no. ', 'Bestellnr. ', 'commande ', 'pedido ', 'заказ № ', '订单号：', 'Invoice '))}"
        f"{r.choice((_digits(r, 8), _digits(r, 10), f'{_digits(r, 3)}-{_digits(r, 7)}-{_digits(r, 7)}', f'{_digits(r, 4)}-{_digits(r, 6)}', _digits(r, 12)))}"
    ),
}


def _ean(body: str) -> int:
    return (10 - sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body))) % 10
