"""The sheet as one page of HTML that needs nothing but itself: texts are judged by keyboard and saved as a sheet."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import orjson
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from corpus.annotation import sheet
from corpus.annotation.schemes import Scheme
from corpus.annotation.sheet import Text

# What could end the element that holds the data, or a line of it: escapes of JSON mean the same.
_ESCAPES: Mapping[str, str] = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_TABLE = str.maketrans(dict(_ESCAPES))


def body(scheme: Scheme, texts: Sequence[Text], annotator: str, mark: str) -> bytes:
    """Texts stand in it as data, and are shown as text alone. Its policy lets no script run but its own, and nothing be
    fetched."""
    script = _file("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = _template().render(
        annotator=annotator,
        scheme=scheme,
        count=len(texts),
        digest=digest,
        style=Markup(_file("page.css")),
        script=Markup(script),
        data=Markup(_data(scheme, texts, annotator, mark)),
    )
    return (html + "\n").encode()


def _data(scheme: Scheme, texts: Sequence[Text], annotator: str, mark: str) -> str:
    fields = [
        {
            "name": one.name,
            "head": one.head,
            "switch": one.is_switch,
            "values": [{"value": value, "means": means, "key": one.keys[value]} for value, means in one.values.items()],
        }
        for one in scheme.fields
    ]
    found = {
        "annotator": annotator,
        "sample": mark,
        "scheme": scheme.name,
        "head": sheet.head(scheme),
        "deciding": scheme.deciding,
        "fields": fields,
        "remarks": scheme.has_remarks,
        "texts": [[one.item, one.language, one.text] for one in texts],
    }
    return orjson.dumps(found).decode().translate(_TABLE)


def _file(name: str) -> str:
    return (files("corpus.annotation.drawing") / name).read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_file("page.html"))
