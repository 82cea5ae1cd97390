"""A filter as a recipe has it: its parameters, and thresholds that differ by script, language and source."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from filters import Filter
from filters.script_groups import groups, script_of

Thresholds = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter that the recipe measures: its base instance, and thresholds that stand over its own, the later over the
    earlier: of the script, of the language, of the source."""

    name: str
    base: Filter
    by_script: Mapping[str, Thresholds] = field(default_factory=dict)  # by ISO 15924 code, or a group of them
    by_language: Mapping[str, Thresholds] = field(default_factory=dict)  # by id or pattern
    by_source: Mapping[str, Thresholds] = field(default_factory=dict)  # by name or pattern
    judged: bool

    def for_document(self, language: str, source: str) -> Filter:
        """The language's, under the thresholds of the longest pattern of `by_source` that fits the source."""
        return replace(self.for_language(language), **self.of_source(source))  # type: ignore[type-var]

    def of_source(self, source: str) -> Thresholds:
        """Thresholds that the source sets; none for most."""
        matching = [pattern for pattern in self.by_source if fnmatchcase(source, pattern)]
        return self.by_source[max(matching, key=lambda p: (len(p), p))] if matching else {}

    def for_language(self, language: str) -> Filter:
        """With the thresholds of its script, and over them its own."""
        return replace(self.for_script(script_of(language)), **self.of_language(language))  # type: ignore[type-var]

    def for_script(self, script: str) -> Filter:
        """A code's thresholds, which has its group's under its own; the base for "" and scripts that are not named."""
        found = {k: v for name in groups(script) for k, v in self.by_script.get(name, {}).items()}
        return replace(self.base, **found)  # type: ignore[type-var]

    def of_language(self, language: str) -> Thresholds:
        """An exact id's, which has its patterns' values under its own; else the longest pattern's (`code_*`)."""
        matching = sorted((p for p in self.by_language if fnmatchcase(language, p)), key=lambda p: (len(p), p))
        exact = language in self.by_language
        ordered = [*(p for p in matching if p != language), language] if exact else matching[-1:]
        return {key: value for name in ordered for key, value in self.by_language[name].items()}
