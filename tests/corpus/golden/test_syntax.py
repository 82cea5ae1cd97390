"""The canonical form of source: what runs alike is alike, and the rest is not, in every version of Python."""

import ast
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.golden import syntax
from corpus.golden.syntax import canonical, facts

ALIKE = {
    "comments": ("x = 1", "# why\nx = 1  # so"),
    "blank lines and white space": ("x = f(1, 2)\ny = 3", "x = f( 1,\n  2,\n)\n\n\ny=3"),
    "docstring of a module": ('"""A."""\nx = 1', "x = 1"),
    "docstring of a function": ('def f():\n    """A."""\n    return 1', 'def f():\n    """B."""\n    return 1'),
    "a docstring alone": ('class E(Exception):\n    """A."""', "class E(Exception):\n    pass"),
    "docstring of an attribute": ('class A:\n    x: int = 1\n    """Why."""', "class A:\n    x: int = 1"),
    "quotes": ("x = 'a' \"b\"", 'x = "ab"'),
    "u": ("x = u'a'", "x = 'a'"),
    "spelling of numbers": ("x = 0x10 + 1_000 + 1e3", "x = 16 + 1000 + 1000.0"),
    "brackets": ("x = (1, 2)\ndel (y)", "x = 1, 2\ndel y"),
    "parts of an f-string": ("x = f'a{b}' 'c' f'd'", "x = f'a{b}cd'"),
    "an empty format": ("x = f'{a:}'", "x = f'{a}'"),
    "type comments": ("x = []  # type: list[int]", "x = []"),
}
APART = {
    "a constant": ("x = 1", "x = 2"),
    "an int and a bool": ("x = 1", "x = True"),
    "an int and a float": ("x = 1", "x = 1.0"),
    "zeros": ("x = 0.0", "x = -0.0"),
    "an int and a complex": ("x = 1", "x = 1j"),
    "a float and a complex": ("x = 0.0", "x = 0j"),
    "a text and bytes": ("x = 'a'", "x = b'a'"),
    "a text and a name": ("x = 'a'", "x = a"),
    "None and the text": ("x = None", "x = 'None'"),
    "Ellipsis and None": ("x = ...", "x = None"),
    "nothing and None": ("def f(): return", "def f(): return None"),
    "a name": ("x = 1", "y = 1"),
    "order": ("x = 1\ny = 2", "y = 2\nx = 1"),
    "an operator": ("x = a < b", "x = a <= b"),
    "a default": ("def f(a=1): ...", "def f(a=2): ..."),
    "a default's place": ("def f(*, a=1, b): ...", "def f(*, a, b=1): ..."),
    "a kind of argument": ("def f(a, /): ...", "def f(a): ..."),
    "an annotation": ("x: int = 1", "x: float = 1"),
    "a decorator": ("@a\ndef f(): ...", "def f(): ..."),
    "async": ("async def f(): ...", "def f(): ..."),
    "spread and a key": ("x = {**a, b: c}", "x = {b: c, **a}"),
    "a conversion": ("x = f'{a!r}'", "x = f'{a}'"),
    "a format": ("x = f'{a:2}'", "x = f'{a:3}'"),
    "a format in a format": ("x = f'{a:{b}}'", "x = f'{a:{c}}'"),
    "an f-string and its text": ("x = f'{a}'", "x = '{a}'"),
    "an alias": ("import a as b", "import a as c"),
    "an import's level": ("from . import a", "from .. import a"),
    "a branch": ("if a:\n    x = 1\nelse:\n    pass", "if a:\n    pass\nelse:\n    x = 1"),
    "a matched constant": ("match a:\n    case None: b()", "match a:\n    case True: b()"),
    "a matched False": ("match a:\n    case None: b()", "match a:\n    case False: b()"),
    "texts that look like the form": ("x = ['a', 'b']", "x = ['as1:b']"),
    "an f-string that stands alone": ("f'{a()}'", "f'{b()}'"),
    "bytes that stand alone": ("b'a'", "b'b'"),
}


def form(source: str, *without: str) -> bytes:
    return canonical(ast.parse(source, type_comments=True), without)


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE)
def test_what_does_not_count(one: str, other: str) -> None:
    assert form(one) == form(other)


@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART)
def test_what_counts(one: str, other: str) -> None:
    assert form(one) != form(other)


_constants = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary()
    | st.just(...)
)


@given(st.lists(_constants, max_size=4), st.lists(_constants, max_size=4))
def test_constants_have_one_form_each(one: list[Any], other: list[Any]) -> None:
    def of(values: list[Any]) -> bytes:
        return canonical(ast.List(elts=[ast.Constant(value=value) for value in values], ctx=ast.Load()))

    assert (of(one) == of(other)) == (repr(one) == repr(other))


@given(st.recursive(_constants.map(repr), lambda inner: st.lists(inner, max_size=3).map(lambda i: f"[{','.join(i)}]")))
def test_source_written_anew_has_the_same_form(source: str) -> None:
    parsed = ast.parse(f"x = {source}".replace("inf", "1e999"))
    assert canonical(ast.parse(ast.unparse(parsed))) == canonical(parsed)


def test_a_long_number_has_a_form() -> None:
    assert form("x = " + "0x" + "f" * 5000) != form("x = " + "0x" + "f" * 5001)  # over the 4300 digits that `str` takes


def test_nodes_of_other_versions_have_the_same_form() -> None:
    """3.12 gives functions and classes `type_params`, and cuts the text of f-strings in other places than 3.11."""
    plain = ast.parse("def f(): return f'ab{x:c}'")
    function = plain.body[0]
    assert isinstance(function, ast.FunctionDef)
    before = canonical(plain)
    function._fields = (*ast.FunctionDef._fields, "type_params")  # type: ignore[misc]
    function.type_params = []  # type: ignore[attr-defined]
    text = function.body[0].value  # type: ignore[attr-defined]
    text.values[0:1] = [ast.Constant("a"), ast.Constant(""), ast.JoinedStr([ast.Constant("b")])]
    text.values[-1].format_spec = ast.JoinedStr([ast.JoinedStr([ast.Constant("c")]), ast.Constant("")])
    assert canonical(plain) == before


def test_an_unknown_constant_is_refused() -> None:
    with pytest.raises(TypeError, match="frozenset"):
        canonical(ast.Constant(value=frozenset()))  # type: ignore[arg-type]


def test_class_attributes_can_be_left_out() -> None:
    def source(rules: str) -> str:
        return f"class A:\n    a = 1\n{rules}"

    bare = form(source(""), "rules")
    assert form(source("    rules: tuple[int, ...] = (1,)"), "rules") == bare
    assert form(source("    rules = (1,)"), "rules") == bare
    assert form(source("    rules = other = (1,)"), "rules") != bare
    assert form(source("    def f(self):\n        rules = 1"), "rules") != bare
    assert form(source("rules = 1"), "rules") != bare
    assert form(source("    rules = 1")) != form(source(""))
    assert form(source("    a = 2"), "rules") != bare


SOURCE = dedent(
    """
    import a.b as c, d
    from a.e import f, g
    from typing import TYPE_CHECKING
    import typing
    if TYPE_CHECKING:
        import hidden
    else:
        import shown
    if typing.TYPE_CHECKING:
        from hidden import too
    def h():
        from a import i
        try:
            import j
        except ImportError:
            import k
    """
)


def test_imports() -> None:
    found = facts(SOURCE.encode()).imports
    assert found == ("a.b", "a.e:f", "a.e:g", "a:i", "d", "j", "k", "shown", "typing", "typing:TYPE_CHECKING")


def test_a_relative_import_keeps_its_dots() -> None:
    assert facts(b"from . import a\nfrom ..b import c").imports == ("..b:c", ".:a")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ('files("p.data") / "a.tsv"', ["p.data:a.tsv"]),
        ('files("p.data") / f"a-{V}.tsv"', ["p.data:a-*.tsv"]),
        ('files("p.data") / f"{a}{b}-{c:x}"', ["p.data:*-*"]),
        ('files("p.data") / f"a{b}{c}"', ["p.data:a*"]),
        ('files("p.data") / name', ["p.data:**"]),
        ('files("p.data") / name / "a.tsv"', ["p.data:**"]),
        ('files("p.data") / "a" / "b" / name', ["p.data:a/b/**"]),
        ('files("p").joinpath("a", f"{b}.c")', ["p:a/*.c"]),
        ('files("p").joinpath(*names)', ["p:**"]),
        ('files("p")', ["p:"]),
        ('files(anchor="p") / "a"', ["p:a"]),
        ('g(files("p") / "a", files("q") / (files("r") / "b"))', ["p:a", "q:**", "r:b"]),
        ('(files("p") / "a").read_text()', ["p:a"]),
        ('resources.files("p") / "a"', ["p:a"]),
        ('importlib.resources.files("p") / "a"', ["p:a"]),
        ('r.files("p") / "a"', ["p:a"]),
        ('own("p") / "a"', ["p:a"]),
        ('data.files("p") / "a"', []),
        ('other / "a"', []),
    ],
)
def test_data_files(path: str, expected: list[str]) -> None:
    head = (
        "from importlib.resources import files, files as own\nfrom importlib import resources\n"
        "import importlib.resources\nimport importlib.resources as r\n"
    )
    assert list(facts(f"{head}x = {path}".encode()).data) == expected


def test_files_of_no_literal_package_are_refused() -> None:
    with pytest.raises(ValueError, match=r"line 2: files\(\.\.\.\) of no literal package"):
        facts(b"from importlib.resources import files\nfiles(__package__)")


def test_files_that_is_not_imported_is_another_function() -> None:
    assert facts(b"x = files(p) / 'a'").data == ()


def test_facts_hold_a_tree_for_each_without() -> None:
    found = facts(b"class A:\n    rules = 1", [(), ("a", "rules")])
    assert set(found.trees) == {"", "a,rules"}
    assert found.trees["a,rules"] == syntax.tree(ast.parse("class A: pass")) != found.trees[""]
