"""What presets drop of clean text, by language: docs/presets.md, written by scripts/make_preset_docs.

Clean text is the Universal Declaration of Human Rights, in windows of whole lines of 1,500 characters or more, and any
other texts that are given. Limits that all languages are dropped by together do not show in it; one that destroys a
language does.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.judging import strings, trial
from corpus.judging.strings import Rules
from corpus.judging.trial import Text
from filters.choice import Choice
from tokenizer.parallel import declaration

WINDOW = 1500  # characters
LEAST = 600  # of the last window: a shorter one is left out
SIZES = ("length.few_bytes", "length.few_chars", "length.few_words")  # a window says nothing about short documents


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Documents of a language that a preset was tried on, those that it dropped, and by which rules."""

    documents: int
    dropped: int
    rules: Mapping[str, int]

    @property
    def share(self) -> float:
        return self.dropped / self.documents


def preset(path: Path) -> Rules:
    """A preset as a recipe takes it that wants all languages: without what it says of `keep_labels`."""
    found = strings.rules_of(path)
    return replace(found, choices=tuple(_of_any_language(choice) for choice in found.choices))


def _of_any_language(choice: Choice) -> Choice:
    return replace(choice, base=replace(choice.base, keep_labels=())) if choice.name == "language" else choice  # type: ignore[type-var]


def windows(text: str) -> Iterator[str]:
    """Whole lines, WINDOW characters or more together."""
    own = ""
    for line in text.splitlines(keepends=True):
        own += line
        if len(own) >= WINDOW:
            yield own
            own = ""
    if len(own) >= LEAST:
        yield own


def clean() -> list[Text]:
    """Windows of the Declaration in each of its languages."""
    return [Text(text=one, language=name) for name, text in sorted(declaration().items()) for one in windows(text)]


def dropped(preset_: Rules, texts: Sequence[Text], *, declared: bool) -> dict[str, Cell]:
    """By language: what the preset drops, if a source says the languages of the texts, or if they are guessed. Without
    rules on the size of documents."""
    given = texts if declared else [replace(one, language=None) for one in texts]
    documents: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = {}
    for text, fired in zip(texts, trial.fired(preset_.choices, given, preset_.known_from), strict=True):
        language = text.language or ""
        own = [rule for rule in fired if rule not in SIZES]
        documents[language] += 1
        lost[language] += bool(own)
        rules.setdefault(language, Counter()).update(own)
    return {name: Cell(documents=n, dropped=lost[name], rules=rules[name]) for name, n in sorted(documents.items())}


def table(presets: Mapping[str, Rules], texts: Sequence[Text]) -> Iterator[str]:
    """Lines of Markdown: a row a language of which any preset drops something, then how many lose nothing."""
    columns = {
        f"{name}, {'declared' if declared else 'guessed'}": dropped(one, texts, declared=declared)
        for name, one in presets.items()
        for declared in (True, False)
    }
    languages = list(next(iter(columns.values())))
    whole = [name for name in languages if not any(column[name].dropped for column in columns.values())]
    yield f"| language | texts | {' | '.join(columns)} |"
    yield f"|---|---|{'---|' * len(columns)}"
    yield f"| *all* | {len(texts):,} | {' | '.join(_whole(column) for column in columns.values())} |"
    for name in languages:
        if name not in whole:
            cells = " | ".join(_cell(column[name]) for column in columns.values())
            yield f"| {name} | {next(iter(columns.values()))[name].documents} | {cells} |"
    yield ""
    yield f"Nothing is dropped of {len(whole)} more: {', '.join(whole) or 'none'}."


def _whole(column: Mapping[str, Cell]) -> str:
    return f"{100 * sum(one.dropped for one in column.values()) / sum(one.documents for one in column.values()):.1f} %"


def _cell(one: Cell) -> str:
    if not one.dropped:
        return ""
    rule = min(one.rules, key=lambda name: (-one.rules[name], name))
    return f"{100 * one.share:.0f} % {rule}"
