"""The tokenizer: tokens a word, byte and character by language and source, with other tokenizers beside."""

from collections.abc import Iterator, Mapping

from corpus.report.fertility import Facts, collect
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import percent
from corpus.stages.fertility import FERTILITY
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.stages.train import TRAIN
from corpus.vocabulary.fertility import Measured


def reads(_: Audit) -> tuple[Ref, ...]:
    return counts(FERTILITY), counts(TRAIN)


def facts(opened: Opened, _: None) -> Facts:
    return collect(Measured.read(opened.stage(FERTILITY).manifest), opened.recipe.fertility)


def warnings(opened: Opened, known: Facts) -> Iterator[Warned]:
    """A language that the new tokenizer is worse for than the gate allows, and a vocabulary smaller than asked for."""
    for one in known.worst:
        if one.share > known.max_worse:
            yield Warned(
                kind="gate",
                words=f"Beside the previous tokenizer {one.language} takes {percent(one.share, 1)} more tokens; "
                f"[fertility] max_worse is {known.max_worse:g}.",
                at="fertility",
                weight=one.share,
            )
    made, asked = known.tokenizers[0].vocab_size, _asked(opened)
    if made < asked:
        yield Warned(
            kind="short",
            words=f"The tokenizer has {made:,} tokens where {asked:,} were asked for: the sample has nothing more that "
            "comes twice.",
            at="fertility",
            weight=1 - made / asked,
        )


def _asked(opened: Opened) -> int:
    """Tokens that were asked for, by what the stage was named by; 0 for a tokenizer that was given."""
    identity = opened.stage(TRAIN).manifest.identity
    params = identity.get("params") if isinstance(identity, Mapping) else None
    size = params.get("size", 0) if isinstance(params, Mapping) else 0
    return size if isinstance(size, int) else 0


SECTION: Section[None, Facts, None] = Section(
    name="fertility", key="fertility", links=(("fertility", "Tokenizer"),), reads=reads, facts=facts, warnings=warnings
)
