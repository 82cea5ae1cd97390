"""How many documents of each source have what is known beside their text: as a naive count over the table has it."""

from collections import Counter
from pathlib import Path

import orjson

import gristmill
from corpus.report.counting import cells
from corpus.report.sections import provenance
from corpus.report.sections.provenance import Known, Source
from corpus.store.tally import read
from jobs.stages import report
from tests.corpus.runs import report_of


def test_counts_are_those_of_the_documents(finished: Path) -> None:
    release = gristmill.open(finished / "out")
    rows = release["ingest.documents"].to_table().to_pylist()
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows:
        expected[row["source"], "documents"] += 1
        for name in ("url", "licence", "date", "language"):
            expected[row["source"], name] += row[name] is not None
    found = orjson.loads(Path(release.outputs["report"], "facts.json").read_bytes())["provenance"]["sources"]
    assert [one["name"] for one in found] == ["broken", "manuals"]
    for one in found:
        assert one["custodian"] == 0
        for name in ("documents", "url", "licence", "date", "language"):
            assert one[name] == expected[one["name"], name], (one["name"], name)
    by_name = {one["name"]: one for one in found}
    assert by_name["manuals"]["licence"] == by_name["manuals"]["documents"] > 200
    assert by_name["broken"]["licence"] == 0


def test_a_custodian_is_that_of_all_documents_of_a_source(finished: Path) -> None:
    job = report_of(finished)
    opened = report.open_stages(job, report.present(job))
    object.__setattr__(opened.recipe, "custodians", ("web",))
    tally = provenance.merge(opened.recipe, [[], cells([Known(source="web", documents=3, url=2)])])
    assert read(Known, tally) == (Known(source="web", documents=3, url=2),)
    [source] = provenance.facts(opened, tally).sources
    assert source == Source(name="web", documents=3, url=2, licence=0, date=0, language=0, custodian=3)


def test_page_shows_the_shares(finished: Path) -> None:
    page = (finished / "out" / "report" / "index.html").read_text("utf-8")
    assert '<h2 id="provenance">' in page
