"""The page shows what the tables say, and nothing of a document as markup."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import filters
from corpus.losses import deduplicated
from corpus.report import documents, render
from corpus.report.chosen import Removals
from corpus.report.drawing import bins, svg, sweep
from corpus.report.opened import Opened, Part
from corpus.report.pairs import Looked, Pair, sides
from corpus.report.samples import Sample
from corpus.report.sections import dropped, duplicates, lines
from corpus.stages.built import Built
from corpus.stages.dedup import OUTCOMES
from corpus.store import manifest
from corpus.store.table import Table
from jobs.command_line import main
from jobs.stages import report
from tests.corpus.runs import report_of


def parts(root: Path, stage: str, table: str) -> list[pa.Table]:
    return [pq.read_table(path) for path in sorted(root.glob(f"{stage}/*/{table}/*.parquet"))]


HOSTILE = '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} {% raw %}'


def sample(text: str) -> Sample:
    reasons = [{"rule": "length.few_words", "value": 3.0, "threshold": 20.0, "text": ""}]
    return Sample(id="0" * 32, source=HOSTILE, language="eng_Latn", url=HOSTILE, text=text, cut=True, reasons=reasons)


def pages(opened: Opened) -> Iterator[str]:
    """Every page with documents whose texts are hostile."""
    pair = Pair(one=sample(HOSTILE), other=sample("x"), similarity=None, rule="contained")
    removals: Removals = {"strata": {"exact": 1, "contained": 1}, "removed": {}, "clusters": {}, "largest": []}
    found = duplicates.merge(opened.recipe, [])
    facts = duplicates.facts(opened, {**found, "removals": removals, "sizes": {"2": 1}})
    pairs = [pair]
    looked = Looked(
        removed={"exact": pairs, "contained": pairs}, clusters={"2": pairs}, refused=pairs, largest=[(9, pair.one)]
    )
    shown = duplicates.Shown(
        looked=looked,
        removed={name: sides(own, 600) for name, own in looked.removed.items()},
        clusters={"2": sides(pairs, 600)},
        refused=sides(pairs, 600),
        largest=looked.largest,
    )
    yield render.section("duplicates", facts, shown, opened.recipe)
    yield duplicates.files(opened, facts, shown)["pairs.html"].decode()
    of_rules = dropped.Shown(dropped={"length.few_words": [sample(HOSTILE)]})
    yield render.section("dropped", dropped.Facts(), of_rules, opened.recipe)
    of_lines = lines.Line(rule="drop-all", source=HOSTILE, count=2, text=HOSTILE)
    yield render.section("lines", lines.Facts(taken=[], emptied=0, commonest=[of_lines]), None, opened.recipe)


def test_pages_show_hostile_text_as_text(finished: Path) -> None:
    job = report_of(finished)
    for html in pages(report.open_stages(job, report.present(job))):
        assert "<script" not in html
        assert "{{ 7 * 7 }}" in html
        assert "&lt;script&gt;" in html
        assert not re.search(r'(?:src|href)="(?!#)', html)  # nothing is fetched from anywhere


def test_page_of_the_run_agrees_with_its_manifests(finished: Path) -> None:
    folder = next((finished / "out").glob("report/*/report"))
    facts = orjson.loads((folder / "facts.json").read_bytes())
    counts = orjson.loads(next((finished / "out").glob("dedup/*/manifest.json")).read_bytes())["counts"]
    assert facts["outcomes"] == {k: counts[k] for k in OUTCOMES if counts[k]}
    assert sum(row["documents"] for row in facts["languages"]) == facts["documents"]
    assert sum(row["kept"] for row in facts["sources"]) == counts["kept"]
    assert facts["histograms"]
    for one in facts["histograms"]:
        assert sum(one["counts"]) + one["unmeasured"] + one["outside"] == facts["documents"]
    by_rule = {rule["name"]: rule for rule in facts["rules"]}
    assert by_rule["length.few_words"]["fired"] >= by_rule["length.few_words"]["alone"] > 0
    for name in ("index.html", "report.js", "rules.js", "groups.js", "pairs.html", "pairs.csv"):
        assert (finished / "out" / "report" / name).read_bytes() == (folder / name).read_bytes()


def test_report_of_duplicates_agrees_with_the_tables(finished: Path) -> None:
    folder = next((finished / "out").glob("report/*/report"))
    facts = orjson.loads((folder / "facts.json").read_bytes())
    clusters = pa.concat_tables(parts(finished / "out", "dedup", "clusters")).to_pylist()
    similar = pa.concat_tables(parts(finished / "out", "pairs", "pairs")).column("jaccard").to_numpy()
    gone = [row for row in clusters if deduplicated.is_lost(row["outcome"])]
    dedup = facts["dedup"]
    assert sum(dedup["strata"].values()) == len(gone) == sum(row["removed"] for row in dedup["sizes"]) > 0
    assert sum(dedup["compared"]) == len(similar) == dedup["alike"] + dedup["refused"]
    assert dedup["refused"] == sum(value < 0.8 for value in similar)
    assert 0 <= dedup["missed"] <= 1 - dedup["found"]
    with (folder / "pairs.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    evidence = {(row["id"], row["kept_id"]) for row in gone}
    assert {(row["dropped"], row["kept"]) for row in rows} <= evidence
    assert {row["stratum"] for row in rows} == set(dedup["strata"])
    assert all(row["verdict"] == "" for row in rows)
    pages = (folder / "pairs.html").read_text("utf-8") + (folder / "index.html").read_text("utf-8")
    assert rows
    assert all(row["dropped"] in pages for row in rows)
    assert "jane.roe" not in pages
    assert "PI:EMAIL" in pages  # the planted pair is shown


def test_sheet_filled_in_is_judged_and_never_overwritten(
    finished: Path, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = copied / "report" / "pairs.csv"
    filled = sheet.read_text("utf-8").replace(",,dedup ", ",yes,dedup ")
    sheet.write_text(filled, "utf-8")
    assert main(["run", str(finished / "tiny.toml"), "--root", str(copied)]) == 0
    assert sheet.read_text("utf-8") == filled
    assert "has verdicts and stays" in capsys.readouterr().out
    assert main(["report", str(finished / "tiny.toml"), "--root", str(copied), "--judged", str(sheet)]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"all, weighted +\d+ +(\d+) +\1 +1\.0000", shown)


@pytest.mark.parametrize("scale", [bins.RATIO, bins.LOG])
def test_bins_hold_every_value_once(scale: bins.Bins) -> None:
    values = np.array([0.0, 0.01, 0.5, 1.0, 3.0, 1e6, 1e30])
    assert scale.histogram(values).sum() == len(values)
    assert scale.histogram(np.array([scale.edges[3]])).nonzero()[0].tolist() == [3]


@pytest.mark.parametrize("scale", [bins.RATIO, bins.LOG])
def test_histograms_by_group_are_those_of_each_group(scale: bins.Bins) -> None:
    chance = np.random.default_rng(4)
    values, groups = chance.pareto(0.7, 500), chance.integers(0, 6, 500)
    groups[groups == 3] = 2  # one has none
    found = scale.histograms(values, groups, 7)
    assert found.shape == (7, scale.count)
    for group in range(7):
        own = values[groups == group]
        places = [max(i for i, edge in enumerate(scale.edges[:-1]) if edge <= value) for value in own]
        assert found[group].tolist() == [places.count(place) for place in range(scale.count)]


def test_histogram_draws_what_a_threshold_drops_in_another_colour() -> None:
    counts = [0] * bins.RATIO.count
    counts[5], counts[40] = 7, 9
    drawn = str(svg.histogram(counts, "ratio", [("max_x", 0.5)]))
    assert drawn.count('class="good"') == 1
    assert drawn.count('class="bad"') == 1
    assert 'class="cut"' in drawn


def test_sweep_keeps_what_judging_again_would(finished: Path) -> None:
    """Against the tables: documents whose only reasons are the rule's own, judged at every threshold of the curve."""
    folder = finished / "out"
    facts = orjson.loads(next(folder.glob("report/*/report/facts.json")).read_bytes())
    assert any(curve["free"] for curve in facts["sweeps"])
    for curve in facts["sweeps"]:
        name, reason = curve["name"].split(".")
        signal = next(rule.signal for rule in filters.load(name).rules if rule.reason == reason)
        values = []
        for verdicts, measured in zip(
            parts(folder, "decide", "verdicts"), parts(folder, f"signals.{name}", "signals"), strict=True
        ):
            lists: list[Any] = verdicts.column("reasons").to_pylist()
            reasons = [{r["rule"] for r in own} for own in lists]
            own = measured.column(signal).to_pylist()
            values += [v for v, fired in zip(own, reasons, strict=True) if fired <= {curve["name"]}]
        assert curve["free"] == len(values)
        for edge, kept in zip(curve["thresholds"], curve["kept"], strict=True):
            least = curve["field"].startswith("min_")
            assert kept == sum(v >= edge if least else v <= edge for v in values)


@given(
    st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 0.25, 0.3, 0.5, 1.0, 9.0]), st.integers(0, 3))),
    st.booleans(),
)
def test_sweep_counts_by_group_as_each_value_by_itself(drawn: list[tuple[float, int]], least: bool) -> None:
    edges = np.array([0.0, 0.25, 0.5, 1.0])
    values, groups = np.array([v for v, _ in drawn], float), np.array([g for _, g in drawn], np.int64)
    naive = [
        [
            *(sum(g == group and (v >= edge if least else v <= edge) for v, g in drawn) for edge in edges),
            sum(g == group for _, g in drawn),
        ]
        for group in range(4)
    ]
    assert sweep._kept(values, groups, 4, edges, least=least).tolist() == naive


def test_samples_of_all_rules_are_read_at_once(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is what it is by itself; no part is opened again for another rule."""
    job = report_of(finished)
    opened = report.open_stages(job, report.present(job))
    shelf = documents.shelf(opened)
    tallies = [
        dropped.tally(Part(opened=opened, number=number)) for number in range(opened.table(documents.VERDICTS).parts)
    ]
    found = dropped.merge(job.params, tallies)
    found["another"] = found["language.uncertain"][1:]
    one_by_one = {rule: shelf.dropped({rule: rows})[rule] for rule, rows in found.items()}
    taken: list[tuple[str, int]] = []
    original = Table.take

    def counted(table: Table, part: int, rows: Sequence[int], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        taken.append((table.name, part))
        return original(table, part, rows, columns)

    monkeypatch.setattr(Table, "take", counted)
    assert shelf.dropped(found) == one_by_one
    assert len(taken) == len(set(taken)) > 1


def test_sweep_table_is_short_and_has_both_ends() -> None:
    kept = [min(2 * i, 100) for i in range(60)]
    named: Any = {
        "name": "length.few_words",
        "field": "min_words",
        "value": 3,
        "by_language": {},
        "free_by_language": {},
    }
    curve = sweep.Curve(**named, free=100, thresholds=range(60), kept=kept)
    shown = sweep.table(curve)
    assert len(shown) <= 9
    assert (shown[0][1], shown[-1][1]) == (0, 100)


def test_report_names_languages_without_lexicon(finished: Path) -> None:
    facts = orjson.loads(next((finished / "out").glob("report/*/report/facts.json")).read_bytes())
    languages = {row["name"]: row["documents"] for row in facts["languages"]}
    assert any(facts["without"].values())
    for own in facts["without"].values():
        assert all(0 < count <= languages[language] for language, count in own.items())
        assert "eng_Latn" not in own


def test_documents_of_groups_that_are_no_more_do_not_stay(finished: Path, copied: Path) -> None:
    stale, kept = copied / "report" / "samples-source-7.js", copied / "report" / "run.js"
    stale.write_bytes(b'gristmill("samples-source-7", []);\n')
    kept.write_bytes(b'gristmill("run", {"finished": "today"});\n')
    report.show_current(str(copied), report_built(copied), lambda _: None)
    assert not stale.exists()
    assert b"today" in kept.read_bytes()


def report_built(root: Path) -> Built:
    folder = next(path for path in (root / "report").iterdir() if path.is_dir())
    found = manifest.load(str(folder))
    assert found
    return Built(name="report", folder=str(folder), manifest=found)
