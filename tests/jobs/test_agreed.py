"""What filters agree on is the same bytes whatever the parts and the engine; a recipe that asks for it; mistakes."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.judging.agreement import latent, votes
from corpus.planning import inputs, plan, recipe
from corpus.planning.plan import Plan
from corpus.stages.agreed import AGREED, Agreeing, Cast
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.stage import signals
from filters.agreed import Function, Range
from filters.arrow import strings
from jobs import build
from jobs.engine import keys
from jobs.engine.job import Say
from jobs.engine.session import Session
from jobs.stages import agreed
from tests.conftest import tree
from tests.corpus.agreement.test_votes import agreeing, choice
from tests.stages import built, job_of, written

COUNT = 3_000
CHANCE = np.random.default_rng(4)
GOOD = CHANCE.random(COUNT) < 0.8


def drawn(if_bad: float, if_good: float) -> np.ndarray:
    """bool[COUNT]: where a rule fires."""
    fires: np.ndarray = CHANCE.random(COUNT) < np.where(GOOD, if_good, if_bad)
    return fires


LISTED = CHANCE.random(COUNT) < 0.7  # documents of a language that has a list
MEASURED = {
    "language": {"label": np.where(LISTED, "eng_Latn", "fao_Latn"), "score": np.ones(COUNT)},
    "length": {"words": np.where(drawn(0.7, 0.05), 5, 50).astype(np.int32), "chars": np.full(COUNT, 200, np.int32)},
    "stopwords": {"ratio": np.where(LISTED & drawn(0.8, 0.1), 0.0, 1.0), "lexicon": LISTED},
    "symbols": {"letter_ratio": np.where(drawn(0.6, 0.02), 0.1, 0.9)},
}
FILES = np.where(CHANCE.random(COUNT) < 0.99, "f", "")  # some were withdrawn
PARAMS = agreeing(
    choice("length", min_words=10, min_chars=None, min_bytes=None, max_words=None),
    choice("stopwords", min_ratio=0.1),
    choice(
        "symbols",
        **dict.fromkeys(("max_symbol_ratio", "max_digit_ratio", "max_special_ratio", "min_alnum_ratio")),
        min_letter_ratio=0.5,
    ),
    functions=(Function(name="chars", signal="length.chars", keep=Range(min=100)),),
    fitted_patterns=1_000,
)


def ignored(_: str) -> None:
    """What the stage says."""


def run(folder: Path, sizes: Sequence[int], session: Session, params: Agreeing = PARAMS, say: Say = ignored) -> Path:
    """The stage over parts of these sizes."""
    ends = list(itertools.accumulate(sizes))
    assert sum(sizes) in (0, COUNT)

    def parts(columns: dict[str, Any]) -> list[pa.Table]:
        whole = pa.table(columns)
        return [whole.slice(end - size, size) for end, size in zip(ends, sizes, strict=True)]

    heads = {"source": ["web"] * COUNT, "language": [None] * COUNT, "url": [None] * COUNT, "file": FILES.tolist()}
    documents = {name: pa.array(values, pa.string()) for name, values in heads.items()}
    before = [_before(folder, "ingest", "documents", parts(documents))]
    for name, columns in MEASURED.items():
        own = {key: pa.array(values) for key, values in columns.items()}
        before.append(_before(folder, signals(name).stage, "signals", parts(own)))
    declared = (INGEST.documents, *map(signals, MEASURED))
    job = job_of(AGREED, params, folder / "agreed", before, session, declared=declared, say=say)
    agreed.build(job)
    return folder / "agreed"


def _before(folder: Path, stage: str, table: str, parts: Sequence[pa.Table]) -> Any:
    files = written(folder / stage, table, parts).files
    return built(stage, folder / stage, {table: files}, {})


def rows(folder: Path, table: str) -> pa.Table:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    return pa.concat_tables([pq.read_table(folder / table / one["name"]) for one in manifest["tables"][table]])


def test_probabilities_are_those_of_the_model_of_all_votes(session: Session, tmp_path: Path) -> None:
    folder = run(tmp_path, [1_200, 0, 1_800], session)
    found = rows(folder, "signals")
    gone = FILES == ""
    texts = [
        ("d" if words < 10 else "k")
        + (("d" if ratio < 0.1 else "k") if listed else ".")
        + ("d" if letters < 0.5 else "k")
        + "k"
        for words, ratio, listed, letters in zip(
            MEASURED["length"]["words"],
            MEASURED["stopwords"]["ratio"],
            LISTED,
            MEASURED["symbols"]["letter_ratio"],
            strict=True,
        )
    ]
    names = ["length.few_words", "stopwords.few_stopwords", "symbols.few_letters", "function.chars"]
    assert votes.voters(PARAMS) == names
    distinct = sorted({text for text, out in zip(texts, gone, strict=True) if not out})
    counts = [sum(text == own and not out for text, out in zip(texts, gone, strict=True)) for own in distinct]
    model = latent.fit(votes.matrix(distinct, 4), np.array(counts))
    assert model.why == ("", "", "", latent.ONE_ANSWER)
    known = dict(zip(distinct, model.posterior(votes.matrix(distinct, 4))[0].tolist(), strict=True))
    expected = [1.0 if out else known[text] for text, out in zip(texts, gone, strict=True)]
    assert found.column("probability").to_pylist() == expected
    assert found.column("known").to_pylist() == (~gone).tolist()
    told = {row["votes"]: (row["documents"], row["probability"]) for row in rows(folder, "patterns").to_pylist()}
    assert told == {text: (n, known[text]) for text, n in zip(distinct, counts, strict=True)}
    right = (found.column("probability").to_numpy() >= 0.5) == GOOD
    assert right[~gone].mean() > 0.93
    voters = {row["voter"]: row for row in rows(folder, "voters").to_pylist()}
    for name, if_bad, if_good in (("length.few_words", 0.7, 0.05), ("symbols.few_letters", 0.6, 0.02)):
        assert abs(voters[name]["drop_if_bad"] - if_bad) < 0.06
        assert abs(voters[name]["drop_if_good"] - if_good) < 0.03
    assert voters["function.chars"]["accuracy"] is None
    cast = {
        one["voter"]: Cast(**one) for one in json.loads((folder / "manifest.json").read_bytes())["tallies"]["votes"]
    }
    assert cast["stopwords.few_stopwords"].unmeasured == int((~LISTED & ~gone).sum())


@pytest.mark.timeout(300)
def test_bytes_are_the_same_over_any_parts_engine_and_way_to_count(
    session: Session, spark: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(tmp_path / "one", [COUNT], session)
    others = [run(tmp_path / "parts", [700, 0, 2_000, 300], session), run(tmp_path / "spark", [COUNT], spark)]
    monkeypatch.setattr(keys, "FEW_BYTES", -1)
    others.append(run(tmp_path / "keys", [700, 0, 2_000, 300], session))
    for other in others:
        for table in ("voters", "patterns", "alike", "signals"):
            assert rows(other, table).equals(rows(first, table))
    assert {name for name in tree(first) if name.startswith(("voters/", "patterns/"))} <= tree(others[0]).keys()
    assert tree(others[1]) == tree(first)
    assert tree(others[2]) == tree(others[0])


def test_rare_patterns_are_counted_and_judged_by_the_model_of_the_others(session: Session, tmp_path: Path) -> None:
    few = PARAMS.__class__(**{**vars(PARAMS), "fitted_patterns": 11})
    said: list[str] = []
    folder = run(tmp_path, [COUNT], session, few, said.append)
    counts = json.loads((folder / "manifest.json").read_bytes())["counts"]
    assert rows(folder, "patterns").num_rows == 11
    assert counts["found_patterns"] == 12
    assert counts["rare"] > 0
    assert counts["fitted"] + counts["rare"] == counts["counted"] == int((FILES != "").sum())
    assert counts["known"] == counts["counted"]
    assert counts["rare"] > 0.01 * counts["counted"]
    assert [line.partition(":")[0] for line in said] == ["WARNING agreed"]
    assert f"{counts['rare']:,} of 2,977 documents" in said[0]


def test_votes_that_tell_nothing_give_no_probability(session: Session, tmp_path: Path) -> None:
    nothing = PARAMS.__class__(**{**vars(PARAMS), "leave_out": ("length.*",)})
    said: list[str] = []
    folder = run(tmp_path, [COUNT], session, nothing, said.append)
    assert [line[:44] for line in said] == ["WARNING agreed: the votes do not tell how go"]
    assert set(rows(folder, "signals").column("known").to_pylist()) == {False}
    assert set(rows(folder, "signals").column("probability").to_pylist()) == {1.0}
    assert set(rows(folder, "voters").column("accuracy").to_pylist()) == {None}
    assert set(rows(folder, "patterns").column("probability").to_pylist()) == {None}


def test_parts_without_documents_are_a_case(session: Session, tmp_path: Path) -> None:
    folder = run(tmp_path, [0, 0], session)
    counts = json.loads((folder / "manifest.json").read_bytes())["counts"]
    assert counts["counted"] == counts["known"] == counts["identified"] == 0
    assert {row["why"] for row in rows(folder, "voters").to_pylist()} == {latent.NO_VOTES}


# A whole recipe.

TEXT = "The miller of the valley grinds the corn of every farm near the river, as page {0} tells{1}."
HEAD = """
[[sources]]
name = "pages"
path = "{folder}/pages.jsonl"
language = "eng"

[[filters]]
use = "length"
min_words = 1

[[filters]]
use = "agreed"
min_probability = {least}
"""
FUNCTIONS = "".join(
    f"""
[[filters.functions]]
name = "{name}"
expression = "{name}"
drop = {{{{ min = 1 }}}}
keep = {{{{ max = 0 }}}}
"""
    for name in ("cookies", "casino", "login")
)


def planned(folder: Path, least: str) -> Plan:
    path = folder / "own.toml"
    path.write_text((HEAD + FUNCTIONS).format(folder=folder, least=least), "utf-8")
    read = recipe.load(str(path), root=str(folder / "out"))
    return plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))


def test_recipe_drops_what_its_own_functions_agree_on(session: Session, tmp_path: Path) -> None:
    fires = {name: drawn(0.8, 0.05) for name in ("cookies", "casino", "login")}
    said = ["".join(f" of {name}" for name, own in fires.items() if own[row]) for row in range(COUNT)]
    lines = [json.dumps({"id": str(row), "text": TEXT.format(row, said[row])}) for row in range(COUNT)]
    (tmp_path / "pages.jsonl").write_text("\n".join(lines), "utf-8")
    own = planned(tmp_path, "0.5")
    build.run(own, session, lambda _: None, until=DECIDE.name)
    folder = Path(own[DECIDE].folder)
    reasons: list[Any] = rows(folder, "verdicts").column("reasons").to_pylist()
    dropped = np.array([[one["rule"] for one in mine] == ["agreed.unlikely"] for mine in reasons])
    assert dropped.any()
    assert (dropped == np.array([bool(mine) for mine in reasons])).all()
    together = sum(fires.values())
    assert dropped[together == 3].all()
    assert not dropped[together == 0].any()
    assert ((~dropped) == GOOD).mean() > 0.9
    voters = strings(rows(Path(own[AGREED].folder), "voters").column("voter"))
    assert "function.casino" in voters
    assert not any(name.startswith("agreed.") for name in voters)  # it has no vote in itself
    moved = planned(tmp_path, "0.9")
    assert {step.planned.name for step in plan.steps(moved) if step.state == "build"} & {AGREED.name, DECIDE.name} == {
        DECIDE.name
    }


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('[[filters.functions]]\nname = "a"\nsignal = "agreed.probability"\nkeep = { min = 1 }', "its vote"),
        ('[[filters.functions]]\nname = "a"\nsignal = "lenght.words"\nkeep = { min = 1 }', "did you mean 'length'?"),
        ('[[filters.functions]]\nname = "a"\nsignal = "length.wrods"\nkeep = { min = 1 }', "did you mean 'words'?"),
        ('[[filters.functions]]\nname = "a"\nsignal = "minhash.signature"\nkeep = { min = 1 }', "is no number"),
        ('[[filters.functions]]\nname = "a"\nexpression = "("\nkeep = { min = 1 }', "no expression of RE2"),
        ('[[filters.functions]]\nname = "a"\nexpression = "b"\nkeep = { least = 1 }', "least"),
        ('[[filters.functions]]\nname = "a"\nexpression = "b"\nkeep = {}', "needs min, max or both"),
        ('leave_out = ["length.fewest"]', "is no rule here; did you mean 'length.few"),
        ("good_share = 1.0", "good_share"),
        ("by_language.eng_Latn = { good_share = 0.5 }", "measures, it cannot differ by language"),
        (
            '[[filters.functions]]\nname = "a"\nexpression = "b"\nkeep = { min = 1 }\n'
            '[[filters]]\nuse = "occurrences"\nof = [{ expression = "c" }]',
            "take it out",
        ),
    ],
)
def test_mistake_is_refused_in_one_line(tmp_path: Path, table: str, why: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(HEAD.format(folder=tmp_path, least="0.5") + table, "utf-8")
    with pytest.raises(RecipeError) as error:
        recipe.load(str(path))
    assert why in str(error.value)
    assert "\n" not in str(error.value)


def test_labels_from_outside_vote_and_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    labels = '[[signals]]\nname = "rated"\npath = "labels.jsonl"\ncolumns = { stars = "int" }\nmin_stars = 2\n'
    table = """leave_out = ["rated.low_stars"]
[[filters.functions]]
name = "starred"
signal = "rated.stars"
keep = { min = 4 }
"""
    path.write_text(HEAD.format(folder=tmp_path, least="0.5") + table + labels, "utf-8")
    params = AGREED.params(SimpleNamespace(recipe=recipe.load(str(path))))  # type: ignore[arg-type]
    assert params is not None
    assert "function.starred" in votes.voters(params)
    assert "rated.low_stars" not in votes.voters(params)
    path.write_text(HEAD.format(folder=tmp_path, least="0.5") + labels, "utf-8")
    params = AGREED.params(SimpleNamespace(recipe=recipe.load(str(path))))  # type: ignore[arg-type]
    assert params is not None
    assert "rated.low_stars" in votes.voters(params)


def test_which_copy_stays_may_go_by_the_probability(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = HEAD.format(folder=tmp_path, least='"off"') + '\n[dedup]\nprefer = ["+agreed.probability"]\n'
    path.write_text(text, "utf-8")
    (tmp_path / "pages.jsonl").write_text('{"text": "a"}\n', "utf-8")
    read = recipe.load(str(path), root=str(tmp_path / "out"))
    made = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    assert AGREED.name in made[DEDUP].parents
    assert [name for name in made.stages if name == AGREED.name] == [AGREED.name]


def test_recipe_that_does_not_ask_has_no_such_stage(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(HEAD.format(folder=tmp_path, least="0.5").partition('[[filters]]\nuse = "agreed"')[0], "utf-8")
    (tmp_path / "pages.jsonl").write_text('{"text": "a"}\n', "utf-8")
    read = recipe.load(str(path), root=str(tmp_path / "out"))
    made = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    assert AGREED not in made
    assert signals("occurrences").stage not in made.stages
