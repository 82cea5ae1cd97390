"""What was done to the documents between the inputs and the corpus, with what came of it."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from corpus.datasheet.facts import Facts, Found
from corpus.shards.tallies import Held
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.matches import MATCHES
from corpus.stages.mix import MIX
from corpus.stages.passages import PASSAGES
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.splits import SPLITS

Step = dict[str, str]
_STAGES: Final = (INGEST, DECIDE, DEDUP, MATCHES, CONTAMINATION, LINES, PASSAGES, RELEASE, SPLITS, MIX, REPORT)


def _threshold(rule: dict[str, Any]) -> str:
    said = rule["threshold"]
    own = ", ".join(said) if isinstance(said, list) else f"{said}"
    others = [f"{key}: {value}" for key, value in sorted(rule["overrides"].items())]
    return "; ".join([own, *others]) if own or others else "any"


def filters(facts: Facts) -> Found:
    """Every rule that judged, also those that dropped nothing."""
    return Found(
        value=[
            {
                "filter rule": rule["name"],
                "threshold": f"{rule['field']} = {_threshold(rule)}",
                "documents it fired on": rule["fired"],
                "dropped by it alone": rule["alone"],
            }
            for rule in facts.report["rules"]
        ],
        fingerprint=facts.fingerprint(DECIDE, REPORT),
        query="rules of facts.json",
    )


def _steps(facts: Facts) -> Iterator[Step]:
    read = facts.release[INGEST].counts
    yield _step(
        "Reading",
        "Records are unpacked, decoded to Unicode (NFC); of web pages the main text is taken, as sources say",
        f"{read['records']:,} records gave {read['documents']:,} documents; {read['rejects']:,} were rejected",
        "one form of text",
    )
    decided, rules = facts.release[DECIDE].counts, facts.report["rules"]
    yield _step(
        "Filters",
        "; ".join(f"{rule['name']} ({rule['field']} = {_threshold(rule)})" for rule in rules) or "none",
        f"{decided['dropped']:,} documents dropped, {decided['kept']:,} kept",
        "text that is fit for training",
    )
    yield from _duplicates(facts)
    yield from _repeats(facts)
    yield from _texts(facts)
    yield from _shares(facts)


def _repeats(facts: Facts) -> Iterator[Step]:
    """What is looked for within documents, as far as the recipe asks for it."""
    if CONTAMINATION in facts.release:
        told = facts.report["contamination"]
        suites = sorted({task["suite"] for task in told["tasks"]})
        yield _step(
            "Decontamination",
            f"Items of evaluation suites are found in documents: {', '.join(suites)}",
            f"{told['dropped']:,} documents dropped, {told['cut']:,} cut",
            "evaluations that mean something",
        )
    if LINES in facts.release:
        taken = facts.report["lines"]["taken"]
        yield _step(
            "Repeated lines",
            "; ".join(f"{rule['rule']} in {', '.join(rule['sources'])}" for rule in facts.params(LINES)["rules"]),
            f"{sum(row['lines'] for row in taken):,} lines of {sum(row['bytes'] for row in taken):,} bytes cut",
            "boilerplate is not trained on",
        )
    if PASSAGES in facts.release:
        told = facts.report["passages"]
        yield _step(
            "Repeated passages",
            f"Passages of {facts.params(PASSAGES)['min_tokens']} words or more that another document holds",
            f"{told['cuts']:,} passages of {told['bytes']:,} bytes cut, {told['dropped']:,} documents dropped",
            "a passage is trained on once",
        )


def _duplicates(facts: Facts) -> Iterator[Step]:
    counts, table = facts.release[DEDUP].counts, facts.report["dedup"]
    ways = [
        f"exact and near duplicates (MinHash of {table['permutations']} permutations, {table['bands']} bands of "
        f"{table['rows']} rows; exact Jaccard similarity of at least {table['threshold']} to the document that stays)"
    ]
    ways += [f"one document an address ({table['url']})"] if table["url"] != "off" else []
    gone = {name: counts.get(name, 0) for name in ("exact", "near", "url", "contained", "known")}
    yield _step(
        "Deduplication",
        "; ".join(ways),
        ", ".join(f"{count:,} {name}" for name, count in gone.items() if count or name in ("exact", "near"))
        + " removed",
        "a text is trained on once",
    )


def _texts(facts: Facts) -> Iterator[Step]:
    counts, params = facts.release[RELEASE].counts, facts.params(RELEASE)
    if params["clean"]:
        yield _step(
            "Cleaning",
            f"{len(params['clean'])} rules of [[clean]]",
            f"{counts['cleaned']:,} documents changed",
            "marks of markup and damage are taken out",
        )
    kinds = {f"{row['kind']} ({row['action']})": row["spans"] for row in facts.report["redactions"]}
    yield _step(
        "Personal data",
        f"Kinds that are looked for: {', '.join(params['pii']['kinds']) or 'none'}",
        ", ".join(f"{kind}: {spans:,}" for kind, spans in kinds.items()) or "none found",
        "personal data are not trained on",
    )


def _shares(facts: Facts) -> Iterator[Step]:
    if mix := facts.release.get(MIX):
        yield _step(
            "Mixture",
            "Documents come as often as [mixture] says",
            f"{mix.counts['documents']:,} copies in the shards",
            "shares of sources and languages",
        )
    if held := facts.release.get(SPLITS):
        documents = sum(row.documents for row in held.tally(Held))
        yield _step(
            "Splits",
            "Clusters of near copies are held out whole",
            f"{documents:,} documents held out",
            "validation and test without copies of what is trained on",
        )


def _step(step: str, what: str, effect: str, purpose: str) -> Step:
    return {"step": step, "what": what, "effect": effect, "purpose": purpose}


def processing(facts: Facts) -> Found:
    return Found(
        value=list(_steps(facts)),
        fingerprint=facts.fingerprint(*_STAGES),
        query="counts and parameters of the stages; rules, dedup and redactions of facts.json",
    )


def processing_lines(facts: Facts) -> Found:
    """The same, a text a step."""
    found = processing(facts)
    value = [f"{one['step']}: {one['what']}. {one['effect']}." for one in found.value]
    return Found(value=value, fingerprint=found.fingerprint, query=found.query)


def manipulation(facts: Facts) -> Found:
    found = processing(facts)
    steps = [one for one in found.value if one["step"] not in ("Filters", "Deduplication", "Mixture", "Splits")]
    value = " ".join(f"{one['step']}: {one['what']}; {one['effect']}." for one in steps)
    return Found(value=value, fingerprint=found.fingerprint, query=f"{found.query}: what changes texts")


def other_processing(facts: Facts) -> Found:
    """Deduplication, decontamination, withdrawals."""
    chosen = ("Deduplication", "Decontamination", "Repeated lines", "Repeated passages")
    found = processing(facts)
    value = [f"{one['step']}: {one['what']}. {one['effect']}." for one in found.value if one["step"] in chosen]
    if CONTAMINATION not in facts.release:
        value.append("Decontamination: not asked for by the recipe.")
    value.append(f"Withdrawals: {facts.withdrawals}.")
    return Found(value=value, fingerprint=found.fingerprint, query=f"{found.query}; withdrawals/ of the root")


def imputation(facts: Facts) -> Found:
    return Found(
        value="None: no value is imputed.",
        fingerprint=facts.fingerprint(*_STAGES),
        query="stages of the release: none of them fills in text",
    )


def annotation(facts: Facts) -> Found:
    signals = sorted(name.removeprefix("signals.") for name in facts.stages if name.startswith("signals."))
    return Found(
        value="The run added no annotation by people; what sources hold of their own is not known to it. Filters "
        f"measured the signals that rules judge: {', '.join(signals)}.",
        fingerprint=facts.fingerprint(*(name for name in facts.stages if name.startswith("signals."))),
        query="stages signals.*",
    )


def annotators(facts: Facts) -> Found:
    return Found(
        value="None in this run: filters measured documents.",
        fingerprint=annotation(facts).fingerprint,
        query="stages signals.*",
    )


def machine_tools(facts: Facts) -> Found:
    libraries: dict[str, str] = {}
    for built in facts.stages.values():
        identity: Any = built.manifest.identity
        libraries |= {str(name): str(version) for name, version in identity.get("libraries", {}).items()}
    value = ["Gristmill", *(f"{name} {version}" for name, version in sorted(libraries.items()))]
    return Found(value=value, fingerprint=facts.fingerprint(*facts.stages), query="libraries of every stage's identity")


def software(facts: Facts) -> Found:
    versions = []
    for name, built in facts.stages.items():
        identity: Any = built.manifest.identity
        versions.append(f"{name} {identity['version']}")
    return Found(
        value=f"Yes: Gristmill, Apache-2.0; stages and their versions: {', '.join(versions)}.",
        fingerprint=facts.fingerprint(*facts.stages),
        query="name and version of every stage's identity",
    )


QUERIES: Final[dict[str, Callable[[Facts], Found | None]]] = {
    one.__name__: one
    for one in (
        *(filters, processing, processing_lines, manipulation, other_processing, imputation, annotation, annotators),
        *(machine_tools, software),
    )
}
