"""Main text by trafilatura (Barbaresi 2021), an optional package, with the settings that FineWeb was made with.

FineWeb (Penedo et al. 2024, section 3.3) took datatrove's extractor, which asks for precision, for no comments and for
no text twice. Trafilatura remembers texts of the pages before, so that what it drops as repeated depends on their
order; here its memory is emptied before each page.
"""

import importlib.metadata
import importlib.util
import logging

from corpus.errors import RecipeError

_NEEDED = (
    'extractor = "trafilatura" needs an optional package: pip install "gristmill[html]", or take extractor = "main"'
)


def version() -> str:
    """The version that is installed. Raises RecipeError."""
    if importlib.util.find_spec("trafilatura") is None:
        raise RecipeError(_NEEDED)
    return importlib.metadata.version("trafilatura")


def text(markup: str, *, tables: bool, links: bool) -> str:
    """The main text of a page, "" if there is none. Raises RecipeError without the package."""
    version()
    import trafilatura  # noqa: PLC0415  (an extra)
    from trafilatura import deduplication  # noqa: PLC0415

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it tells of pages that it cannot read
    deduplication.LRU_TEST.clear()
    found = trafilatura.extract(
        markup,
        favor_precision=True,
        include_comments=False,
        deduplicate=True,
        include_tables=tables,
        include_links=links,
    )
    return str(found or "")
