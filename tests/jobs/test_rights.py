"""A crawl in which every statement on training stands once: what is kept of it, what holds, what goes, what is said."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus.stages.stage import signals
from corpus.store import manifest
from tests import refusals
from tests.conftest import ROOT, SAMPLE, Gristmill, tree
from tests.refusals import FILES, HELD, SITES


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """The folder, with a finished run in `out`."""
    folder = tmp_path_factory.mktemp("refusals")
    done = gristmill("run", refusals.write(folder), "--root", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder


def rows(root: Path, stage: str, table: str) -> list[dict[str, object]]:
    (folder,) = (root / stage).iterdir()
    return [row for part in sorted((folder / table).iterdir()) for row in pq.read_table(part).to_pylist()]


def site(url: object) -> str:
    return str(url).split("/")[2].removeprefix("www.")


def test_what_holds_of_each_page(crawl: Path) -> None:
    documents = rows(crawl / "out", "ingest", "documents")
    found = {
        site(document["url"]): (own["train_ai"], own["protocol"], own["place"])
        for document, own in zip(documents, rows(crawl / "out", "signals.rights", "signals"), strict=True)
    }
    assert found == HELD


def test_place_date_and_the_statement_as_it_stands(crawl: Path) -> None:
    documents = rows(crawl / "out", "ingest", "documents")
    measured = rows(crawl / "out", "signals.rights", "signals")
    found = {site(d["url"]): (own["date"], own["statement"]) for d, own in zip(documents, measured, strict=True)}
    assert found["tdm-header.test"] == ("2021-05-01T12:00:00Z", "tdm-reservation: 1")
    assert found["robots-usage.test"] == ("2021-05-01T12:00:00Z", "Content-Usage: /page train-ai=n")
    assert found["robots-later.test"] == ("2026-11-01T12:00:00Z", "CCBot: Disallow: /")
    assert found["old.listed.test"] == ("2026-11-01", "refusals: listed.test")
    assert found["robots-down.test"] == ("2021-05-01T12:00:00Z", "its server failed with 503")
    assert found["silent.test"] == ("", "")
    assert found["rsl-read.test"] == (
        "2021-05-01T12:00:00Z",
        'link: </rsl.xml>; rel="license"; type="application/rsl+xml" | prohibits ai-train',
    )
    assert found["rsl-allows.test"][1] == "License: https://rsl-allows.test/terms.xml | permits"
    assert found["rsl-paid.test"] == ("2026-11-01T12:00:00Z", "rsl: /rsl.xml | permits for payment (training)")
    assert found["tdm-file.test"] == ("2026-11-01T12:00:00Z", '{"location":"/","tdm-reservation":1}')
    raw = {site(d["url"]): d["rights"] for d in documents}
    assert raw["strictest.test"] == "header content-usage: train-ai=y\npage robots: noai"
    assert raw["silent.test"] is None


def test_robots_files_are_kept_and_are_no_documents(crawl: Path) -> None:
    robots = rows(crawl / "out", "ingest", "robots")
    assert len(robots) == len(SITES) + 1 + len(FILES) - 1  # one later, and a page in the place of a file
    kinds = Counter(str(one["kind"]) for one in robots)
    assert (kinds["rsl"], kinds["tdmrep.json"]) == (3, 1)
    kept = {(one["site"], str(one["date"])[:4]): (one["status"], one["text"]) for one in robots}
    assert kept["robots-later.test", "2026"] == (200, "User-agent: CCBot\nDisallow: /\n")
    assert kept["silent.test", "2021"] == (404, "")
    assert len(rows(crawl / "out", "ingest", "documents")) == len(SITES) + 1
    assert rows(crawl / "out", "ingest", "rejects") == []
    (folder,) = (crawl / "out" / "ingest").iterdir()
    written = manifest.load(str(folder))
    assert written
    passed = [row for row in written.tallies["notes"] if row["detail"] == "robots.txt"]
    assert [(row["source"], row["count"]) for row in passed] == [("robots", 1), ("web", len(SITES))]


def test_what_is_refused_goes_and_the_report_says_by_whom(crawl: Path) -> None:
    stay = {name for name, (label, *_) in HELD.items() if label != "disallow"}
    assert {site(row["url"]) for row in rows(crawl / "out", "release", "corpus")} == stay
    (report,) = (path.parent for path in (crawl / "out" / "report").glob("*/manifest.json"))
    told = json.loads((report / "report" / "facts.json").read_bytes())["rights"]
    removed = {(row["protocol"], row["place"]): row["removed"] for row in told["said"] if row["removed"]}
    assert removed == {
        ("content-usage", "header"): 1, ("content-signal", "header"): 1, ("tdmrep", "header"): 1,
        ("tdmrep", "page"): 1, ("noai", "header"): 1, ("noai", "page"): 2, ("robots.txt", "robots"): 2,
        ("content-usage", "robots"): 1, ("list", "list"): 1, ("rsl", "header"): 1, ("rsl", "page"): 1,
        ("tdmrep", "site"): 1,
    }  # fmt: skip
    lengths = rows(crawl / "out", "signals.length", "signals")
    documents = rows(crawl / "out", "ingest", "documents")
    gone = [own["bytes"] for own, d in zip(lengths, documents, strict=True) if site(d["url"]) not in stay]
    assert sum(row["removed_bytes"] for row in told["said"]) == sum(map(int, map(str, gone)))
    assert sum(row["documents"] for row in told["said"]) == len(SITES) + 1
    assert all((row["removed_tokens"] > 0) == bool(row["removed"]) for row in told["said"])
    assert [(one["name"], one["date"]) for one in told["lists"]] == [("refusals", "2026-11-01")]
    assert 'id="rights"' in (report / "report" / "index.html").read_text("utf-8")


def test_unknown_goes_unless_the_recipe_says_so_and_nothing_is_measured_again(
    crawl: Path, gristmill: Gristmill
) -> None:
    recipe = refusals.write(crawl, keep="")
    planned = gristmill("plan", recipe, "--root", crawl / "out").stdout
    states = {line.split()[1]: line.split()[0] for line in planned.splitlines() if line[:5] in ("reuse", "build")}
    assert states["decide"] == "build"
    assert {states[name] for name in ("ingest", "robots", signals("rights").stage)} == {"reuse"}
    assert gristmill("run", recipe, "--root", crawl / "other", "--until", "release").returncode == 0
    kept = {site(row["url"]) for row in rows(crawl / "other", "release", "corpus")}
    assert kept == {"usage-yes.test", "robots-signal.test", "rsl-allows.test"}
    refusals.write(crawl)


def test_files_of_a_later_day_count_if_the_recipe_says_so(crawl: Path, gristmill: Gristmill) -> None:
    recipe = refusals.write(crawl, keep='keep_train_ai = ["allow", "unknown"]\nretroactive = false')
    assert gristmill("run", recipe, "--root", crawl / "then", "--until", "decide").returncode == 0
    verdicts = rows(crawl / "then", "decide", "verdicts")
    documents = rows(crawl / "then", "ingest", "documents")
    kept = {site(d["url"]): verdict["kept"] for d, verdict in zip(documents, verdicts, strict=True)}
    assert kept["robots-later.test"]
    assert not kept["robots-agent.test"]
    assert not kept["old.listed.test"]  # a list holds whenever a page was fetched
    refusals.write(crawl)


def test_the_same_bytes_in_small_parts_of_another_run(crawl: Path, gristmill: Gristmill) -> None:
    recipe = refusals.write(crawl)
    assert gristmill("run", recipe, "--root", crawl / "again", "--until", "decide").returncode == 0
    again = tree(crawl / "again")
    assert {name: data for name, data in tree(crawl / "out").items() if name in again} == again
    recipe.write_text(recipe.read_text("utf-8") + "\n[ingest]\nunit_bytes = 1024\n", "utf-8")
    assert gristmill("run", recipe, "--root", crawl / "parts", "--until", "decide").returncode == 0
    assert rows(crawl / "parts", "robots", "said") == rows(crawl / "out", "robots", "said")
    assert len(list((crawl / "parts" / "robots").glob("*/said/*"))) > 1


def test_the_demo_reads_this_crawl(tmp_path: Path) -> None:
    digest = refusals.files(tmp_path)
    for name in ("refusals.warc.gz", "refusals-later.warc.gz", "refusals.txt"):
        made, kept = ((folder / name).read_bytes() for folder in (tmp_path, SAMPLE))
        assert (gzip.decompress(made) if name.endswith(".gz") else made) == (
            gzip.decompress(kept) if name.endswith(".gz") else kept
        ), f"{name}: scripts/make_refusals_sample writes it"
    assert digest in (ROOT / "recipes" / "demo.toml").read_text("utf-8")
