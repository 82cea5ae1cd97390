"""docs/recipe.md: the schema of a recipe as tables for readers."""

import json
from collections.abc import Iterator

from corpus.reference.schema import OFF, Node, table_in

_INTRO = """# The recipe

Every key, its type, bounds and default, and what it means. Written by `scripts/make_recipe_docs` from the code (the
strings below the fields of the tables); a test holds this page and `recipe.schema.json` to it.

**In an editor.** [recipe.schema.json](recipe.schema.json) is a JSON Schema (draft 2020-12). VS Code with the extension
Even Better TOML, and any other editor with Taplo, shows meanings, completes keys and marks mistakes in a recipe whose
first line is

    #:schema ../docs/recipe.schema.json

with the path from the recipe's folder, or the address of that file. For all recipes at once, in VS Code's settings:

    "evenBetterToml.schema.associations": { ".*/recipes/.*\\\\.toml": "file:///absolute/path/docs/recipe.schema.json" }

The schema knows tables, keys, types and bounds. What keys demand of each other is checked when a recipe is read:
`gristmill plan RECIPE` says it in one line.

In the column *default*, *needed* is a key without one, and an empty cell a key that may be left unsaid, with the effect
that its meaning says. A language id is ISO 639-3, underscore, ISO 15924 (`deu_Latn`), or `code_` and a programming
language (`code_Python`); `gristmill languages` lists them. Wherever a recipe names a language a tag will do (`de`,
`pt-BR`, `zh-Hant`); one that says no script means all scripts of the language. A pattern has `*`, `?` or `[...]`.

Paths are from the recipe's folder, those that filters name too; `root` alone is from the working directory.
`gristmill plan` prints both. `~` and variables of the environment (`$DATA`, `${DATA}`) are written out.
"""
_PLUG_IN = (
    '`use = "my_package.emoji"` with the keys of its class; `docs/adding.md` says how one is written. An editor that '
    "goes by the schema knows a plug-in by the dot in its name."
)


def page(schema: Node) -> str:
    """The page, for what `corpus.reference.schema.schema` gives."""
    top = schema["properties"]
    plain = {key: node for key, node in top.items() if key != "filters" and table_in(node) is None}
    lines = [_INTRO, "## The top level", "", *_rows(plain, set())]
    for key, node in top.items():
        if key == "filters":
            lines += ["", *_filters(node)]
        elif key not in plain:
            lines += ["", *_section(key, node)]
    return "\n".join(lines) + "\n"


def _section(name: str, node: Node, depth: int = 2) -> Iterator[str]:
    """A table and those inside it, each under its own heading."""
    inner = table_in(node) or node
    yield f"{'#' * depth} {_heading(name, node)}"
    yield ""
    yield inner["description"]
    yield ""
    yield from _rows(inner["properties"], set(inner.get("required", ())))
    for key, one in inner["properties"].items():
        if table_in(one) is not None:
            yield ""
            yield from _section(f"{name}.{key}", one, depth + 1)


def _heading(name: str, node: Node) -> str:
    if node.get("type") == "array":
        return f"[[{name}]]"
    return f"[{name}]" if "properties" in node else f"[{name}.NAME]"


def _filters(node: Node) -> Iterator[str]:
    kinds = node["items"]["oneOf"]
    over = ("by_script", "by_language", "by_source")
    first = next(kind["properties"] for kind in kinds if "by_language" in kind["properties"])
    yield "## [[filters]]"
    yield ""
    yield (
        f"{node['description']} Keys named `min_*`, `max_*` and `keep_*` are thresholds: they only judge, and moving "
        f'one measures nothing again. Where "{OFF}" stands among the types it switches the threshold off.'
    )
    yield ""
    yield from _rows({key: first[key] for key in over}, set(), {"use": first["use"]})
    for kind in kinds:
        name = kind["properties"]["use"].get("const")
        if name is None:
            yield from ("", "### Filters of other packages", "", f"{kind['description']} {_PLUG_IN}")
            continue
        own = {k: v for k, v in kind["properties"].items() if k not in ("use", *over)}
        yield ""
        yield f'### use = "{name}"'
        yield ""
        yield kind["description"]
        yield ""
        yield from _rows(own, set()) if own else ("It has no keys of its own.",)
        for key, one in own.items():
            if table_in(one) is not None:
                yield ""
                yield from _section(f"filters.{key}", one, 4)


def _rows(properties: Node, needed: set[str], use: Node | None = None) -> Iterator[str]:
    yield "| key | type | default | meaning |"
    yield "|---|---|---|---|"
    if use:
        yield f"| `use` | the name of a filter below | *needed* | {_escaped(use['use']['description'])} |"
    for key, node in properties.items():
        default = "*needed*" if key in needed else _literal(node["default"]) if "default" in node else ""
        yield f"| `{key}` | {_escaped(kind_of(node))} | {_escaped(default)} | {_escaped(node['description'])} |"


def kind_of(node: Node) -> str:
    """Type and bounds in words."""
    if "$ref" in node:
        return "table of thresholds"
    if "anyOf" in node:
        return " or ".join(kind_of(one) for one in node["anyOf"])
    if "const" in node or "enum" in node:
        return " or ".join(_literal(value) for value in node.get("enum", [node.get("const")]))
    if node["type"] in ("array", "object"):
        return _collection(node)
    words = {"boolean": "true or false", "string": "string, not empty" if node.get("minLength") else "string"}
    kind: str = node["type"]
    return words.get(kind, kind) + _bounds(node)


def _collection(node: Node) -> str:
    of_list = node["type"] == "array"
    if table_in(node):
        return "tables, below" if of_list else "tables by name, below"
    return f"list of {_plural(node['items'])}" if of_list else f"by name: {kind_of(node['additionalProperties'])}"


def _plural(node: Node) -> str:
    return "strings" if node == {"type": "string"} else kind_of(node)


def _bounds(node: Node) -> str:
    """, 0 to 1 | , 1 or more | , above 0, below 1"""
    least, most = node.get("minimum"), node.get("maximum")
    if least is not None and most is not None:
        return f", {_literal(least)} to {_literal(most)}"
    words = []
    if least is not None:
        words.append(f"{_literal(least)} or more")
    if "exclusiveMinimum" in node:
        words.append(f"above {_literal(node['exclusiveMinimum'])}")
    if most is not None:
        words.append(f"at most {_literal(most)}")
    if "exclusiveMaximum" in node:
        words.append(f"below {_literal(node['exclusiveMaximum'])}")
    return "".join(f", {word}" for word in words)


def _literal(value: object) -> str:
    """A value as TOML writes it, the digits of large numbers in threes."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"`{json.dumps(value, ensure_ascii=False)}`"
    if isinstance(value, int):
        return f"`{value:_}`" if value >= 10_000 else f"`{value}`"
    return f"`{int(value):_}`" if value >= 10_000 and value == int(value) else f"`{value}`"


def _escaped(cell: str) -> str:
    """For a cell of a table: bars everywhere, and what Markdown would take for a tag outside of code."""
    parts = cell.replace("|", "\\|").split("`")
    return "`".join(part if number % 2 else part.replace("<", "\\<") for number, part in enumerate(parts))
