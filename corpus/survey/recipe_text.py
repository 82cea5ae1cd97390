"""A first recipe as text: what was found, what was guessed and why, as comments beside the keys."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tomlkit

from corpus.planning import bounds
from corpus.survey import candidates
from corpus.survey.candidates import Candidate
from corpus.survey.sample import Sample

_LANGUAGES = 5  # that are named
_FEW_WORDS = 10  # ROOTS' default row
_VOCABULARY = ((10**6, 1024), (10**7, 8192), (10**8, 16_384), (10**9, 32_768))  # entries by bytes of text
_LARGEST = 65_536
_MOST_REJECTED = 0.5  # [ingest] max_reject_share
_PACKED = 4  # bytes of text in one of a compressed file, about


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A recipe to be, `folder` being the one that it will lie in."""

    name: str
    folder: str
    sources: Sequence[tuple[Candidate, Sample]]

    @property
    def used(self) -> list[tuple[Candidate, Sample]]:
        """Sources of which documents were seen."""
        return [(one, sample) for one, sample in self.sources if not sample.wrong]

    @property
    def text_bytes(self) -> int:
        """Of all sources, about."""
        return sum(
            file.size * (_PACKED if file.compression or file.format == "parquet" else 1)
            for one, _ in self.used
            for file in one.files
        )

    @property
    def vocabulary(self) -> int:
        return next((size for most, size in _VOCABULARY if self.text_bytes < most), _LARGEST)

    @property
    def least_words(self) -> int:
        """Of the filter `length`: lower where the median document of a source has not twice ROOTS' number."""
        fewest = min(sample.words for _, sample in self.used)
        return _FEW_WORDS if fewest >= 2 * _FEW_WORDS else 1

    @property
    def rejecting(self) -> list[str]:
        """Sources of whose sample more was rejected than [ingest] allows by default."""
        return [
            one.name
            for one, sample in self.used
            if sample.rejected > _MOST_REJECTED * (sample.rejected + sample.documents)
        ]


def guesses(draft: Draft) -> Iterator[str]:
    """What was guessed, a line each; they stand in the recipe too."""
    for one, sample in draft.used:
        for guess in one.guesses:
            yield f"source {one.name}: {guess.key} = {guess.value!r}, {guess.why}"
        yield f"source {one.name}: {languages(sample)}"
    for one, sample in draft.sources:
        if sample.wrong:
            yield f"source {one.name} is left out: {sample.wrong}"
    for name in draft.rejecting:
        yield f"source {name}: max_reject_share is raised, for more than half of its sample is rejected: peek at it"
    yield f"vocab_size = {draft.vocabulary}, for about {draft.text_bytes:,} bytes of text"
    if draft.least_words < _FEW_WORDS:
        yield f"min_words = {draft.least_words}: texts are short; ROOTS' number is {_FEW_WORDS}"


def languages(sample: Sample) -> str:
    """The commonest of a sample, with their shares."""
    shares = ", ".join(
        f"{name} {count / sample.documents:.0%}" for name, count in sample.languages.most_common(_LANGUAGES)
    )
    more = f" and {len(sample.languages) - _LANGUAGES} more" if len(sample.languages) > _LANGUAGES else ""
    return f"languages of the first {sample.documents} documents of its files: {shares}{more}"


def text(draft: Draft) -> str:
    """The recipe."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    yield "# A first recipe, written by `gristmill init`. What is guessed says so: read it before you trust it."
    yield "# docs/recipe.md has every key. `gristmill plan` says what a run would do, `gristmill run` does it."
    yield f"name = {_quoted(draft.name)}"
    yield f"root = {_quoted(f'build/{draft.name}')}        # outputs, from the working directory"
    yield "seed = 1"
    for one, sample in draft.sources:
        yield ""
        source = list(_source(draft, one, sample))
        yield from (f"# {line}".rstrip() for line in source) if sample.wrong else source
    yield from _filters(draft)
    yield from _rest(draft)


def _source(draft: Draft, one: Candidate, sample: Sample) -> Iterator[str]:
    for name, (count, size) in candidates.sizes(one.files).items():
        yield f"# {count:,} files of {name}, {size:,} bytes"
    if one.columns:
        yield f"# fields: {_said(', '.join(one.columns))}"
    if sample.wrong:
        yield f"# left out: {_said(sample.wrong)}"
    else:
        yield f"# {languages(sample)}; {sample.chars:,.0f} characters in the mean"
    if sample.rejected:
        reasons = ", ".join(f"{reason} {count}" for reason, count in sample.rejects.most_common())
        yield f"# rejects among them: {reasons}"
    yield "[[sources]]"
    yield f"name = {_quoted(one.name)}"
    yield f"path = {_quoted(_path(one.path, draft.folder))}"
    for guess in one.guesses:
        yield f"{guess.key} = {_quoted(guess.value)}        # guessed: {_said(guess.why)}"
    keys = {guess.key for guess in one.guesses}
    if "licence_field" not in keys:
        yield '# licence = "CC-BY-4.0"        # no field says it: say it here, it goes with every document'


def _filters(draft: Draft) -> Iterator[str]:
    low = draft.least_words < _FEW_WORDS
    yield ""
    yield '# Filters: these drop what is surely no text. `gristmill presets` lists stricter sets: extends = "gopher".'
    yield "[[filters]]"
    yield 'use = "language"'
    yield 'min_score = "off"        # OSCAR drops below 0.5'
    yield ""
    yield "[[filters]]"
    yield 'use = "length"'
    why = "guessed, for texts are short here; ROOTS' is" if low else "ROOTS':"
    yield f"min_words = {draft.least_words}        # {why} {_FEW_WORDS}"
    yield ""
    yield "[[filters]]"
    yield 'use = "repetition"'
    yield "by_script.unspaced = { max_word_ratio = 0.96 }        # a word is a letter there"
    code = "max_char_ratio = 0.4, max_word_ratio = 0.6, max_line_ratio = 0.6, max_line_char_ratio = 0.4"
    yield f'by_language."code_*" = {{ {code} }}'


def _rest(draft: Draft) -> Iterator[str]:
    yield ""
    yield "[dedup]"
    yield "threshold = 0.8        # Jaccard similarity from which two documents are near duplicates"
    yield ""
    yield "[tokenizer]"
    yield f"vocab_size = {draft.vocabulary}        # guessed, for about {draft.text_bytes:,} bytes of text"
    if draft.rejecting:
        yield ""
        yield "[ingest]"
        names = _said(", ".join(draft.rejecting))
        yield f"max_reject_share = 0.99        # guessed: more than half is rejected of {names}"
    yield ""
    yield "# [mixture]        # without it every document comes once"
    yield "# alpha = 0.3"
    yield ""
    yield "# [run]"
    yield "# cores = 8"
    yield '# memory = "32 GB"'


def _quoted(value: str) -> str:
    return tomlkit.item(value).as_string()


def _said(value: str) -> str:
    """As a comment may hold it."""
    return bounds.short(bounds.printable(" ".join(value.split())))


def _path(path: str, folder: str) -> str:
    """From the recipe's folder."""
    return path if "://" in path else os.path.relpath(path, folder)
