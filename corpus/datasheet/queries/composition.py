"""What the documents are, what they lack, and how they are laid out."""

from typing import Final

from corpus.datasheet.facts import Facts, Found
from corpus.datasheet.queries.sizes import share
from corpus.shards.tallies import Held
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.mix import MIX
from corpus.stages.release import CORPUS, RELEASE, Released
from corpus.stages.report import REPORT
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.store.tally import total

_MEANINGS: Final = {
    "id": "128-bit hash of source, locator and text as read",
    "row": "row in the documents part of the same number",
    "source": "name of the source",
    "url": "address, personal data in it replaced",
    "licence": "the record's own licence, else the source's",
    "language": "ISO 639-3 and ISO 15924",
    "text": "the text, personal data replaced",
    "targets_at": "of prompted data: code point at which the targets begin",
    "restricted": "whether the document may not be handed on freely",
    "cleaned": "whether something was cut out of it",
    "redactions": "spans of personal data that were found",
    "redacted": "whether that changed the text",
    "content": "128-bit hash of the text",
}
_TYPES: Final = {"string": "sc:Text", "int32": "sc:Integer", "bool": "sc:Boolean", "fixed_size_binary[16]": "sc:Text"}


def modality(facts: Facts) -> Found:
    return Found(value="Text", fingerprint=facts.fingerprint(RELEASE), query="schema of corpus: its content is text")


def content_types(facts: Facts) -> Found:
    rows = facts.release[RELEASE].tally(Released)
    size = facts.release[RELEASE].counts["bytes"]
    code = sum(row.bytes for row in rows if row.language.startswith("code_"))
    found = [
        f"Documents of text: natural language {share(size - code, size)}, source code {share(code, size)} of bytes"
    ]
    prompted = facts.release[ENCODE].counts.get("prompted", 0)
    if prompted:
        found.append(f"of these {prompted:,} documents are prompts with their targets")
    for one in facts.sources:
        entry = facts.entries.get(one.name)
        category = entry.source_category if entry else None
        words = [category.category_type, category.category_web, category.category_media] if category else []
        words += [*entry.media.text_format, entry.media.instance_type] if entry and entry.media else []
        said = ", ".join(filter(None, [*dict.fromkeys(words), one.description])) or "not described in a catalogue"
        found.append(f"{one.name}: {said} ({share(one.sum.bytes, size)} of bytes)")
    return Found(
        value=found,
        fingerprint=facts.fingerprint(RELEASE, ENCODE),
        query="tally languages: code_* and others; bytes of corpus by source; source_category and media of its entry",
    )


def columns(facts: Facts) -> Found:
    return Found(
        value=[
            {"column": one.name, "type": _TYPES.get(str(one.type), str(one.type)), "what": _MEANINGS[one.name]}
            for one in CORPUS
        ],
        fingerprint=facts.fingerprint(RELEASE),
        query="schema of corpus",
    )


def labels(facts: Facts) -> Found:
    prompted = facts.release[ENCODE].counts.get("prompted", 0)
    value = (
        f"{prompted:,} documents are prompts: their text is the inputs and then the targets, which begin at targets_at."
        if prompted
        else "No: documents are text without labels."
    )
    return Found(value=value, fingerprint=facts.fingerprint(ENCODE), query="count prompted of encode")


def missing(facts: Facts) -> Found:
    found = facts.figures
    addressed = sum(one.documents for one in found.domains.values())
    dated = sum(one.documents for one in found.dates.values())
    bare = found.licences.get("")
    spans = facts.release[RELEASE].counts["spans"]
    whole = found.documents
    return Found(
        value=f"Of {whole:,} documents {whole - addressed:,} have no address, {whole - dated:,} no date and "
        f"{bare.documents if bare else 0:,} no licence. {spans:,} spans of personal data were replaced or kept as "
        "[pii] says.",
        fingerprint=facts.fingerprint(RELEASE, INGEST),
        query="corpus: nulls of url and licence; documents: nulls of date of released rows; count spans of release",
    )


def sample(facts: Facts) -> Found:
    read, out = facts.release[INGEST].counts, facts.release[RELEASE].counts
    return Found(
        value=f"Every one of the {read['records']:,} records of the inputs was read: {read['documents']:,} gave "
        f"documents, {read['rejects']:,} were rejected with a reason, {out['documents']:,} documents are released. "
        f"{_mixed(facts) or 'None was left out by chance.'}",
        fingerprint=facts.fingerprint(INGEST, RELEASE, MIX),
        query="counts: records, documents and rejects of ingest, documents of release and of mix",
    )


def sampling(facts: Facts) -> Found:
    return Found(
        value=f"Rules decided on each document, by their thresholds. {_mixed(facts) or 'Nothing was drawn by chance.'}",
        fingerprint=facts.fingerprint(DECIDE, DEDUP, MIX),
        query="outcomes of documents: each has a rule or the document that it duplicates; count documents of mix",
    )


def _mixed(facts: Facts) -> str:
    built = facts.release.get(MIX)
    if built is None:
        return ""
    return (
        f"The shards hold {built.counts['documents']:,} copies of documents, by the shares of [mixture]: which come "
        "once more, or not at all, follows from seed and id."
    )


def relationships(facts: Facts) -> Found:
    counts = facts.release[DEDUP].counts
    return Found(
        value=f"Duplicates: {counts.get('exact', 0):,} exact and {counts.get('near', 0):,} near copies name the "
        "document that stays, with their similarity (table clusters). Documents of one source and one domain share "
        "source and url. No other relations are recorded.",
        fingerprint=facts.fingerprint(DEDUP),
        query="counts exact and near of dedup",
    )


def splits(facts: Facts) -> Found:
    built = facts.release.get(SPLITS)
    if built is None:
        counts = facts.release[RELEASE].counts
        return Found(
            value=[{"split": "train", "documents": counts["documents"]}],
            fingerprint=facts.fingerprint(RELEASE),
            query="no stage splits: nothing is held out; count documents of release",
        )
    held = total(built.tally(Held), lambda row: row.split, lambda row: row.documents)
    train = facts.release[RELEASE].counts["documents"] - sum(held.values())
    return Found(
        value=[
            {"split": name, "documents": documents}
            for name, documents in {"train": train, **dict(sorted(held.items()))}.items()
        ],
        fingerprint=facts.fingerprint(SPLITS, RELEASE),
        query="tally held of splits: documents by split; clusters of near copies go whole",
    )


def noise(facts: Facts) -> Found:
    counts, table = facts.release[DEDUP].counts, facts.report["dedup"]
    below = table["below"]
    value = (
        f"{counts.get('exact', 0):,} exact and {counts.get('near', 0):,} near duplicates were removed; documents alike "
        f"below a similarity of {table['threshold']} stay ({below['pairs']:,} pairs from {below['from']} to "
        f"{below['to']}). Of pairs at the threshold {table['missed']:.4%} are expected to be missed."
    )
    return Found(
        value=value, fingerprint=facts.fingerprint(DEDUP, REPORT), query="counts of dedup; dedup of facts.json"
    )


def self_contained(facts: Facts) -> Found:
    return Found(
        value="Self-contained: the text of every document is in the files; addresses only say where it is from.",
        fingerprint=facts.fingerprint(RELEASE),
        query="schema of corpus: text",
    )


def licences(facts: Facts) -> Found:
    found = sorted(facts.figures.licences.items(), key=lambda item: (-item[1].bytes, item[0]))
    return Found(
        value=[
            {
                "licence": name or "not stated",
                "documents": one.documents,
                "bytes": one.bytes,
                "share of bytes": share(one.bytes, facts.figures.bytes),
            }
            for name, one in found
        ],
        fingerprint=facts.fingerprint(RELEASE),
        query="corpus: documents and bytes of text by licence, as records, recipe or catalogue state it",
    )


def formats(facts: Facts) -> Found:
    return Found(
        value=[
            "application/vnd.apache.parquet (corpus)",
            "application/vnd.apache.arrow.stream (tokens)",
            "Megatron .bin and .idx (tokens)",
        ],
        fingerprint=facts.fingerprint(RELEASE, SHARD),
        query="tables of release and of shard",
    )


def dataset_type(facts: Facts) -> Found:
    return Found(value=["text"], fingerprint=facts.fingerprint(RELEASE), query="schema of corpus: unstructured text")


def purpose_data(facts: Facts) -> Found:
    return Found(value="data", fingerprint=facts.fingerprint(RELEASE), query="it is a dataset")


def no_sensor(facts: Facts) -> Found:
    return Found(
        value="No sensor: documents are text.",
        fingerprint=facts.fingerprint(RELEASE),
        query="schema of corpus",
        by="not applicable",
    )


QUERIES: Final = {
    one.__name__: one
    for one in (
        *(modality, content_types, columns, labels, missing, sample, sampling, relationships, splits, noise),
        *(self_contained, licences, formats, dataset_type, purpose_data, no_sensor),
    )
}
