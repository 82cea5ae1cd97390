"""How much there is, and in which languages."""

from collections.abc import Mapping
from typing import Any, Final

from corpus.catalogue.names import short_code
from corpus.datasheet.facts import Facts, Found
from corpus.shards.tallies import Pair
from corpus.stages.encode import ENCODE
from corpus.stages.release import RELEASE, Released
from corpus.stages.shard import SHARD
from corpus.store.tally import total
from filters.languages import known, usual_script

# ISO 639-3 of the official languages of the European Union (Regulation No 1/1958 as amended).
_EU_24: Final = (
    *("bul", "ces", "dan", "deu", "ell", "eng", "est", "fin", "fra", "gle", "hrv", "hun", "ita", "lav", "lit", "mlt"),
    *("nld", "pol", "por", "ron", "slk", "slv", "spa", "swe"),
)
_RANGES: Final = ((10**9, "Less than 1 billion tokens"), (10**13, "1 billion to 10 trillion tokens"))
# Categories of the Hugging Face hub, by documents.
_CATEGORIES: Final = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


def share(part: float, whole: float) -> str:
    """A percentage with two decimals."""
    return f"{100 * part / whole:.2f} %" if whole else "0.00 %"


def language_name(id_: str) -> str:
    """For people: `German`, `Serbian (Latn)`, `Python (code)`."""
    code, _, script = id_.partition("_")
    if code == "code":
        return f"{script} (code)"
    language = known().get(code)
    if language is None:
        return "undetermined" if code == "und" else id_
    name = language.name.partition(" (")[0]  # the registry adds "(macrolanguage)" and the like
    return name if usual_script(code) == script else f"{name} ({script})"


def tag(id_: str) -> str:
    """BCP 47: the shortest code, and the script where it is not the usual one."""
    code, _, script = id_.partition("_")
    return short_code(code) if usual_script(code) == script else f"{short_code(code)}-{script}"


def _spoken(facts: Facts) -> list[Released]:
    """Natural languages, those with most bytes first."""
    rows = [row for row in facts.release[RELEASE].tally(Released) if not row.language.startswith(("code_", "und_"))]
    return sorted(rows, key=lambda row: (-row.bytes, row.language))


def _all(facts: Facts) -> list[Released]:
    return sorted(facts.release[RELEASE].tally(Released), key=lambda row: (-row.bytes, row.language))


def _tokens(facts: Facts) -> Mapping[str, int]:
    return total(facts.release[ENCODE].tally(Pair), lambda row: row.language, lambda row: row.tokens)


def size_range(facts: Facts) -> Found:
    tokens = facts.release[SHARD].counts["arrow.tokens"]
    size = facts.release[RELEASE].counts["bytes"]
    named = next((name for limit, name in _RANGES if tokens < limit), "More than 10 trillion tokens")
    return Found(
        value=f"{named}: {tokens:,} tokens of the tokenizer with sha256 {facts.about.tokenizer_sha256}, from {size:,} "
        "bytes of text (UTF-8)",
        fingerprint=facts.fingerprint(SHARD, RELEASE),
        query="counts: arrow.tokens of shard, with ends of documents and copies of the mixture; bytes of release",
    )


def data_points(facts: Facts) -> Found:
    counts, encoded = facts.release[RELEASE].counts, facts.release[ENCODE].counts
    return Found(
        value=f"{counts['documents']:,} documents, {encoded['tokens']:,} tokens, {counts['bytes']:,} bytes of text",
        fingerprint=facts.fingerprint(RELEASE, ENCODE),
        query="counts: documents and bytes of release; tokens of encode, without ends of documents",
    )


def data_points_by_source(facts: Facts) -> Found:
    tokens = total(facts.release[ENCODE].tally(Pair), lambda row: row.source, lambda row: row.tokens)
    rows: list[dict[str, Any]] = [
        {"source": one.name, "documents": one.sum.documents, "bytes": one.sum.bytes, "tokens": tokens.get(one.name, 0)}
        for one in facts.sources
    ]
    whole = {"source": "in all", **{name: sum(row[name] for row in rows) for name in ("documents", "bytes", "tokens")}}
    return Found(
        value=[*rows, whole],
        fingerprint=facts.fingerprint(RELEASE, ENCODE),
        query="corpus: documents and bytes of text by source; tally pairs of encode: tokens by source",
    )


def size(facts: Facts) -> Found:
    return Found(
        value=facts.release[RELEASE].counts["bytes"], fingerprint=facts.fingerprint(RELEASE), query="count bytes"
    )


def size_category(facts: Facts) -> Found:
    documents = facts.release[RELEASE].counts["documents"]
    place = max(len(str(documents)) - 3, 0)  # of the first category that is larger
    low, high = (_CATEGORIES[place - 1] if place else ""), (_CATEGORIES[place] if place < len(_CATEGORIES) else "")
    value = f"n<{high}" if not low else f"{low}<n<{high}" if high else f"n>{low}"
    return Found(value=value, fingerprint=facts.fingerprint(RELEASE), query="count documents")


def languages(facts: Facts) -> Found:
    size, tokens = facts.release[RELEASE].counts["bytes"], _tokens(facts)
    return Found(
        value=[
            {
                "language": language_name(row.language),
                "id": row.language,
                "documents": row.documents,
                "bytes": row.bytes,
                "tokens": tokens.get(row.language, 0),
                "share of bytes": share(row.bytes, size),
            }
            for row in _all(facts)
        ],
        fingerprint=facts.fingerprint(RELEASE, ENCODE),
        query="tally languages of release; tally pairs of encode: tokens by language",
    )


def languages_eu(facts: Facts) -> Found:
    """With the official languages of the Union flagged, and named where they lack."""
    found = languages(facts)
    rows: list[dict[str, Any]] = [
        {**row, "official in the EU": "yes" if row["id"].partition("_")[0] in _EU_24 else "no"} for row in found.value
    ]
    there = {row["id"].partition("_")[0] for row in rows}
    rows += [
        {
            **{
                "language": language_name(f"{code}_{usual_script(code)}"),
                "id": f"{code}_{usual_script(code)}",
                "documents": 0,
                "bytes": 0,
            },
            **{"tokens": 0, "share of bytes": share(0, 1), "official in the EU": "yes"},
        }
        for code in _EU_24
        if code not in there
    ]
    return Found(value=rows, fingerprint=found.fingerprint, query=f"{found.query}; the 24 of the EU, also those of 0")


def language_tags(facts: Facts) -> Found:
    return Found(
        value=[tag(row.language) for row in _spoken(facts)],
        fingerprint=facts.fingerprint(RELEASE),
        query="tally languages: natural languages as BCP 47, those with most bytes first",
    )


def language_codes(facts: Facts) -> Found:
    codes = dict.fromkeys(short_code(row.language.partition("_")[0]) for row in _spoken(facts))
    return Found(
        value=[*codes, *(["code"] if any(row.language.startswith("code_") for row in _all(facts)) else [])],
        fingerprint=facts.fingerprint(RELEASE),
        query="tally languages: natural languages as ISO 639-1, else 639-3, most bytes first; code for all code",
    )


QUERIES: Final = {
    "size_range": size_range,
    "data_points": data_points,
    "data_points_by_source": data_points_by_source,
    "bytes": size,
    "size_category": size_category,
    "languages": languages,
    "languages_eu": languages_eu,
    "language_tags": language_tags,
    "language_codes": language_codes,
}
