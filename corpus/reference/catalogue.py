"""An entry of the catalogue as JSON Schema, draft 2020-12; a file is one, a list of them, or a table `entries`."""

import orjson

from corpus.catalogue.entry import Entry
from corpus.reference.schema import DRAFT, Node, table


def schema() -> Node:
    """The schema of a catalogue file. Raises ValueError naming a field without a meaning."""
    entries = {"type": "array", "items": {"$ref": "#/$defs/entry"}}
    listed = {"type": "object", "properties": {"entries": entries}, "required": ["entries"]}
    return {
        "$schema": DRAFT,
        "title": "A file of Gristmill's catalogue",
        "oneOf": [{"$ref": "#/$defs/entry"}, entries, listed | {"additionalProperties": False}],
        "$defs": {"entry": table(Entry)},
    }


def data() -> bytes:
    """The schema as the file docs/catalogue.schema.json holds it."""
    return orjson.dumps(schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
