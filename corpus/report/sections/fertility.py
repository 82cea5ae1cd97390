"""The tokenizer: tokens a word, byte and character by language and source, with other tokenizers beside."""

from corpus.fertility import Measured
from corpus.recipe import Recipe
from corpus.report.fertility import Facts, collect
from corpus.report.opened import Opened, Rows
from corpus.report.section import Section

FERTILITY = "fertility"


def reads(_: Recipe) -> tuple[Rows | str, ...]:
    return (FERTILITY,)


def facts(opened: Opened, _: None) -> Facts:
    return collect(Measured(counts=opened.counts(FERTILITY)), opened.recipe)


SECTION: Section[None, Facts, None] = Section(
    name="fertility", key="fertility", links=(("fertility", "Tokenizer"),), reads=reads, facts=facts
)
