"""Queries over the tables of a release, by the names that standards give them. None: the tables do not know."""

from collections.abc import Callable, Mapping

from corpus.datasheet.facts import Facts, Found
from corpus.datasheet.queries import composition, domains, files, origin, people, processing, sizes

Query = Callable[[Facts], Found | None]

QUERIES: Mapping[str, Query] = {
    **sizes.QUERIES,
    **composition.QUERIES,
    **origin.QUERIES,
    **domains.QUERIES,
    **processing.QUERIES,
    **people.QUERIES,
    **files.QUERIES,
}
