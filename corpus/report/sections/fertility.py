"""The tokenizer: tokens a word, byte and character by language and source, with other tokenizers beside."""

from corpus.report.fertility import Facts, collect
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.stages.fertility import FERTILITY
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.vocabulary.fertility import Measured


def reads(_: Audit) -> tuple[Ref, ...]:
    return (counts(FERTILITY),)


def facts(opened: Opened, _: None) -> Facts:
    return collect(Measured.read(opened.stage(FERTILITY).manifest), opened.recipe.fertility)


SECTION: Section[None, Facts, None] = Section(
    name="fertility", key="fertility", links=(("fertility", "Tokenizer"),), reads=reads, facts=facts
)
