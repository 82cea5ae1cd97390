"""The few texts that a report shows: redacted as a release would be, then cut short."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from corpus.store.table import Table
from corpus.texts.pii_policy import Policy
from corpus.texts.redaction import pieces, redact
from corpus.texts.terminal import plain
from filters.arrow import string_array, strings

_LONGEST = 200_000  # code points of a text that are kept to be compared: 400 texts then take 80 MB at the most

Place = tuple[int, int]  # part, row


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A document as shown."""

    id: str
    source: str
    language: str
    url: str
    text: str
    cut: bool  # whether more text follows
    reasons: Sequence[dict[str, object]]  # rule, value, threshold, text


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Fetches samples from the tables."""

    documents: Table
    verdicts: Table
    policy: Policy
    chars: int

    def fetch(self, places: Iterable[Place]) -> dict[Place, Sample]:
        """Redacted texts; of each part only the row groups that hold a place are read, once."""
        return dict(self._found(places))

    def _found(self, places: Iterable[Place]) -> Iterator[tuple[Place, Sample]]:
        by_part: dict[int, list[int]] = defaultdict(list)
        for part, row in sorted(set(places)):
            by_part[part].append(row)
        return (((part, row), sample) for part, rows in by_part.items() for row, sample in self._part(part, rows))

    def _part(self, part: int, rows: Sequence[int]) -> Iterator[tuple[int, Sample]]:
        judged = pa.Table.from_batches(list(self.verdicts.take(part, rows, ["language", "reasons"]))).to_pylist()
        done = 0
        for batch in self.documents.take(part, rows, ["id", "source", "url", "text"]):
            here = judged[done : done + batch.num_rows]
            # whole texts: what is cut in two may no longer be known for personal data
            about = batch.select(["id", "source", "url"]).to_pylist()
            addresses = [document["url"] for document in about]
            labels = [one["language"] for one in here]
            redacted = redact(string_array(batch.column("text")), labels, self.policy, addresses, shown=True)
            urls = self._addresses(addresses)
            for i, (document, verdict) in enumerate(zip(about, here, strict=True)):
                text = redacted.texts[i].as_py()
                yield (
                    rows[done + i],
                    Sample(
                        id=document["id"],
                        source=document["source"],
                        language=verdict["language"],
                        url=urls[i],
                        text=text[:_LONGEST],
                        cut=len(text) > _LONGEST,
                        reasons=_plain(verdict["reasons"]),
                    ),
                )
            done += batch.num_rows

    def piece(self, part: int, row: int, start: int, end: int) -> Sample:
        """The code points start..end-1 of a document, grown to the whole of the finds that reach into them."""
        document = next(self.documents.take(part, [row], ["id", "source", "url", "text"])).to_pylist()[0]
        verdict = next(self.verdicts.take(part, [row], ["language", "reasons"])).to_pylist()[0]
        (text,) = pieces(document["text"], verdict["language"], document["url"], [(start, end)], self.policy)
        return Sample(
            id=document["id"],
            source=document["source"],
            language=verdict["language"],
            url=self._addresses([document["url"]])[0],
            text=text,
            cut=False,
            reasons=_plain(verdict["reasons"]),
        )

    def _addresses(self, urls: Sequence[str | None]) -> list[str]:
        """Addresses of pages as they may be shown: they hold those of people."""
        column = pa.array([url or "" for url in urls], pa.string())
        return strings(redact(column, [""] * len(urls), self.policy, shown=True).texts)

    def head(self, sample: Sample) -> Sample:
        """Its beginning."""
        return replace(sample, text=sample.text[: self.chars], cut=sample.cut or len(sample.text) > self.chars)

    def dropped(self, by_rule: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, list[Sample]]:
        """Beginnings for [key, part, row] of a tally by rule, for all rules at once: no row group is read twice."""
        places = [(part, row) for rows in by_rule.values() for _, part, row in rows]
        found = {place: self.head(sample) for place, sample in self._found(places)}
        return {rule: [found[part, row] for _, part, row in rows] for rule, rows in by_rule.items()}


def _plain(reasons: Sequence[dict[str, object]]) -> Sequence[dict[str, object]]:
    """A label from outside, which a rule names, may have any character: those that turn or hide text are escaped."""
    return [{**one, "text": plain(one["text"])} for one in reasons]
