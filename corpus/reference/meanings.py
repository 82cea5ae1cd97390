"""What the keys of a table mean: the string below each field of its dataclass, read from the source, not by running it.

Python keeps docstrings of classes and drops those of attributes, so they are parsed. Sources are read through whatever
loads the modules, which a zip has too.
"""

import ast
import inspect
import sys
from functools import cache


def meanings(kind: type) -> dict[str, str]:
    """By field the string below it, on one line; fields without one are left out. Raises ValueError for a class that
    does not stand at the top of a module."""
    for node in _tree(kind.__module__).body:
        if isinstance(node, ast.ClassDef) and node.name == kind.__qualname__:
            return dict(_strings(node))
    raise ValueError(f"no class {kind.__qualname__} in {kind.__module__}: tables of a recipe stand at a module's top")


def _strings(node: ast.ClassDef) -> list[tuple[str, str]]:
    found = []
    for field, below in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            value = below.value.value if isinstance(below.value, ast.Constant) else None
            if isinstance(value, str) and value.strip():
                found.append((field.target.id, " ".join(value.split())))
    return found


@cache
def _tree(module: str) -> ast.Module:
    try:
        return ast.parse(inspect.getsource(sys.modules[module]))
    except OSError as error:
        raise ValueError(f"{module} has no source to read: install the package with its .py files") from error
