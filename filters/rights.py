"""Whether those who hold a document allow that models are trained on it, as far as the archive says.

Headers of its answer, elements of its page, robots.txt and tdmrep.json of its site that the archive holds, terms in RSL
that it holds, and dated lists of domains. The strictest statement holds. What nobody says stays unknown, and only the
recipe can say what that means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated, Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import MinLen

from filters.arrow import Array, filled, schema, strings
from filters.batch import Batch
from filters.optout import answers, domains, rsl, sites
from filters.optout.domains import DomainList
from filters.optout.registered import registered
from filters.optout.robots import PRODUCT
from filters.optout.statement import DISALLOW, PLACES, UNKNOWN, Statement, strictest
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Whether training on a document is allowed: the strictest statement of its answer, its page, the archived files of
    its site (robots.txt, tdmrep.json, terms in RSL), and lists of domains. A document of which nothing is said is
    "unknown", which is not "allow": a recipe that keeps it says keep_train_ai = ["allow", "unknown"]."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 2
    libraries: ClassVar[tuple[str, ...]] = ("publicsuffixlist",)
    reads: ClassVar[tuple[str, ...]] = ()
    beside: ClassVar[tuple[str, ...]] = ("robots",)  # aligned tables of stages, handed over as signals are
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("train_ai", pa.string(), nullable=False),  # "allow", "disallow" or "unknown"
            pa.field("protocol", pa.string(), nullable=False),  # of the statement that holds; "" if there is none
            pa.field("place", pa.string(), nullable=False),  # header, page, robots, site or list
            pa.field("date", pa.string(), nullable=False),  # of the statement, ISO 8601; "" if it is not known
            pa.field("statement", pa.string(), nullable=False),  # as it stands there
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="training_not_allowed", signal="train_ai", threshold="keep_train_ai"),
    )

    agents: tuple[str, ...] = (
        "GPTBot",
        "CCBot",
        "ClaudeBot",
        "anthropic-ai",
        "Google-Extended",
        "Applebot-Extended",
        "Amazonbot",
        "Bytespider",
        "FacebookBot",
        "meta-externalagent",
        "cohere-training-data-crawler",
        "Diffbot",
        "omgili",
    )
    """Product tokens of crawlers that gather for models: a robots.txt that lets one of them not fetch a page refuses
    training on it, as for Apertus."""
    retroactive: bool = True
    """Whether a robots.txt of a later day counts for what was fetched before it. The one in force when the page was
    fetched always counts."""
    lists: Mapping[str, DomainList] = field(default_factory=dict, hash=False)
    """Files of domains that refuse, by a name. A list holds for all of a registered domain, whenever it was fetched."""
    keep_train_ai: Annotated[tuple[Literal["allow", "unknown", "disallow"], ...], MinLen(1)] = ("allow",)
    """Which documents stay; what is not said here goes."""

    def __post_init__(self) -> None:
        for agent in self.agents:
            if not PRODUCT.fullmatch(agent):
                raise ValueError(
                    f"agents holds {agent!r}, which no robots.txt can name: letters, _ and - alone (GPTBot)"
                )

    def measure(self, batch: Batch) -> pa.RecordBatch:
        listed = domains.refusing(
            tuple((name, one.path, one.sha256, one.date) for name, one in sorted(self.lists.items()))
        )
        documents = batch.documents
        rows = zip(
            documents.column("url").to_pylist(),
            documents.column("rights").to_pylist(),
            _days(documents.column("date")),
            batch.signals["robots"].column("said").to_pylist() if "robots" in batch.signals else [()] * batch.rows,
            strict=True,
        )
        found = [strictest(_statements(url, rights, date, said or (), listed)) for url, rights, date, said in rows]
        held = [one or Statement(UNKNOWN, "", PLACES[0], "", "") for one in found]
        columns: dict[str, list[str]] = {
            "train_ai": [one.train_ai for one in held],
            "protocol": [one.protocol for one in held],
            "place": [one.place if one.protocol else "" for one in held],
            "date": [one.date for one in held],
            "statement": [one.raw for one in held],
        }
        return pa.RecordBatch.from_pydict({**columns}, schema=self.signals)


def _days(dates: Array) -> list[str]:
    """ISO 8601; "" where there is none."""
    seconds: Any = dates.cast(pa.timestamp("s", tz="UTC"))  # Parquet knows none, and gives milliseconds
    return strings(filled(pc.strftime(seconds, format="%Y-%m-%dT%H:%M:%SZ"), ""))


def _statements(
    url: str | None,
    rights: str | None,
    date: str,
    robots: Any,
    listed: Mapping[str, tuple[str, str, str]],
) -> chain[Statement]:
    of_site = [Statement(**one) for one in robots]
    read = tuple(one.raw for one in of_site if one.protocol == rsl.PROTOCOL)
    own = (one for one in answers.statements(rights, date) if not _is_read(one, read)) if rights else ()
    host = sites.parted(url)[0] if listed else ""
    refusal = listed.get(registered(host)) if host else None
    by_list = (Statement(DISALLOW, "list", "list", refusal[0], f"{refusal[1]}: {refusal[2]}"),) if refusal else ()
    return chain(own, of_site, by_list)


def _is_read(one: Statement, read: tuple[str, ...]) -> bool:
    """Whether it names terms that the archive holds: what these say stands in its place."""
    return one.protocol == rsl.PROTOCOL and any(raw.startswith(f"{one.raw} | ") for raw in read)
