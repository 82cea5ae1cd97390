"""robots.txt: the examples of RFC 9309 and of draft-ietf-aipref-attach, and protego as another reader."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego

from filters.optout import paths, robots
from filters.optout.paths import MOST_WILD, canonical

AGENTS = ("GPTBot", "CCBot")

# RFC 9309, 5.1 "Simple Example" and 5.2 "Longest Match".
SIMPLE = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""
JOINED = """
User-agent: a
Disallow: /x

User-agent: b
Disallow: /y
User-agent: A/2.1
Disallow: /z
"""
LONGEST = """
User-Agent: foobot
Allow: /example/page/
Disallow: /example/page/disallowed.gif
"""


@pytest.mark.parametrize(
    ("text", "agent", "path", "allowed"),
    [
        (SIMPLE, "other", "/a.gif", False),
        (SIMPLE, "other", "/a.gif?b", True),
        (SIMPLE, "other", "/example/x", False),
        (SIMPLE, "other", "/publications/x", True),
        (SIMPLE, "other", "/x", True),
        (SIMPLE, "foobot", "/x", False),
        (SIMPLE, "FooBot", "/example/page.html", True),
        (SIMPLE, "foobot", "/example/allowed.gif", True),
        (SIMPLE, "barbot", "/example/page.html", False),
        (SIMPLE, "bazbot", "/example/page.html", False),
        (SIMPLE, "bazbot", "/a.gif", True),
        (SIMPLE, "quxbot", "/example/x", True),
        (LONGEST, "foobot", "/example/page/disallowed.gif", False),
        (LONGEST, "foobot", "/example/page/a", True),
        # 2.2.1: groups of one crawler are one; a token ends where a version begins.
        (JOINED, "a", "/z", False),
        (JOINED, "a", "/x", False),
        (JOINED, "a", "/y", True),
        # 2.2.2: of equal lengths the one that allows; an empty path matches nothing; no rules allow all.
        ("User-agent: *\nDisallow: /a\nAllow: /a", "x", "/a", True),
        ("User-agent: *\nDisallow:", "x", "/a", True),
        ("", "x", "/a", True),
        # 2.2.3: special characters.
        ("User-agent: *\nAllow: /this/path/exactly$\nDisallow: /", "x", "/this/path/exactly", True),
        ("User-agent: *\nAllow: /this/path/exactly$\nDisallow: /", "x", "/this/path/exactly/", False),
        ("User-agent: *\nDisallow: /path/file-with-a-%2A.html", "x", "/path/file-with-a-*.html", False),
        ("User-agent: *\nDisallow: /path/foo-%24", "x", "/path/foo-$", False),
        ("User-agent: *\nDisallow: /this/*/exactly", "x", "/this/a/b/exactly/and", False),
        ("\ufeffUser-agent: *\rDisallow: /a # why", "x", "/a", False),
        # 2.2.2: encodings.
        ("User-agent: *\nDisallow: /foo/bar?baz=http://foo.bar", "x", "/foo/bar?baz=http%3A%2F%2Ffoo.bar", False),
        ("User-agent: *\nDisallow: /foo/bar/ツ", "x", "/foo/bar/%E3%83%84", False),
        ("User-agent: *\nDisallow: /foo/bar/%E3%83%84", "x", "/foo/bar/ツ", False),
        ("User-agent: *\nDisallow: /foo/bar/%62%61%7A", "x", "/foo/bar/baz", False),
        ("User-agent: *\nDisallow: /a%2Fb", "x", "/a/b", True),
    ],
)  # fmt: skip
def test_may_fetch(text: str, agent: str, path: str, allowed: bool) -> None:
    assert robots.parse(text).may_fetch(agent, path) is allowed


LINES = st.tuples(
    st.sampled_from(["Allow: ", "Disallow: "]),
    st.lists(st.sampled_from(["/", "a", "b", "*", "$"]), max_size=6).map("".join),
).map("".join)
GROUPS = st.lists(
    st.tuples(st.sampled_from(["*", "GPTBot", "ccbot"]), st.lists(LINES, min_size=1, max_size=4)), max_size=3
)


def known(line: str) -> bool:
    """Whether both readers mean the same by a line."""
    rule = line.partition(": ")[2]
    return rule[:1] in ("/", "*") and "$" not in rule[:-1]


@settings(max_examples=300)
@given(GROUPS, st.text("/ab", max_size=6).map("/{}".format))
def test_access_is_as_protego_has_it(groups: list[tuple[str, list[str]]], path: str) -> None:
    """But for patterns that do not begin with / or *, which RFC 9309 does not know, and `$` but at an end."""
    kept = [(agent, list(filter(known, lines))) for agent, lines in groups]
    text = "\n\n".join("\n".join([f"User-agent: {agent}", *lines]) for agent, lines in kept if lines)
    mine, other = robots.parse(text), Protego.parse(text)
    for agent in ("GPTBot", "CCBot", "x"):
        wanted = other.can_fetch(f"http://a.test{path}", agent)
        assert mine.may_fetch(agent, path) is wanted, (text, agent, path)


def naive(pattern: str, path: str) -> bool:
    """Every way to put something into the stars."""
    if pattern == "$":
        return path == ""
    if not pattern:
        return True
    if pattern[0] == "*":
        return any(naive(pattern[1:], path[n:]) for n in range(len(path) + 1))
    return bool(path) and path[0] == pattern[0] and naive(pattern[1:], path[1:])


@given(st.text("ab/*", max_size=7), st.booleans(), st.text("ab/", max_size=9))
def test_a_pattern_matches_as_by_all_ways(pattern: str, ends: bool, path: str) -> None:
    rules: paths.PathRules[int] = paths.PathRules()
    rules.add(pattern + "$" * ends, 1)
    assert bool(rules.longest(canonical(path)[0])) == naive(pattern + "$" * ends, path)


# draft-ietf-aipref-attach, "Example", and its table.
DRAFT = """
User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: train-ai=y
"""


def said(text: str, path: str, agents: tuple[str, ...] = AGENTS) -> list[tuple[str, str]]:
    return [(one.train_ai, one.protocol) for one in robots.parse(text).statements(path, agents, "")]


@pytest.mark.parametrize(
    ("path", "agent", "expected"),
    [
        ("/test", "x", [("disallow", "content-usage")]),
        ("/never/test", "x", [("disallow", "robots.txt")]),  # no preference, and no leave to fetch
        ("/ai-ok/test", "x", [("allow", "content-usage")]),
        ("/never/test", "ExampleBot", [("allow", "content-usage")]),
    ],
)
def test_preferences_of_the_draft(path: str, agent: str, expected: list[tuple[str, str]]) -> None:
    assert said(DRAFT, path, (agent,)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User-agent: GPTBot\nDisallow: /", [("disallow", "robots.txt")]),
        ("User-agent: *\nDisallow: /", [("disallow", "robots.txt")]),  # GPTBot has no group of its own
        ("User-agent: otherbot\nDisallow: /", []),
        ("User-agent: GPTBot\nUser-agent: CCBot\nAllow: /\nUser-agent: *\nDisallow: /", []),  # all may
        ("User-agent: *\nAllow: /\nContent-Signal: search=yes, ai-train=no", [("disallow", "content-signal")]),
        ("User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: train-ai=n",
         [("allow", "content-usage"), ("disallow", "content-usage")]),  # equal paths: both count
        ("User-agent: *\nContent-Usage: /q train-ai=n", []),
        ("User-agent: *\nContent-Usage:\t/p\ttrain-ai=n # no", [("disallow", "content-usage")]),
        ("License: https://a.test/rsl.xml\nUser-agent: *\nAllow: /", [("unknown", "rsl")]),
        ("User-agent: *\nContent-Usage: search=n", [("unknown", "content-usage")]),
    ],
)  # fmt: skip
def test_statements_of_a_file(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text, "/page") == expected


def test_a_file_with_more_than_is_read_never_allows_in_silence() -> None:
    wild = "User-agent: *\n" + "".join(f"Disallow: /{n}*x\n" for n in range(MOST_WILD + 1))
    many = "".join(f"User-agent: {'a' * (n % 300)}{chr(97 + n % 26)}{'b' * (n // 300)}\n" for n in range(12_000))
    long = "User-agent: *\nAllow: /\n" + "# " + "x" * robots.BYTES
    for text in (wild, many + "Disallow: /", long):
        found = list(robots.parse(text).statements("/page", AGENTS, ""))
        assert [(one.train_ai, one.unread, one.raw) for one in found] == [("unknown", True, robots.MORE)]


@pytest.mark.parametrize(
    "line",
    ["Disallow: /" + "*a" * 50_000 + "b", "Disallow: " + "*" * 100_000, "User-agent: " + "a" * 100_000, ":" * 500_000],
)
def test_no_file_is_slow(line: str) -> None:
    """A pattern that an engine with backtracking would try in more ways than there is time for."""
    found = robots.parse(f"User-agent: *\n{line}\n{line}")
    assert isinstance(found.may_fetch("GPTBot", "/" + "a" * 60_000), bool)


@given(st.text(max_size=200), st.text("User-agent: *\nDisallow/$%A0#", max_size=200))
def test_any_text_is_a_file(one: str, other: str) -> None:
    for text in (one, other):
        list(robots.parse(text).statements("/" + one, AGENTS, ""))
