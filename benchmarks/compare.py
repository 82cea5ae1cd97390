"""Figures beside those of an earlier commit: `python -m benchmarks.compare [--from COMMIT] [--factor 1.15]`.

Of each section the last taking and the one before it, or that of COMMIT; rows whose number changed by the factor or
more. Machines are noisy: a row here is a reason to measure both commits in turn, and no more.
"""

import argparse

from benchmarks import bench, history
from benchmarks.history import Change, Taken


def pair(takings: list[Taken], since: str) -> tuple[Taken, Taken] | None:
    """The last of a section and what it is held against, if there is such a one."""
    earlier = [one for one in takings[:-1] if not since or one.commit.startswith(since)]
    return (earlier[-1], takings[-1]) if earlier else None


def beyond(change: Change, factor: float) -> bool:
    low, high = sorted([abs(change.old), abs(change.new)])
    return change.old != change.new and (low == 0 or high / low >= factor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="since", default="", help="commit to compare with")
    parser.add_argument("--factor", type=float, default=1.15, help="least change that is shown (default: %(default)s)")
    options = parser.parse_args()
    takings = history.load()
    for section in dict.fromkeys(one.section for one in takings):
        found = pair([one for one in takings if one.section == section], options.since)
        if found is None:
            print(f"{section}: nothing to compare with")
            continue
        old, new = found
        changes = history.changes(old, new)
        rows = [
            (one.row, one.column, f"{one.old:g}", f"{one.new:g}", f"{one.new / one.old:.2f}" if one.old else "")
            for one in changes
            if beyond(one, options.factor)
        ]
        print(f"\n{section}: {old.commit} to {new.commit}, {len(rows)} of {len(changes)} numbers changed")
        if rows:
            print(bench.table(("row", "column", old.commit, new.commit, "ratio"), rows))


if __name__ == "__main__":
    main()
