"""The funnel on a terminal, from the manifests alone."""

from corpus import manifest, storage
from corpus.duplicates import losses
from corpus.manifest import Manifest
from corpus.plan import Plan


def text(plan: Plan) -> str:
    """Documents in and out of each stage, and where the report is."""
    ingest, decide, dedup, release, encode, shard = (
        _manifest(plan, name) for name in ("ingest", "decide", "dedup", "release", "encode", "shard")
    )
    emptied = _manifest(plan, "lines").counts.get("emptied", 0) if "lines" in plan.stages else 0
    lines = [
        ("records read", ingest.counts.get("records", 0)),
        ("  rejected", -ingest.counts.get("rejects", 0)),
        ("documents", ingest.counts.get("documents", 0)),
        ("  dropped by filters", -decide.counts.get("dropped", 0)),
        *([("  of a known address", -dedup.counts["url"])] if dedup.counts.get("url") else []),
        ("  exact duplicates", -dedup.counts.get("exact", 0)),
        ("  near duplicates", -dedup.counts.get("near", 0)),
        *([("  contained in code", -dedup.counts["contained"])] if dedup.counts.get("contained") else []),
        *([("  no line left", -emptied)] if "lines" in plan.stages else []),
        ("documents kept", dedup.counts.get("kept", 0) - emptied),
    ]
    if "passages" in plan.stages:
        lines.insert(-1, ("  repeated passages", -_manifest(plan, "passages").counts["dropped"]))
        lines[-1] = ("documents kept", _manifest(plan, "passages").counts["kept"])
    page = storage.join(plan.recipe.root, "report", "index.html")
    languages = sum(name.startswith("documents.") for name in release.counts)
    return "\n".join(
        [
            "",
            *(f"{label:<24}{value:>12,}" for label, value in lines),
            f"{'corpus':<24}{release.counts.get('bytes', 0):>12,} bytes in {languages} languages, "
            f"{release.counts.get('spans', 0):,} spans of personal data replaced",
            f"{'tokens':<24}{encode.counts.get('tokens', 0):>12,} in {shard.counts.get('files', 0)} shard files",
            "",
            f"report  {page}",
            f"shards  {plan['shard'].folder}",
            *losses.warnings(losses.of(dedup.counts), plan.recipe.dedup.max_loss_share),
        ]
    )


def _manifest(plan: Plan, stage: str) -> Manifest:
    found = manifest.load(plan[stage].folder)
    if found is None:
        raise ValueError(f"stage {stage} is not finished")
    return found
