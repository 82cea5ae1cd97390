"""Columns of labels: one table, whatever the order in which a recipe names them."""

import pytest

from corpus.external.labelled import kind_of
from corpus.external.recipe_table import External, Type
from corpus.report.drawing import bins
from corpus.stages.stage import identity
from corpus.store.manifest import canonical


@pytest.mark.parametrize("names", [("topic", "score"), ("score", "topic")])
def test_same_identity_is_the_same_columns(names: tuple[str, ...]) -> None:
    kinds: dict[str, Type] = {"topic": "string", "score": "float"}
    table = External(name="labels", path="-", columns={name: kinds[name] for name in names})
    other = External(name="labels", path="-", columns=kinds)
    assert canonical(identity(table)) == canonical(identity(other))
    assert kind_of(table).signals.names == ["labelled", "score", "topic"]
    assert [rule.reason for rule in kind_of(table).rules] == ["unlabelled", "low_score", "high_score", "other_topic"]


def test_probability_is_drawn_as_what_lies_between_0_and_1() -> None:
    assert bins.of("agreed.probability") is bins.RATIO
