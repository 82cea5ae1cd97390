"""Input files, damaged: nothing but records, rejects and one line of error comes out, in bounded memory."""

import codecs
import re

import pytest
from hypothesis import given

from tests.hostile.conftest import HOSTILE
from tests.hostile.mutations import EDITS, Edit, damaged
from tests.hostile.seeds import FILES, PACKED
from tests.hostile.watched import Watched


@pytest.mark.parametrize("name", FILES)
def test_seed_is_read_whole(watched: Watched, name: str) -> None:
    found = watched.call("read", FILES[name], name=name)
    assert found.sound, found
    assert found.value["texts"]
    assert found.value["reasons"] == []


@pytest.mark.parametrize("name", FILES)
def test_damage_is_records_rejects_or_one_line(watched: Watched, name: str) -> None:
    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        data = damaged(FILES[name], edits)
        found = watched.call("read", data, name=name)
        assert found.sound, found
        if found.how == "refused":
            assert "\n" not in found.value
            return
        assert found.value["lost"] <= len(data)
        whole = watched.call("read", data, name=name, unit_bytes=1 << 8)  # in many slices
        assert whole.sound, whole

    holds()


@pytest.mark.parametrize("end", PACKED)
def test_what_a_checksum_covers_is_whole_or_named(watched: Watched, end: str) -> None:
    """Of one packed member every record comes as it was, or there is a reject."""
    name = f"v.jsonl{end}"
    wanted = watched.call("read", FILES[name], name=name).value["texts"]

    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        data = damaged(FILES[name], edits)
        found = watched.call("read", data, name=name)
        assert found.sound, found
        if found.how == "gave" and not found.value["reasons"]:
            assert found.value["texts"][: len(wanted)] == wanted

    holds()


def test_every_line_is_a_record_or_a_reject(watched: Watched) -> None:
    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        data = damaged(FILES["j.jsonl"], edits)
        found = watched.call("read", data, name="j.jsonl")
        assert found.sound, found
        if found.how == "gave":
            lines = sum(bool(line.removeprefix(codecs.BOM_UTF8).strip()) for line in re.split(rb"[\r\n]", data))
            assert len(found.value["texts"]) + len(found.value["reasons"]) == lines

    holds()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".parquet")])
def test_a_bit_of_each_byte_of_a_footer(watched: Watched, name: str) -> None:
    """What is said of sizes there ends PyArrow where it contradicts itself: parquet::ParquetException, uncaught."""
    data = FILES[name]
    first = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    for place in range(first, len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        found = watched.call("read", bytes(flipped), name=name)
        assert found.sound, (place, found)
