"""What each way of asking fits, and what only looks like it."""

from pathlib import Path

import pytest

from corpus.planning import finished
from corpus.stages.ingest import INGEST
from corpus.texts.pii_policy import Policy
from corpus.withdrawal import requests
from corpus.withdrawal.matching import fit
from tests.conftest import Gristmill
from tests.withdraw import whole
from tests.withdraw.whole import asked

pytestmark = pytest.mark.timeout(600)
DIGEST = Policy(key="a key that tests alone know, and all may").digest("EMAIL", "jane.roe@mill-post.net") or ""


@pytest.mark.parametrize(
    ("row", "fits"),
    [
        (asked(identifier="JANE.ROE@mill-post.net"), ["page-11"]),
        (asked(identifier="roe@mill-post.net"), []),  # another's address
        (asked(identifier="jane.roe@mill-post"), []),
        (asked(digest=DIGEST), ["page-11"]),
        (asked(digest="0" * 32), []),
        (asked(span=whole.SECRET), ["page-13"]),
        (asked(span=whole.SECRET.upper()), []),  # a span is as it stands
        (asked(url="http://www.site0.example.org/p/5#part"), ["page-5"]),
        (asked(url="https://www.site0.example.org/p/"), []),
        (asked(url_prefix="https://www.site0.example.org/p/1"), ["page-10", "page-15"]),
        (asked(domain="copies.test"), ["near", "again"]),
        (asked(domain="site0.example.org"), [f"page-{i}" for i in range(0, 40, 5)]),
        (asked(domain="ite0.example.org"), []),
        (asked(source="prompts"), [""] * 20),
        (asked(licence="CC-BY-4.0"), []),
    ],
)
def test_what_a_request_fits(made: Path, tmp_path: Path, row: dict[str, str], fits: list[str]) -> None:
    release = finished.open_release(str(made / "out"))
    (places,) = fit(release, requests.load(str(whole.requests(tmp_path, row)))).places
    table = release[INGEST].table("documents")
    names = [table.read(part, ["locator"]).column("locator")[place].as_py() for part, place in places]
    assert [name if "#" not in name else "" for name in names] == fits


def test_a_public_suffix_is_refused(made: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    done = gristmill("withdraw", made / "out", whole.requests(tmp_path, asked(domain="co.uk")))
    assert done.returncode == 2
    assert "under which anybody can register" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
