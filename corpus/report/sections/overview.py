"""The head of the page: what this corpus is, in sentences made of counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.losses.deduplicated import Outcome, is_lost
from corpus.losses.filtered import Fired
from corpus.report import licences
from corpus.report.counting import added_rows
from corpus.report.licences import Licensed
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.report.words import percent, plural, size
from corpus.shards.tallies import Pair
from corpus.sources.accounts import Read
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE, Released
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.store.tally import Cells, read, total

_NAMED = 3  # languages, rules and licences in a sentence


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Five of them."""

    sentences: Sequence[str]


Tally = list[Cells]  # rows of Licensed


def reads(_: Audit) -> tuple[Ref, ...]:
    return RELEASE.corpus, *(counts(stage) for stage in (INGEST, DECIDE, DEDUP, RELEASE, ENCODE))


def tally(part: Part) -> Tally:
    return part.once(licences.of)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return added_rows(values)


def facts(opened: Opened, found: Tally) -> Facts:
    return Facts(sentences=list(_sentences(opened, read(Licensed, found))))


def _sentences(opened: Opened, licensed: Sequence[Licensed]) -> Iterator[str]:
    yield _holds(opened)
    yield _came(opened)
    yield _rules(opened)
    yield _licences(licensed)
    yield _personal(opened)


def _holds(opened: Opened) -> str:
    encoded = opened.tally(ENCODE, Pair)
    tokens = total(encoded, lambda row: row.language, lambda row: row.tokens)
    sources = {row.source for row in encoded if row.documents}
    every = sum(tokens.values())
    largest = [f"{name} {percent(count, every)}" for name, count in _most(tokens)[:_NAMED]]
    said = f", most of them {', '.join(largest)}" if largest else ""
    languages = sum(row.documents > 0 for row in opened.tally(RELEASE, Released))
    own = opened.counts(RELEASE)
    return (
        f"{opened.recipe.name} has {plural(every, 'token')} in {plural(own.get('documents', 0), 'document')} "
        f"({size(own.get('bytes', 0))} of text) of {plural(languages, 'language')} from "
        f"{plural(len(sources), 'source')}{said}."
    )


def _came(opened: Opened) -> str:
    read_ = opened.tally(INGEST, Read)
    records, documents = (sum(getattr(row, name) for row in read_) for name in ("records", "documents"))
    outcomes = opened.tally(DEDUP, Outcome)
    filtered = sum(row.documents for row in outcomes if row.outcome == "filtered")
    copies = sum(row.documents for row in outcomes if is_lost(row.outcome))
    kept = opened.counts(RELEASE).get("documents", 0)
    later = documents - filtered - copies - kept
    more = f", later stages {percent(later, documents)}" if later else ""
    stored = size(sum(row.bytes for row in read_))
    return (
        f"Of {plural(documents, 'document')} ({plural(records, 'record')} read from {stored}) "
        f"the filters dropped {percent(filtered, documents)}, deduplication {percent(copies, documents)}{more}; "
        f"{percent(kept, documents)} are in the corpus."
    )


def _rules(opened: Opened) -> str:
    fired = _most(total(opened.tally(DECIDE, Fired), lambda row: row.rule, lambda row: row.documents))
    documents = sum(row.documents for row in opened.tally(DEDUP, Outcome))
    if not fired:
        return "No rule of a filter dropped a document."
    named = ", ".join(f"{rule} ({percent(count, documents)} of all documents)" for rule, count in fired[:_NAMED])
    return f"The {'rule' if len(fired) == 1 else 'rules'} that dropped most: {named}."


def _licences(rows: Sequence[Licensed]) -> str:
    documents = sum(row.documents for row in rows)
    by_name = total(rows, lambda row: row.licence, lambda row: row.documents)
    unknown = by_name.pop(licences.UNKNOWN, 0)
    if not by_name:
        return "No document of the corpus says a licence."
    named = ", ".join(f"{name} {percent(count, documents)}" for name, count in _most(by_name)[:_NAMED])
    rest = f"; {percent(unknown, documents)} have none" if unknown else "; none is without"
    return f"The commonest licences of its documents: {named}{rest}."


def _personal(opened: Opened) -> str:
    own, tokens = opened.counts(RELEASE), opened.counts(ENCODE).get("tokens", 0)
    dropped = own.get("pii_dropped", 0)
    gone = f", and {plural(dropped, 'document')} dropped for it" if dropped else ""
    per = f"; a token of its tokenizer is {own.get('bytes', 0) / tokens:.2f} bytes" if tokens else ""
    return f"{plural(own.get('spans', 0), 'span')} of personal data were found in it and treated{gone}{per}."


def _most(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


SECTION: Section[Tally, Facts, None] = Section(
    name="overview",
    key="overview",
    reads=reads,
    over=(RELEASE.corpus,),
    tally=tally,
    merge=merge,
    facts=facts,
)
