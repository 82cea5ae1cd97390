"""Stores by their addresses: options, credentials, keys of any characters, uploads that end too soon, and errors."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.errors import RecipeError
from corpus.planning import inputs
from corpus.sources import inventory
from corpus.sources.inventory import list_files
from corpus.sources.record import Record
from corpus.sources.source import Source
from corpus.sources.units import read_unit
from corpus.store import addresses, leases, storage, table
from jobs.engine.failures import explain
from tests.conftest import ROOT
from tests.corpus.object_store import ObjectStore, serving


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with serving(ObjectStore()) as found:
        yield found


def test_names_go_before_the_options() -> None:
    address = "s3://b/x/?region=eu/1&scheme=http"
    assert addresses.join(address, "y", "z") == "s3://b/x/y/z?region=eu/1&scheme=http"
    assert addresses.parted(addresses.join(address, "y")) == ("s3://b/x?region=eu/1&scheme=http", "y")
    assert addresses.extended("s3://b/x?a=b", ".bin") == "s3://b/x.bin?a=b"
    assert addresses.join("/what?/x", "y") == "/what?/x/y"
    assert addresses.on_same("s3://k:s@b/x?a=b", "b/y z%.txt") == "s3://k:s@b/y%20z%25.txt?a=b"
    assert addresses.shown("s3://key:secret@b/x?a=b") == "s3://***@b/x?a=b"


def test_root_with_options_holds_tables(store: ObjectStore) -> None:
    root = store.address("b/out")
    entry = table.write_whole(storage.join(root, "s", "f"), "t", "part-0", pa.table({"n": list(range(9))}))
    assert f"b/out/s/f/t/{entry.name}" in store.objects
    made = table.Table(folder=storage.join(root, "s", "f"), name="t", files=(entry,))
    assert made.read(0)["n"].to_pylist() == list(range(9))
    with leases.held(root) as one, leases.held(root) as two:
        assert len(one.others()) == len(two.others()) == 1
    assert not any(path.endswith(".json") for path in store.objects)


def test_sources_with_options_are_read_and_checked_whatever_their_names(store: ObjectStore) -> None:
    names = ["a.txt", "b c.txt", "d%20e.txt", "f+g#h.txt", "é.txt"]
    store.objects |= {f"b/in/{name}": name.encode() for name in names}
    source = Source(name="s", path=store.address("b/in"))
    files = inputs.digested(list_files(source, ""))
    assert sorted(file.file for file in files) == sorted(names)
    units = inventory.plan_units(files, 1 << 20)
    found = [item for unit in units for item in read_unit(unit, source) if isinstance(item, Record)]
    assert sorted(item.text for item in found) == sorted(names)
    store.objects["b/in/a.txt"] = b"A.txt"
    with pytest.raises(RecipeError, match="changed under this run"):
        [item for unit in units for item in read_unit(unit, source)]


def test_anonymous_and_profiles_are_options(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.objects["b/x"] = b"1"
    (tmp_path / "credentials").write_text("[work]\naws_access_key_id = theirs\naws_secret_access_key = s%s\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    for more, who in (("", "own"), ("&anonymous=true", ""), ("&profile=work", "theirs")):
        assert storage.read_bytes(store.address("b/x", more)) == b"1"
        assert store.asked[-1] == who
    with pytest.raises(RecipeError, match="profile 'home' has no keys.*AWS_PROFILE=home"):
        storage.read_bytes(store.address("b/x", "&profile=home"))
    with pytest.raises(RecipeError, match="no option 'color'"):
        storage.read_bytes(store.address("b/x", "&profile=work&color=red"))
    with pytest.raises(RecipeError, match="anonymous is true or false"):
        storage.read_bytes(store.address("b/x", "&anonymous=1"))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("name", "the name of its host is not known"),
        ("port", "its host does not answer"),
        ("keys", "the store refuses the credentials"),
        ("bucket", "there is no such bucket or object"),
    ],
)
def test_errors_tell_what_is_wrong_within_seconds(store: ObjectStore, how: str, said: str) -> None:
    address = store.address("b/x")
    if how == "name":
        address = "s3://b/x?endpoint_override=nowhere.invalid:9&scheme=http&region=us-east-1"
    elif how == "port":
        address = "s3://b/x?endpoint_override=127.0.0.1:9&scheme=http&region=us-east-1"
    elif how == "keys":
        store.keys = {"another"}
    else:
        store.buckets = set()
    started = time.monotonic()
    with pytest.raises(OSError, match=".") as caught:
        storage.publish_bytes(address, "y", b"1")
    assert said in explain(caught.value)
    assert "\n" not in explain(caught.value)
    assert time.monotonic() - started < 60  # three tries


UPLOAD = """
import sys
from corpus.store import storage
def fail():
    with storage.publish(sys.argv[1], "x") as sink:
        sink.write(b"y" * (12 << 20))
        read = storage.shutil.copyfileobj
        def half(spool, upload, size):
            upload.write(spool.read(11 << 20))
            raise KeyboardInterrupt
        storage.shutil.copyfileobj = half
try:
    fail()
except KeyboardInterrupt:
    print("stopped")
import gc; gc.collect()
"""


@pytest.mark.parametrize("before", [None, b"whole"])
def test_upload_that_ends_in_an_exception_leaves_what_was_there(store: ObjectStore, before: bytes | None) -> None:
    if before:
        store.objects["b/x"] = before
    done = subprocess.run(
        [sys.executable, "-c", UPLOAD, store.address("b")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "stopped\n"), done.stderr
    assert store.uploads  # it had begun
    assert store.objects.get("b/x") == before
    assert store.completed == []
