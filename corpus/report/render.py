"""Facts and samples to HTML that needs nothing but itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import orjson
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from corpus.duplicates import curve
from corpus.report import words
from corpus.report.drawing import chart, svg, treemap
from corpus.report.rules import standing
from corpus.report.warned import KINDS, Warned
from corpus.stages.report import Audit
from corpus.store.manifest import Json
from corpus.texts.terminal import plain

_FOLDED = 24  # rows of a table before the rest is folded
_LISTED, _CHARS = 12, 200  # entries of a list and code points of a text that parameters are shown with: a stage may
# have a million files


@dataclass(frozen=True, kw_only=True)
class Made:
    """A stage: what its bytes follow from."""

    stage: str
    version: int
    params: str  # as JSON, lists and texts cut where they are long

    @staticmethod
    def of(stage: str, identity: Json) -> "Made":
        """Out of a manifest's identity, which has the marks of secrets, never these."""
        found = identity if isinstance(identity, dict) else {}
        version, params = found.get("version"), found.get("params")
        said = orjson.dumps(_cut(params), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
        return Made(
            stage=stage, version=version if isinstance(version, int) else 0, params=plain(said, keep_lines=True)
        )


def _cut(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _cut(one) for name, one in value.items()}
    if isinstance(value, list):
        more = len(value) - _LISTED
        return [*map(_cut, value[:_LISTED]), *([f"and {more:,} more"] if more > 0 else [])]
    return f"{value[:_CHARS]}…" if isinstance(value, str) and len(value) > _CHARS else value


@dataclass(frozen=True, kw_only=True)
class Head:
    """What the page says of the run as a whole."""

    name: str
    fingerprint: str
    seed: int
    stages: Mapping[str, str]  # fingerprints, in the order in which stages run
    made: Sequence[Made] = field(default_factory=tuple)  # in the same order


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A section as it stands on the page; empty HTML if the recipe lacks it or there is nothing to say."""

    html: Markup
    links: Sequence[tuple[str, str]]


def section(name: str, facts: object, shown: object, recipe: Audit) -> Markup:
    """The HTML of a section. Every text of a document is escaped by the template engine."""
    found = environment(keep_trailing_newline=True).get_template(f"sections/{name}.html")
    html = found.render(facts=facts, shown=shown, recipe=recipe)
    return Markup(html if html.strip() else "")


def page(head: Head, sections: Sequence[Drawn], warnings: Sequence[Warned]) -> str:
    """The whole page: the first section stands above the warnings."""
    return template("page.html").render(head=head, sections=sections, warnings=warnings, kinds=KINDS)


def template(name: str) -> Template:
    """A template of this folder. It refuses names that it is not given."""
    return environment().get_template(name)


@cache
def environment(*, keep_trailing_newline: bool = False) -> Environment:
    """What templates may use: filters for numbers, and drawings. It compiles a template once."""
    found = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=keep_trailing_newline,
    )
    found.filters |= {
        "number": words.number,
        "percent": words.percent,
        "size": words.size,
        "short": words.short,
        "chance": curve.share,
    }
    found.globals |= {
        "histogram": svg.histogram,
        "curve": svg.curve,
        "sweep": svg.sweep,
        "chart": chart.of_rule,
        "treemap": treemap.drawn,
        "standing": standing,
        "folded": _FOLDED,
    }
    return found


def _source(name: str) -> str:
    return (files("corpus.report") / name).read_text("utf-8")
