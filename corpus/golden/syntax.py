"""What a module's source says, read without running it: its tree in a form of its own, its imports, its data files.

`ast.dump` is not that form: it writes other text for the same source in Python 3.11, 3.12 and 3.13.
"""

import ast
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# Of no effect: the context follows from the place, the rest are comments on types and the u of u"".
_LEFT_OUT = frozenset({"ctx", "type_comment", "kind", "type_ignores"})
_FUNCTIONS = "importlib.resources"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of one module. Names are as they stand in the source; which of them are there is for the reader to find out."""

    source: str  # sha256 of its bytes, in hex
    trees: Mapping[str, str]  # digest of its tree by the class attributes left out, joined by commas
    imports: tuple[
        str, ...
    ]  # "a.b" of `import a.b`, "a:b" of `from a import b`, "..a:b" of `from ..a import b`; sorted
    data: tuple[str, ...]  # "package:pattern" of importlib.resources.files; * is within a name, ** at the end all


def facts(source: bytes, withouts: Iterable[Sequence[str]] = ((),)) -> Facts:
    """All that counts of a module. `withouts`: which class attributes to leave out, a tree for each."""
    parsed = ast.parse(source)
    nodes = list(_running(parsed))
    return Facts(
        source=hashlib.sha256(source).hexdigest(),
        trees={",".join(w): tree(parsed, w) for w in withouts},
        imports=tuple(sorted(set(_imports(nodes)))),
        data=tuple(sorted(set(_data(nodes)))),
    )


def tree(parsed: ast.AST, without: Collection[str] = ()) -> str:
    """32 hex digits of the canonical form."""
    return hashlib.sha256(canonical(parsed, without)).hexdigest()[:32]


def canonical(parsed: ast.AST, without: Collection[str] = ()) -> bytes:
    """A tree as bytes: classes of nodes with their fields in order of name; fields that are None or empty left out.

    Left out too: `pass`, statements that are a bare string (docstrings), and in the bodies of classes assignments to
    the names in `without`. Texts have their length before them, so no two trees have the same bytes.
    """
    out: list[str] = []
    _Writer(out, frozenset(without)).node(parsed)
    return "".join(out).encode("utf-8", "surrogatepass")


class _Writer:
    def __init__(self, out: list[str], without: frozenset[str]) -> None:
        self.out = out
        self.without = without

    def node(self, node: ast.AST) -> None:
        if isinstance(node, ast.Constant):
            self.out.append(_constant(node.value))
            return
        self.out.append(f"({type(node).__name__}")
        for name in sorted(node._fields):
            value = self._counting(node, name)
            if name not in _LEFT_OUT and value is not None and value != []:
                self.out.append(f" {name}=")
                self._value(value)
        self.out.append(")")

    def _counting(self, node: ast.AST, name: str) -> object:
        """A field, less what does not count in it."""
        value: object = getattr(node, name, None)
        if isinstance(node, ast.JoinedStr) and name == "values":
            return _merged(node.values)
        if isinstance(value, ast.JoinedStr) and name == "format_spec" and not _merged(value.values):
            return None  # f"{x:}" formats as f"{x}" does
        if isinstance(value, list):
            without = self.without if isinstance(node, ast.ClassDef) and name == "body" else frozenset()
            return [item for item in value if not _idle(item) and not _assigns(item, without)]
        return value

    def _value(self, value: object) -> None:
        if isinstance(value, ast.AST):
            self.node(value)
        elif isinstance(value, list):
            self.out.append("[")
            for item in value:  # the key of `**rest` in a dict is None and holds its place
                self._value(item)
            self.out.append("]")
        else:
            self.out.append(_constant(value))


def _idle(item: object) -> bool:
    if isinstance(item, ast.Expr):
        return isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
    return isinstance(item, ast.Pass)


def _assigns(item: object, names: frozenset[str]) -> bool:
    """Whether a statement assigns to these names and to no other."""
    if isinstance(item, ast.AnnAssign):
        targets = [item.target]
    elif isinstance(item, ast.Assign):
        targets = item.targets  # type: ignore[assignment]
    else:
        return False
    return all(isinstance(target, ast.Name) and target.id in names for target in targets)


def _merged(values: Iterable[ast.expr]) -> list[object]:
    """The parts of an f-string, text beside text as one: where text is cut differs between versions of Python."""
    merged: list[object] = []
    for value in _flat(values):
        text = value.value if isinstance(value, ast.Constant) else None
        if not isinstance(text, str):
            merged.append(value)
        elif merged and isinstance(merged[-1], str):
            merged[-1] += text
        elif text:
            merged.append(text)
    return merged


def _flat(values: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for value in values:
        if isinstance(value, ast.JoinedStr):
            yield from _flat(value.values)
        else:
            yield value


def _constant(value: object) -> str:
    """A value with its type, closed in itself."""
    if isinstance(value, str):
        return f"s{len(value)}:{value}"
    if isinstance(value, bytes):
        return f"b{len(value)}:{value.hex()}"
    if isinstance(value, bool) or value is None or value is ...:
        return f"<{value}>"
    if isinstance(value, int):
        return f"<int {value:x}>"  # decimal digits of an int are limited to 4300
    if isinstance(value, float | complex):
        return f"<{type(value).__name__} {value!r}>"
    raise TypeError(f"a syntax tree with a {type(value).__name__} in it; give it a form in corpus.golden.syntax")


def _running(parsed: ast.AST) -> Iterator[ast.AST]:
    """Every node that is not below `if TYPE_CHECKING:`, parents before their children."""
    waiting = [parsed]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and _names(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            waiting.extend(node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _names(node: ast.AST) -> str | None:
    """`a.b.c` of a name with attributes."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = _names(node.value)
        return left and f"{left}.{node.attr}"
    return None


def _imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}:{alias.name}" for alias in node.names)


def _data(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """`files("p") / "name"` is p:name, `files("p") / f"{x}.tsv"` is p:*.tsv, `files("p") / x` is p:**."""
    spelled = set(_spelled(nodes))
    inner: set[int] = set()
    for node in nodes:
        path = None if id(node) in inner else _path(node, spelled, inner)
        if path is not None:
            yield path


def _spelled(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """How this module writes `importlib.resources.files`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == _FUNCTIONS:
                    yield f"{alias.asname or alias.name}.files"
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if node.module == _FUNCTIONS and alias.name == "files":
                    yield alias.asname or alias.name
                elif f"{node.module}.{alias.name}" == _FUNCTIONS:
                    yield f"{alias.asname or alias.name}.files"


def _path(node: ast.AST, spelled: set[str], inner: set[int]) -> str | None:
    """What a path below a package names, or None for anything else. `inner` gets the shorter paths in it."""
    if isinstance(node, ast.Call) and _names(node.func) in spelled:
        return f"{_package(node)}:"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        left, steps = node.left, [node.right]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "joinpath":
        left, steps = node.func.value, node.args
    else:
        return None
    path = _path(left, spelled, inner)
    if path is None:
        return None
    inner.add(id(left))
    for step in steps:
        if path.endswith("**"):
            break  # what is below an unknown name is counted already
        path += ("" if path.endswith(":") else "/") + _step(step)
    return path


def _package(call: ast.Call) -> str:
    named = [*call.args, *(keyword.value for keyword in call.keywords)]
    if len(named) == 1 and isinstance(named[0], ast.Constant) and isinstance(named[0].value, str):
        return named[0].value
    raise ValueError(f"line {call.lineno}: files(...) of no literal package; name the package, so that its data count")


def _step(step: ast.expr) -> str:
    if isinstance(step, ast.Constant) and isinstance(step.value, str):
        return step.value
    if isinstance(step, ast.JoinedStr):
        return re.sub(r"\*+", "*", "".join(item if isinstance(item, str) else "*" for item in _merged(step.values)))
    return "**"
