"""The two releases that are compared, by what a person calls them."""

from dataclasses import dataclass

from corpus.query.opened import Opened, open_for_queries
from corpus.store import current, releases


@dataclass(frozen=True, kw_only=True)
class Side:
    """`name` as it was given; `mark` is the same for the same release."""

    name: str
    mark: str
    opened: Opened


def open_side(name: str) -> Side:
    """`ROOT`, or `ROOT@TAG` for a release with a name. Raises RecipeError if there is none."""
    root, tag = name, ""
    before, sign, after = name.rpartition("@")
    if sign and releases.is_name(after) and current.read(before):  # else the @ belongs to the folder's own name
        root, tag = before, after
    opened = open_for_queries(root, tag=tag)
    marks = {stage: built.fingerprint for stage, built in opened.stages.stages.items()}
    return Side(name=name, mark=releases.mark(marks), opened=opened)
