"""Everything the report says, as one plain structure: what `facts.json` holds and the page draws."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.duplicates import losses
from corpus.fertility import Measured
from corpus.manifest import Manifest
from corpus.plan import Plan
from corpus.recipe import Choice
from corpus.report import Facts, bins, card, deduplication, fertility, passages, sweep

_OUTCOMES = ("kept", "filtered", "exact", "near")  # shown even where there are none; others where they occur


def collect(plan: Plan, manifests: Mapping[str, Manifest], tally: Mapping[str, Any], *, equal: int = 0) -> Facts:
    """Facts from the manifests' counts and the merged tally."""
    recipe = plan.recipe
    ingest, release, encode, shard = (manifests[name].counts for name in ("ingest", "release", "encode", "shard"))
    return {
        "name": recipe.name,
        "fingerprint": plan["report"].fingerprint,
        "seed": recipe.seed,
        "stages": {stage.name: stage.fingerprint for stage in plan.stages.values()},
        "records": ingest.get("records", 0),
        "rejects": ingest.get("rejects", 0),
        "documents": ingest.get("documents", 0),
        "outcomes": _by(tally, 2),
        "bytes": {"documents": sum(_numbers(tally["bytes"]).values()), "corpus": release.get("bytes", 0)},
        "spans": release.get("spans", 0),
        "tokens": encode.get("tokens", 0),
        "shard_files": shard.get("files", 0),
        "sources": _rows(tally, 0, dict(_rejected(ingest))),
        "languages": _languages(tally, release, encode),
        "rules": list(_rules(recipe.judged, tally)),
        "overlap": tally["overlap"],
        "sweeps": list(sweep.curves(list(_rules(recipe.judged, tally)), tally["sweeps"])),
        "without": _without(tally),
        "histograms": list(_histograms(recipe.judged, tally)),
        "redactions": _redactions(_numbers(tally["redactions"])),
        "redacted_equal": equal,
        "pii_dropped": release.get("pii_dropped", 0),
        "cluster_sizes": tally["sizes"],
        "largest": [[-size, id_] for size, id_, *_ in tally["removals"]["largest"]],
        "dedup": deduplication.of(recipe, manifests["pairs"], tally),
        "alarms": deduplication.alarms(recipe, _numbers(tally["funnel"])),
        "crossed": deduplication.crossed(_numbers(tally["funnel"]), _numbers(tally["bytes"])),
        "kinds": _kinds(tally),
        "fertility": fertility.collect(Measured(counts=manifests["fertility"].counts), recipe),
        **({"passages": passages.collect(manifests["passages"].counts)} if "passages" in manifests else {}),
    }


def _numbers(counter: Any) -> dict[str, int]:
    return {key: int(str(value)) for key, value in counter.items()} if isinstance(counter, dict) else {}


def _redactions(counts: Mapping[str, int]) -> list[Facts]:
    """A row each kind and action, with how well the kind is found."""
    measured = card.load()
    found = []
    for key, count in sorted(counts.items()):
        kind, action = key.split("\t")
        how = measured.get(kind)
        quality = {"precision": how.precision, "recall": how.recall, "labelled": how.labelled} if how else {}
        found.append({"kind": kind, "action": action, "spans": count, **quality})
    return found


def _by(tally: Mapping[str, Any], field: int, name: str = "funnel") -> Facts:
    """Sums by one field of the key (source, language, outcome)."""
    total: Facts = {}
    for key, count in _numbers(tally[name]).items():
        label = key.split("\t")[field]
        total[label] = int(str(total.get(label, 0))) + count
    return total


def _kinds(tally: Mapping[str, Any]) -> list[str]:
    """Outcomes in the order in which they are shown."""
    return [*_OUTCOMES, *sorted({key.split("\t")[2] for key in _numbers(tally["funnel"])} - {*_OUTCOMES})]


def _rejected(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for name, count in counts.items():
        if name.startswith("rejects."):
            yield name.removeprefix("rejects."), count


def _rows(tally: Mapping[str, Any], field: int, rejected: Mapping[str, int]) -> list[Any]:
    """A row each source or language: documents, bytes, and how many had each outcome; largest first."""
    rows: dict[str, Facts] = {}
    sizes, kinds = _by(tally, field, "bytes"), _kinds(tally)
    for key, count in _numbers(tally["funnel"]).items():
        parts = key.split("\t")
        row = rows.setdefault(parts[field], {"name": parts[field], "documents": 0, **dict.fromkeys(kinds, 0)})
        row["documents"] = int(str(row["documents"])) + count
        row[parts[2]] = int(str(row.get(parts[2], 0))) + count
    for name, row in rows.items():
        row["bytes"] = sizes.get(name, 0)
        row["rejects"] = rejected.get(name, 0)
        row["lost"] = sum(row[kind] for kind in kinds if losses.is_lost(kind))
    return sorted(rows.values(), key=lambda row: (-int(str(row["documents"])), str(row["name"])))


def _languages(tally: Mapping[str, Any], release: Mapping[str, int], encode: Mapping[str, int]) -> list[Any]:
    rows = _rows(tally, 1, {})
    for row in rows:
        if isinstance(row, dict):
            name = row["name"]
            row["corpus_bytes"] = release.get(f"bytes.{name}", 0)
            row["tokens"] = encode.get(f"tokens.{name}", 0)
    return rows


def _rules(choices: Sequence[Choice], tally: Mapping[str, Any]) -> Iterator[Any]:
    """Every rule there is, fired or not."""
    fired, alone = _by(tally, 0, "rules"), _by(tally, 0, "alone")
    for choice in choices:
        for rule in choice.base.rules:
            name = f"{choice.name}.{rule.reason}"
            threshold = getattr(choice.base, rule.threshold)
            if (
                threshold is None
                and not any(getattr(f, rule.threshold) is not None for f in choice.by_language.values())
                and not any(values.get(rule.threshold) is not None for values in choice.by_source.values())
            ):
                continue
            yield {
                "name": name,
                "signal": f"{choice.name}.{rule.signal}",
                "field": rule.threshold,
                "threshold": list(threshold) if isinstance(threshold, tuple) else threshold,
                "fired": fired.get(name, 0),
                "alone": alone.get(name, 0),
                "overrides": {
                    language: getattr(instance, rule.threshold)
                    for language, instance in choice.by_language.items()
                    if getattr(instance, rule.threshold) != threshold
                }
                | {
                    f"source {pattern}": values[rule.threshold]
                    for pattern, values in choice.by_source.items()
                    if rule.threshold in values
                },
            }


def _without(tally: Mapping[str, Any]) -> Facts:
    """Documents by language that a filter has no lexicon or model for, and so never drops: by filter."""
    found: dict[str, dict[str, int]] = {}
    for key, count in _numbers(tally["without"]).items():
        name, language = key.split("\t")
        found.setdefault(name, {})[language] = count
    return {name: dict(sorted(own.items(), key=lambda item: (-item[1], item[0]))) for name, own in found.items()}


def _histograms(choices: Sequence[Choice], tally: Mapping[str, Any]) -> Iterator[Any]:
    """Each judged measurement: counts over fixed bins in all and by language, with the thresholds that judge it."""
    found = tally["histograms"] if isinstance(tally["histograms"], dict) else {}
    rules = [rule for rule in _rules(choices, tally) if isinstance(rule, dict)]
    for signal in sorted({key.split("\t")[0] for key in found}):
        judging = [rule for rule in rules if rule["signal"] == signal]
        if not judging:
            continue
        by_language = {key.split("\t")[1]: value for key, value in found.items() if key.split("\t")[0] == signal}
        everything = [sum(column) for column in zip(*by_language.values(), strict=True)]
        yield {
            "signal": signal,
            "kind": bins.of(signal).kind,
            "counts": everything,
            "by_language": by_language,
            "thresholds": [
                {"field": rule["field"], "value": rule["threshold"], "overrides": rule["overrides"]} for rule in judging
            ],
        }
