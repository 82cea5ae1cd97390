"""The funnel on a terminal, from the manifests alone."""

from collections.abc import Iterator

from corpus.losses.filtered import Judged
from corpus.planning.plan import Plan
from corpus.report import lost
from corpus.sources import accounts
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.release import RELEASE, Released
from corpus.stages.report import REPORT
from corpus.stages.shard import SHARD
from corpus.stages.train import TRAIN, Training
from corpus.stages.views import VIEWS
from corpus.store import storage
from corpus.vocabulary import recipe_tables as vocabulary


def text(plan: Plan) -> str:
    """Documents in and out of each stage, and where the report is."""
    stages = plan.finished()
    ingest, decide, dedup, release, encode, shard = (
        stages[stage].counts for stage in (INGEST, DECIDE, DEDUP, RELEASE, ENCODE, SHARD)
    )
    lines, passages = stages.get(LINES), stages.get(PASSAGES)
    emptied = lines.counts["emptied"] if lines else 0
    dropped = passages.counts["dropped"] if passages else 0
    contamination = stages.get(CONTAMINATION)
    dirty = contamination.counts["dropped"] if contamination else 0
    taken_out = sum(row.documents for row in stages[DECIDE].tally(Judged) if row.outcome == "withdrawn")
    rows = [
        ("records read", ingest.get("records", 0)),
        ("  rejected", -ingest.get("rejects", 0)),
        *([("  bytes lost to damage", -ingest["lost_bytes"])] if ingest.get("lost_bytes") else []),
        ("documents", ingest.get("documents", 0)),
        *([("  withdrawn on request", -taken_out)] if taken_out else []),
        ("  dropped by filters", taken_out - decide.get("dropped", 0)),
        *([("  of a known address", -dedup["url"])] if dedup.get("url") else []),
        ("  exact duplicates", -dedup.get("exact", 0)),
        ("  near duplicates", -dedup.get("near", 0)),
        *([("  contained in code", -dedup["contained"])] if dedup.get("contained") else []),
        *([("  items of suites", -dirty)] if contamination else []),
        *([("  no line left", -emptied)] if lines else []),
        *([("  repeated passages", -dropped)] if passages else []),
        ("documents kept", dedup.get("kept", 0) - dirty - emptied - dropped),
    ]
    page = storage.join(plan.recipe.root, REPORT.name, "index.html")
    languages = len(stages[RELEASE].tally(Released))
    return "\n".join(
        [
            "",
            *(f"{label:<24}{value:>12,}" for label, value in rows),
            f"{'corpus':<24}{release.get('bytes', 0):>12,} bytes in {languages} languages, "
            f"{release.get('spans', 0):,} spans of personal data replaced",
            f"{'tokens':<24}{encode.get('tokens', 0):>12,} in {shard.get('files', 0)} shard files",
            "",
            f"report    {page}",
            f"megatron  {storage.join(plan[SHARD].folder, 'megatron')}",
            f"arrow     {storage.join(plan[SHARD].folder, 'arrow')}",
            *([f"views     {stages[VIEWS].folder}"] if VIEWS in stages else []),
            *_vocabulary(plan),
            *accounts.warnings(stages[INGEST].tally(accounts.Read), stages[INGEST].tally(accounts.Noted)),
            *lost.warnings(plan.recipe, stages.stages),
        ]
    )


def _vocabulary(plan: Plan) -> Iterator[str]:
    """A line for a vocabulary that came out smaller than was asked for."""
    asked, built = plan[TRAIN].params, plan.built(TRAIN)
    if built is None or not isinstance(asked, Training):
        return
    made = vocabulary.made(asked.table, built.counts["made"])
    if made < asked.size:
        yield (
            f"WARNING vocabulary: {made:,} tokens where [tokenizer] vocab_size is {asked.size:,}: the sample has "
            "nothing more that comes twice; lower vocab_size, or give more text"
        )
