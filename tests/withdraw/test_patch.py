"""A release that documents were taken out of: what is left is what it was, in its place, and every sum holds."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpus.planning import finished
from corpus.shards import lineage, megatron
from corpus.shards.read import read_batches
from corpus.stages.built import Finished
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.store import current, storage
from filters.arrow import strings
from jobs.tools import withdrawal_key
from tests.conftest import Gristmill, tree
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw
from tests.withdraw.whole import asked

pytestmark = pytest.mark.timeout(600)

REQUESTS = (
    asked(url="http://www.site3.example.org:80/p/3?utm_source=x#top"),  # page 3, whose near copy went for it or stays
    asked(identifier="Jane.Roe@Mill-Post.net"),
    asked(span=whole.SECRET),
    asked(url_prefix="https://copies.test/again"),  # the same text as page 4
    asked(domain="site2.example.org"),  # page 7, which holds a passage, is one of eight
    asked(url="https://www.site1.example.org/i"),  # which holds an item of a suite
    asked(source="prompts"),
)


def located(root: Path) -> dict[str, tuple[int, int]]:
    """Place of each document by its locator."""
    documents = finished.open_release(str(root))[INGEST].table("documents")
    return {
        one: (part, row)
        for part in range(documents.parts)
        for row, one in enumerate(strings(documents.read(part, ["locator"]).column("locator")))
    }


def prefixes(release: Finished) -> dict[str, list[tuple[tuple[int, int, int], list[int]]]]:
    """Of each Megatron prefix its documents in order: place, and tokens."""
    folder, found = release[SHARD].folder, {}
    for entry in release[SHARD].manifest.tables["lineage"]:
        name = entry.name.removesuffix(".parquet")
        data = (Path(folder) / "megatron" / f"{name}.bin").read_bytes()
        index = (Path(folder) / "megatron" / f"{name}.idx").read_bytes()
        lengths, _, kind = megatron.read_index(index, len(data))
        tokens = np.split(np.frombuffer(data, kind), np.cumsum(lengths)[:-1])
        places = lineage.read(storage.join(folder, "lineage"), name).to_pylist()
        found[name] = [
            ((one["part"], one["row"], one["copy"]), own.tolist()) for one, own in zip(places, tokens, strict=True)
        ]
    return found


def rows_of_shards(release: Finished) -> dict[str, list[list[tuple[Any, ...]]]]:
    """Of each Arrow shard its rows in order, each as pieces: place, and tokens."""
    found: dict[str, list[list[tuple[Any, ...]]]] = {}
    for table, entries in release[SHARD].manifest.tables.items():
        for entry in entries:
            if entry.name.endswith(".arrow"):
                rows = [
                    _pieces(row)
                    for batch in read_batches(storage.join(release[SHARD].folder, table, entry.name))
                    for row in batch.to_pylist()
                ]
                found[f"{table}/{entry.name}"] = rows
    return found


def _pieces(row: dict[str, Any]) -> list[tuple[Any, ...]]:
    if "seq_lengths" not in row:
        return [(row["part"], row["row"], row["copy"], 0, tuple(row["input_ids"]))]
    ends = np.cumsum(row["seq_lengths"])
    starts = ends - row["seq_lengths"]
    names = ("parts", "rows", "copies", "offsets")
    return [(*(row[name][i] for name in names), tuple(row["input_ids"][starts[i] : ends[i]])) for i in range(len(ends))]


def test_every_other_document_is_where_it_was_and_the_release_verifies(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    root = release / "out"
    before, places = finished.open_release(str(root)), located(root)
    said = withdraw(release, *REQUESTS)
    after = finished.open_release(str(root))
    assert gristmill("verify", root).returncode == 0, gristmill("verify", root).stdout

    wanted = {"page-3", "near", "page-11", "page-13", "again", "page-4", "item"}
    wanted |= {f"page-{i}" for i in range(2, 40, 5)}
    gone = {places[one] for one in wanted} | {place for one, place in places.items() if one.startswith("prompts")}
    assert len(gone) == len(wanted) + 20
    assert f"{len(gone):,} documents are out of the release" in said

    kept = [one for one in located(root) if one]
    assert {places[one] for one in kept} == set(places.values()) - gone
    for part, rows in _by_part(gone).items():
        table = after[INGEST].table("documents").read(part)
        assert table.num_rows == before[INGEST].table("documents").read(part).num_rows
        for one in table.take(pa.array(rows)).to_pylist():
            assert (one["text"], one["url"], one["locator"], one["file"]) == ("", None, "", "")
        verdicts = after.stages["decide"].table("verdicts").read(part, ["kept", "reasons"])
        for one in verdicts.take(pa.array(rows)).to_pylist():
            assert not one["kept"]
            assert [reason["rule"] for reason in one["reasons"]] == ["withdrawn.requested"]

    short = {name: [one for one in documents if one[0][:2] not in gone] for name, documents in prefixes(before).items()}
    assert prefixes(after) == {name: documents for name, documents in short.items() if documents}
    shorter = {
        name: [own for row in rows if (own := [piece for piece in row if piece[:2] not in gone])]
        for name, rows in rows_of_shards(before).items()
    }
    assert rows_of_shards(after) == {name: rows for name, rows in shorter.items() if rows}


def _by_part(places: set[tuple[int, int]]) -> dict[int, list[int]]:
    return {part: sorted(row for own, row in places if own == part) for part in {part for part, _ in places}}


def test_of_one_document_few_files_are_written_anew_and_all_others_keep_their_bytes(
    release: Path, withdraw: Withdraw
) -> None:
    root = release / "out"
    before = finished.open_release(str(root))
    withdraw(release, asked(url="https://www.site0.example.org/p/5"))
    after = finished.open_release(str(root))
    for name, built in after.stages.items():
        for table, entries in built.manifest.tables.items():
            old = {entry.name: entry for entry in before.stages[name].manifest.tables[table]}
            for entry in entries:
                path = Path(built.folder) / table / entry.name
                assert hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256
                was = Path(before.stages[name].folder) / table / entry.name
                if entry.name in old and entry.sha256 == old[entry.name].sha256 and not entry.name.endswith(".json"):
                    same = path.stat().st_ino == was.stat().st_ino
                    assert same or (name, table) in (("encode", "tokens"), ("report", "report"))
    assert after[ENCODE].counts["documents"] == before[ENCODE].counts["documents"] - 1
    assert after[RELEASE].counts["documents"] == before[RELEASE].counts["documents"] - 1
    assert {name: before.stages[name].manifest for name in before.stages} == {
        name: built.manifest for name, built in _again(root, before).items()
    }  # what lay there is as it was


def _again(root: Path, release: Finished) -> Any:
    marks = {name: built.fingerprint for name, built in release.stages.items()}
    return finished.of(str(root), {name: storage.join(str(root), name, mark) for name, mark in marks.items()}).stages


def test_nothing_changes_without_yes_nor_the_second_time(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    root, row = release / "out", asked(url="https://www.site0.example.org/p/5")
    before = tree(root)
    said = withdraw(release, row, asked(source="nobody"), yes=False)
    assert "request 1 (url, author, copyright, 2026-08-02): 1 documents" in said
    assert "request 2 (source, author, copyright, 2026-08-02): fits no document" in said
    assert tree(root) == before
    withdraw(release, row)
    once = tree(root)
    assert "answered by withdrawal 1" in withdraw(release, row)
    assert tree(root) == once
    assert "request 2 (source, author, copyright, 2026-08-02): fits no document" in withdraw(
        release, row, asked(source="nobody")
    )
    assert tree(root) == once
    assert (root / "latest" / "shards").resolve() == Path(current.folder(str(root), "shard") or "")
    for name in ("verify", "ls"):
        assert gristmill(name, root).returncode == 0


class Killed(Exception):
    """As if the process had been killed here."""


def test_killed_anywhere_the_same_command_ends_the_same(
    release: Path, tmp_path: Path, withdraw: Withdraw, gristmill: Gristmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    whole_, rows = tmp_path / "whole", REQUESTS[:2]
    shutil.copytree(release, whole_, symlinks=True)
    withdraw(whole_, *rows)
    wanted = tree(whole_ / "out")
    publish = storage.publish_bytes
    left = 0

    def dying(folder: str, name: str, data: bytes) -> None:
        nonlocal left
        if "/.leases" not in folder:
            left -= 1
            if left < 0:
                raise Killed
        publish(folder, name, data)

    monkeypatch.setattr(storage, "publish_bytes", dying)
    for patience in range(0, 200, 3):  # each try gets three small files further than the last
        left = patience
        try:
            withdraw(release, *rows)
            break
        except Killed:
            if (release / "out" / "withdrawals" / "ledger").exists() and patience < 20:
                planned = gristmill("plan", release / "whole.toml", "--root", release / "out")
                assert planned.returncode == 2
                assert "was cut off: give `gristmill withdraw` the same requests again" in planned.stderr
    else:
        raise AssertionError("it never came to its end")
    assert patience > 8
    assert tree(release / "out") == wanted


def test_a_plan_of_the_same_recipe_finds_the_patch_and_a_changed_one_is_built_on_it(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    root, recipe = release / "out", release / "whole.toml"
    withdraw(release, *REQUESTS[:3])
    once = tree(root)
    done = gristmill("run", recipe, "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert " 0 built" in gristmill("plan", recipe, "--root", root).stdout
    assert tree(root) == once

    recipe.write_text(recipe.read_text("utf-8").replace("min_words = 12", "min_words = 11"), "utf-8")
    done = gristmill("run", recipe, "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert "reused: ingest" in done.stdout
    assert gristmill("verify", root).returncode == 0
    after = finished.open_release(str(root))
    texts = [
        one
        for part in range(after[RELEASE].table("corpus").parts)
        for one in strings(after[RELEASE].table("corpus").read(part, ["text"]).column("text"))
    ]
    assert not any(whole.SECRET in one or not one for one in texts)
    assert after.stages["decide"].counts["dropped"] == 5  # four that were withdrawn, and one that is too short


def test_a_second_withdrawal_is_taken_out_of_the_first(release: Path, withdraw: Withdraw, gristmill: Gristmill) -> None:
    root = release / "out"
    withdraw(release, *REQUESTS[:1])
    said = withdraw(release, *REQUESTS)
    assert "request 1 (url, author, copyright, 2026-08-02): answered by withdrawal 1" in said
    assert gristmill("verify", root).returncode == 0
    assert " 0 built" in gristmill("plan", release / "whole.toml", "--root", root).stdout
    entries = sorted((root / "withdrawals" / "ledger").iterdir())
    first, second = (json.loads(entry.read_bytes()) for entry in entries)
    assert second["previous"] == hashlib.sha256(entries[0].read_bytes()).hexdigest()
    assert (first["number"], second["number"], first["previous"]) == (1, 2, "")
    assert finished.open_release(str(root))[DEDUP].counts["kept"] > 0
    assert SPLITS in finished.open_release(str(root))


def test_an_edited_ledger_and_another_key_are_refused(
    release: Path, withdraw: Withdraw, gristmill: Gristmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = release / "out"
    withdraw(release, *REQUESTS[:1])
    file = whole.requests(release, *REQUESTS[:2])
    monkeypatch.setenv(withdrawal_key.KEY, "another key, as long as a key has to be")
    done = gristmill("withdraw", root, file)
    assert (done.returncode, "not the one that the ledger was written with" in done.stderr) == (2, True)
    monkeypatch.setenv(withdrawal_key.KEY, whole.KEY)
    withdraw(release, *REQUESTS[:2])
    entry = root / "withdrawals" / "ledger" / "000001.json"
    entry.write_bytes(entry.read_bytes().replace(b'"author"', b'"custodian"'))
    done = gristmill("plan", release / "whole.toml", "--root", root)
    assert done.returncode == 1
    assert "does not follow the entry before it" in done.stderr


def test_canaries_are_left_out_until_the_next_run_makes_new_ones(
    tmp_path: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    recipe = whole.write(tmp_path, more="[canaries]\ncases = 2\nmin_recall = 0.0\nmax_wrong = 1.0\n")
    root = tmp_path / "out"
    done = gristmill("run", recipe, "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stderr
    said = withdraw(tmp_path, *REQUESTS[:3])
    assert "canaries               made of documents: left out of the release until" in said
    assert not {"canaries", "trial"} & finished.open_release(str(root)).stages.keys()
    assert gristmill("verify", root).returncode == 0
    done = gristmill("run", recipe, "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert gristmill("verify", root).returncode == 0
    now = finished.open_release(str(root))
    assert {"canaries", "trial"} <= now.stages.keys()
    done = gristmill("verify", root, "--withdrawn")
    assert done.returncode == 0, done.stdout + done.stderr
    for file in Path(now.stages["canaries"].folder).glob("sources/*"):
        assert whole.SECRET not in file.read_text("utf-8")
