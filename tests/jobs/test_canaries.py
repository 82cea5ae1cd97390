"""A run that tries itself on known cases: the corpus is the same to the byte, a wrong threshold stops it, and no canary
is in what trains."""

from dataclasses import replace
from hashlib import blake2b, sha256
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from corpus.canaries.recipe_table import Canaries
from corpus.canaries.texts import sentences
from corpus.errors import LedgerError, RecipeError
from corpus.planning import finished as opened
from corpus.stages.built import Finished
from corpus.stages.canaries import CANARIES
from corpus.stages.ingest import INGEST
from corpus.stages.release import CORPUS, RELEASE
from corpus.stages.trial import PLANTED, TRIAL, Caught, Judged
from corpus.store.manifest import Json
from corpus.verify import canaries as verifying
from filters.arrow import strings
from filters.lm.normaliser import normalise_array
from jobs.engine.session import Session
from jobs.stages import trial
from tests import stages
from tests.conftest import Gristmill, tree, write_recipe

SOME = "\n[canaries]\ncases = 6\n"


def with_canaries(folder: Path, more: str = SOME, **changed: int) -> Path:
    path = write_recipe(folder, **changed)
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    return path


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory, process: Gristmill) -> Path:
    folder = tmp_path_factory.mktemp("tried")
    done = process("run", with_canaries(folder), "--root", folder / "out", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "said").write_text(done.stdout, "utf-8")
    return folder


def test_every_table_of_the_corpus_is_the_same_with_canaries_and_without(finished: Path, tried: Path) -> None:
    """Manifests, receipts, verdicts, corpus, tokenizer, tokens and shards: nothing but the report knows of them."""
    without, there = tree(finished / "out"), tree(tried / "out")
    apart = ("canaries/", "trial/", "report/", "current.json", "latest/", ".latest/", ".leases/")
    assert {name for name in there if name.startswith(("canaries/", "trial/"))}
    ours = {name: data for name, data in there.items() if not name.startswith(apart)}
    assert ours == {name: data for name, data in without.items() if not name.startswith(apart)}
    assert {"train", "shard", "release"} <= {name.split("/")[0] for name in ours}


def test_each_stage_says_what_it_caught(tried: Path) -> None:
    facts = orjson.loads(next((tried / "out" / "report").glob("*/report/facts.json")).read_bytes())["canaries"]
    stages = {row["stage"]: row for row in facts["stages"]}
    assert stages.keys() == {"ingest", "signals.language", "decide", "dedup", "release"}
    assert all(row["recall"] >= 0.9 and row["precision"] >= 0.9 and row["reached"] for row in stages.values())
    assert facts["in_corpus"] == 0
    page = (tried / "out" / "report" / "index.html").read_text("utf-8")
    assert 'id="canaries"' in page
    assert "Jaccard 0.9" in page


MORE = """
[[filters]]
use = "url"
domains = ["bad.example"]
words = ["free money"]

[[filters]]
use = "perplexity"
models.eng_Latn = {{ path = "{path}", sha256 = "{sha256}" }}
max_perplexity = 3_000_000

[canaries]
cases = 4
max_wrong = 1.0
"""


def model(folder: Path) -> dict[str, str]:
    """One that knows the words of the declaration in English and no other."""
    texts = normalise_array(pa.array(["\n".join(sentences("eng_Latn"))], pa.string()))
    words = sorted({word for text in strings(texts.strings()) for word in text.split()})
    head = ["\\data\\", f"ngram 1={len(words) + 3}", "ngram 2=1", "", "\\1-grams:"]
    unigrams = ["-8.0\t<unk>\t0", "-99\t<s>\t0", "-1.5\t</s>\t0", *(f"-3.0\t{word}\t0" for word in words)]
    tail = ["", "\\2-grams:", "-1.5\t<s> </s>", "", "\\end\\", ""]
    path = folder / "words.arpa"
    path.write_text("\n".join([*head, *unigrams, *tail]), "utf-8")
    return {"path": str(path), "sha256": sha256(path.read_bytes()).hexdigest()}


def test_addresses_and_perplexity_are_tried_where_the_recipe_judges_by_them(
    tmp_path: Path, gristmill: Gristmill
) -> None:
    recipe = with_canaries(tmp_path, MORE.format(**model(tmp_path)))
    done = gristmill("run", recipe, "--root", tmp_path / "out", "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert "no case is for filter" not in done.stdout
    rows = opened.open_release(str(tmp_path / "out"))[TRIAL].tally(Caught)
    found = {row.kind: (row.reached, row.caught) for row in rows if row.stage == "decide"}
    for kind in ("listed domain", "listed words in the address", "letters in no order"):
        assert found[kind] == (4, 4), kind
    assert found["domain that ends as a listed one"] == (4, 0)


def test_nothing_is_left_of_the_trial_but_its_outcome(tried: Path) -> None:
    assert not (tried / "out" / ".trial").exists()
    assert "known cases caught" in (tried / "said").read_text("utf-8")


def test_second_run_tries_nothing_again(tried: Path, gristmill: Gristmill) -> None:
    done = gristmill("run", tried / "tiny.toml", "--root", tried / "out")
    assert done.returncode == 0, done.stderr
    assert "canaries" in done.stdout.partition("reused: ")[2]
    assert "known cases caught" not in done.stdout


def test_no_canary_is_in_what_trains_says_verify(tried: Path, gristmill: Gristmill) -> None:
    done = gristmill("verify", tried / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("canaries")]
    assert " ok " in line
    assert " 0 canaries" not in line


WRONG = [
    ("", {"min_words": 1}, "canaries: decide caught 0 of 6 of kind 'too short', a recall of 0.00 where 0.8"),
    ("[dedup]\nthreshold = 0.97\n", {}, "canaries: dedup caught 0 of 6 of kind 'Jaccard 0.9', a recall of 0.00"),
    (
        "[dedup]\nthreshold = 0.3\n",
        {},
        "canaries: dedup caught 6 of 6 of kind 'Jaccard 0.5', which it should leave: 1.00",
    ),
]


@pytest.mark.parametrize(("more", "changed", "said"), WRONG, ids=["length", "dedup high", "dedup low"])
def test_threshold_that_is_wrong_stops_the_run_before_anything_trains(
    more: str, changed: dict[str, int], said: str, tried: Path, tmp_path: Path, gristmill: Gristmill
) -> None:
    (tmp_path / "out").symlink_to(tried / "out")  # what is measured is there
    done = gristmill("run", with_canaries(tmp_path, f"{more}{SOME}", **changed), "--root", tmp_path / "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "train " not in done.stdout


def judged(tmp_path: Path, *rows: Caught, **gate: object) -> None:
    """The gate over what was caught."""
    job = stages.job_of(TRIAL, Judged(untried=()), tmp_path, [], Session(1))
    trial.check(job, stages.manifest_of(TRIAL.name, tallied=rows), replace(Canaries(), **gate))  # type: ignore[arg-type]


def row(stage: str, kind: str, caught: int, *, reached: int = 10, wanted: str = "yes") -> Caught:
    return Caught(stage=stage, kind=kind, wanted=wanted, checks=10, reached=reached, caught=caught)


def test_gate_lets_pass_what_is_enough_and_what_is_found_in_part_by_design(tmp_path: Path) -> None:
    part = row("contamination", "60 % of the question", 1)
    judged(tmp_path, row("dedup", "a", 8), part, row("dedup", "b", 2, wanted="no"), row("lines", "c", 0, reached=0))


def test_gate_names_stage_kind_and_figure(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"dedup caught 7 of 10 of kind 'a', a recall of 0\.70 where 0\.8"):
        judged(tmp_path, row("dedup", "a", 7))
    with pytest.raises(RecipeError, match=r"dedup caught 3 of 10 of kind 'b', which it should leave: 0\.30 where"):
        judged(tmp_path, row("dedup", "a", 10), row("dedup", "b", 3, wanted="no"))


def test_share_of_a_kind_stands_over_that_of_all(tmp_path: Path) -> None:
    judged(tmp_path, row("dedup", "a", 1), kinds={"dedup: a": 0.1})
    judged(tmp_path, row("dedup", "a", 7, wanted="no"), kinds={"dedup: a": 0.7})
    part = row("contamination", "60 % of the question", 1)
    with pytest.raises(RecipeError, match=r"a recall of 0\.10 where 0\.5"):
        judged(tmp_path, part, kinds={"contamination: 60 % of the question": 0.5})


def test_kind_that_was_not_tried_cannot_be_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"kinds names 'dedup: b', which was not tried; tried: dedup: a"):
        judged(tmp_path, row("dedup", "a", 10), kinds={"dedup: b": 0.1})


def test_canary_in_the_corpus_is_no_balance(tried: Path) -> None:
    found = opened.open_release(str(tried / "out"))
    own = found[TRIAL].manifest
    ledger = stages.balance_of(TRIAL, replace(own, counts={**own.counts, "in_corpus": 1}))
    with pytest.raises(LedgerError, match="canaries in the corpus"):
        TRIAL.balance(ledger)


def released(tmp_path: Path, ids: list[str], texts: list[str]) -> Finished:
    """A corpus of these, and one canary with id "c", read as "old" and released as "new"."""
    digests = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
    corpus = pa.Table.from_pylist(
        [
            {**dict.fromkeys(CORPUS.names), "id": id_, "content": content, "row": 0, "source": "", "language": ""}
            | {"text": "", "restricted": False, "cleaned": False, "redactions": 0, "redacted": False}
            for id_, content in zip(ids, digests, strict=True)
        ],
        schema=CORPUS,
    )
    own = {name: blake2b(text, digest_size=16).digest() for name, text in (("text", b"old"), ("content", b"new"))}
    planted = pa.Table.from_pylist([{"id": "c", "case": "one", **own}], schema=PLANTED)
    tables = {
        RELEASE.name: stages.written(tmp_path / "release", "corpus", [corpus]),
        TRIAL.name: stages.written(tmp_path / "trial", "planted", [planted]),
    }
    found = {name: stages.built(name, tmp_path / name, {table.name: table.files}) for name, table in tables.items()}
    return Finished(address=str(tmp_path), stages=found)


@pytest.mark.parametrize(
    ("ids", "texts", "said"),
    [
        (["a", "c"], ["one", "two"], "the id of a canary"),
        (["a", "b"], ["one", "old"], "the text of a canary"),
        (["a", "b"], ["new", "two"], "the text of a canary"),
    ],
)
def test_verify_finds_a_canary_by_its_id_and_by_its_text(
    ids: list[str], texts: list[str], said: str, tmp_path: Path
) -> None:
    check = verifying.check(released(tmp_path, ids, texts))
    assert check
    assert check.failed
    assert said in check.failures[0]


def test_verify_passes_a_corpus_without_and_refuses_a_stage_made_from_canaries(tmp_path: Path) -> None:
    clean = released(tmp_path, ["a", "b"], ["one", "two"])
    check = verifying.check(clean)
    assert check
    assert not check.failed
    assert check.looked.startswith("1 canaries, by id and text, in 2 rows of 1 tables")
    made = clean[RELEASE]
    identity: Json = {"stage": "release", "parents": {CANARIES.name: "0", INGEST.name: "1"}}
    stained = replace(made, manifest=replace(made.manifest, identity=identity))
    check = verifying.check(replace(clean, stages={**clean.stages, RELEASE.name: stained}))
    assert check
    assert "made from canaries" in check.failures[0]


def test_outcomes_are_the_same_on_one_core(tried: Path, tmp_path: Path, process: Gristmill) -> None:
    done = process("run", tried / "tiny.toml", "--root", tmp_path / "one", "--cores", "1", "--until", "trial")
    assert done.returncode == 0, done.stderr
    last = opened.open_release(str(tried / "out"))[TRIAL]
    own = tmp_path / "one" / "trial" / last.fingerprint / "manifest.json"
    assert orjson.loads(own.read_bytes())["tables"] == orjson.loads(last.manifest.to_json())["tables"]
