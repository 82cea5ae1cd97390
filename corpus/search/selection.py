"""Which documents are searched: those of some languages and sources."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from corpus.errors import RecipeError
from corpus.store.table import Table
from filters import language_keys
from filters.arrow import strings
from filters.meant import hint


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Languages as ids and patterns of ids, sources by name; of none of them all."""

    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        return not self.languages and not self.sources

    def chosen(self, languages: list[str], sources: list[str]) -> np.ndarray:
        """bool[rows]: whether each document is searched."""
        by_language = {one: self._speaks(one) for one in set(languages)}
        by_source = {one: not self.sources or one in self.sources for one in set(sources)}
        pairs = zip(languages, sources, strict=True)
        return np.array([by_language[language] and by_source[source] for language, source in pairs], bool)

    def of_part(self, corpus: Table, part: int) -> np.ndarray:
        """The same for the rows of a part of the corpus."""
        if self.everything:
            return np.ones(corpus.files[part].rows, bool)
        known = corpus.read(part, ["language", "source"])
        return self.chosen(strings(known.column("language")), strings(known.column("source")))

    def _speaks(self, language: str) -> bool:
        return not self.languages or any(fnmatchcase(language, one) for one in self.languages)

    def check(self, sources: Collection[str]) -> None:
        """Raises RecipeError for a source that the release has not, with those that it has."""
        for name in self.sources:
            if name not in sources:
                raise RecipeError(
                    f"--source {name!r} is no source of this release{hint(name, sources)}; it has: {_some(sources)}"
                )


def _some(sources: Collection[str], shown: int = 12) -> str:
    names = sorted(sources)
    return ", ".join(names[:shown]) + (f" and {len(names) - shown:,} more" if len(names) > shown else "")


def of(languages: Iterable[str], sources: Iterable[str]) -> Selection:
    """Languages by tag, id or pattern, as recipes name them. Raises RecipeError for what is no language."""
    try:
        return Selection(languages=language_keys.listed(languages), sources=tuple(dict.fromkeys(sources)))
    except ValueError as error:
        raise RecipeError(f"--lang: {error}") from error
