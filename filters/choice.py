"""A filter as a recipe has it: its parameters, and thresholds that differ by language and source."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from filters import Filter


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter that the recipe measures: its base instance, and those whose thresholds differ by language."""

    name: str
    base: Filter
    by_language: Mapping[str, Filter]
    by_source: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # thresholds that a source sets for all
    judged: bool

    def for_document(self, language: str, source: str) -> Filter:
        """The language's, under the thresholds of the longest pattern of `by_source` that fits the source."""
        return replace(self.for_language(language), **self.of_source(source))  # type: ignore[type-var]

    def of_source(self, source: str) -> Mapping[str, object]:
        """Thresholds that the source sets; none for most."""
        matching = [pattern for pattern in self.by_source if fnmatchcase(source, pattern)]
        return self.by_source[max(matching, key=lambda p: (len(p), p))] if matching else {}

    def for_language(self, language: str) -> Filter:
        """An exact id's, which has its patterns' values under its own; else the longest pattern's (`code_*`); else
        the base."""
        if language in self.by_language:
            return self.by_language[language]
        matching = [pattern for pattern in self.by_language if fnmatchcase(language, pattern)]
        return self.by_language[max(matching, key=lambda p: (len(p), p))] if matching else self.base
