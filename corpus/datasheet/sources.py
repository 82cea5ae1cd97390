"""Where data come from, as the EU template parts its sections 2.1 to 2.6."""

from typing import Final

from corpus.catalogue.entry import Entry

PUBLIC, LICENSED, PRIVATE, CRAWLED = "public", "licensed", "private", "crawled"
USER, SYNTHETIC, OTHER = "user", "synthetic", "other"
KINDS: Final = (PUBLIC, LICENSED, PRIVATE, CRAWLED, USER, SYNTHETIC, OTHER)


def kind_of(entry: Entry) -> str:
    """What an entry of the catalogue says of that: a set that others made is a dataset, public where its access is
    open; a website that is a source itself was crawled. "" where it does not say."""
    if entry.tier == "unstated":
        return ""
    if entry.tier != "open":
        return PRIVATE
    if entry.type == "processed":
        return PUBLIC
    category = entry.source_category.category_type if entry.source_category else ""
    return {"website": CRAWLED, "collection": PUBLIC}.get(category, "")
