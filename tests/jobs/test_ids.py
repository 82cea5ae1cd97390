"""Ids of documents: of source, locator and text, each after its length."""

import hashlib

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from filters.arrow import buffer
from filters.kernels.buffers import buffers
from jobs.stages.ingest import _bytes, document_id
from tests.filters.strategies import TEXT


def twin(source: str, locator: str, text: bytes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in (source.encode(), locator.encode("utf-8", "surrogatepass")):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    digest.update(text)
    return digest.hexdigest()


@given(TEXT, st.text(), st.lists(TEXT, min_size=1, max_size=3))
@example("s", "half \ud800", ["", "x"])
def test_id_equals_twin_of_bytes_and_of_a_column(source: str, locator: str, texts: list[str]) -> None:
    data, offsets = buffers(pa.array(texts, pa.string()))
    memory = memoryview(buffer(data))
    for text, first, last in zip(texts, offsets[:-1], offsets[1:], strict=True):
        wanted = twin(source, locator, text.encode())
        assert document_id(source, locator, text.encode()) == wanted
        assert document_id(source, locator, memory[first:last]) == wanted


def test_id_keeps_source_locator_and_text_apart() -> None:
    ids = {
        document_id(*parts) for parts in (("ab", "c", b"d"), ("a", "bc", b"d"), ("a", "b", b"cd"), ("", "abc", b"d"))
    }
    assert len(ids) == 4
    assert document_id("a", "b", memoryview(b"xcd")[1:]) in ids


@given(st.text())
@example("\ud800")
def test_bytes_of_a_text_are_those_of_its_utf8(text: str) -> None:
    assert _bytes(text) == len(text.encode("utf-8", "surrogatepass"))
