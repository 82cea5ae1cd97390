"""Figures of benchmarks by commit."""

from pathlib import Path

from benchmarks import bench, history
from benchmarks.compare import beyond, pair
from benchmarks.history import Change, Taken

BODY = bench.table(("stage", "CPU seconds", "share"), [("ingest", "1,204.5", "12 %"), ("shard", "3", "none")])


def _taken(commit: str, number: str) -> Taken:
    body = BODY.replace("1,204.5", number)
    return Taken(section="s", commit=commit, machine="m", command="c", tables=history.tables(body))


def test_tables_of_a_section() -> None:
    assert history.tables(f"Words.\n\n{BODY}\n\nmore | words\n\n{BODY}") == 2 * [
        [["stage", "CPU seconds", "share"], ["ingest", "1,204.5", "12 %"], ["shard", "3", "none"]]
    ]


def test_changes_by_row_and_column() -> None:
    found = history.changes(_taken("a", "1,204.5"), _taken("b", "2,409"))
    assert found == [
        Change(row="ingest", column="CPU seconds", old=1204.5, new=2409.0),
        Change(row="ingest", column="share", old=12.0, new=12.0),
        Change(row="shard", column="CPU seconds", old=3.0, new=3.0),
    ]
    assert [beyond(one, 1.15) for one in found] == [True, False, False]
    assert beyond(Change(row="", column="", old=0.0, new=1.0), 9.0)


def test_rows_of_one_name_are_no_pair() -> None:
    twice = Taken(section="s", commit="a", machine="m", command="c", tables=[[["n", "v"], ["x", "1"], ["x", "2"]]])
    assert history.changes(twice, twice) == []


def test_a_commit_has_one_taking(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    for body in (BODY, BODY.replace("3", "4")):
        history.record("s", "c", body, path)
    history.record("t", "c", BODY, path)
    assert [(one.section, one.tables[0][2][1]) for one in history.load(path)] == [("s", "4"), ("t", "3")]


def test_what_is_held_against_what() -> None:
    takings = [_taken("a", "1"), _taken("b", "2"), _taken("c", "3")]
    assert pair(takings, "") == (takings[1], takings[2])
    assert pair(takings, "a") == (takings[0], takings[2])
    assert pair(takings[:1], "") is None
