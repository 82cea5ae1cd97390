"""The columns of every table. `docs/data-format.md` explains each; this module is what the code uses.

Tables about documents are aligned: part i, row j of `signals`, `verdicts` and `clusters` speaks of part i, row j of
`documents`, so a document's 64-bit key is `part << 32 | row`.
"""

import pyarrow as pa


def _field(name: str, kind: pa.DataType, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable)


DOCUMENTS = pa.schema(
    [
        _field("id", pa.string()),  # 32 hex digits: blake2b-128 of (source, locator, text)
        _field("source", pa.string()),  # name of the source in the recipe
        _field("locator", pa.string()),  # the record's own id, else "<file>#<offset>"
        _field("file", pa.string()),  # path below the source's root
        _field("offset", pa.int64()),  # bytes into the file (WARC, lines) or row number (columnar)
        _field("url", pa.string(), nullable=True),
        _field("licence", pa.string(), nullable=True),  # SPDX where known; the record's own, else the source's
        _field("date", pa.timestamp("s", tz="UTC"), nullable=True),  # of the record: when it was fetched or published
        _field("language", pa.string(), nullable=True),  # id declared by a source that is trusted for it, else null
        _field("text", pa.string()),  # NFC, no control characters but tab, lines end in \n
        _field("targets_at", pa.int32(), nullable=True),  # prompted: code point at which the targets begin, else null
    ]
)

REJECTS = pa.schema(
    [
        _field("source", pa.string()),
        _field("file", pa.string()),
        _field("offset", pa.int64()),
        _field("reason", pa.string()),  # one of corpus.sources.record.REASONS
        _field("detail", pa.string()),
    ]
)

REASON = pa.struct(
    [
        _field("rule", pa.string()),  # "<filter>.<reason>"
        _field("value", pa.float64()),  # the measurement; NaN never occurs; 0 where `text` holds it
        _field("threshold", pa.float64()),
        _field("text", pa.string()),  # a label that was judged ("" for numbers)
    ]
)

VERDICTS = pa.schema(
    [
        _field("id", pa.string()),
        _field("source", pa.string()),
        _field("language", pa.string()),  # the language whose thresholds were used
        _field("kept", pa.bool_()),
        _field("reasons", pa.list_(pa.field("item", REASON, nullable=False))),  # every rule that fired; empty if kept
    ]
)

PAIRS = pa.schema(
    [  # candidates that LSH proposed, with their exact similarity
        _field("a", pa.binary(16)),  # content key of the one that sorts first
        _field("b", pa.binary(16)),
        _field("a_shingles", pa.int32()),  # distinct shingles
        _field("b_shingles", pa.int32()),
        _field("shared", pa.int32()),
        _field("jaccard", pa.float64()),  # shared / (a + b - shared)
        _field("crowded", pa.bool_()),  # they met where not all were compared: b may go for a, not a for b
    ]
)

CONTAINMENTS = pa.schema(
    [  # contents of code that share fingerprints; those of boilerplate are left out of every number
        _field("a", pa.binary(16)),  # content key of the one with more fingerprints
        _field("b", pa.binary(16)),
        _field("a_fingerprints", pa.int32()),
        _field("b_fingerprints", pa.int32()),
        _field("shared", pa.int32()),
        _field("a_in_b", pa.float64()),  # shared / a_fingerprints
        _field("b_in_a", pa.float64()),  # shared / b_fingerprints
        _field("jaccard", pa.float64()),  # shared / (a + b - shared)
        _field("a_words_in_b", pa.float64()),  # of the distinct 5-word shingles of the texts: names and comments count
        _field("b_words_in_a", pa.float64()),
    ]
)

OUTCOMES = ("kept", "filtered", "exact", "near", "url", "contained")

CLUSTERS = pa.schema(
    [
        _field("id", pa.string()),
        _field("outcome", pa.string()),  # one of OUTCOMES
        _field("kept_id", pa.string(), nullable=True),  # for those that deduplication took: the document that stays
        _field("jaccard", pa.float64(), nullable=True),  # exact similarity to it; for contained: share that is in it;
        # null for url
        _field("size", pa.int32()),  # for kept: documents it stands for, itself included; else 0
        _field("cluster", pa.string(), nullable=True),  # smallest id of those that speak for the contents joined to it
        _field("restricted", pa.bool_()),  # for kept: it, or a document that it resembles, may not be used freely
    ]
)

CUTS = pa.schema(
    [  # of stages `lines` and `passages`; by row and start; spans of one row in one table do not overlap
        _field("id", pa.string()),
        _field("row", pa.int32()),  # row in the documents part of the same number
        _field("start", pa.int32()),  # code points into the document's text, half-open
        _field("end", pa.int32()),
        _field("rule", pa.string()),
        _field("count", pa.int64()),  # documents of the scope in which the line or passage occurs
        _field("of_id", pa.string(), nullable=True),  # the document whose copy stays
    ]
)

PASSAGES = pa.schema(
    [  # aligned
        _field("id", pa.string()),
        _field("share", pa.float64()),  # words in passages that other documents hold / words
        _field("dropped", pa.bool_()),
    ]
)

EMPTIED = pa.schema(
    [  # documents that stage `lines` drops: every line of theirs goes
        _field("id", pa.string()),
        _field("row", pa.int32()),
        _field("rule", pa.string()),  # of the first line
        _field("lines", pa.int32()),
        _field("count", pa.int64()),  # the fewest documents that any of its lines is in
    ]
)

CORPUS = pa.schema(
    [
        _field("id", pa.string()),
        _field("row", pa.int32()),  # row in the documents part of the same number
        _field("source", pa.string()),
        _field("url", pa.string(), nullable=True),
        _field("licence", pa.string(), nullable=True),
        _field("language", pa.string()),
        _field("text", pa.string()),  # personal data replaced by typed placeholders
        _field("targets_at", pa.int32(), nullable=True),  # as in documents, of the text as it stands here
        _field("restricted", pa.bool_()),  # as in clusters
        _field("cleaned", pa.bool_()),  # cuts or [[clean]] took something out of it
        _field("redactions", pa.int32()),  # spans found in it, whatever was done with them
        _field("redacted", pa.bool_()),  # whether that changed the text
        _field("content", pa.binary(16)),  # blake2b-128 of the text as it stands here
    ]
)

REDACTIONS = pa.schema(
    [  # where something was found and what was done; never what it was
        _field("id", pa.string()),
        _field("kind", pa.string()),  # one of filters.pii.spans.KINDS
        _field("start", pa.int32()),  # code points into the document's text after [[clean]], half-open
        _field("end", pa.int32()),
        _field("detector", pa.string()),
        _field("version", pa.int16()),  # of the detector
        _field("confidence", pa.float32()),  # a grade of evidence: filters.pii.spans
        _field("country", pa.string()),  # ISO 3166-1 alpha-2 where the find tells it, else ""
        _field("action", pa.string()),  # one of corpus.policy.ACTIONS
        _field("digest", pa.string(), nullable=True),  # keyed, of the value; null if the recipe gives no key
    ]
)

COPIES = pa.schema(
    [  # released documents that are in a cluster of near copies with others
        _field("row", pa.int32()),  # row in the documents part of the same number
        _field("cluster", pa.string()),  # smallest id of the cluster
        _field("language", pa.string()),  # of the document with that id
        _field("size", pa.int64()),  # released documents in the cluster
    ]
)

HELD = pa.schema(
    [  # documents that are held out, by row; all others are trained on
        _field("row", pa.int32()),  # row in the documents part of the same number
        _field("id", pa.string()),
        _field("split", pa.int8()),  # place in corpus.shards.splits.SPLITS
        _field("cluster", pa.string()),  # smallest id of its cluster, or its own
        _field("tokens", pa.int64()),  # without the end of document
    ]
)
