"""A stage's identity has all that changes its bytes, and nothing else; stages run in the order of what they read."""

from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates.recipe_tables import Dedup
from corpus.errors import RecipeError
from corpus.planning import plan, recipe
from corpus.stages.dedup import DEDUP
from corpus.stages.every import ALL
from corpus.stages.ingest import INGEST
from corpus.stages.pairs import PAIRS
from corpus.stages.recipe import Recipe
from corpus.stages.ref import Ref
from corpus.stages.request import Request
from corpus.stages.stage import Located, Stage, identity, without
from corpus.store.manifest import fingerprint
from corpus.vocabulary.fertility import Named
from tests.stages import stage_of

SOURCE = '[[sources]]\nname = "a"\npath = "a.jsonl"\n'


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of a recipe."""

    own: int = 1
    elsewhere: int = 2
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Later(Table):
    """The same after somebody gave it another key."""

    added: int = 3


def load(folder: Path, more: str = "") -> Recipe:
    path = folder / "r.toml"
    path.write_text(SOURCE + more, "utf-8")
    return recipe.load(str(path))


def test_fields_that_are_left_out_change_nothing_and_all_others_do() -> None:
    def mark(table: Table) -> str:
        return fingerprint(identity(without(table, "elsewhere")))

    plain = mark(Table())
    assert mark(Table(elsewhere=9)) == plain
    assert len({plain, mark(Table(own=9)), mark(Table(names=("x",)))}) == 3
    assert identity(without(Table(elsewhere=9), "elsewhere")) == identity(Table())


def test_field_that_is_added_later_is_in_the_identity_until_somebody_leaves_it_out() -> None:
    found = identity(without(Later(added=9), "elsewhere"))
    assert isinstance(found, dict)
    assert found["added"] == 9
    assert found != identity(without(Later(), "elsewhere"))
    assert identity(without(Later(added=9), "elsewhere", "added")) == identity(without(Later(), "elsewhere", "added"))


@pytest.mark.parametrize("names", [("nowhere",), ("own", "nowhere"), ("added",)])
def test_field_that_is_not_there_cannot_be_left_out(names: tuple[str, ...]) -> None:
    with pytest.raises(TypeError, match="Table has not all of the fields"):
        without(Table(), *names)


def test_every_field_of_a_recipes_table_counts_in_the_election_or_is_named_as_left_out(tmp_path: Path) -> None:
    """No stage picks the fields that it takes: the only ones without effect are those that it names."""
    read = load(tmp_path)
    found = identity(Request(read, []).params(DEDUP))
    assert isinstance(found, dict)
    assert isinstance(found["table"], dict)
    assert set(found["table"]) == {one.name for one in fields(Dedup)}


@given(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
def test_identity_of_what_lies_outside_is_what_it_is_and_not_where(what: str, here: str, there: str) -> None:
    assert identity(Located(what, here)) == identity(Located(what, there)) == identity(what)
    nested = {"files": (Located(what, {"at": here}), Located(f"{what}2", object()))}
    assert identity(nested) == {"files": [what, f"{what}2"]}


def test_identity_of_a_tokenizer_beside_has_its_digest_and_neither_name_nor_address() -> None:
    one = Located("d1", Named(name="ours", address="/here/tokenizer.json"))
    other = Located("d1", Named(name="theirs", address="s3://there/tokenizer.json"))
    assert identity((one,)) == identity((other,)) == ["d1"]
    assert identity((Located("d2", one.at),)) != identity((one,))


def test_value_without_a_stable_form_has_no_identity() -> None:
    for value in ({"a", "b"}, object(), b"bytes"):
        with pytest.raises(TypeError):
            identity(value)


def reading(name: str, *stages: str) -> Stage[object]:
    return stage_of(name, lambda: tuple(Ref(stage=one, table="t") for one in stages))


def asked(folder: Path, monkeypatch: pytest.MonkeyPatch, *more: Stage[object]) -> plan.Plan:
    """The plan of a recipe in a program with more stages."""
    monkeypatch.setattr(plan, "ALL", (*more, *ALL))
    return plan.build(load(folder), [])


@pytest.mark.parametrize(
    "stages",
    [
        (reading("one", "one"),),
        (reading("one", "two"), reading("two", "one")),
        (reading("one", "ingest", "three"), reading("two", "one"), reading("three", "two")),
    ],
)
def test_stages_that_read_each_other_in_a_circle_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stages: tuple[Stage[object], ...]
) -> None:
    with pytest.raises(ValueError, match="in a circle") as caught:
        asked(tmp_path, monkeypatch, *stages)
    assert all(stage.name in str(caught.value) for stage in stages)
    assert "ingest" not in str(caught.value)


def test_stage_that_reads_one_nobody_asks_for_is_refused_unless_it_can_do_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(ValueError, match="stage one needs code, which the recipe"):
        asked(tmp_path, patch, reading("one", "code"))
    found = asked(tmp_path, monkeypatch, stage_of("one", lambda: (Ref(stage="code", table="t", needed=False),)))
    assert found.stages["one"].parents == ()


def test_stages_stand_behind_what_they_read_wherever_they_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = list(asked(tmp_path, monkeypatch, reading("one", "two", "shard"), reading("two", "decide")).stages)
    assert names.index("decide") < names.index("two") < names.index("one")
    assert names.index("shard") < names.index("one")
    assert names[0] == INGEST.name
    for name, planned in plan.build(load(tmp_path), []).stages.items():
        assert all(names.index(parent) < names.index(name) for parent in planned.parents)


def test_fingerprint_follows_parameters_parents_version_and_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def marks(*more: Stage[object]) -> dict[str, str]:
        with monkeypatch.context() as patch:
            return {n: one.fingerprint for n, one in asked(tmp_path, patch, *more).stages.items()}

    def other(**changes: object) -> Stage[object]:
        return Stage(**{**vars(reading("one", "ingest")), **changes})

    plain = marks(reading("one", "ingest"), reading("two", "one"))
    for stage in (
        other(version=2),
        other(params=lambda _: {"a": 1}),
        other(libraries=("numpy",)),
        reading("one", "ingest", "decide"),
    ):
        moved = marks(stage, reading("two", "one"))
        assert {name for name, mark in moved.items() if mark != plain[name]} == {"one", "two"}
    # What stops a run after it, and the sums: neither changes a byte.
    same = marks(other(gate=lambda _: 3, balance=lambda _: None), reading("two", "one"))
    assert same == plain


def test_known_places_of_the_recipe_name_their_stage(tmp_path: Path) -> None:
    built = plan.build(load(tmp_path), [])
    assert built[PAIRS].name in built.stages
    with pytest.raises(
        RecipeError, match="this recipe builds no 'splits', for it has no table that asks for it; it builds ingest"
    ):
        plan.named(built, "splits")
    with pytest.raises(AttributeError, match="stage pairs has no table 'paris'"):
        _ = PAIRS.paris
