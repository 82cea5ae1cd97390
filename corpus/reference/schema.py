"""A recipe as JSON Schema, draft 2020-12: pydantic's view of the tables, and the meaning of every key from the code.

Two things are unlike pydantic's: TOML has no null, so a key that may be unsaid has no such value, and a threshold of a
filter that may judge nothing takes "off". One thing JSON Schema cannot say: it takes 2.0 for an integer, the
reader does not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from inspect import cleandoc
from typing import Any, get_args, get_type_hints

import orjson
from pydantic import TypeAdapter

import filters
from corpus.reference.meanings import meanings
from corpus.stages.recipe import Recipe

Node = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NO_KEYS = frozenset({"base", "catalogued", "labelled"})  # of Recipe, made when it is read
FILTERS = ("choices", "filters")  # the field of Recipe, and the key that it is read from
EXTERNAL = "signals"  # its tables have thresholds by the names of their columns
DEFAULTS: Mapping[str, object] = {"seed": 1}  # of keys at the top level, which `corpus.planning.recipe.load` fills in
OFF = "off"
# What pydantic may say of a value, in the order in which it is written.
_WORDS = (
    *("type", "const", "enum", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems"),
)
_HANDLED = ("title", "default", "anyOf", "items", "additionalProperties", "$defs")

_EXTENDS = (
    "Path of a recipe from this one's folder: all that this one does not say itself is as there. Tables are joined key "
    "by key, [[filters]] by `use`, [[signals]] by `name`; lists and values are replaced."
)
_USE = "The filter: a module of filters/."
_PLUG_IN = "A filter of an installed package: its module, or its entry point in the group gristmill.filters."
_DOTTED = r"^[A-Za-z_][A-Za-z0-9_]*([.-][A-Za-z0-9_]+)+$"  # so that a slip of the pen in a name of ours is not one
_OVER = {
    "by_script": (
        "Other thresholds for scripts, by the code that language ids end in (`Thai`), or by `unspaced` for all in "
        "which a letter is a word; a code over the group."
    ),
    "by_language": (
        "Other thresholds for languages, by id, tag or pattern, over those of by_script: an exact id over the patterns "
        "that fit it, else the longest pattern."
    ),
    "by_source": "Other thresholds for sources, by name or pattern (the longest that fits), over those of by_language.",
}


def schema() -> Node:
    """The schema of a whole recipe. Raises ValueError naming a key without a meaning."""
    hints, said = get_type_hints(Recipe, include_extras=True), meanings(Recipe)
    properties: Node = {"extends": {"description": _EXTENDS, "type": "string"}}
    shared: Node = {}  # thresholds by filter: by_script, by_language and by_source hold them
    for field in fields(Recipe):
        if field.name == FILTERS[0]:
            properties[FILTERS[1]] = _filters(shared)
        elif field.name not in NO_KEYS:
            node = _node(TypeAdapter(hints[field.name]).json_schema(), hints[field.name])
            if table_in(node) is None:
                node = _described(node, Recipe, field.name, said)
            if field.name == EXTERNAL:
                node["items"] |= _thresholds(node["items"], shared)
            if field.name in DEFAULTS:
                node["default"] = DEFAULTS[field.name]
            properties[field.name] = node
    return {
        "$schema": DRAFT,
        "title": "A recipe of Gristmill",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": shared,
    }


def whole() -> Node:
    """The same for files: keys that a table needs may stand in the recipe that one extends, or in those that extend a
    preset, so only a recipe with sources that extends none needs them."""
    found = schema()
    needed: Node = {}
    for key, node in found["properties"].items():
        if node.get("type") == "object" and "required" in node:
            needed[key] = {"required": node["required"]}
            found["properties"][key] = {name: value for name, value in node.items() if name != "required"}
    alone = {"required": ["sources"], "not": {"required": ["extends"]}}
    return found | {"if": alone, "then": {"properties": needed}}


def data() -> bytes:
    """The schema as the file docs/recipe.schema.json holds it."""
    return orjson.dumps(whole(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def table(kind: type) -> Node:
    """The schema of a dataclass that is read from a table: its own docstring, and a meaning for every key."""
    raw = TypeAdapter(kind).json_schema()
    hints, said = get_type_hints(kind, include_extras=True), meanings(kind)
    properties = {}
    for field in fields(kind):
        node = _node(raw["properties"][field.name], hints[field.name])
        properties[field.name] = _described(node, kind, field.name, said)
    found: Node = {"description": _paragraphs(kind), "type": "object", "properties": properties}
    if raw.get("required"):
        found["required"] = raw["required"]
    return found | {"additionalProperties": False}


def _filters(shared: Node) -> Node:
    return {
        "description": "What is measured of every document, and the thresholds that it is judged by; a table a filter.",
        "type": "array",
        "items": {"oneOf": [*(_filter(name, shared) for name in filters.names()), _plug_in()]},
    }


def _thresholds(external: Node, shared: Node) -> Node:
    """Of a [[signals]] table: what stands beside the keys that all have."""
    number, off = {"type": "number"}, {"const": OFF}
    own = {
        "^(min|max)_": {"anyOf": [number, off]},
        "^keep_": {"anyOf": [{"type": "array", "items": {"type": "string"}}, off]},
    }
    shared[EXTERNAL] = {"type": "object", "patternProperties": own, "additionalProperties": False}
    one = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{EXTERNAL}"}}
    over = {key: {"description": text, **one} for key, text in _OVER.items()}
    return {"properties": {**external["properties"], **over}, "patternProperties": own}


def _plug_in() -> Node:
    """Its keys are known where it is installed, and are checked there."""
    use = {"description": _PLUG_IN, "type": "string", "pattern": _DOTTED}
    return {"description": _PLUG_IN, "type": "object", "properties": {"use": use}, "required": ["use"]}


def _filter(name: str, shared: Node) -> Node:
    kind = filters.load(name)
    found = table(kind)
    own = found["properties"]
    hints = get_type_hints(kind, include_extras=True)
    for key in own:
        if filters.is_threshold(key) and type(None) in get_args(hints[key]):
            own[key] = _with_off(own[key])
    properties: Node = {"use": {"description": _USE, "const": name}, **own}
    thresholds = {key: own[key] for key in own if filters.is_threshold(key)}
    if thresholds:
        shared[name] = {"type": "object", "properties": thresholds, "additionalProperties": False}
        over = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{name}"}}
        properties |= {key: {"description": text, **over} for key, text in _OVER.items()}
    return found | {"properties": properties, "required": ["use"]}


def _with_off(node: Node) -> Node:
    """A threshold that may be "off", which is its default where it has no other."""
    plain = {key: value for key, value in node.items() if key not in ("description", "default")}
    off = {"description": node["description"], "anyOf": [plain, {"const": OFF}]}
    return off | {"default": node.get("default", OFF)}


def _described(node: Node, kind: type, key: str, said: Mapping[str, str]) -> Node:
    if key not in said:
        raise ValueError(f"{kind.__module__}.{kind.__qualname__}.{key} says nowhere what it is: put a string below it")
    return {"description": said[key], **{name: value for name, value in node.items() if name != "description"}}


def _paragraphs(kind: type) -> str:
    """The class's docstring: paragraphs and entries of lists each on one line."""
    found = ""
    for line in cleandoc(kind.__doc__ or "").splitlines():
        opens = not line or line.startswith("* ") or found.endswith("\n") or not found
        found += f"\n{line}" if opens and found else line if opens else f" {line.strip()}"
    return found


def _node(raw: Node, hint: object) -> Node:
    """pydantic's schema of one field: without titles, null and references, its words in one order."""
    if "$ref" in raw:
        name = raw["$ref"].rpartition("/")[2]
        return table(next(kind for kind in _tables(hint) if kind.__name__ == name))
    if isinstance(hint, type) and is_dataclass(hint):
        return table(hint)
    kinds = [_node(one, hint) for one in raw.get("anyOf", ()) if one.get("type") != "null"]
    node = dict(kinds[0]) if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}
    if unknown := raw.keys() - {*_WORDS, *_HANDLED}:
        raise ValueError(
            f"pydantic says {', '.join(sorted(unknown))} of {hint}, which has no place here: add it to _WORDS"
        )
    node |= {key: raw[key] for key in _WORDS if key in raw}
    node |= {key: _node(raw[key], hint) for key in ("items", "additionalProperties") if isinstance(raw.get(key), dict)}
    return node if raw.get("default") is None else node | {"default": raw["default"]}


def table_in(node: Node) -> Node | None:
    """The table in it: itself, of a list, or of a table by names; None for plain values."""
    for one in (node, node.get("items"), node.get("additionalProperties")):
        if isinstance(one, dict) and "properties" in one:
            return one
    return None


def tables_of(kind: type) -> list[type]:
    """The dataclasses in the fields of one."""
    hints = get_type_hints(kind, include_extras=True)
    return [one for field in fields(kind) for one in _tables(hints[field.name])]


def _tables(hint: object) -> Iterator[type]:
    """The dataclasses in a type."""
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from _tables(argument)
