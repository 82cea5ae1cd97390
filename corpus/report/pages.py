"""From merged tallies to the files of a report."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from markupsafe import Markup

from corpus.report import beside, render, warned
from corpus.report.as_json import plain
from corpus.report.opened import Opened
from corpus.report.render import Drawn, Head
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.store.manifest import Json

PAGE, FACTS = "index.html", "facts.json"


def bodies(
    head: Head, opened: Opened, sections: Sequence[Section[Any, Any, Any]], found: Mapping[str, Any]
) -> dict[str, bytes]:
    """By name. Sections are those of the page in order; `found` has the merged tally of each whose stages there are."""
    collected = Collected()
    collected.add("", head)
    drawn: list[Drawn] = []
    made: dict[str, bytes] = {}
    warnings: list[Warned] = []
    for section in sections:
        if section.name not in found:
            drawn.append(Drawn(html=Markup(), links=()))
            continue
        facts = section.facts(opened, found[section.name])
        shown = section.shown(opened, found[section.name], facts) if section.shown else None
        collected.add(section.key, facts)
        html = render.section(section.name, facts, shown, opened.recipe)
        drawn.append(Drawn(html=html, links=section.links if html else ()))
        made |= section.files(opened, facts, shown) if section.files else {}
        warnings += section.warnings(opened, facts) if section.warnings else ()
    ordered = warned.in_order(warnings)
    collected.add("warnings", ordered)
    page = render.page(head, drawn, ordered).encode()
    scripts = {beside.FILE: beside.body(), beside.RUN: beside.data("run", None)}
    scripts[beside.JUDGED] = beside.data("judged", None)
    return {FACTS: collected.to_json(), PAGE: page, **scripts, **made}


class Collected:
    """What facts.json holds."""

    def __init__(self) -> None:
        self.facts: dict[str, Json] = {}

    def add(self, key: str, facts: object) -> None:
        """Facts under a key, or with none their fields. Raises ValueError for a name that is taken."""
        found = plain(facts)
        own = {key: found} if key or not isinstance(found, dict) else found
        taken = sorted(own.keys() & self.facts.keys())
        if taken:
            raise ValueError(f"facts.json has {taken[0]!r} already: give the section a key of its own")
        self.facts |= own

    def to_json(self) -> bytes:
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(self.facts, option=options)
