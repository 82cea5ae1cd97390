"""What a label of language is worth: what people say of the texts that have it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from corpus.annotation.key import Item
from corpus.annotation.schemes import Scheme
from corpus.annotation.scoring.consensus import DISPUTED, Said
from corpus.annotation.scoring.shares import Share, share

RIGHT, OTHER, NONE, TIED = "right", "another", "no language", "disputed"


@dataclass(frozen=True, kw_only=True)
class Row:
    """Texts of a label. `said`: how many people say what of them: RIGHT, the id of a language, OTHER for one that they
    did not name, NONE, TIED. `right`: the label's precision."""

    label: str
    judged: int
    said: Mapping[str, int]
    right: Share


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """By the language that thresholds went by; by what the model detects, with its mean score where people say that
    the label is right and where not (None without such texts): of texts with a key."""

    by_label: list[Row]
    by_model: list[Row]
    score_right: float | None
    score_wrong: float | None


def confusion(scheme: Scheme, texts: list[Said], items: Mapping[str, Item]) -> Confusion:
    known = [(one, items[one.item]) for one in texts if one.item in items]
    scores: dict[bool, list[float]] = {True: [], False: []}
    for one, item in known:
        said = _said(scheme, one, item.detected)
        if said != TIED:
            scores[said == RIGHT].append(item.score)
    return Confusion(
        by_label=_rows(texts, lambda one: one.language, lambda one: _said(scheme, one, one.language)),
        by_model=_rows(
            [one for one, _ in known],
            lambda one: items[one.item].detected,
            lambda one: _said(scheme, one, items[one.item].detected),
        ),
        score_right=_mean(scores[True]),
        score_wrong=_mean(scores[False]),
    )


def _said(scheme: Scheme, one: Said, label: str) -> str:
    """What people say of a label of a text, which they were told to be in `one.language`."""
    value = one.values[scheme.deciding]
    if value == DISPUTED:
        return RIGHT if one.acceptable and label == one.language else TIED
    if scheme.no_language and value == scheme.no_language:
        return NONE
    named = one.language_is if value == scheme.wrong_language else one.language
    if not named:
        return OTHER
    return RIGHT if named == label else named


def _rows(texts: Iterable[Said], label: Callable[[Said], str], said: Callable[[Said], str]) -> list[Row]:
    by_label: dict[str, Counter[str]] = {}
    for one in texts:
        by_label.setdefault(label(one), Counter())[said(one)] += 1
    rows = []
    for name, counts in sorted(by_label.items()):
        judged = counts.total()
        rows.append(
            Row(label=name, judged=judged, said=dict(sorted(counts.items())), right=share(counts[RIGHT], judged))
        )
    return rows


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
