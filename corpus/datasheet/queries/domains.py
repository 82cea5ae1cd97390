"""The domains that most of the crawled text is from."""

from typing import Final

from corpus.datasheet.answers import SMALL
from corpus.datasheet.facts import Facts, Found
from corpus.datasheet.figures import Sum, largest
from corpus.datasheet.queries.origin import released
from corpus.datasheet.queries.sizes import share
from corpus.datasheet.sources import CRAWLED
from corpus.stages.release import RELEASE

_PERCENT: Final = 10  # of the domains, by the template
_SMALL_PERCENT, _SMALL_MOST = 5, 1000  # of small and medium-sized providers: the lower of the two
SHOWN: Final = 1000  # of them in documents; a file beside these has all


def of(facts: Facts) -> tuple[list[tuple[str, Sum]], int]:
    """Domains of crawled sources that the template asks for, the largest first, and how many domains there are."""
    found = largest(facts.figures.domains, [one.name for one in released(facts, CRAWLED)])
    if facts.answers.values.get(SMALL) == "Yes":
        count = min(-(-len(found) * _SMALL_PERCENT // 100), _SMALL_MOST)
    else:
        count = -(-len(found) * _PERCENT // 100)
    return found[:count], len(found)


def rows(facts: Facts) -> list[dict[str, object]]:
    """A row a domain, those that the template asks for."""
    return [
        {"domain": name, "documents": one.documents, "bytes": one.bytes, "share of bytes": share(one.bytes, whole)}
        for whole in [facts.figures.bytes]
        for name, one in of(facts)[0]
    ]


def top_domains(facts: Facts) -> Found | None:
    listed, known = rows(facts), of(facts)[1]
    if not known:
        return None
    small = facts.answers.values.get(SMALL) == "Yes"
    limit = f"{_SMALL_PERCENT} % or {_SMALL_MOST:,}, whichever is lower" if small else f"{_PERCENT} %"
    whole = "" if len(listed) <= SHOWN else f"; the first {SHOWN:,} of {len(listed):,}, all of which are in domains.csv"
    return Found(
        value=listed[:SHOWN],
        fingerprint=facts.fingerprint(RELEASE),
        query=f"corpus: registered domains of url of crawled sources by bytes of text; of {known:,} the largest "
        f"{limit}{whole}",
    )


QUERIES: Final = {"top_domains": top_domains}
