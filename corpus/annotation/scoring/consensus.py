"""What annotators together say of a text: what most of them say of each field; where as many say this as that, nothing.

A tie between what is acceptable and what is not is not acceptable, so that no gate is met by a disagreement.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.annotation.schemes import Scheme, Values
from corpus.annotation.scoring.judgments import Judgment

_NOT_SET = "0"  # of a switch
DISPUTED = ""  # the value of a field on which there is a tie


@dataclass(frozen=True, kw_only=True)
class Said:
    """Of a text. `values` has DISPUTED where there is a tie; `language_is` "" for one, too."""

    item: str
    language: str
    source: str
    of: str
    values: Values
    acceptable: bool
    language_is: str


def said(scheme: Scheme, judgments: Iterable[Judgment]) -> list[Said]:
    """A row a text, in order of items. Texts are the same by language, source and item: items of HPLT's sheets are
    ids, which batches of several languages may share."""
    by_item: dict[tuple[str, str, str], list[Judgment]] = defaultdict(list)
    for one in judgments:
        by_item[one.language, one.source, one.item].append(one)
    return [_said(scheme, own) for _, own in sorted(by_item.items())]


def _said(scheme: Scheme, own: Sequence[Judgment]) -> Said:
    values = {}
    for field in scheme.fields:
        found = _most([one.values.get(field.name, _NOT_SET) for one in own])
        if not field.is_switch or found != _NOT_SET:
            values[field.name] = found
    first = own[0]
    return Said(
        item=first.item,
        language=first.language,
        source=first.source,
        of=first.of,
        values=values,
        acceptable=2 * sum(scheme.acceptable(one.values) for one in own) > len(own),
        language_is=_most([one.language_is for one in own if one.language_is] or [""]),
    )


def _most(values: Sequence[str]) -> str:
    """The commonest; DISPUTED if two are."""
    (first, count), *others = Counter(values).most_common(2)
    return DISPUTED if others and others[0][1] == count else first
