"""Cases for personal data: every kind that the recipe replaces, in 24 languages, and what only looks like one."""

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from random import Random

from corpus.canaries import names
from corpus.canaries.case import Case, Check
from corpus.canaries.request import Tried
from corpus.canaries.texts import LANGUAGES, Labelled, labelled, paragraphs, prose
from corpus.texts.pii_policy import DROP, PLACEHOLDER, PSEUDONYM, Policy

_TOGETHER = 3  # labelled texts of one document
_CHARS = 250  # of prose around each


def cases(random: Random, tried: Tried) -> Iterator[Case]:
    """Of each kind as many as are wanted, from language to language."""
    languages = set(tried.kept(LANGUAGES))
    known = [one for one in labelled() if one.language in languages]
    chosen: dict[str, list[Labelled]] = defaultdict(list)
    by_kind: dict[str, int] = defaultdict(int)
    for one in random.sample(known, len(known)):
        kinds = {kind for kind, _ in one.values if _replaced(tried.pii, kind, one.language)}
        if any(by_kind[kind] < tried.table.cases for kind in kinds):
            chosen[one.language].append(one)
            for kind in kinds:
                by_kind[kind] += 1
    for language, found in sorted(chosen.items()):
        for first in range(0, len(found), _TOGETHER):
            own = found[first : first + _TOGETHER]
            checks = [
                Check(stage=names.RELEASE, kind=kind, about={"value": value})
                for one in own
                for kind, value in one.values
                if _replaced(tried.pii, kind, language)
            ]
            around = paragraphs(random, language, _CHARS * len(own))
            pieces = [[*around[number :: len(own)], one.text] for number, one in enumerate(own)]
            text = "\n".join(line for piece in pieces for line in piece)
            yield Case(name=f"release/{language}/{first:03}", text=text, checks=tuple(checks))
    negatives = [one for one in known if one.negative]
    for number, one in enumerate(random.sample(negatives, min(tried.table.cases, len(negatives)))):
        check = Check(stage=names.RELEASE, kind="what only looks like personal data", wanted=False)
        text = f"{prose(random, one.language, 3 * _CHARS)}\n{one.text}"
        yield Case(name=f"release/negative/{number:03}", text=text, checks=(check,))


def _replaced(policy: Policy, kind: str, language: str) -> bool:
    """Whether a find of the kind is sure to be taken out, whatever its country."""
    if kind not in policy.kinds:
        return False
    actions = {policy.action}
    for rule in policy.rules:
        if (not rule.kinds or kind in rule.kinds) and (
            not rule.languages or any(fnmatchcase(language, pattern) for pattern in rule.languages)
        ):
            actions = {rule.action} | (actions if rule.countries else set())
    return actions <= {PLACEHOLDER, PSEUDONYM, DROP}
