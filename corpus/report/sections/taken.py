"""Rules by language and by source: what erased a language, or a source, and which rule did it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.losses.filtered import WITHDRAWN, Fired, Judged
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.report.words import percent
from corpus.stages.decide import DECIDE
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.store.tally import total

_COLUMNS = 32  # rules of a matrix, those that dropped most; the others stand in facts.json and on each one's screen
_NAMED = 3  # rules that are named in words


@dataclass(frozen=True, kw_only=True)
class Row:
    """A language or a source: its documents, those that the filters took, and on how many each rule fired."""

    name: str
    total: int
    taken: int
    rules: Mapping[str, int]  # most first
    counts: Sequence[int]  # of the rules of the matrix

    @property
    def because(self) -> str:
        """The rules that took most, as shares of its documents."""
        return ", ".join(f"{rule} {percent(count, self.total)}" for rule, count in [*self.rules.items()][:_NAMED])


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Rows with most documents first. `rules`: the columns of the matrices, those that fired most first."""

    rules: Sequence[str]
    others: int  # rules that fired and have no column
    languages: Sequence[Row]
    sources: Sequence[Row]


def reads(_: Audit) -> tuple[Ref, ...]:
    return (counts(DECIDE),)


def facts(opened: Opened, _: None) -> Facts:
    judged = opened.tally(DECIDE, Judged)
    fired = [row for row in opened.tally(DECIDE, Fired) if row.rule != WITHDRAWN]
    by_rule = total(fired, lambda row: row.rule, lambda row: row.documents)
    every = sorted(by_rule, key=lambda rule: (-by_rule[rule], rule))
    names = every[:_COLUMNS]
    return Facts(
        rules=names,
        others=len(every) - len(names),
        languages=_rows(judged, fired, names, lambda row: row.language),
        sources=_rows(judged, fired, names, lambda row: row.source),
    )


def _rows(
    judged: Iterable[Judged], fired: Iterable[Fired], names: Sequence[str], key: Callable[[Judged | Fired], str]
) -> list[Row]:
    documents: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for row in judged:
        documents[key(row)] += row.documents
        taken[key(row)] += row.documents * (row.outcome not in ("kept", "withdrawn"))
    rules: dict[str, Counter[str]] = {}
    for fire in fired:
        rules.setdefault(key(fire), Counter())[fire.rule] += fire.documents
    rows = []
    for name, count in documents.items():
        own = rules.get(name, Counter())
        most = sorted(own.items(), key=lambda item: (-item[1], item[0]))
        rows.append(
            Row(
                name=name,
                total=count,
                taken=taken[name],
                rules=dict(most),
                counts=[own[rule] for rule in names],
            )
        )
    return sorted(rows, key=lambda row: (-row.total, row.name))


SECTION: Section[None, Facts, None] = Section(
    name="taken",
    key="taken",
    links=(("rules-languages", "Rules by language"), ("rules-sources", "Rules by source")),
    reads=reads,
    facts=facts,
)
