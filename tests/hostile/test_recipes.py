"""Recipes that nobody would write, and some that an enemy would: each is read, or refused in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.hostile.conftest import HOSTILE
from tests.hostile.mutations import EDITS, Edit, damaged
from tests.hostile.watched import Outcome, Watched

_LINE = 2_000  # characters that a message may have, paths and lists of what is known included
_SOURCE = b'[[sources]]\nname = "a"\npath = "a"\n'
_SECRET = "correct horse battery staple: 32 bytes"
_RECIPES = [*sorted((ROOT / "recipes").glob("*.toml"))]


def refused(found: Outcome) -> str:
    assert found.sound, found
    assert found.how == "refused", found
    assert "\n" not in found.value
    assert len(found.value) < _LINE, found.value[:400]
    return str(found.value)


@pytest.mark.parametrize(
    "text",
    [
        b"a = " + b"[" * 20_000,
        b"a = " + b"[" * 20_000 + b"]" * 20_000,
        b"a = " + b"{a=" * 20_000,
        b"a = " + b"{a=" * 20_000 + b"1" + b"}" * 20_000,
        b"[" + b"a." * 20_000 + b"a]\n",
        b"a." * 20_000 + b"a = 1\n",
        b"[[" + b"a." * 5_000 + b"a]]\n",
        _SOURCE + b"k" * 1_000_000 + b" = 1\n",
        _SOURCE + b"[pii]\n" + b"k" * 1_000_000 + b" = 1\n",
        _SOURCE + b'name = "' + b"x" * 1_000_000 + b'"\n',
        _SOURCE + b'seed = "' + b"x" * 1_000_000 + b'"\n',
        b'seed = "' + b"x" * 1_000_000 + b'"\n' + _SOURCE,
        b"seed = 1" + b"0" * 5_000 + b"\n" + _SOURCE,
        b"seed = 0x" + b"f" * 100_000 + b"\n" + _SOURCE,
        _SOURCE + b"[dedup]\nthreshold = nan\n",
        _SOURCE + b"[dedup]\nthreshold = 1e9999\n",
        _SOURCE + b"[ingest]\npart_bytes = 99999999999999999999999999\n",
        _SOURCE + b"[ingest]\npart_bytes = 1979-05-27T07:32:00Z\n",
        _SOURCE + b"[[filters]]\nuse = '" + b"a." * 100_000 + b"'\n",
        _SOURCE + b"[[filters]]\nuse = 'os'\n",
        _SOURCE + b"[[filters]]\nuse = '../x'\n",
        _SOURCE + b"[[filters]]\nuse = 'length'\nmin_words = " + b"[" * 100 + b"]" * 100,
        b"extends = '" + b"x" * 5_000 + b"'\n" + _SOURCE,
        b'extends = "a\\u0000b"\n' + _SOURCE,
        b"extends = '.'\n" + _SOURCE,
        b"\xff\xfe",
        b"sources = 1\n",
        b"sources = [1]\n",
        b"filters = {a = 1}\n" + _SOURCE,
        b"filters = [1, 2]\n" + _SOURCE,
    ],
    ids=lambda text: text[:24].decode(errors="replace") + f" {len(text)}",
)
def test_absurd_recipe_is_one_line(watched: Watched, text: bytes) -> None:
    refused(watched.call("plan", text))


@pytest.mark.parametrize(
    "table",
    [
        f'key = ["{_SECRET}"]',
        f'key = {{a = "{_SECRET}"}}',
        f'key = "{_SECRET}{"x" * 80}"',
        f'key = "{_SECRET[:12]}"',
        f'kye = "{_SECRET}"',
        f'key = "{_SECRET}"\naction = 3',
        f'key = "{_SECRET}"\nrules = "{_SECRET}"',
        f'key = """{_SECRET}',
    ],
)
def test_secrets_are_not_shown(watched: Watched, table: str) -> None:
    said = refused(watched.call("plan", _SOURCE + b"[pii]\n" + table.encode()))
    assert _SECRET[:12] not in said


def test_pii_that_is_no_table_is_not_shown(watched: Watched) -> None:
    for text in (f'pii = "{_SECRET}"\n', f'[[pii]]\nkey = "{_SECRET}"\n'):
        said = refused(watched.call("plan", text.encode() + (b"" if "[[" in text else _SOURCE)))
        assert _SECRET[:12] not in said


@pytest.mark.parametrize("path", _RECIPES, ids=lambda path: path.name)
def test_damaged_recipe_is_read_or_one_line(watched: Watched, path: object) -> None:
    text = ROOT.joinpath("recipes", str(path)).read_bytes() + (b"" if "demo" in str(path) else _SOURCE)

    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        found = watched.call("plan", damaged(text, edits))
        assert found.sound, found
        if found.how == "refused":
            refused(found)

    holds()


_VALUES = st.recursive(
    st.sampled_from(
        ["1", "-1", "0", "1.5", "nan", "inf", "true", '""', '"a"', "'%s'", "1979-05-27", "99999999999999999999"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda found: f"[{', '.join(found)}]"),
        st.lists(inner, max_size=2).map(
            lambda found: "{" + ", ".join(f"k{n} = {v}" for n, v in enumerate(found)) + "}"
        ),
    ),
    max_leaves=6,
)


def _keys() -> list[tuple[str, str]]:
    """Every table of recipes with every key of it."""
    from dataclasses import fields, is_dataclass
    from typing import get_args, get_type_hints

    from corpus.stages.recipe import Recipe

    found = [("", "name"), ("", "root"), ("", "seed"), ("", "sources"), ("", "filters"), ("[[filters]]", "use")]
    for name, kind in get_type_hints(Recipe).items():
        inner = [one for one in (kind, *get_args(kind)) if is_dataclass(one)]
        for one in inner:
            head = f"[[{name}]]" if get_args(kind) and kind is not one and "tuple" in str(kind) else f"[{name}]"
            found += [(head, field.name) for field in fields(one) if name != "choices"]
    return found


def test_any_value_of_any_key_is_read_or_one_line(watched: Watched) -> None:
    @HOSTILE
    @given(st.sampled_from(_keys()), _VALUES)
    def holds(place: tuple[str, str], value: str) -> None:
        head, key = place
        text = f"{key} = {value}\n" if not head else f"{head}\n{key} = {value}\n"
        text = text + _SOURCE.decode() if not head else _SOURCE.decode() + text
        found = watched.call("plan", text.encode())
        assert found.sound, (text, found)
        if found.how == "refused":
            refused(found)

    holds()
