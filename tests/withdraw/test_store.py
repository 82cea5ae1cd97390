"""A withdrawal in an object store: unchanged files are copied by the store, and the bytes are those on a disk."""

from pathlib import Path

import pytest

from tests.conftest import Gristmill, tree
from tests.corpus.object_store import ObjectStore, serving
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw
from tests.withdraw.whole import asked

pytestmark = pytest.mark.timeout(600)


def test_a_withdrawal_in_a_store_gives_the_bytes_of_one_on_a_disk(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    rows = (asked(url="https://www.site3.example.org/p/3"), asked(domain="site2.example.org"))
    with serving(ObjectStore()) as store:
        store.objects.update({f"b/out/{name}": data for name, data in tree(release / "out").items()})
        before = dict(store.objects)
        withdraw(release, *rows)
        root = store.address("b/out", "&anonymous=true")
        done = gristmill("withdraw", root, whole.requests(release, *rows), "--yes")
        assert done.returncode == 0, done.stderr
        skipped = ("latest", ".latest", "report/")  # a store knows no links, and the head of a page names the root
        wanted = {f"b/out/{name}": data for name, data in tree(release / "out").items() if not name.startswith(skipped)}
        assert [name for name, data in wanted.items() if store.objects.get(name) != data] == []
        assert all(store.objects[name] == before[_old(name, before)] for name in store.copied)
        assert len(store.copied) > 50


def _old(name: str, before: dict[str, bytes]) -> str:
    """An object of that name and stage that was there before."""
    stage, rest = name.split("/")[2], name.split("/", 4)[4]
    return next(one for one in before if one.split("/")[2] == stage and one.split("/", 4)[4:] == [rest])
