"""The sheet that a person fills in: safe in a spreadsheet, read back whatever one makes of it, estimates as defined."""

import csv
import io
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.report import judging
from corpus.report.pairs import Pair
from corpus.report.people import strata
from corpus.report.samples import Sample

MARK = "12e4567890123456"


def pair(source: str, similarity: float | None = 0.9) -> Pair:
    def sample(id_: str) -> Sample:
        return Sample(id=id_, source=source, language="eng_Latn", url="", text="t", cut=False, reasons=[])

    return Pair(one=sample("1" * 32), other=sample("e" * 32), similarity=similarity, rule="near")


def sheet(verdicts: dict[str, list[str]], removals: dict[str, int]) -> bytes:
    made = judging.sheet({n: [pair("web")] * len(v) for n, v in verdicts.items()}, removals, MARK)
    rows = list(csv.DictReader(io.StringIO(made.decode())))
    for row, verdict in zip(rows, [v for own in verdicts.values() for v in own], strict=True):
        row["verdict"] = verdict
    out = io.StringIO()
    writer = csv.DictWriter(out, judging.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


@given(st.lists(st.text(max_size=12) | st.sampled_from(["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", 'a"b,c\n=d'])))
def test_no_cell_of_a_sheet_is_a_formula(sources: list[str]) -> None:
    made = judging.sheet({"exact": [pair(source, None) for source in sources]}, {"exact": 99}, MARK)
    rows = list(csv.reader(io.StringIO(made.decode("utf-8", "surrogatepass"), newline="")))
    assert len(rows) == len(sources) + 1
    assert all(not cell.strip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert all(cell.isprintable() for row in rows for cell in row)
    seen = ["".join(c if c.isprintable() else " " for c in source) for source in sources]
    assert [row[6].removeprefix("'") for row in rows[1:]] == [source.removeprefix("'") for source in seen]
    assert not judging.has_verdicts(made)


def test_sheet_filled_in_gives_precision_by_stratum_and_weighted() -> None:
    filled = sheet({"exact": ["yes"] * 4, "0.8 to 0.85": ["Yes", "NO", "?", ""]}, {"exact": 900, "0.8 to 0.85": 100})
    assert judging.has_verdicts(filled)
    found, whole = judging.precision(judging.read(filled, "pairs.csv", MARK), 0.8)
    assert [(one.stratum, one.judged, one.right) for one in found] == [("0.8 to 0.85", 2, 1), ("exact", 4, 4)]
    assert whole is not None
    assert whole.share == pytest.approx(0.9 * 1.0 + 0.1 * 0.5)
    assert whole.low == pytest.approx(0.9 * judging.wilson(4, 4)[0] + 0.1 * judging.wilson(1, 2)[0])


def test_strata_without_a_verdict_are_named() -> None:
    filled = sheet({"exact": ["yes"], "0.8 to 0.85": [""]}, {"exact": 900, "0.8 to 0.85": 100})
    shown = judging.text(judging.read(filled, "pairs.csv", MARK), 0.8)
    assert "not judged, not in the estimate: 0.8 to 0.85 (100 removals)" in shown
    assert "no verdict yet" in judging.text([], 0.8)


def test_audit_has_every_stratum_and_neither_ids_nor_texts() -> None:
    filled = sheet({"exact": ["yes", "yes", "?"], "0.8 to 0.85": [""]}, {"exact": 900, "0.8 to 0.85": 100})
    table = judging.audit(judging.read(filled, "pairs.csv", MARK), 0.8, MARK).decode()
    rows = {row["stratum"]: row for row in csv.DictReader(io.StringIO(table))}
    assert [*rows] == ["0.8 to 0.85", "exact", "all, weighted"]
    assert (rows["exact"]["judged"], rows["exact"]["unsure"], rows["exact"]["right"]) == ("2", "1", "2")
    assert (rows["0.8 to 0.85"]["removals"], rows["0.8 to 0.85"]["judged"]) == ("100", "0")
    assert rows["0.8 to 0.85"]["precision"] == ""
    assert rows["all, weighted"]["unsure"] == "2"
    assert float(rows["exact"]["low"]) == pytest.approx(judging.wilson(2, 2)[0], abs=1e-4)
    assert "dropped" not in table
    assert judging.audit([], 0.8, MARK).decode().count("\n") == 1


def test_sheet_that_a_spreadsheet_saved_with_semicolons_is_read() -> None:
    made = judging.sheet({"1, same shingles": [pair("web")]}, {"1, same shingles": 3}, MARK).decode()
    rows = list(csv.reader(io.StringIO(made)))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([*rows, [""] * len(rows[0])])
    [row] = judging.read(out.getvalue().encode("utf-8-sig"), "pairs.csv", MARK)
    assert row == judging.Row(stratum="1, same shingles", removals=3, right=None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "has no column 'pair'"),
        (b"a,b\n1,2\n", "has no column 'pair'"),
        ("é".encode("latin-1"), "is not UTF-8"),
        (sheet({"exact": ["maybe"]}, {"exact": 1}), "line 2: verdict 'maybe': say yes"),
        (sheet({"exact": ["yes"]}, {"exact": 1}).replace(b"12e4", b"0000"), "sampled from 'dedup 0000"),
        (sheet({"exact": ["yes"]}, {"exact": 1}) + b"1,2\n", "a line has 2 cells"),
        (sheet({"exact": ["yes"]}, {"exact": 1}).replace(b"exact,1,", b"exact,many,"), "removals must be a number"),
    ],
)
def test_sheet_that_cannot_be_read_is_refused_in_one_line(data: bytes, expected: str) -> None:
    with pytest.raises(RecipeError) as caught:
        judging.read(data, "pairs.csv", MARK)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.integers(1, 400), st.data())
def test_wilson_bounds_are_where_the_score_test_just_accepts(judged: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, judged))
    low, high = judging.wilson(right, judged)
    assert 0 <= low <= right / judged <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            z = abs(right / judged - bound) / sqrt(bound * (1 - bound) / judged)
            assert z == pytest.approx(1.959963984540054, abs=1e-5)


def test_strata_hold_every_similarity_once_in_order() -> None:
    assert strata.names(0.8) == ["0.8 to 0.85", "0.85 to 0.9", "0.9 to 0.95", "0.95 to 1", "1, same shingles"]
    assert strata.names(0.92) == ["0.92 to 0.95", "0.95 to 1", "1, same shingles"]
    assert strata.names(1.0) == ["1, same shingles"]
    for similarity, name in (
        (0.8, "0.8 to 0.85"),
        (0.85, "0.85 to 0.9"),
        (0.9999, "0.95 to 1"),
        (1.0, "1, same shingles"),
    ):
        assert strata.of_outcome("near", similarity, 0.8) == name
    assert strata.of_outcome("url", None, 0.8) == "url"
    assert strata.ordered(["url", "exact", "0.95 to 1", "0.8 to 0.85"], 0.8) == [
        "0.8 to 0.85",
        "0.95 to 1",
        "exact",
        "url",
    ]
    assert [strata.of_size(n) for n in (2, 3, 10, 11, 100, 1000, 1001)] == [
        "2", "3 to 10", "3 to 10", "11 to 100", "11 to 100", "101 to 1,000", "over 1,000",
    ]  # fmt: skip
    assert strata.sizes({"0": 5, "1": 9, "2": 3, "4": 2, "2000": 1}) == [
        strata.Clusters(name="2", clusters=3, removed=3),
        strata.Clusters(name="3 to 10", clusters=2, removed=6),
        strata.Clusters(name="over 1,000", clusters=1, removed=1999),
    ]
