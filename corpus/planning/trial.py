"""The run of a recipe's stages over canaries: the same stages with the same parameters, over other files."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from corpus.planning import inputs, plan
from corpus.planning.plan import Plan
from corpus.sources.source import Source
from corpus.stages.built import Built
from corpus.stages.canaries import CANARIES
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.pairs import PAIRS
from corpus.stages.release import RELEASE
from corpus.store import storage

FOLDER: Final = ".trial"  # below a root; what lies there is needed until the trial is judged


def place(root: str, mark: str) -> str:
    """Where the stages lie that run for the trial of this fingerprint."""
    return storage.join(root, FOLDER, mark)


def of(whole: Plan, canaries: Built, root: str) -> Plan:
    """Its plan, for canaries that are made: up to `release`. Sources have their names, for thresholds go by these, and
    files of canaries; earlier releases are left aside, which would be read once more for nothing."""
    recipe = whole.recipe
    params = whole[CANARIES].params
    files = [entry.name for entry in canaries.manifest.tables["sources"]]
    own = {source.name: source for source in recipe.sources}
    sources = tuple(
        Source(
            name=name,
            path=storage.join(canaries.folder, "sources", file),
            format="jsonl",
            language_field="language",
            restricted=own[name].restricted,
        )
        for name, file in zip(params.tried.sources, files, strict=True)
    )
    derived = replace(
        recipe,
        name=f"{recipe.name}: canaries",
        root=root,
        base=str(Path.cwd()),  # where outputs are from
        sources=sources,
        ingest=replace(recipe.ingest, max_reject_share=1.0),
        dedup=replace(recipe.dedup, against=(), index=False),
        canaries=None,
        labelled=(),  # nobody labelled canaries
    )
    found = inputs.take_stock(derived, inputs.listing(derived), inputs.digest_here, remember=True)
    return plan.apart(whole, derived, found, RELEASE, (INGEST, DECIDE, PAIRS, DEDUP))
