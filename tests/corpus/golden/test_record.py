"""The record of stages: read back as it was written, and refused where it is damaged."""

import json
from dataclasses import FrozenInstanceError

import pytest

from corpus.errors import DataError
from corpus.golden import baseline
from corpus.golden.baseline import Golden, parse
from corpus.golden.syntax import Facts

FACTS = Facts(source="0" * 64, trees={"": "1" * 32, "rules": "2" * 32}, imports=("corpus:table",), data=())


def filled() -> Golden:
    made = Golden().with_code("ingest", 3, "c" * 16).with_content("ingest", 3, "tiny", {"documents": "d" * 32})
    return made.with_content("ingest", 3, "demo", {}).with_content("signals.length", 1, "tiny", {"signals": "e" * 32})


def test_what_is_recorded_is_found() -> None:
    made = filled()
    assert made.code("ingest", 3) == "c" * 16
    assert made.content("ingest", 3, "tiny") == {"documents": "d" * 32}
    assert made.code("signals.length", 1) is None
    assert list(made) == ["ingest@3", "signals.length@1"]
    assert len(made) == 2
    assert made["ingest@3"].code == "c" * 16


def test_what_is_not_recorded_is_not_found() -> None:
    made = filled()
    assert made.code("ingest", 2) is None
    assert made.content("ingest", 2, "tiny") == made.content("ingest", 3, "large") == {}


def test_a_record_is_never_changed_in_place() -> None:
    made = filled()
    before = made.to_json()
    after = made.with_code("ingest", 3, "0" * 16).with_content("ingest", 3, "tiny", {"rejects": "1" * 32})
    assert made.to_json() == before
    assert after.code("ingest", 3) == "0" * 16
    assert after.content("ingest", 3, "tiny") == {"rejects": "1" * 32}  # a table that is no longer written goes
    with pytest.raises(FrozenInstanceError):
        made.entries = {}  # type: ignore[misc]


def test_json_is_sorted_and_read_back() -> None:
    made = filled().with_modules({"corpus.store.table": FACTS})
    data = made.to_json()
    assert data.decode() == json.dumps(json.loads(data), indent=2, sort_keys=True) + "\n"
    assert parse(data) == made
    assert parse(data).to_json() == data
    backwards = Golden(entries=dict(reversed(list(made.entries.items()))), modules=made.modules)
    assert backwards.to_json() == data
    assert json.loads(filled().to_json())["ingest@3"] == {
        "code": "c" * 16,
        "content": {"demo": {}, "tiny": {"documents": "d" * 32}},
    }
    assert parse(b"{}") == Golden()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"[]", "not an object"),
        (b'{"ingest": {}}', "ingest"),
        (b'{"ingest@x": {}}', "ingest@x"),
        (b'{"ingest@1": {"code": 7}}', "ingest@1.code"),
        (b'{"ingest@1": {"cod": "a"}}', "ingest@1.cod"),
        (b'{"ingest@1": {"content": {"tiny": {"documents": null}}}}', "ingest@1.content.tiny.documents"),
        (b'{"modules": {"corpus": ["a", "b"]}}', "corpus"),
        (b'{"modules": []}', "damaged"),
        ('{"é": 1}'.encode("latin-1"), "damaged"),
    ],
)
def test_a_damaged_record_is_one_line(data: bytes, why: str) -> None:
    with pytest.raises(DataError, match=r"^corpus/golden/golden.json is damaged \(") as caught:
        parse(data)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("take it from the repository again")


def test_the_record_of_this_package_is_as_it_would_be_written() -> None:
    from importlib.resources import files

    data = (files("corpus.golden") / baseline.NAME).read_bytes()
    assert baseline.load().to_json() == data
