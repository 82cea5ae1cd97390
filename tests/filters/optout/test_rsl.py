"""Terms in RSL 1.0: what each form says of training, and files that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.optout import rsl

HEAD = '<rsl xmlns="https://rslstandard.org/rsl">'


def content(inner: str, given_: str = 'url="/"') -> str:
    return f"<content {given_}>{inner}</content>"


def licence(inner: str) -> str:
    return f"<license>{inner}</license>"


def said(*contents: str, path: str = "/news/x", host: str = "www.a.test") -> tuple[str, bool]:
    one = rsl.parse(f"{HEAD}{''.join(contents)}</rsl>").statement(host, path, "robots", "", "License: x")
    return one.train_ai, one.unread


USES = '<permits type="usage">{}</permits>'
NOT = '<prohibits type="usage">{}</prohibits>'


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        # 3.4.1.1: the tokens, parted by spaces; ai-all and all hold training.
        (USES.format("ai-train"), ("allow", False)),
        (USES.format("search ai-all"), ("allow", False)),
        (USES.format("all"), ("allow", False)),
        (NOT.format("ai-train"), ("disallow", False)),
        (NOT.format("ai-all"), ("disallow", False)),
        (NOT.format("ai-input"), ("allow", False)),  # nothing is permitted alone, and training is not prohibited
        # 3.5: where uses are permitted, no others are.
        (USES.format("search ai-input"), ("disallow", False)),
        (USES.format(""), ("disallow", False)),
        # What is prohibited is, whatever is permitted.
        (USES.format("all") + NOT.format("ai-train"), ("disallow", False)),
        # Nothing said of uses restricts none.
        ("", ("allow", False)),
        ('<payment type="free"/>', ("allow", False)),
        # 3.7: a licence for a payment is one to be had first.
        (
            USES.format("ai-train") + '<payment type="training"><amount currency="USD">9</amount></payment>',
            ("disallow", False),
        ),
        (
            USES.format("ai-all") + "<payment><standard>https://rslcollective.org/license</standard></payment>",
            ("disallow", False),
        ),
        (USES.format("ai-all") + "<payment/>", ("allow", False)),
        # Whoever trains may meet these: unknown, and above leave.
        (USES.format("ai-train") + '<payment type="attribution"/>', ("unknown", True)),
        (USES.format("ai-train") + '<permits type="user">non-commercial education</permits>', ("unknown", True)),
        (USES.format("ai-train") + '<prohibits type="geo">us</prohibits>', ("unknown", True)),
        # Drafts of 2025: commas, and another word for it.
        (USES.format("search,train-ai"), ("allow", False)),
        (NOT.format("train-ai"), ("disallow", False)),
    ],
)
def test_a_licence(inner: str, wanted: tuple[str, bool]) -> None:
    assert said(content(licence(inner))) == wanted


def test_one_of_several_licences_is_enough() -> None:
    free, paid = licence(USES.format("search")), licence(USES.format("ai-train") + '<payment type="attribution"/>')
    assert said(content(free + paid)) == ("unknown", True)
    assert said(content(free + licence(USES.format("ai-train")))) == ("allow", False)


def test_the_longest_address_holds() -> None:
    no, yes = licence(NOT.format("ai-train")), licence(USES.format("ai-train"))
    assert said(content(no), content(yes, 'url="/news/"')) == ("allow", False)
    assert said(content(no, 'url="/news/*.html$"'), content(yes, 'url="/"')) == ("allow", False)
    assert said(content(no, 'url="/news/*.html$"'), content(yes), path="/news/x.html") == ("disallow", False)
    assert said(content(no, 'url="https://a.test/news/"'), content(yes)) == ("disallow", False)
    assert said(content(no, 'url="https://b.test/news/"'), content(yes)) == ("allow", False)
    assert said(content(no, 'url="/other/"')) == ("unknown", False)


def test_a_licence_that_a_server_gives_is_to_be_had_first() -> None:
    assert said(content(licence(USES.format("all")), 'url="/" server="https://l.test"')) == ("disallow", False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>no such page",
        HEAD,
        '<!DOCTYPE rsl [<!ENTITY a "b">]><rsl xmlns="https://rslstandard.org/rsl"><content url="/"/></rsl>',
        '<other xmlns="https://other.test/"><content url="/"/></other>',
        f"{HEAD}{'<content url=' + chr(34) + '/' + chr(34) + '>'}{'<a>' * 99}{'</a>' * 99}</content></rsl>",
    ],
)
def test_what_cannot_be_read_may_forbid_it(text: str) -> None:
    one = rsl.parse(text).statement("a.test", "/", "header", "", "link: x")
    assert (one.train_ai, one.unread) == ("unknown", True)


def test_terms_in_a_feed_and_evidence() -> None:
    feed = (
        '<rss xmlns:rsl="https://rslstandard.org/rsl"><channel><item><rsl:content url="/a"><rsl:license>'
        '<rsl:prohibits type="usage">ai-train</rsl:prohibits></rsl:license></rsl:content></item></channel></rss>'
    )
    one = rsl.parse(feed).statement("a.test", "/a", "robots", "2026-11-01T00:00:00Z", "License: https://a.test/r.xml")
    assert one.raw == "License: https://a.test/r.xml | prohibits ai-train"
    assert (one.train_ai, one.protocol, one.place, one.date) == ("disallow", "rsl", "robots", "2026-11-01T00:00:00Z")


PIECES = ["<rsl>", "</rsl>", HEAD, '<content url="/">', "</content>", "<license>", "</license>", "<payment>",
          "</payment>", "<amount/>", USES.format("all"), NOT.format("all"), "x", "&lt;", "&a;", "<!-- -->"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text())
def test_any_text_gives_terms(text: str) -> None:
    rsl.parse(text).statement("a.test", "/", "page", "", "rsl: x")


def test_more_than_is_read_may_forbid_it() -> None:
    many = "".join(content("", f'url="/{n}"') for n in range(1_100))
    assert said(many) == ("unknown", True)
