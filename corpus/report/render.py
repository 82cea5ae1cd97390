"""Facts and samples to one page that needs nothing but itself."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from corpus.duplicates import curve
from corpus.recipe import Report as Showing
from corpus.report import Facts, svg
from corpus.report.differences import Compared, compared
from corpus.report.pairs import Looked, Pair, first_of_each
from corpus.report.samples import Sample

_SHOWN_LANGUAGES = 24  # rows before the rest is folded


def page(
    facts: Mapping[str, Any],
    dropped: Mapping[str, Sequence[Sample]],
    looked: Looked,
    rejects: Sequence[Mapping[str, object]],
    shown: Showing,
    passages: Sequence[tuple[int, str, Sample]] = (),
) -> str:
    """The HTML. Every text of a document is escaped by the template engine."""
    threshold = float(facts["dedup"]["threshold"])
    return _template("template.html").render(
        facts=facts,
        dropped=dropped,
        removed=_sides(first_of_each(looked, threshold, shown.pairs), shown.sample_chars),
        clusters=_sides(looked.clusters, shown.sample_chars),
        refused=_sides({"": looked.refused}, shown.sample_chars)[""],
        largest=looked.largest,
        rejects=rejects,
        passages=passages,
        shown=_SHOWN_LANGUAGES,
    )


def judged(facts: Mapping[str, Any], looked: Looked, shown: Showing) -> str:
    """The page of the pairs in pairs.csv, with their numbers there."""
    threshold = float(facts["dedup"]["threshold"])
    strata = _sides(first_of_each(looked, threshold, shown.judged), shown.sample_chars)
    return _template("pairs.html").render(facts=facts, strata=strata)


def _template(name: str) -> Template:
    def source(wanted: str) -> str:
        return (files("corpus.report") / wanted).read_text("utf-8")

    environment = Environment(
        loader=FunctionLoader(source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "number": lambda n: f"{n:,}",
        "percent": _percent,
        "size": _size,
        "short": lambda v: f"{v:.4g}",
        "chance": curve.share,
    }
    environment.globals |= {"histogram": _histogram, "curve": svg.curve, "sweep": svg.sweep, "matrix": _matrix}
    return environment.get_template(name)


def _sides(strata: Mapping[str, Sequence[Pair]], chars: int) -> dict[str, list[tuple[Pair, Compared]]]:
    return {name: [(p, compared(p.one.text, p.other.text, chars)) for p in own] for name, own in strata.items()}


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


def _matrix(facts: Mapping[str, Any]) -> list[tuple[str, int, list[float]]]:
    """For each rule that fired, how often, and which share of that each of them fired too: a row a rule."""
    fired = {rule["name"]: rule["fired"] for rule in facts["rules"] if rule["fired"]}
    pairs = {tuple(key.split("\t")): count for key, count in facts["overlap"].items()}
    together = {(one, other): pairs.get((min(one, other), max(one, other)), 0) for one in fired for other in fired}
    return [
        (one, count, [1.0 if one == other else together[one, other] / count for other in fired])
        for one, count in fired.items()
    ]


def _histogram(one: Facts) -> object:
    thresholds = [(t["field"], float(t["value"])) for t in one["thresholds"] if t["value"] is not None]
    return svg.histogram(one["counts"], str(one["kind"]), thresholds)
