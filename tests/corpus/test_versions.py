"""Machines that have other versions than the plan say so in one line, before they read anything."""

import socket
import unicodedata

import pytest

from corpus.errors import RecipeError
from corpus.store import versions
from corpus.store.versions import FORMATS, NONE, Versions, formats, planned, version


def test_this_machine_has_what_it_planned_with() -> None:
    wanted = planned(("numpy", "unicodedata", "tokenizers"))
    assert wanted.libraries["unicodedata"] == unicodedata.unidata_version
    assert list(wanted.libraries) == ["numpy", "tokenizers", "unicodedata"]
    assert set(wanted.format) == set(FORMATS)
    wanted.check()
    NONE.check()


@pytest.mark.parametrize("library", ["numpy", "unicodedata", "pyarrow"])
def test_other_version_is_named_with_host_library_and_both_versions(library: str) -> None:
    with pytest.raises(RecipeError) as caught:
        Versions(libraries={"tokenizers": version("tokenizers"), library: "0.0.1"}, format=formats()).check()
    told = str(caught.value)
    assert told.count("\n") == 0
    for part in (f"host {socket.gethostname()}", f"{library} {version(library)} ", "0.0.1"):
        assert part in told
    assert "tokenizers" not in told


def test_library_that_is_not_there_is_named() -> None:
    with pytest.raises(
        RecipeError, match="has no a-library-of-nobody under .*, the plan was made with a-library-of-nobody 3.1:"
    ):
        Versions(libraries={"a-library-of-nobody": "3.1"}, format={}).check()


def test_of_what_writes_files_only_the_major_version_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"pyarrow": "21.3.0", "zstandard": "0.25.0", "numpy": "2.1"}
    monkeypatch.setattr(versions, "version", here.__getitem__)
    assert formats() == {"pyarrow": "21", "zstandard": "0"}
    wanted = planned(("numpy",))
    here["pyarrow"] = "21.9.9"
    wanted.check()
    here["pyarrow"] = "22.0.0"
    with pytest.raises(RecipeError, match=r"has pyarrow 22\.0\.0 under .* was made with pyarrow 21:"):
        wanted.check()
    here.update(pyarrow="21.3.0", numpy="2.2")
    with pytest.raises(RecipeError, match=r"has numpy 2\.2 under .* was made with numpy 2\.1:"):
        wanted.check()
