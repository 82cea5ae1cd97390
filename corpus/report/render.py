"""Facts and samples to HTML that needs nothing but itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from corpus.duplicates import curve
from corpus.report import svg
from corpus.stages.report import Audit

_FOLDED = 24  # rows of a table before the rest is folded


@dataclass(frozen=True, kw_only=True)
class Head:
    """What the page says of the run as a whole."""

    name: str
    fingerprint: str
    seed: int
    stages: dict[str, str]  # fingerprints, in the order in which stages run


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


def page(head: Head, sections: Sequence[Drawn]) -> str:
    """The whole page."""
    return template("page.html").render(head=head, sections=sections)


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
        "number": lambda n: f"{n:,}",
        "percent": _percent,
        "size": _size,
        "short": lambda v: f"{v:.4g}",
        "chance": curve.share,
    }
    found.globals |= {"histogram": svg.histogram, "curve": svg.curve, "sweep": svg.sweep, "folded": _FOLDED}
    return found


def _source(name: str) -> str:
    return (files("corpus.report") / name).read_text("utf-8")


def _percent(part: float, whole: float) -> str:
    if not whole:
        return "-"
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.05 or not part else "< 0.1 %"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
