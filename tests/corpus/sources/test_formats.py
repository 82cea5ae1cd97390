"""The table of formats: nothing in it is said twice or left out."""

from importlib import import_module
from typing import get_args

from corpus.golden import code_digest
from corpus.sources.formats import EXTENSIONS, FORMATS, Name
from corpus.stages.ingest import INGEST


def test_every_name_has_a_row_and_every_extension_one_format() -> None:
    assert list(FORMATS) == list(get_args(Name))
    assert len(EXTENSIONS) == sum(len(one.extensions) for one in FORMATS.values())


def test_every_reader_is_there_and_in_the_code_of_ingest() -> None:
    reached = code_digest.installed().reach([f"jobs.stages.{INGEST.builder}", *INGEST.modules])
    for one in FORMATS.values():
        assert callable(import_module(f"corpus.{one.reader}").read)
        assert f"corpus.{one.reader}" in reached
