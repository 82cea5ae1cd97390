"""Invented personal data by kind. Nothing here asks filters.pii what it would find."""

import base64
import hashlib
import string
from collections.abc import Callable, Sequence
from importlib import import_module
from ipaddress import IPv6Address
from random import Random
from typing import Any

import phonenumbers
from faker import Faker
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum import luhn

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ALNUM = string.ascii_letters + string.digits

# Language -> (module of stdnum, what people call the identifier, how it is written: # a digit, A a letter, or the
# method of Faker that makes one).
NATIONAL: dict[str, Sequence[tuple[str, str, str]]] = {
    "arb": (("eg.tn", "الرقم الضريبي", "###-###-###"),),
    "cmn": (("cn.ric", "身份证号", "zh_CN:ssn"), ("cn.ric", "身份证", "zh_CN:ssn")),
    "deu": (
        ("de.idnr", "Steuer-ID", "## ### ### ###"),
        ("de.idnr", "Identifikationsnummer", "###########"),
        ("at.vnr", "Sozialversicherungsnummer", "#### ######"),
        ("ch.ssn", "AHV-Nummer", "756.####.####.##"),
    ),
    "ell": (("gr.amka", "ΑΜΚΑ", "###########"), ("gr.vat", "ΑΦΜ", "#########")),
    "eng": (
        ("us.ssn", "SSN", "###-##-####"),
        ("us.ssn", "Social Security Number", "###-##-####"),
        ("gb.nhs", "NHS number", "### ### ####"),
        ("ca.sin", "SIN", "###-###-###"),
        ("au.tfn", "Tax File Number", "### ### ###"),
        ("in_.aadhaar", "Aadhaar", "#### #### ####"),
        ("in_.pan", "PAN", "AAAPA####A"),
        ("za.idnr", "South African ID", "#############"),
        ("ie.pps", "PPSN", "#######A"),
        ("nl.bsn", "BSN", "#########"),
        ("se.personnummer", "personnummer", "######-####"),
        ("it.codicefiscale", "codice fiscale", "it_IT:ssn"),
    ),
    "fin": (("fi.hetu", "Henkilötunnus", "fi_FI:ssn"), ("fi.hetu", "HETU", "fi_FI:ssn")),
    "fra": (
        ("fr.nir", "NIR", "1 84 ## 76 ### ### ##"),
        ("fr.nir", "Numéro de sécurité sociale", "2############## "),
        ("be.nn", "numéro national", "##.##.##-###.##"),
        ("ch.ssn", "numéro AVS", "756.####.####.##"),
    ),
    "heb": (("il.idnr", "תעודת זהות", "#########"), ("il.idnr", 'ת"ז', "#########")),
    "hin": (("in_.aadhaar", "आधार", "#### #### ####"), ("in_.pan", "पैन", "AAAPA####A")),
    "ind": (("id.nik", "NIK", "317301##########"),),
    "jpn": (("jp.in_", "マイナンバー", "#### #### ####"), ("jp.in_", "個人番号", "############")),
    "kor": (("kr.rrn", "주민등록번호", "######-#######"),),
    "pol": (("pl.pesel", "PESEL", "###########"), ("pl.nip", "NIP", "###-###-##-##")),
    "por": (
        ("br.cpf", "CPF", "###.###.###-##"),
        ("br.cpf", "CPF", "###########"),
        ("pt.nif", "NIF", "### ### ###"),
    ),
    "ron": (("ro.cnp", "CNP", "1############"),),
    "rus": (("ru.inn", "ИНН", "############"),),
    "spa": (
        ("es.dni", "DNI", "########A"),
        ("es.nie", "NIE", "X#######A"),
        ("mx.curp", "CURP", "es_MX:curp"),
        ("cl.rut", "RUT", "##.###.###-#"),
        ("ar.cuit", "CUIT", "20-########-#"),
    ),
    "tha": (("th.pin", "เลขประจำตัวประชาชน", "#-####-#####-##-#"),),
    "tur": (("tr.tckimlik", "TC Kimlik No", "###########"),),
    "ukr": (("ua.rntrc", "РНОКПП", "##########"), ("ua.rntrc", "ІПН", "##########")),
    "vie": (("vn.mst", "Mã số thuế", "##########"),),
}


class Maker:
    """Items of one language, in an order that the seed fixes."""

    def __init__(self, language: str, locales: Sequence[str], random: Random) -> None:
        self._language = language
        self._random = random
        self._fakers = [Faker(locale) for locale in locales]
        self._english = Faker("en_US")
        for faker in (*self._fakers, self._english):
            faker.seed_instance(random.getrandbits(32))

    def _pick(self, values: Sequence[Any]) -> Any:
        return values[self._random.randrange(len(values))]

    def _string(self, alphabet: str, size: int) -> str:
        return "".join(self._pick(alphabet) for _ in range(size))

    def email(self) -> str:
        faker = self._english if self._language not in ("deu", "fra", "spa", "por") else self._pick(self._fakers)
        form = self._random.randrange(6)
        if form == 0:
            return f"{faker.user_name()}+{faker.word().lower()}@{faker.domain_name()}".encode(
                "ascii", "ignore"
            ).decode()
        if form == 1:
            return str(faker.ascii_email()).upper()
        if form == 2:
            return f"{faker.user_name()}@mail.{faker.domain_name()}"
        if form == 3:
            return f"{faker.first_name()}.{faker.last_name()}@{faker.domain_name()}".replace(" ", "").replace("'", "")
        return str(faker.ascii_company_email() if form == 4 else faker.ascii_free_email())

    def spelt_email(self) -> str:
        name, domain = self._english.user_name(), str(self._english.domain_name())
        host, top = domain.split(".", 1)
        words = {
            "deu": ("ät", "punkt"),
            "spa": ("arroba", "punto"),
            "fra": ("arobase", "point"),
            "rus": ("собака", "точка"),
        }
        at, dot = words.get(self._language, ("at", "dot"))
        return str(
            self._pick(
                (
                    f"{name} [at] {host} [dot] {top}",
                    f"{name} (at) {host} (dot) {top}",
                    f"{name} AT {host} DOT {top}",
                    f"{name}(at){domain}",
                    f"{name} [{at}] {host} [{dot}] {top}",
                    f"{name} {at} {host} {dot} {top}",
                    f"{name}&#64;{domain}",
                    f"{name} @ {domain}",
                )
            )
        )

    def phone(self) -> tuple[str, bool]:
        """(number, whether it has its country's code). Half are Faker's own, as far as some country could have them;
        half are valid ones in one of four ways to write them."""
        faker = self._pick(self._fakers)
        region = faker.locales[0].partition("_")[2]
        for _ in range(100):
            if self._random.random() < 0.5:
                found = str(faker.phone_number())
                try:
                    parsed = phonenumbers.parse(found, region)
                except phonenumbers.NumberParseException:
                    continue
                if phonenumbers.is_possible_number(parsed) and sum(c.isdigit() for c in found) >= 8:
                    return found, found.lstrip("(").startswith(("+", "00"))
                continue
            kind = self._pick((PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE))
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            digits = str(example.national_number)
            number = digits[:-5] + "".join(str(self._random.randrange(10)) for _ in range(5))
            parsed = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(number))
            if example.italian_leading_zero:
                parsed.italian_leading_zero = True
            if not phonenumbers.is_valid_number(parsed):
                continue
            form = self._random.randrange(4)
            if form == 0:
                return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL), True
            if form == 1:
                return phonenumbers.format_number(parsed, PhoneNumberFormat.E164), True
            national = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
            return (national if form == 2 else national.replace(" ", self._pick((".", "-", " ")))), False
        raise ValueError(f"no telephone number for {region}")

    def card(self) -> str:
        number = str(self._english.credit_card_number(self._pick(("visa", "mastercard", "amex", "discover", "jcb"))))
        if len(number) not in (15, 16):
            number = "4" + "".join(str(self._random.randrange(10)) for _ in range(14))
            number += luhn.calc_check_digit(number)
        form = self._random.randrange(3)
        if form == 0:
            return number
        joint = " " if form == 1 else "-"
        groups = (
            (number[:4], number[4:10], number[10:]) if len(number) == 15 else [number[i : i + 4] for i in (0, 4, 8, 12)]
        )
        return joint.join(groups)

    def iban(self) -> str:
        locale = self._pick(
            ("de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "en_GB", "de_CH", "de_AT", "pt_PT", "fi_FI", "tr_TR")
        )
        faker = Faker(locale)
        faker.seed_instance(self._random.getrandbits(32))
        found = str(faker.iban())
        return found if self._random.random() < 0.5 else " ".join(found[i : i + 4] for i in range(0, len(found), 4))

    def ip(self) -> str:
        if self._random.random() < 0.7:
            while True:
                found = str(self._english.ipv4_public())
                first = int(found.split(".", maxsplit=1)[0])
                if first < 224 and first not in (192, 198, 203):
                    return found
        head = self._pick((0x2A00, 0x2A02, 0x2600, 0x2400, 0x2607, 0x2804, 0x2C0F))
        value = head << 112 | self._random.getrandbits(16) << 96 | self._random.getrandbits(32) << 64
        value |= self._random.getrandbits(self._pick((8, 64)))
        return str(IPv6Address(value))

    def reserved_ip(self) -> str:
        return str(self._english.ipv4_private())

    def mac(self) -> str:
        octets = [self._random.randrange(256) for _ in range(6)]
        octets[0] &= 0xFE
        joint = self._pick((":", ":", "-"))
        found = joint.join(f"{octet:02x}" for octet in octets)
        return str(found.upper() if self._random.random() < 0.5 else found)

    def imei(self) -> str:
        body = "35" + "".join(str(self._random.randrange(10)) for _ in range(12))
        found = body + luhn.calc_check_digit(body)
        return str(self._pick((found, f"{found[:2]}-{found[2:8]}-{found[8:14]}-{found[14]}")))

    def national(self) -> tuple[str, str] | None:
        """(what it is called, the identifier), or None where no country of the language has one that is checked."""
        choices = NATIONAL.get(self._language)
        if not choices:
            return None
        module, name, form = self._pick(choices)
        return name, self._identifier(module, form.strip())

    def _identifier(self, module: str, form: str) -> str:
        check: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
        locale, _, method = form.partition(":")
        faker = None
        if method:
            faker = Faker(locale)
            faker.seed_instance(self._random.getrandbits(32))
        for _ in range(200_000):
            if faker is not None:
                found = str(getattr(faker, method)())
            else:
                found = "".join(
                    str(self._random.randrange(10))
                    if c == "#"
                    else self._pick(string.ascii_uppercase)
                    if c == "A" and len(form) < 13
                    else c
                    for c in form
                )
            if check(found) and not found.startswith("000"):
                return found
        raise ValueError(f"no identifier of {module} of the form {form}")

    def coin(self) -> str:
        form = self._random.randrange(3)
        if form == 0:
            return "0x" + self._string("0123456789abcdef", 40)
        if form == 1:
            return _base58check(bytes([self._pick((0, 5))]) + self._random.randbytes(20))
        return _segwit(self._random.randbytes(20))

    def key(self) -> str:
        hexadecimal = "0123456789abcdef"
        return str(
            self._pick(
                (
                    "AKIA" + self._string(string.ascii_uppercase + "234567", 16),
                    "ghp_" + self._string(_ALNUM, 36),
                    "github_pat_" + self._string(_ALNUM, 22) + "_" + self._string(_ALNUM, 59),
                    "glpat-" + self._string(_ALNUM, 20),
                    "xoxb-" + self._string(string.digits, 12) + "-" + self._string(_ALNUM, 24),
                    "sk_live_" + self._string(_ALNUM, 24),
                    "AIza" + self._string(_ALNUM + "_-", 35),
                    "hf_" + self._string(string.ascii_letters, 34),
                    "npm_" + self._string(_ALNUM, 36),
                    "SG." + self._string(_ALNUM, 22) + "." + self._string(_ALNUM, 43),
                    "sk-proj-" + self._string(_ALNUM, 48),
                    "dop_v1_" + self._string(hexadecimal, 64),
                    _jwt(self._random),
                    _pem(self._random),
                )
            )
        )

    def assigned_key(self) -> tuple[str, str]:
        """(text with {}, the secret)."""
        text = self._pick(
            (
                'api_key = "{}"',
                "API_KEY={}",
                "password: {}",
                '"client_secret": "{}"',
                "Authorization: Bearer {}",
                "aws_secret_access_key = {}",
                "secret_key: '{}'",
            )
        )
        secret = self._string(_ALNUM, self._pick((24, 32, 40)))
        return text, secret[:-2] + "7a"  # every key has a digit and a letter

    def handle(self) -> str:
        name = "".join(c for c in self._english.user_name() if c.isalnum())
        return f"@{name}" if self._random.random() < 0.8 else f"@{name}@mastodon.social"

    def profile(self) -> str:
        name = "".join(c for c in self._english.user_name() if c.isalnum())
        form = self._pick(
            (
                "https://x.com/{}",
                "https://twitter.com/{}",
                "https://github.com/{}",
                "t.me/{}",
                "https://www.instagram.com/{}",
                "https://www.linkedin.com/in/{}",
                "https://www.youtube.com/@{}",
                "https://mastodon.social/@{}",
                "http://www.cs.uni.edu/~{}",
            )
        )
        return str(form).format(name)

    def coordinates(self) -> str:
        lat, lon = self._random.uniform(-85, 85), self._random.uniform(-180, 180)
        return f"{lat:.5f}, {lon:.5f}"


def _base58check(raw: bytes) -> str:
    whole = raw + hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    number, found = int.from_bytes(whole, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        found = _BASE58[rest] + found
    return "1" * (len(whole) - len(whole.lstrip(b"\0"))) + found


def _segwit(program: bytes) -> str:
    """Bitcoin's address of a witness program, version 0 (BIP 173)."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in program)
    data = [0, *(int(bits[i : i + 5].ljust(5, "0"), 2) for i in range(0, len(bits), 5))]
    head = [3, 3, 0, 2, 3]  # "bc", expanded
    check = 1
    for value in (*head, *data, 0, 0, 0, 0, 0, 0):
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> i & 1 else 0
    check ^= 1
    return "bc1" + "".join(alphabet[v] for v in (*data, *((check >> 5 * (5 - i)) & 31 for i in range(6))))


def _jwt(random: Random) -> str:
    parts = (
        b'{"alg":"HS256","typ":"JWT"}',
        b'{"sub":"%d","iat":%d}' % (random.getrandbits(32), random.getrandbits(31)),
        random.randbytes(32),
    )
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _pem(random: Random) -> str:
    body = base64.encodebytes(random.randbytes(320)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----"
