"""Copies that nobody asked for stay where the request says so, and the next best stands up with the next run."""

import json
from pathlib import Path

import pytest

from corpus.planning import finished
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from filters.arrow import strings
from tests.conftest import Gristmill, tree
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw
from tests.withdraw.whole import asked

pytestmark = [pytest.mark.timeout(600), pytest.mark.parametrize("made", ["best_fit"], indirect=True)]

PAIRS = (("page-3", "near"), ("page-4", "again"))  # a near copy, an exact one


def urls() -> dict[str, str]:
    return {page["id"]: page["url"] for page in whole.pages()}


def released(root: Path) -> dict[str, str]:
    """Text by locator."""
    release = finished.open_release(str(root))
    documents, corpus = release[INGEST].table("documents"), release[RELEASE].table("corpus")
    found: dict[str, str] = {}
    for part in range(documents.parts):
        names = strings(documents.read(part, ["locator"]).column("locator"))
        found |= {names[one["row"]]: one["text"] for one in corpus.read(part, ["row", "text"]).to_pylist()}
    return found


def ids(root: Path) -> dict[str, str]:
    release = finished.open_release(str(root))
    return {
        locator: id_
        for columns in release[INGEST].table("documents").each(["locator", "id"])
        for locator, id_ in zip(strings(columns.column("locator")), strings(columns.column("id")), strict=True)
    }


def chosen(root: Path, pair: tuple[str, str]) -> tuple[str, str]:
    """Of two documents that are alike the one that stays, and the one that goes for it."""
    kept = released(root)
    (stays,) = (one for one in pair if one in kept)
    (goes,) = {*pair} - {stays}
    return stays, goes


def run(gristmill: Gristmill, folder: Path) -> str:
    done = gristmill("run", folder / "whole.toml", "--root", folder / "out", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sound(gristmill: Gristmill, folder: Path) -> str:
    """What the proof says of a release that must be right."""
    done = gristmill("verify", folder / "out")
    assert done.returncode == 0, done.stdout
    done = gristmill("verify", folder / "out", "--withdrawn", "--requests", folder / "requests.jsonl")
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_next_best_copy_is_shown_and_stands_up_with_the_next_run(
    release: Path, withdraw: Withdraw, gristmill: Gristmill, tmp_path: Path
) -> None:
    root = release / "out"
    before, own = released(root), ids(root)
    chose = [chosen(root, pair) for pair in PAIRS]
    rows = [asked(url=urls()[stays], copies="stay") for stays, _ in chose]
    untouched = tree(root)
    said = withdraw(release, *rows, yes=False)
    assert tree(root) == untouched
    assert "1 documents, without their copies" in said
    assert "2 copies stay, since requests say so" in said
    for _, goes in chose:
        assert f"  stands up {own[goes]}, dropped as a copy" in said
    assert "the next `gristmill run` puts 2 of them in the place of what goes" in said

    withdraw(release, *rows)
    gone = {stays for stays, _ in chose}
    assert released(root) == {name: text for name, text in before.items() if name not in gone}
    assert "copies that stand up for withdrawals 1 wait for a run" in sound(gristmill, release)
    judged = (root / "report" / "pairs.csv").read_text("utf-8")
    assert not any(own[goes] in judged for _, goes in chose)  # nobody can judge it beside what is gone
    plan = gristmill("plan", release / "whole.toml", "--root", root).stdout
    assert "a copy may stand up for what withdrawal 1 took out" in plan
    certificates = tmp_path / "certificates"
    requests = release / "requests.jsonl"
    assert gristmill("withdraw", root, requests, "--certificate", certificates).returncode == 0
    facts = json.loads((certificates / "request-1.json").read_bytes())
    assert (facts["documents"], facts["copies"], facts["copies_stay"]) == (1, 0, 2)
    assert facts["stands_up"].startswith("dropped as they were until the next run")

    run(gristmill, release)
    assert released(root).keys() == before.keys() - gone | {goes for _, goes in chose}
    assert "wait for a run" not in sound(gristmill, release)
    assert " 0 built" in gristmill("plan", release / "whole.toml", "--root", root).stdout
    assert gristmill("withdraw", root, requests, "--certificate", certificates).returncode == 0
    facts = json.loads((certificates / "request-1.json").read_bytes())
    assert facts["stands_up"].startswith("elected anew")
    assert not any("tokenizer" in one for one in facts["seen_by"])  # which was trained again

    withdraw(release, asked(url=urls()["page-5"]))  # a release that was elected anew is patched as any
    assert " 0 built" in gristmill("plan", release / "whole.toml", "--root", root).stdout
    assert released(root).keys() == before.keys() - gone - {"page-5"} | {goes for _, goes in chose}
    sound(gristmill, release)


def test_withdrawals_that_follow_before_the_run_hold_too(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    root = release / "out"
    before = released(root)
    (near, far), (same, copy) = (chosen(root, pair) for pair in PAIRS)
    withdraw(release, asked(url=urls()[near], copies="stay"))
    withdraw(release, asked(url=urls()[same], copies="stay"), asked(url=urls()["page-5"]))
    said = withdraw(release, asked(url=urls()[far]))  # which waits: it must not stand up after all
    assert "1 documents asked for, 0 copies of them" in said
    run(gristmill, release)
    assert released(root).keys() == before.keys() - {near, same, "page-5"} | {copy}
    assert "wait for a run" not in sound(gristmill, release)
    assert " 0 built" in gristmill("plan", release / "whole.toml", "--root", root).stdout


def test_a_copy_that_goes_alone_leaves_what_it_had_gone_for(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    root = release / "out"
    before = released(root)
    sizes = finished.open_release(str(root))[DEDUP].counts["size"]
    rows = [asked(url=urls()[chosen(root, pair)[1]], copies="stay") for pair in PAIRS]
    said = withdraw(release, *rows)
    assert "the next `gristmill run` puts 0 of them" in said
    assert released(root) == before
    assert finished.open_release(str(root))[DEDUP].counts["size"] == sizes - 2
    assert "wait for a run" not in sound(gristmill, release)
    assert " 0 built" in gristmill("plan", release / "whole.toml", "--root", root).stdout


def test_who_asks_for_all_copies_goes_before_who_does_not(release: Path, withdraw: Withdraw) -> None:
    stays, goes = chosen(release / "out", PAIRS[0])
    said = withdraw(release, asked(url=urls()[stays], copies="stay"), asked(url=urls()[stays], copies="go"), yes=False)
    assert f"    copy {ids(release / 'out')[goes]}" in said
    assert "in all: 1 documents asked for, 1 copies of them" in said


def test_of_what_went_alone_the_place_is_stopped_and_no_copy_elsewhere(
    release: Path, withdraw: Withdraw, gristmill: Gristmill, tmp_path: Path
) -> None:
    root = release / "out"
    chose = [chosen(root, pair)[0] for pair in PAIRS]
    withdraw(release, *(asked(url=urls()[one], copies="stay") for one in [*chose, "page-6"]))
    texts = {page["id"]: page["text"] for page in whole.pages()}
    rows = [
        {"id": f"{what} {one}", "text": texts[one], "url": url}
        for one in [*chose, "page-6"]
        for what, url in (("place", urls()[one]), ("elsewhere", f"https://else.test/{one}"))
    ]
    (tmp_path / "again.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    recipe = tmp_path / "crawl.toml"
    recipe.write_text(
        f'name = "crawl"\n[[sources]]\nname = "again"\npath = "again.jsonl"\nurl_field = "url"\n'
        f'[ingest]\nmax_reject_share = 1.0\n[withdrawals]\nledger = "{root}"\nkey = "{whole.KEY}"\n',
        "utf-8",
    )
    done = gristmill("run", recipe, "--root", tmp_path / "new", "--until", "ingest", "--cores", "2")
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "new" / "ingest").iterdir()
    built = finished.of(str(tmp_path / "new"), {"ingest": str(folder)})[INGEST]
    kept = {one for columns in built.table("documents").each(["locator"]) for one in strings(columns.column("locator"))}
    assert kept >= {f"elsewhere {one}" for one in chose if one in ("page-4", "again")}  # its copy has the content
    assert not any(one.startswith("place") for one in kept)
    assert "elsewhere page-6" not in kept  # no copy has it, so the content is known too
