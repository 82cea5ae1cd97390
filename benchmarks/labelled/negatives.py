"""What looks like personal data and is none: every line here must be left as it is."""

import hashlib
import uuid
from collections.abc import Callable
from random import Random

from stdnum import luhn


def _digits(random: Random, size: int) -> str:
    return "".join(str(random.randrange(10)) for _ in range(size))


def _hex(random: Random, size: int) -> str:
    return f"{random.getrandbits(size * 4):0{size}x}"


_TITLES = ("Access", "Introduction", "Установка", "概要", "الوصول", "Installation")


def _isbn(random: Random) -> str:
    body = f"9783{_digits(random, 8)}"
    check = (10 - sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body))) % 10
    return f"ISBN {body[:3]}-{body[3]}-{body[4:6]}-{body[6:12]}-{check}"


def _date(random: Random) -> str:
    year, month, day = 1950 + random.randrange(80), 1 + random.randrange(12), 1 + random.randrange(28)
    forms = (
        f"{year}-{month:02}-{day:02}",
        f"{day:02}.{month:02}.{year}",
        f"{month}/{day}/{year}",
        f"{year}{month:02}{day:02}",
    )
    return f"{random.choice(forms)} {random.randrange(24):02}:{random.randrange(60):02}:{random.randrange(60):02}"


def _row(random: Random) -> str:
    return "  ".join(f"{random.uniform(-1000, 1000):.4f}" for _ in range(8))


def _matrix(random: Random) -> str:
    return "\n".join("[" + ", ".join(f"{random.uniform(-1, 1):.6f}" for _ in range(5)) + "]" for _ in range(4))


def _integers(random: Random) -> str:
    return "\n".join(", ".join(str(random.randrange(10**9)) for _ in range(6)) for _ in range(3))


def _code(random: Random) -> str:
    return str(
        random.choice(
            (
                f"static const uint32_t table[] = {{0x{_hex(random, 8)}, 0x{_hex(random, 8)}, 0x{_hex(random, 8)}}};",
                f"@Override\npublic int hashCode() {{ return {random.randrange(10**9)}; }}",
                "import { Component } from '@angular/core';",
                "@media (min-width: 640px) { .a { margin: 0 } }",
                "std::vector<std::pair<int, int>> pairs = f::g::h();",
                "git clone git@github.com:owner/project.git",
                'print(f"{a:>10}:{b:<10}")  # 10:20:30',
                f"#define LIMIT {random.randrange(10**9)}UL",
                "@pytest.mark.parametrize('a', [1, 2])",
                "logo@2x.png and icon@3x.png",
                "SELECT * FROM t WHERE id BETWEEN 1000000000 AND 1999999999;",
                "assert 0xDEADBEEFCAFEBABE == x[::2]",
                "npm install @types/node@18.11.9",
                "password = os.environ['PASSWORD']",
                "token = get_token(user_id)",
                'api_key = "YOUR_API_KEY_HERE"',
            )
        )
    )


MAKERS: dict[str, Callable[[Random], str]] = {
    "version": lambda r: f"version {r.randrange(20)}.{r.randrange(99)}.{r.randrange(99)}.{r.randrange(99)}",
    "version of a file": lambda r: (
        f"libfoo-{r.randrange(9)}.{r.randrange(20)}.{r.randrange(20)}.{r.randrange(9999)}.tar.gz"
    ),
    "version of five": lambda r: (
        f"v{r.randrange(9)}.{r.randrange(99)}.{r.randrange(99)}.{r.randrange(99)}.{r.randrange(99)}"
    ),
    "section": lambda r: f"section {1 + r.randrange(9)}.{1 + r.randrange(9)}.{1 + r.randrange(9)}.{1 + r.randrange(9)}",
    "heading": lambda r: (
        f"{r.randrange(2, 16)}.{1 + r.randrange(12)}.{1 + r.randrange(9)}.{1 + r.randrange(9)}. {r.choice(_TITLES)}"
    ),
    "release": lambda r: (
        f"{r.choice(('Firefox', 'macOS', 'Oracle', 'Chrome/'))} {r.randrange(10, 30)}.{r.randrange(10)}.{r.randrange(20)}.{r.randrange(10)}"
    ),
    "release of Windows": lambda r: f"Windows 10.0.{r.choice((18362, 19041, 22621))}.{r.randrange(4000)}",
    "city and years": lambda r: f"Tel Aviv {1900 + r.randrange(40)}-{1941 + r.randrange(60)}",
    "call of a count": lambda r: f"call {r.randrange(1000, 9999)} times per {r.randrange(100, 999)} ms",
    "journal": lambda r: f"doi:10.1016/j.cell.20{r.randrange(10, 24)}.{r.randrange(10, 12)}.{_digits(r, 3)}",
    "resolution": lambda r: (
        f"UN Doc. A/RES/{r.randrange(50, 75)}/{_digits(r, 3)}, {1 + r.randrange(28)} May 20{_digits(r, 2)}"
    ),
    "pages": lambda r: (
        f"vol. {r.randrange(99)}, no. {r.randrange(12)}, pp. {1000 + r.randrange(4000)}-{5000 + r.randrange(4000)}"
    ),
    "mobile resolution": lambda r: (
        f"mobile {r.randrange(300, 999)}x{r.randrange(600, 1999)} px, {r.randrange(100, 999)} dpi"
    ),
    "version of four": lambda r: (
        f"[{r.randrange(20)}.{r.randrange(99)}.{r.randrange(99)}.{r.randrange(99)}] - released"
    ),
    "tag of an image": lambda r: f"FROM image:{r.randrange(20)}.{r.randrange(99)}.{r.randrange(99)}.{r.randrange(99)}",
    "sales of Telefonica": lambda r: f"Telefonica sold 415555{_digits(r, 4)} units",
    "vague identifier": lambda r: f"product id number {_digits(r, 9)}",
    "page of a repository": lambda r: f"https://github.com/owner{r.randrange(99)}/project{r.randrange(99)}",
    "scope of a package": lambda r: f"https://unpkg.com/@scope{r.randrange(9)}/name{r.randrange(9)}/index.js",
    "decorator": lambda r: f"contact @{r.choice(('Component', 'Injectable', 'dataclass', 'property'))}({{}})",
    "password in words": lambda r: r.choice(
        ("password: required", "Passwort vergessen?", "DB_PASSWORD=${DB_PASSWORD}", "password = userPassword1")
    ),
    "bare number of 13": lambda r: f"4{_digits(r, 12)}",
    "lottery": lambda r: "Loto : " + " ".join(f"{n:02}" for n in sorted(r.sample(range(1, 49), 5))),
    "object identifier": lambda r: f"1.3.6.1.4.1.{r.randrange(9999)}.{r.randrange(99)}",
    "ISBN": _isbn,
    "ISSN": lambda r: f"ISSN {_digits(r, 4)}-{_digits(r, 4)}",
    "DOI": lambda r: f"doi:10.{1000 + r.randrange(9000)}/{_hex(r, 6)}.{r.randrange(2024)}.{_digits(r, 7)}",
    "DOI as address": lambda r: (
        f"https://doi.org/10.1{_digits(r, 3)}/s{_digits(r, 5)}-{_digits(r, 3)}-{_digits(r, 5)}-{r.randrange(9)}"
    ),
    "date and time": _date,
    "years": lambda r: f"{1900 + r.randrange(60)}-{1960 + r.randrange(60)}",
    "price": lambda r: f"$ {r.randrange(1, 999)},{_digits(r, 3)},{_digits(r, 3)}.{_digits(r, 2)}",
    "price in groups": lambda r: f"{r.randrange(1, 999)} {_digits(r, 3)} {_digits(r, 3)} €",
    "price with dots": lambda r: f"{r.randrange(1, 999)}.{_digits(r, 3)}.{_digits(r, 3)},{_digits(r, 2)}",
    "log line": lambda r: (
        f"[{_digits(r, 10)}.{_digits(r, 6)}] worker-{r.randrange(99)} pid={_digits(r, 5)} took {_digits(r, 6)}us"
    ),
    "seconds since 1970": lambda r: f"timestamp={1_500_000_000 + r.randrange(10**8)}",
    "milliseconds since 1970": lambda r: f'"created": {1_500_000_000_000 + r.randrange(10**11)}',
    "MD5": lambda r: hashlib.md5(_hex(r, 8).encode(), usedforsecurity=False).hexdigest(),
    "SHA-256": lambda r: f"sha256:{_hex(r, 64)}",
    "commit": lambda r: f"commit {_hex(r, 40)}",
    "UUID": lambda r: str(uuid.UUID(int=r.getrandbits(128))),
    "hexadecimal dump": lambda r: " ".join(_hex(r, 2).upper() for _ in range(16)),
    "row of decimals": _row,
    "matrix": _matrix,
    "rows of integers": _integers,
    "statistics": lambda r: (
        f"n = {_digits(r, 6)}, p = 0.{_digits(r, 7)}, F({r.randrange(9)}, {r.randrange(999)}) = {r.uniform(0, 99):.3f}"
    ),
    "scientific": lambda r: f"{r.uniform(1, 9):.8f}e-{r.randrange(10, 30)}",
    "code": _code,
    "order": lambda r: f"Order no. {_digits(r, 10)}",
    "invoice": lambda r: f"Invoice {2000 + r.randrange(25)}-{_digits(r, 6)}",
    "tracking": lambda r: f"Tracking 1Z{_hex(r, 8).upper()}{_digits(r, 8)}",
    "part": lambda r: f"P/N {_digits(r, 3)}-{_digits(r, 5)}-{_digits(r, 2)}",
    "serial": lambda r: f"S/N {_hex(r, 12).upper()}",
    "article number": lambda r: f"EAN 4{_digits(r, 12)}",
    "verse": lambda r: f"Gen. {r.randrange(1, 50)}:{r.randrange(1, 30)}-{r.randrange(31, 40)}",
    "time with frames": lambda r: (
        f"{r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}:{r.randrange(24):02}"
    ),
    "subtitle": lambda r: (
        f"00:{r.randrange(60):02}:{r.randrange(60):02},{_digits(r, 3)} --> 00:{r.randrange(60):02}:{r.randrange(60):02},{_digits(r, 3)}"
    ),
    "score": lambda r: (
        f"{r.randrange(9)}-{r.randrange(9)}, {r.randrange(9)}-{r.randrange(9)}, {r.randrange(9)}-{r.randrange(9)}"
    ),
    "population": lambda r: f"pop. {r.randrange(1, 99)},{_digits(r, 3)},{_digits(r, 3)}",
    "area": lambda r: f"{r.randrange(1000, 9999)} x {r.randrange(1000, 9999)} px",
    "handle without a network": lambda r: (
        f"see @{r.choice(('return', 'deprecated', 'everyone', 'title', 'home'))} there"
    ),
    "public key": lambda _: "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJB\n-----END PUBLIC KEY-----",
    "address of a package": lambda r: (
        f"https://example.org/pool/main/l/lib/lib_{r.randrange(9)}.{_digits(r, 2)}.{_digits(r, 2)}-{r.randrange(9)}_amd64.deb"
    ),
    "place of a gene": lambda r: f"chr{r.randrange(1, 22)}:{_digits(r, 8)}-{_digits(r, 8)}",
    "accession": lambda r: f"NM_{_digits(r, 9)}.{r.randrange(9)}",
    "formula": lambda r: (
        f"C{r.randrange(99)}H{r.randrange(99)}N{r.randrange(9)}O{r.randrange(9)}, CAS {_digits(r, 5)}-{_digits(r, 2)}-{r.randrange(9)}"
    ),
    "number that Luhn passes": lambda r: f"batch {_lucky(r)}",
    "colours": lambda r: (
        f"#{_hex(r, 6)} #{_hex(r, 6)} rgba({r.randrange(255)}, {r.randrange(255)}, {r.randrange(255)}, 0.5)"
    ),
    "licence key": lambda r: "-".join(_hex(r, 5).upper() for _ in range(5)),
    "patent": lambda r: f"US Patent {r.randrange(4, 11)},{_digits(r, 3)},{_digits(r, 3)}",
    "pi": lambda _: "3.14159265358979323846264338327950288419716939937510",
}


def _lucky(random: Random) -> str:
    body = "9" + _digits(random, 14)  # no issuer of cards has the first digit 9 but for Troy's 9792
    return body.replace("9792", "9712") + luhn.calc_check_digit(body.replace("9792", "9712"))
