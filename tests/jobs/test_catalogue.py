"""A run under a catalogue: what goes with documents, what never does, what builds again when an entry changes."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus.shards import about
from tests.conftest import Gristmill, tree
from tests.corpus.catalogue.entries import CONTACTS, changed, primary

TEXT = "The miller of valley number {0} grinds the corn of all his neighbours, and takes {0} bags of flour for it."
RECIPE = """
name = "milled"
[[sources]]
name = "news"
path = "news.jsonl"
uid = "mill_daily"
[catalogue]
path = "entries.json"
allow_licences = ["CC-BY-*"]
[tokenizer]
vocab_size = 300
"""


def write(folder: Path, **fields: object) -> Path:
    entry = primary()
    for field, value in fields.items():
        entry = changed(entry, field.replace("__", "."), value)
    (folder / "entries.json").write_text(json.dumps(entry), "utf-8")
    (folder / "milled.toml").write_text(RECIPE, "utf-8")
    lines = [json.dumps({"text": TEXT.format(number), "id": number}) for number in range(20)]
    (folder / "news.jsonl").write_text("\n".join(lines), "utf-8")
    return folder / "milled.toml"


def states(text: str) -> dict[str, str]:
    """Of each stage of a plan."""
    words = (line.split() for line in text.splitlines())
    return {line[1]: line[0] for line in words if line and line[0] in ("reuse", "build")}


def test_a_run_under_a_catalogue(tmp_path: Path, gristmill: Gristmill) -> None:
    recipe, root = write(tmp_path), tmp_path / "out"
    done = gristmill("run", recipe, "--root", root)
    assert done.returncode == 0, done.stderr
    assert "catalogue entries.json: 1 entries, all 1 sources admitted" in done.stdout
    (shards,) = (root / "shard").iterdir()
    (row,) = about.read(str(shards)).sources
    assert (row.source, row.uid, row.licence, row.custodian, row.access_tier) == (
        *("news", "mill_daily", "CC-BY-4.0", "Mill House", "open"),
    )
    told = gristmill("datasheet", recipe, "--root", root)
    assert told.returncode == 0, told.stderr
    assert "1 of 1 sources have an entry" in told.stdout  # by the recipe's uid
    assert "- news: Mill House\n" in (root / "datasheet" / "dta.md").read_text("utf-8")
    shown = gristmill("trace", root, "--shard", "data-00000-of-00001", "--row", "0").stdout
    assert "licence    CC-BY-4.0\n" in shown  # of the document: the recipe says none, the entry does
    assert "entry      mill_daily, licence CC-BY-4.0, custodian Mill House, access open\n" in shown
    id_ = next(line.split()[1] for line in shown.splitlines() if line.startswith("document "))
    for said in (gristmill("trace", root, "--id", id_).stdout, gristmill("show", recipe, id_, "--root", root).stdout):
        assert "entry      mill_daily, " in said
    unpacked = {
        name: str(pq.read_table(root / name).to_pylist()).encode() if name.endswith(".parquet") else data
        for name, data in tree(root).items()
    }
    assert any(b"mill_daily" in data for data in unpacked.values())
    assert [name for name, data in unpacked.items() for contact in CONTACTS if contact.encode() in data] == []

    write(tmp_path, custodian__contact_email="other@mill.example", description__description="News, and more.")
    assert set(states(gristmill("plan", recipe, "--root", root).stdout).values()) == {"reuse"}
    write(tmp_path, custodian__name="Mill House Press")  # reaches what is said of shards, and no text
    built = {
        name for name, state in states(gristmill("plan", recipe, "--root", root).stdout).items() if state == "build"
    }
    assert built == {"shard", "report"}
    write(tmp_path, availability__licensing__license_list=["CC-BY-3.0"])  # reaches documents
    assert states(gristmill("plan", recipe, "--root", root).stdout)["ingest"] == "build"


@pytest.mark.parametrize("verb", ["plan", "run"])
def test_a_refused_source_stops_before_anything_is_made(tmp_path: Path, gristmill: Gristmill, verb: str) -> None:
    recipe = write(tmp_path, availability__licensing__license_properties=["do not distribute"])
    done = gristmill(verb, recipe, "--root", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "gristmill: source 'news': its entry 'mill_daily' refuses it: availability.licensing.license_properties: "
    )
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_what_was_built_is_looked_at_whatever_the_catalogue_says_by_now(tmp_path: Path, gristmill: Gristmill) -> None:
    recipe, root = write(tmp_path), tmp_path / "out"
    assert gristmill("run", recipe, "--root", root, "--until", "ingest").returncode == 0
    write(tmp_path, governance={"access_tier": "open", "expires": "2020-01-01", "validated": True})
    refused = gristmill("run", recipe, "--root", root)
    assert (refused.returncode, "governance.expires: it expired on 2020-01-01" in refused.stderr) == (2, True)
    assert "no document" in gristmill("show", recipe, "0" * 32, "--root", root).stderr
