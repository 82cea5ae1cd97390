"""Kinds beyond addresses and telephones: what proves each, and what must not pass for it."""

import pyarrow as pa
import pytest

from filters.pii.automaton import compiled
from filters.pii.detect import detect
from filters.pii.spans import DEFAULT, KINDS, PROVED
from filters.pii.validators import SHAPES, WORDS


def found(text: str, language: str = "eng_Latn", kinds: tuple[str, ...] = DEFAULT) -> list[tuple[str, str]]:
    return [(s.kind, text[s.start : s.end]) for s in detect(pa.array([text]), [language], kinds).get(0, [])]


@pytest.mark.parametrize(
    ("language", "text", "kind", "item"),
    [
        ("eng_Latn", "write to jane [at] mail [dot] com today", "EMAIL_OBFUSCATED", "jane [at] mail [dot] com"),
        ("spa_Latn", "escriba a juan arroba correo punto es", "EMAIL_OBFUSCATED", "juan arroba correo punto es"),
        ("eng_Latn", "john at gmail dot com", "EMAIL_OBFUSCATED", "john at gmail dot com"),
        ("eng_Latn", "paid with 4111 1111 1111 1111", "CREDIT_CARD", "4111 1111 1111 1111"),
        ("deu_Latn", "Kreditkarte: 5500000000000004", "CREDIT_CARD", "5500000000000004"),
        ("eng_Latn", "Amex 3782-822463-10005 ok", "CREDIT_CARD", "3782-822463-10005"),
        ("deu_Latn", "Konto DE89 3704 0044 0532 0130 00.", "IBAN", "DE89 3704 0044 0532 0130 00"),
        ("fra_Latn", "(FR1420041010050500013M02606)", "IBAN", "FR1420041010050500013M02606"),
        ("eng_Latn", "SSN: 536-90-4399", "NATIONAL_ID", "536-90-4399"),
        ("pol_Latn", "PESEL 44051401359", "NATIONAL_ID", "44051401359"),
        ("por_Latn", "com 529.982.247-25 no", "NATIONAL_ID", "529.982.247-25"),
        ("fin_Latn", "henkilötunnus 131052-308T", "NATIONAL_ID", "131052-308T"),
        ("zho_Hans", "身份证号11010519491231002X。", "NATIONAL_ID", "11010519491231002X"),
        ("heb_Hebr", 'ת"ז 39337423', "NATIONAL_ID", "39337423"),
        ("hin_Deva", "आधार 2341 2341 2346", "NATIONAL_ID", "2341 2341 2346"),
        (
            "eng_Latn",
            "to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT now",
            "CRYPTO_ADDRESS",
            "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        ),
        (
            "eng_Latn",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "CRYPTO_ADDRESS",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        (
            "eng_Latn",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "CRYPTO_ADDRESS",
            "0x52908400098527886E0F7030069857D2E4169EE7",
        ),
        ("eng_Latn", "ether 08:00:20:00:61:ca up", "MAC_ADDRESS", "08:00:20:00:61:ca"),
        ("eng_Latn", "HWaddr 0800.2000.61ca", "MAC_ADDRESS", "0800.2000.61ca"),
        ("tha_Thai", "โลกIMEI: 49-015420-323751-8", "IMEI", "49-015420-323751-8"),
        ("eng_Latn", "follow us on Twitter: @grist_mill", "HANDLE", "@grist_mill"),
        ("eng_Latn", "toot @mill@mastodon.social", "HANDLE", "@mill@mastodon.social"),
        ("eng_Latn", "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "KEY", "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH"),
        ("eng_Latn", 'api_key = "9f86d081884c7d659a2feaa0c55ad015"', "KEY", "9f86d081884c7d659a2feaa0c55ad015"),
        ("eng_Latn", "postgres://scott:t1gerlily@db.host/x", "KEY", "t1gerlily"),
        ("ben_Beng", "(+৮৮০ ১৩২১ ২৯৭০৩৩)", "PHONE", "+৮৮০ ১৩২১ ২৯৭০৩৩"),
        ("tur_Latn", "bilgi için 0533 314 78 93 numarasını arayın", "PHONE", "0533 314 78 93"),
        ("hin_Deva", "अधिक के लिए 09811351197 पर फ़ोन करें", "PHONE", "09811351197"),
        ("jpn_Jpan", "03-3581-4111にお電話ください", "PHONE", "03-3581-4111"),
        ("dan_Latn", "Ring til 13 94 55 63", "PHONE", "13 94 55 63"),
        ("ara_Arab", "اتصلوا على 9702561489", "PHONE", "9702561489"),
        ("eng_Latn", "server at 12.10.8.30 is down", "IP_ADDRESS", "12.10.8.30"),
        ("eng_Latn", "Received: from x.org (x.org [64.28.67.73]) by y.org", "IP_ADDRESS", "64.28.67.73"),
        ("spa_Latn", "Tfno.: 912 345 678", "PHONE", "912 345 678"),
        ("nob_Latn", "Tlf. 22 12 34 56", "PHONE", "22 12 34 56"),
        ("ind_Latn", "WA 081234567890", "PHONE", "081234567890"),
        ("deu_Latn", "Telefon:\n030 / 90 18 20", "PHONE", "030 / 90 18 20"),
        ("deu_Latn", "Praxis Weber, 089/123456", "PHONE", "089/123456"),
        ("rus_Cyrl", "Приёмная: 8 (495) 123-45-67", "PHONE", "8 (495) 123-45-67"),
        ("eng_Latn", "dial +0044 20 7946 0958", "PHONE", "+0044 20 7946 0958"),
        ("tha_Thai", "Tel: 096-7547728 ( 9.30 – 17.30 น.)", "PHONE", "096-7547728"),
        ("ell_Grek", "τηλ. 210-2777721, 210-2759768.", "PHONE", "210-2759768"),
        ("eng_Latn", "Diners Club 30569309025904", "CREDIT_CARD", "30569309025904"),
        ("eng_Latn", "card 6011 0000 0000 0000 001", "CREDIT_CARD", "6011 0000 0000 0000 001"),
        ("pes_Arab", "شبا IR82 0540 1026 8002 0817 9090 02", "IBAN", "IR82 0540 1026 8002 0817 9090 02"),
        ("deu_Latn", "iban: de89370400440532013000", "IBAN", "de89370400440532013000"),
        ("eng_Latn", "NI number JG 10 37 59 A", "NATIONAL_ID", "JG 10 37 59 A"),
        ("rus_Cyrl", "112-233-445 95", "NATIONAL_ID", "112-233-445 95"),
        ("vie_Latn", "CCCD số 001099012345", "NATIONAL_ID", "001099012345"),
        ("pes_Arab", "کد ملی ۰۴۹۹۳۷۰۸۹۹", "NATIONAL_ID", "۰۴۹۹۳۷۰۸۹۹"),
        ("zho_Hant", "香港身份證號碼 A123456(3)", "NATIONAL_ID", "A123456(3)"),
        ("eng_Latn", "photo by @bruno_shots", "HANDLE", "@bruno_shots"),
        ("eng_Latn", "see https://x.com/jane_roe/status/1", "PROFILE", "https://x.com/jane_roe"),
        ("eng_Latn", "see github.com/octojane.", "PROFILE", "github.com/octojane"),
        ("eng_Latn", "http://www.cs.uni.edu/~jroe/a.html", "PROFILE", "http://www.cs.uni.edu/~jroe"),
        ("eng_Latn", "https://mastodon.social/@jroe", "PROFILE", "https://mastodon.social/@jroe"),
        ("eng_Latn", "DB_PASSWORD=S3cr3tP@ssw0rd!", "KEY", "S3cr3tP@ssw0rd!"),
        ("eng_Latn", "Authorization: Basic dXNlcjpwYXNzd29yZDEyMw==", "KEY", "dXNlcjpwYXNzd29yZDEyMw=="),
        ("zho_Hans", "密码：Abc12345!", "KEY", "Abc12345!"),
        ("zho_Hans", "write to 管理员@qq.com now", "EMAIL", "管理员@qq.com"),
        ("rus_Cyrl", "почта иван.petrov@mail.ru", "EMAIL", "иван.petrov@mail.ru"),
        ("eng_Latn", "john@gmail.comTel 123", "EMAIL", "john@gmail.com"),
        ("eng_Latn", "john@gmail.com.The end", "EMAIL", "john@gmail.com"),
        ("eng_Latn", "?email=john.doe%40gmail.com&x=1", "EMAIL", "john.doe%40gmail.com"),
        ("eng_Latn", "title=3Djohn@gmail.com", "EMAIL", "john@gmail.com"),
    ],
)
def test_item_is_found_whole_and_as_its_kind(language: str, text: str, kind: str, item: str) -> None:
    assert (kind, item) in found(text, language)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # check digit
        "9999 9999 9999 9995",  # no issuer
        "DE88 3704 0044 0532 0130 00",  # mod 97
        "DE89 3704 0044",  # too short
        "SSN: 000-12-3456",
        "PESEL 44051401358",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",  # checksum
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "00:00:5e:00:53:af",  # documentation, RFC 7042
        "ff:ff:ff:ff:ff:ff",
        "IMEI: 49-015420-323751-7",
        "490154203237518",  # no word says IMEI
        "12.6.2.1. Autotools",
        "11.1.3.6. Applying Restrictions",
        "Oracle 19.3.10.2",
        "import x from '@angular/core'",
        "see @everyone",
        "look at dot com companies",
        "meet at noon dot",
        "row 16047: 0081512066974906 801",
        "0049774855601635425",
        'api_key = "YOUR_API_KEY_HERE"',
        "password = os.environ['PASSWORD']",
        "## [1.84.1.0] - 2026-09-02 changes",
        "Firefox 102.0.1.25 and Opera 76.0.40.17 are out",
        "from 23.4.5.6 to 23.4.5.7",
        "FROM image:8.12.3.1",
        "Telefonica sold 4155552671 units",
        "call graph of 4155552671 nodes",
        "product id number 123456789",
        "4222222222222 30569309025904 6011000000000000001",
        "Loto : 01 12 23 34 45",
        "contact @Component({ selector: 'x' })",
        "FETCH NEXT FROM @mycursor",
        "https://github.com/owner/project and https://unpkg.com/@babel/core",
        "https://twitter.com/intent/tweet",
        "http://example.com/~rbowen",
        "PublicKeyToken=b77a5c561934e089",
        "password = userPassword1",
        "https://lore.kernel.org/git/20180609224913.GC38834@genre.net/",
    ],
)
def test_what_only_looks_alike_is_left(text: str) -> None:
    assert found(text) == []


def test_ranges_of_nobody_and_places_are_kinds_to_ask_for() -> None:
    text = "gateway 10.0.0.1, docs 203.0.113.7, GPS: 52.52001, 13.40495"
    assert found(text) == []
    assert found(text, kinds=KINDS) == [
        ("IP_RESERVED", "10.0.0.1"),
        ("IP_RESERVED", "203.0.113.7"),
        ("COORDINATES", "52.52001, 13.40495"),
    ]


def test_country_of_the_language_or_the_address_validates_a_national_number() -> None:
    text = pa.array(["Tel. 030 901820"])
    assert detect(text, ["deu_Latn"])[0][0].detector == "phone.national"
    assert detect(text, ["jpn_Jpan"])[0][0].detector == "phone.possible"
    assert detect(text, ["jpn_Jpan"], urls=["https://rathaus.berlin.de/"])[0][0].country == "DE"


def test_spans_say_how_sure_they_are_and_by_which_detector() -> None:
    (span,) = detect(pa.array(["IBAN DE89370400440532013000"]), ["deu_Latn"])[0]
    assert (span.detector, span.confidence, span.country, span.version >= 1) == ("iban.mod97", PROVED, "DE", True)


def test_no_pattern_that_leads_to_candidates_matches_nothing() -> None:
    patterns = [words.row for words in WORDS] + [words.match for words in WORDS]
    patterns += [v.worth for shape in SHAPES.values() for v in shape.validators if v.worth is not None]
    assert [pattern for pattern in patterns if compiled(pattern).search("")] == []


@pytest.mark.parametrize("at", [0, 1, 2])
def test_name_at_the_beginning_or_end_of_a_text_is_seen_whatever_stands_in_the_others(at: int) -> None:
    texts = ["no name here", "x", "at"]
    texts[at] = "SSN 536-90-4399"
    assert list(detect(pa.array(texts), ["eng_Latn"] * 3)) == [at]


COMBO = "anna.kern@mail.de:Sommer2019!\r\nbob77@gmail.com:qwerty12345\ncarl@yahoo.co.uk:letmein\nd_e@web.de:4Tz9kLq2\n"


def test_passwords_of_a_list_of_accounts_are_found_line_by_line() -> None:
    keys = [item for kind, item in found(f"Leaked:\n{COMBO}") if kind == "KEY"]
    assert keys == ["Sommer2019!", "qwerty12345", "4Tz9kLq2"]  # a word of letters alone is a name as often
    assert [kind for kind, _ in found(COMBO)].count("EMAIL") == 4


@pytest.mark.parametrize(
    "text",
    [
        "anna.kern@mail.de:Sommer2019!",  # alone: nothing says that it is a list
        "anna.kern@mail.de:Sommer2019!\n\nbob77@gmail.com:qwerty12345",  # not one below the other
        "git@github.com:name/repo.git\ngit@gitlab.com:other/repo2.git",
        "anna@mail.de:Teamleitung\nbob@mail.de:Vertrieb",
        "root@a.example.com:2222\nroot@b.example.com:65022",
        "anna@mail.de:2024-05-01T10:00\nbob@mail.de:2024-05-02T11:00",
        "deploy@a.host.com:eu-west-1\ndeploy@b.host.com:eu-west-2",
        "anna@mail.de: Raum B12\nbob@mail.de: Raum C14",
        "anna@mail.de:photo1.jpeg\nbob@mail.de:photo2.jpeg",
        "build@ci.host.org:v2.10.3\nbuild@ci.host.org:v2.10.4",
        "see anna@mail.de:Sommer2019!\nsee bob@mail.de:Winter2020!",  # more on the line than the pair
    ],
)
def test_lines_that_only_look_like_a_list_of_accounts_are_left(text: str) -> None:
    assert not [item for kind, item in found(text) if kind == "KEY"]
