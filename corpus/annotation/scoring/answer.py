"""A score for people, and as JSON for programs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

import orjson

from corpus.annotation.schemes import SCHEMES, Scheme
from corpus.annotation.scoring.confusion import Row
from corpus.annotation.scoring.score import Score
from corpus.annotation.scoring.shares import Corpus, Group, Share
from corpus.annotation.strata import Stratum
from corpus.texts.terminal import plain

_ROWS = 60  # of a table: the rest is in the JSON


def as_json(found: Score) -> str:
    return orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2).decode()


def as_text(found: Score) -> Iterator[str]:
    """C is the share of texts that are acceptable."""
    scheme = SCHEMES[found.scheme]
    yield f"{found.judgments:,} judgments of {found.texts:,} texts ({scheme.name}; C: {found.acceptable_means})"
    yield from _gaps(found)
    yield ""
    yield from _table(_corpora(scheme, found.corpora))
    for title, groups in (
        ("all", found.every),
        ("language", _of_several(found.languages)),
        ("source", _of_several(found.sources)),
    ):
        if groups:
            yield ""
            yield from _table(_groups(title, groups))
    yield ""
    yield from _flagged(found)
    yield ""
    yield from _table(_annotators(found))
    idle = sum(not one.acceptable.judged for one in found.annotators)
    if idle:
        yield f"annotators who judged nothing: {idle:,}"
    if found.agreement:
        yield ""
        yield from _table(_agreement(found))
    elif sum(bool(one.acceptable.judged) for one in found.annotators) > 1:
        yield "no text was judged by two annotators: how far they agree is not known"
    for title, rows in (("label", found.confusion.by_label), ("detected", found.confusion.by_model)):
        if rows:
            yield ""
            yield from _confusion(title, rows)
    if found.confusion.score_right is not None and found.confusion.score_wrong is not None:
        right, wrong = found.confusion.score_right, found.confusion.score_wrong
        yield f"mean score of the language model: {right:.3f} where people say that it is right, {wrong:.3f} where not"


def _gaps(found: Score) -> Iterator[str]:
    for count, what in (
        (found.open, "texts in the sheets have no code"),
        (found.incomplete, "have marks, and not the code that decides: they are not counted as judged"),
        (found.missing, "texts of the sample are in no sheet that was given"),
        (found.rounded, "marks are shares of a text: more than half counts as 1, less as 0"),
        (found.notes, "notes were written: read them in the sheets"),
    ):
        if count:
            yield f"{count:,} {what}"


def _share(one: Share) -> str:
    return f"{one.share:.3f} ({one.low:.3f} to {one.high:.3f})" if one.judged else "-"


def _corpora(scheme: Scheme, found: Sequence[Corpus]) -> Iterator[Sequence[str]]:
    nominal = scheme.nominal
    switches = [one for one in scheme.fields if one.is_switch]
    names = [value if value.isalpha() else f"{nominal.name} {value}" for value in nominal.values]
    yield ["of", "language", "source", "documents", "judged", "C", *names, "disputed", *(one.name for one in switches)]
    for one in found:
        values = [one.values[nominal.name][value] for value in nominal.values]
        values += [share for field in switches for share in one.values[field.name].values()]
        shares = [f"{value.share:.3f}" if one.judged else "-" for value in values]
        count = len(nominal.values)
        own = [*_names(one.stratum), f"{one.size:,}", f"{one.judged:,}", _share(one.acceptable)]
        yield [*own, *shares[:count], f"{one.disputed:,}", *shares[count:]]


def _names(one: Stratum) -> list[str]:
    return [plain(name) or "-" for name in (one.of, one.language, one.source)]


def _of_several(found: Iterable[Group]) -> list[Group]:
    """One corpus has its row already."""
    return [one for one in found if one.corpora > 1 and one.name]


def _groups(title: str, found: Iterable[Group]) -> Iterator[Sequence[str]]:
    yield ["of", title, "corpora", "judged", "C macro", "C micro"]
    for one in found:
        micro = f"{one.micro:.3f} ({one.low:.3f} to {one.high:.3f})"
        yield [one.of or "-", plain(one.name) or "-", f"{one.corpora:,}", f"{one.judged:,}", f"{one.macro:.3f}", micro]


def _flagged(found: Score) -> Iterator[str]:
    unjudged = [one.stratum for one in found.corpora if not one.judged]
    for what, strata in (
        ("no text judged", unjudged),
        ("C = 0", found.flagged.none_acceptable),
        ("C < 50 %", found.flagged.under_half),
        ("not a language > 50 %", found.flagged.mostly_no_language),
        ("wrong language > 50 %", found.flagged.mostly_wrong_language),
    ):
        named = ", ".join("/".join(_names(one)[1:]) for one in strata[:_ROWS])
        named += ", ..." if len(strata) > _ROWS else ""
        yield f"corpora with {what}: {len(strata):,}{f' ({named})' if named else ''}"


def _annotators(found: Score) -> Iterator[Sequence[str]]:
    yield ["annotator", "texts", "judged", "C"]
    for one in found.annotators:
        if one.acceptable.judged:
            yield [plain(one.name), f"{one.given:,}", f"{one.acceptable.judged:,}", _share(one.acceptable)]


def _agreement(found: Score) -> Iterator[Sequence[str]]:
    yield ["agreement on", "texts", "alpha"]
    for one in found.agreement:
        yield [plain(one.what), f"{one.items:,}", "-" if one.alpha is None else f"{one.alpha:.3f}"]


def _confusion(title: str, rows: Sequence[Row]) -> Iterator[str]:
    """Of those that are right in every text the number alone."""
    wrong = [row for row in rows if row.right.count < row.judged]
    if wrong:
        yield from _table(_wrong(title, wrong))
    right = len(rows) - len(wrong)
    if right:
        yield f"languages by {title} that people find right in every text judged: {right:,}"


def _wrong(title: str, rows: Iterable[Row]) -> Iterator[Sequence[str]]:
    yield [title, "judged", "right", "people say"]
    for row in rows:
        said = ", ".join(f"{name} {count:,}" for name, count in row.said.items())
        yield [plain(row.label) or "-", f"{row.judged:,}", _share(row.right), plain(said)]


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    listed = list(rows)
    shown = listed[: _ROWS + 1]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if len(listed) > len(shown):
        yield f"and {len(listed) - len(shown):,} more: --format json has all"
