"""Statements of answers and pages, which of several holds, days of files, domains and sites."""

import hashlib
from itertools import permutations
from pathlib import Path

import pytest

from filters.optout import answers, domains, sites
from filters.optout.domains import DomainList
from filters.optout.registered import registered
from filters.optout.snapshots import Snapshots
from filters.optout.statement import Preference, Statement, strictest


@pytest.mark.parametrize(
    ("line", "train_ai", "protocol"),
    [
        ("header content-usage: train-ai=n", "disallow", "content-usage"),
        ("header content-signal: search=yes, ai-train=yes", "allow", "content-signal"),
        ("header tdm-reservation: 1", "disallow", "tdmrep"),
        ("page tdm-reservation: 0", "allow", "tdmrep"),
        ("page tdm-reservation: maybe", "unknown", "tdmrep"),
        ("header tdm-policy: https://a.test/policy.json", "unknown", "tdmrep"),
        ("header x-robots-tag: googlebot: noarchive, NoAI", "disallow", "noai"),
        ("page robots: noindex,noai,noimageai", "disallow", "noai"),
        ("page gptbot: noai", "disallow", "noai"),
        ("header x-no-ai-training: 1", "disallow", "noai"),
        ("header x-no-ai: false", "unknown", "noai"),
        ('header link: </l.xml>; rel="license"; type="application/rsl+xml"', "unknown", "rsl"),
        ("page rsl: https://a.test/rsl.xml", "unknown", "rsl"),
        ("header cut: 3", "unknown", "cut"),
    ],
)
def test_a_line_that_speaks_of_training(line: str, train_ai: str, protocol: str) -> None:
    (found,) = answers.statements(line, "2024-05-01T00:00:00Z")
    assert (found.train_ai, found.protocol) == (train_ai, protocol)
    assert f"{found.place} {found.raw}" == line
    assert found.date == "2024-05-01T00:00:00Z"
    assert found.unread is (protocol in ("rsl", "cut"))


def test_what_says_nothing_of_training() -> None:
    lines = [
        "page license: https://creativecommons.org/licenses/by/4.0/",
        "page robots: noimageai, noindex",  # of images alone
        "page copyright: noai industries",  # words of people, not of robots
        'header link: </noai>; rel="license"',
        "tdm-reservation: 1",  # no place
        "",
    ]
    assert list(answers.statements("\n".join(lines), "")) == []


def statement(train_ai: Preference, place: str = "header", date: str = "", *, unread: bool = False) -> Statement:
    return Statement(train_ai, "x", place, date, "", unread)


def test_the_strictest_holds_in_any_order() -> None:
    falling = [
        statement("disallow", "header", "2024-02-01"),
        statement("disallow", "header", "2024-01-01"),
        statement("disallow", "list", "2025-01-01"),
        statement("unknown", unread=True),  # terms that may forbid it
        statement("allow"),
        statement("unknown"),
    ]
    for first in range(len(falling)):
        for some in permutations(falling[first : first + 3]):
            assert strictest(some) == falling[first]
    assert strictest([]) is None


@pytest.mark.parametrize(
    ("page", "retroactive", "counting"),
    [
        (0, True, [1, 5, 9]),  # none was in force yet that is known
        (0, False, []),
        (5, True, [5, 9]),
        (6, True, [5, 9]),
        (6, False, [5]),
        (20, True, [9]),  # what was refused once and is allowed now
        (None, False, [1, 5, 9]),
    ],
)
def test_the_file_in_force_and_later_ones_count(page: int | None, retroactive: bool, counting: list[int]) -> None:
    days = [9, 1, None, 5]
    found = [day for day in days if Snapshots(days).count(day, page, retroactive=retroactive)]
    assert sorted(day for day in found if day is not None) == counting
    assert None in found


def test_sites_and_registered_domains() -> None:
    assert sites.parted("HTTPS://u:p@WWW.Bücher.example.:8080/a;b?c=d#e") == ("www.xn--bcher-kva.example", "/a;b?c=d")
    assert sites.parted("http://[::1]:80?q") == ("[::1]", "/?q")
    assert [sites.parted(one)[0] for one in (None, "", "ftp://a.test/", "no", "http:///x")] == [""] * 5
    assert sites.site("www.a.test") == sites.site("a.test") == "a.test"
    found = [registered(one) for one in ("old.news.example.co.uk", "me.github.io", "github.io", "1.2.3.4", "")]
    assert found == ["example.co.uk", "me.github.io", "", "1.2.3.4", ""]


def listed(folder: Path, text: str, name: str = "refuse", date: str = "2026-11-01") -> tuple[str, str, str, str]:
    path = folder / f"{name}.txt"
    path.write_text(text, "utf-8")
    return name, str(path), hashlib.sha256(path.read_bytes()).hexdigest(), date


def test_lists_hold_by_registered_domain_the_latest_first(tmp_path: Path) -> None:
    first = listed(tmp_path, "# who refuses\n\nWWW.Example.org\n.a.test.\nbücher.example\n")
    second = listed(tmp_path, "example.org\n", "later", "2026-12-01")
    assert domains.refusing((second, first)) == {
        "example.org": ("2026-12-01", "later", "example.org"),
        "a.test": ("2026-11-01", "refuse", ".a.test."),
        "xn--bcher-kva.example": ("2026-11-01", "refuse", "bücher.example"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.test\nco.uk\n", r"line 2 of list refuse is 'co.uk', under which anybody can register"),
        ("https://a.test/\n", "line 1 of list refuse is no domain"),
        ("x" * 10_000, "is no domain: 'x{60}'; write a domain a line$"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        domains.refusing((listed(tmp_path, text),))


def test_a_list_has_its_digest_and_its_day(tmp_path: Path) -> None:
    name, path, digest, date = listed(tmp_path, "a.test\n")
    Path(path).write_text("b.test\n", "utf-8")
    with pytest.raises(ValueError, match="sha256"):
        domains.refusing(((name, path, digest, date),))
    with pytest.raises(ValueError, match="write it as 2026-11-01"):
        DomainList(path=path, sha256=digest, date="November")
