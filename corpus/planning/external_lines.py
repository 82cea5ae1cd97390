"""What was joined of the labels of other programs, for a terminal: both sides of what has no partner."""

from corpus.external.tallies import Matched
from corpus.planning.plan import Plan
from corpus.stages.external import joining

_NAMED = 3  # sources


def lines(plan: Plan) -> list[str]:
    """A line for each table whose stage is there."""
    found = []
    for table in plan.recipe.signals:
        built = plan.built(joining(table))
        if built is None:
            continue
        counts = built.counts
        lacking = sorted(built.tally(Matched), key=lambda row: (row.labelled - row.documents, row.source))
        without = [f"{row.source} {row.documents - row.labelled:,}" for row in lacking if row.documents > row.labelled]
        more = f", and {len(without) - _NAMED} more" if len(without) > _NAMED else ""
        said = f" (without: {', '.join(without[:_NAMED])}{more})" if without else ""
        found.append(
            f"signals {table.name}: {counts['labelled']:,} of {counts['documents']:,} documents have a label{said}; "
            f"{counts['label_keys_unused']:,} of {counts['label_keys']:,} keys of labels have no document"
        )
    return found
