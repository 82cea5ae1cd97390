"""`gristmill verify` takes the sums of every stage again, from manifests alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from corpus.planning import finished, plan
from corpus.planning.opening import open_plan
from corpus.shards.tallies import Packed
from corpus.stages.built import Built, Finished
from corpus.stages.every import ALL
from corpus.stages.shard import SHARD
from corpus.stages.stage import Stage
from corpus.store import tally
from corpus.store.tally import Cells, Row
from corpus.verify import ledgers
from tests.conftest import Gristmill
from tests.filters.test_code import FUNCTIONS

pytestmark = pytest.mark.timeout(900)

RECIPE = """
[[sources]]
name = "by-hand"
path = "by-hand.jsonl"
language_field = "language"

[[filters]]
use = "length"
min_words = 3

[[filters]]
use = "rights"
keep_train_ai = ["allow", "unknown"]

[[filters]]
use = "agreed"

[[filters.functions]]
name = "menu"
expression = "menu"
drop = { min = 1 }

[[filters.functions]]
name = "long"
signal = "length.words"
keep = { min = 61 }

[code]
sources = ["by-hand"]
max_documents = 4
min_shared = 4

[contamination]
max_documents = 2
[[contamination.suites]]
name = "items"
path = "items.jsonl"
policy = "cut"
[[contamination.suites]]
name = "others"
path = "others.jsonl"

[[lines]]
rule = "keep-none-above"
max_documents = 2
min_chars = 0

[passages]
min_tokens = 30

[splits]
valid = 0.2
test = 0.1

[[signals]]
name = "labels"
path = "labels.jsonl"
key = "domain"
columns = { score = "float" }
coverage = 0

[mixture]
by = ["duplicates", "language", "labels.score@2"]
groups = [{ epochs = 1.5 }]

[dedup]
index = true

[canaries]
cases = 2
min_recall = 0.0
max_wrong = 1.0

[textindex]

[bm25]

[[views]]
name = "causal"
objective = "causal"
sequence_length = 64

[tokenizer]
vocab_size = 400

[ingest]
part_bytes = 4000
max_reject_share = 0.1
"""
PHRASE = " ".join(f"phrase{i}" for i in range(15))  # of more documents than are proof
MENU, FOOTER = "The menu of every page", " ".join(f"footer{i}" for i in range(60))
COUNTS = {
    "ingest": ("records", "documents", "rejects", "robots"),
    "robots": ("documents", "known", "silent"),
    "signals.agreed": (
        *("known", "unknown", "counted", "fitted", "rare", "voters", "patterns", "alike"),
        *("overlaps", "conflicts"),
    ),
    "decide": ("kept", "dropped", "fired"),
    "pairs": ("candidates", "pairs"),
    "code": ("candidates", "containments"),
    "dedup": ("kept", "filtered", "exact", "near", "url", "contained", "size", "known"),
    "matches": ("matches", "items", "unchecked", "searched"),
    "contamination": ("cuts", "matches", "documents", "dropped", "cut", "chars", "common", "items", "whole"),
    "lines": ("cuts", "emptied"),
    "passages": ("kept", "dropped", "cuts"),
    "release": ("documents", "spans", "pii_dropped", "small_dropped", "cuts", "cuts_withheld"),
    "index": ("documents",),
    "canaries": ("checks", "unchecked"),
    "trial": ("checks", "reached", "caught", "planted", "in_corpus"),
    "textindex": ("documents", "bytes"),
    "bm25": ("documents", "bytes"),
    "train": ("made", "learned"),
    "encode": ("documents", "tokens", "chosen", "judged"),
    "splits": ("copies",),
    "buckets": ("documents", "tokens", "sizes"),
    "mix": ("documents", "tokens"),
    "views": ("examples", "rows", "megatron.examples"),
    "shard": ("megatron.documents", "megatron.tokens", "arrow.documents", "arrow.tokens"),
}

FOUND = {
    "ingest": ("documents", "rejects"), "decide": ("kept", "dropped"), "pairs": ("pairs",), "code": ("containments",),
    "dedup": ("filtered", "exact", "near", "contained"), "lines": ("cuts", "emptied"), "passages": ("cuts",),
    "matches": ("matches", "unchecked"), "contamination": ("cuts", "dropped", "common", "whole"),
    "release": ("cuts", "spans"), "splits": ("copies",), "buckets": ("documents", "sizes"), "mix": ("documents",),
    "views": ("examples", "rows"),
    "canaries": ("checks", "unchecked"), "trial": ("reached", "caught", "planted"),
}  # fmt: skip
TALLIED = {stage.name for stage in ALL if stage.tallies and stage is not SHARD}  # nothing is packed here
# No more are held out than are wanted, and fewer where the next cluster does not fit; what filters dropped of clusters
# is what they dropped when the mixture was made, and a withdrawal drops more.
UNCHECKED = {("splits", "wanted"), ("clustered", "dropped")}
TALLIES = [
    (stage, kind, field.name)
    for stage in ALL
    if stage.name in COUNTS
    for kind in stage.tallies
    for field in fields(kind)
    if field.type is int and kind is not Packed and (kind.NAME, field.name) not in UNCHECKED
]


def words(number: int) -> str:
    """Sixty that no other text has."""
    return " ".join(f"w{number}x{i}" for i in range(60))


def texts() -> list[tuple[str, str]]:
    """Language and text: something for every stage to find."""
    own = [words(n) for n in range(40)]
    around = " ".join(words(n) for n in range(50, 60))  # the item of 38 stands in the middle of a long text
    own[38] = f"{around}\n{own[38]}\n{' '.join(words(n) for n in range(60, 70))}"
    for n in range(30, 34):
        own[n] = f"{own[n]} {PHRASE}"
    pages = [
        f"{MENU}\n{words}.\n{FOOTER if n < 2 else n}.\n" if n < 6 else f"{words}\nask p{n}@mill-post.net"
        for n, words in enumerate(own)
    ]
    others = [MENU, "short", pages[20], pages[21].replace("x7", "y"), pages[22].upper()]
    code = ["".join(FUNCTIONS), "".join(FUNCTIONS[3:])]
    return [*(("eng", text) for text in (*pages, *others)), *(("code-C", text) for text in code)]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Finished:
    """Every stage that a recipe can ask for, but the report."""
    folder = tmp_path_factory.mktemp("every")
    rows = [json.dumps({"text": text, "language": language}) for language, text in texts()]
    (folder / "by-hand.jsonl").write_text("\n".join([*rows, "no JSON"]) + "\n", "utf-8")
    asked = [{"question": words(38)}, {"question": words(39)[:200]}, {"question": "too short"}]
    suites = {"items": [asked[0], asked[2]], "others": [asked[1], {"passage": f"{PHRASE} {words(99)}"}]}
    for name, items in suites.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, items)), "utf-8")
    (folder / "labels.jsonl").write_text('{"domain": "nobody.example", "score": 1}', "utf-8")
    path = folder / "every.toml"
    path.write_text(RECIPE, "utf-8")
    root = str(folder / "out")
    done = gristmill("run", path, "--root", root, "--cores", "2", "--until", "views")
    assert done.returncode == 0, done.stdout + done.stderr
    plan.write_current(open_plan(str(path), root))
    return finished.open_release(root)


def with_counts(release: Finished, stage: str, found: dict[str, int]) -> Finished:
    """The release with other counts in the manifest of a stage."""
    built = release.stages[stage]
    changed = replace(built, manifest=replace(built.manifest, counts=found))
    return replace(release, stages={**release.stages, stage: changed})


def test_every_stage_that_has_sums_is_here(release: Finished) -> None:
    nothing = next(field.default for field in fields(Stage) if field.name == "balance")
    assert set(COUNTS) == {stage.name for stage in ALL if stage.balance is not nothing}
    assert set(COUNTS) <= set(release.stages)
    assert release.absent == ("report",)


def test_labels_that_do_not_add_up_are_reported(release: Finished) -> None:
    name = "signals.labels"
    counts = release.stages[name].manifest.counts
    for one in ("documents", "labelled", "unlabelled", "keyless", "labels", "label_nulls", "label_duplicates"):
        changed = with_counts(release, name, {**counts, one: counts[one] + 1})
        assert any(line.startswith(name) for line in ledgers.balances(changed)), one
    for one in ("label_keys", "label_keys_used", "label_keys_unused"):
        changed = with_counts(release, name, {**counts, one: counts[one] + 1})
        assert any(line.startswith(name) for line in ledgers.balances(changed)), one


def test_release_balances_and_its_receipts_add_up(release: Finished) -> None:
    assert list(ledgers.balances(release)) == []
    assert list(ledgers.identities(release)) == []
    assert list(ledgers.receipts(release)) == []
    for stage, names in FOUND.items():  # else there is nothing to be lost
        assert all(release.stages[stage].counts[name] for name in names), (stage, release.stages[stage].counts)


@pytest.mark.parametrize(("stage", "name"), [(stage, name) for stage, names in COUNTS.items() for name in names])
def test_count_that_is_off_by_one_is_reported(release: Finished, stage: str, name: str) -> None:
    known = dict(release.stages[stage].counts)
    for step in (1, -1):
        found = list(ledgers.balances(with_counts(release, stage, {**known, name: known.get(name, 0) + step})))
        assert any(line.startswith(f"{stage}: ") and "!=" in line for line in found), found
        assert not any("\n" in line or "run again" in line for line in found)


@pytest.mark.parametrize(("stage", "kind", "name"), TALLIES)
def test_row_that_is_off_by_one_is_reported(release: Finished, stage: Stage[Any], kind: type[Row], name: str) -> None:
    rows = release[stage].tally(kind)
    assert rows, "there is nothing to be lost"
    for step in (1, -1):
        moved = replace(rows[0], **{name: getattr(rows[0], name) + step})
        found = list(ledgers.balances(with_tallies(release, stage.name, tally.cells([moved, *rows[1:]]))))
        assert any("!=" in line for line in found), found


@pytest.mark.parametrize("stage", [name for name in COUNTS if name in TALLIED])
def test_manifest_without_tallies_is_reported(release: Finished, stage: str) -> None:
    bare = replace(release.stages[stage].manifest, tallies={})
    changed = replace(release.stages[stage], manifest=bare)
    found = list(ledgers.balances(replace(release, stages={**release.stages, stage: changed})))
    assert any(line.startswith(f"{stage}: its manifest has no tally") for line in found), found


def with_tallies(release: Finished, stage: str, tallies: Mapping[str, Sequence[Cells]]) -> Finished:
    """The release with some other tallies in the manifest of a stage."""
    built = release.stages[stage]
    changed = replace(built.manifest, tallies={**built.manifest.tallies, **tallies})
    return replace(release, stages={**release.stages, stage: replace(built, manifest=changed)})


@pytest.mark.parametrize("stage", list(COUNTS))
def test_manifest_without_counts_is_reported(release: Finished, stage: str) -> None:
    found = list(ledgers.balances(with_counts(release, stage, {})))
    assert any(line.startswith(f"{stage}: ") for line in found), found


@pytest.mark.parametrize(
    ("stage", "table"),
    [(stage.name, table) for stage in ALL for table, about in stage.writes.items() if about.schema is not None],
)
def test_table_that_is_a_row_short_is_reported(release: Finished, stage: str, table: str) -> None:
    built = release.stages[stage]
    entries = list(built.manifest.tables[table])
    at = next((n for n, entry in enumerate(entries) if entry.rows), 0)
    entries[at] = replace(entries[at], rows=entries[at].rows - 1)
    changed = replace(built, manifest=replace(built.manifest, tables={**built.manifest.tables, table: entries}))
    found = list(ledgers.balances(replace(release, stages={**release.stages, stage: changed})))
    assert any(line.startswith(f"{stage}: ") for line in found), found


def test_signals_that_are_a_row_short_are_reported(release: Finished) -> None:
    built = release.stages["signals.length"]
    first, *others = built.manifest.tables["signals"]
    tables = {"signals": [replace(first, rows=first.rows - 1), *others]}
    stages = {**release.stages, built.name: replace(built, manifest=replace(built.manifest, tables=tables))}
    [line] = ledgers.balances(replace(release, stages=stages))
    assert line.startswith("signals.length: rows of signals and of documents in part 0")


@pytest.mark.parametrize("stage", list(COUNTS))
def test_copy_that_lacks_a_stage_balances(release: Finished, stage: str) -> None:
    assert list(ledgers.balances(lacking(release, stage))) == []


def test_each_stage_alone_balances(release: Finished) -> None:
    for name in COUNTS:
        assert list(ledgers.balances(lacking(release, *(other for other in release.stages if other != name)))) == []


def lacking(release: Finished, *stages: str) -> Finished:
    """A copy of which these were not shipped."""
    kept: dict[str, Built] = {name: built for name, built in release.stages.items() if name not in stages}
    return replace(release, stages=kept, absent=(*release.absent, *stages))


def test_count_of_a_file_is_the_one_that_is_read(release: Finished) -> None:
    """Sums are of what lies on disk: `open_release` reads the manifests anew."""
    path = Path(release.stages["train"].folder) / "manifest.json"
    whole = path.read_bytes()
    raw = json.loads(whole)
    raw["counts"]["made"] += 1
    try:
        path.write_text(json.dumps(raw), "utf-8")
        found = list(ledgers.balances(finished.open_release(release.address)))
    finally:
        path.write_bytes(whole)
    assert [line.split(":")[0] for line in found] == ["train"]
