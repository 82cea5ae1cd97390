"""The filter `rights`: the strictest of what answer, page, robots.txt and lists say, with where and when."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from corpus.judging import signals
from corpus.stages.robots import SAID
from filters.batch import Batch
from filters.choice import Choice
from filters.contract import documents
from filters.optout.domains import DomainList
from filters.optout.statement import Statement
from filters.rights import Filter

DAY = datetime(2021, 5, 1, 12, tzinfo=UTC)


def measured(
    instance: Filter, rights: list[str | None], urls: list[str | None], robots: list[list[Statement]] | None = None
) -> list[dict[str, Any]]:
    batch = documents([""] * len(rights))
    for name, values in (("url", urls), ("rights", rights), ("date", [DAY] * len(rights))):
        field = batch.schema.field(name)
        batch = batch.set_column(batch.schema.get_field_index(name), field, pa.array(values, field.type))
    said = [[one._asdict() for one in own] for own in robots or [[]] * len(rights)]
    known = {"robots": pa.RecordBatch.from_pydict({"said": said}, schema=SAID)}
    return instance.measure(Batch(documents=batch, signals=known)).to_pylist()


def test_what_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("example.org\n", "utf-8")
    refusing = DomainList(path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest(), date="2026-11-01")
    of_site = Statement("disallow", "robots.txt", "robots", "2026-01-01T00:00:00Z", "GPTBot: Disallow: /")
    rows = measured(
        Filter(lists={"refusals": refusing}),
        [None, "header content-usage: train-ai=y", "header content-usage: train-ai=y", "page license: x", None],
        ["http://a.test/", "http://a.test/", "http://b.test/x", "https://old.example.org/", None],
        [[], [], [of_site], [], []],
    )
    assert [tuple(row.values()) for row in rows] == [
        ("unknown", "", "", "", ""),
        ("allow", "content-usage", "header", "2021-05-01T12:00:00Z", "content-usage: train-ai=y"),
        ("disallow", "robots.txt", "robots", "2026-01-01T00:00:00Z", "GPTBot: Disallow: /"),
        ("disallow", "list", "list", "2026-11-01", "refusals: example.org"),
        ("unknown", "", "", "", ""),
    ]


def test_an_agent_that_no_file_can_name_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"agents holds 'GPT Bot', which no robots.txt can name"):
        Filter(agents=("CCBot", "GPT Bot"))


@pytest.mark.parametrize(
    ("keep", "stays"),
    [
        ({}, ["allow"]),  # what nobody says is not allowed
        ({"keep_train_ai": ("allow", "unknown")}, ["allow", "unknown"]),
        ({"keep_train_ai": None}, ["allow", "disallow", "unknown"]),
    ],
)
def test_unknown_is_allowed_only_if_the_recipe_says_so(keep: dict[str, Any], stays: list[str]) -> None:
    labels = ["allow", "disallow", "unknown"]
    empty = pa.array([""] * 3)
    rights = pa.RecordBatch.from_arrays([pa.array(labels), *[empty] * 4], schema=Filter.signals)
    language = pa.record_batch({"label": pa.array(["eng_Latn"] * 3)})
    head = pa.record_batch({"id": pa.array(labels), "source": empty})
    choice = Choice(name="rights", base=Filter(**keep), by_language={}, judged=True)
    verdicts = signals.judge([choice], {"rights": rights, "language": language}, head).to_pylist()
    assert [row["id"] for row in verdicts if row["kept"]] == stays
    reasons = [(reason["rule"], reason["text"]) for row in verdicts for reason in row["reasons"]]
    assert reasons == [("rights.training_not_allowed", label) for label in labels if label not in stays]
