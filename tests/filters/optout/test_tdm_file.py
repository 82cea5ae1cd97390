"""tdmrep.json: the examples of TDMRep (W3C community group, 2024), and what sites write in its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.optout import paths, tdm_file

# "TDM File on the Origin Server", Examples.
WHOLE = '[{"location": "/", "tdm-reservation": 1}]'
GROUPS = """[
  {"location": "/directory-a/", "tdm-reservation": 1},
  {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": "https://provider.com/policies/policy.json"},
  {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0}
]"""


def said(text: str, path: str) -> list[tuple[str, bool]]:
    return [(one.train_ai, one.unread) for one in tdm_file.parse(text).statements(path, "2026-11-01T00:00:00Z")]


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        (WHOLE, "/any/page", ["disallow"]),
        (GROUPS, "/directory-a/x.pdf", ["disallow"]),
        (GROUPS, "/directory-b/html/x", ["disallow"]),
        (GROUPS, "/directory-b/images/x.jpg", ["allow"]),
        (GROUPS, "/directory-b/images/x.png", []),  # no match: unset
        # The first in sequence is the most specific.
        ('[{"location": "/", "tdm-reservation": 0}, {"location": "/a", "tdm-reservation": 1}]', "/a", ["allow"]),
        # "Use of regular expressions": $ and *, and what stands for itself is encoded.
        ('[{"location": "/this/path/exactly$", "tdm-reservation": 1}]', "/this/path/exactly", ["disallow"]),
        ('[{"location": "/this/path/exactly$", "tdm-reservation": 1}]', "/this/path/exactly/so", []),
        ('[{"location": "/this/*/then", "tdm-reservation": 1}]', "/this/a/b/then/c", ["disallow"]),
        ('[{"location": "/path/foo-%24", "tdm-reservation": 1}]', "/path/foo-$", ["disallow"]),
        ('[{"location": "/A", "tdm-reservation": 1}]', "/a", []),  # matching is case sensitive
        # What is none of the values says nothing, and is not leave.
        ('[{"location": "/", "tdm-reservation": 2}]', "/", ["unknown"]),
        ('[{"location": "/", "tdm-policy": "https://a.test/p"}]', "/", ["unknown"]),
        ('[{"location": "/", "tdm-reservation": "1"}]', "/", ["disallow"]),
        ('[{"location": "/", "tdm-reservation": true}]', "/", ["disallow"]),
        # One object, as sites write it: a refusal is believed, leave is not.
        ('{"tdm-reservation": 1, "tdm-policy": "https://a.test/p"}', "/x", ["disallow"]),
    ],
)
def test_examples(text: str, path: str, wanted: list[str]) -> None:
    assert said(text, path) == [(one, False) for one in wanted]


@pytest.mark.parametrize(
    "text", ["", "<html>", "1", '{"tdm-reservation": 0}', '[{"tdm-reservation": 0}]', '["/"]', "[1, null]", "[[]]"]
)
def test_what_cannot_be_read_may_refuse(text: str) -> None:
    assert said(text, "/") == [("unknown", True)]


def test_evidence_is_the_rule_as_it_stands() -> None:
    (one,) = tdm_file.parse(GROUPS).statements("/directory-b/html/x", "2026-11-01T00:00:00Z")
    assert (one.protocol, one.place, one.date) == ("tdmrep", "site", "2026-11-01T00:00:00Z")
    assert json.loads(one.raw)["tdm-policy"] == "https://provider.com/policies/policy.json"


RULES = st.lists(
    st.fixed_dictionaries(
        {
            "location": st.sampled_from(["/", "/a", "/a/*", "/a/b$", "/*.jpg$"]),
            "tdm-reservation": st.sampled_from([0, 1]),
        }
    ),
    max_size=4,
)


@given(RULES, st.sampled_from(["/", "/a", "/a/b", "/a/b/c", "/x.jpg", "/x.jpg?y"]))
def test_the_first_rule_that_fits_holds(rules: list[dict[str, object]], path: str) -> None:
    def fits(location: str) -> bool:
        own: paths.PathRules[bool] = paths.PathRules()
        own.add(location, True)
        return bool(own.longest(paths.canonical(path)[0]))

    first = next((one for one in rules if fits(str(one["location"]))), None)
    wanted = [] if first is None else ["disallow" if first["tdm-reservation"] else "allow"]
    assert [one for one, _ in said(json.dumps(rules), path)] == wanted


@given(
    st.text()
    | st.recursive(
        st.none() | st.integers() | st.text(), lambda own: st.lists(own) | st.dictionaries(st.text(), own)
    ).map(json.dumps)
)
def test_any_text_gives_a_file_and_never_leave_by_accident(text: str) -> None:
    assert "allow" not in [one for one, _ in said(text, "/")] or "tdm-reservation" in text


def test_more_than_is_read_may_refuse() -> None:
    many = json.dumps([{"location": f"/{n}/", "tdm-reservation": 0} for n in range(1_100)])
    assert said(many, "/1/x") == [("allow", False), ("unknown", True)]
