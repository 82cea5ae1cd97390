"""`gristmill show` by recipe, root and name of a release; by id and by address."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.lineage import document, known
from corpus.stages.ingest import DOCUMENTS
from corpus.store import current, find
from tests.conftest import Gristmill
from tests.stages import written


def _documents(root: Path) -> list[dict[str, Any]]:
    folder = root / "ingest" / current.read(str(root))["ingest"] / "documents"
    return [row for one in sorted(folder.iterdir()) for row in pq.read_table(one).to_pylist()]


def test_by_recipe_root_tag_and_address_it_is_the_same_page(finished: Path, copied: Path, gristmill: Gristmill) -> None:
    row = next(row for row in _documents(copied) if row["url"])
    page = gristmill("show", finished / "tiny.toml", row["id"], "--root", finished / "out").stdout
    assert f"document   {row['id']}" in page
    assert "\nmeasurements\n  length " in page
    assert gristmill("show", copied, row["id"][:16]).stdout == page
    assert gristmill("show", copied, row["url"]).stdout == page
    assert gristmill("tag", copied, "v1").returncode == 0
    assert gristmill("show", copied, row["url"], "--tag", "v1").stdout == page


def test_clean_is_what_the_release_says(finished: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    """A root knows the [[clean]] tables of its recipe by the manifest."""
    recipe = tmp_path / "clean.toml"
    text = (finished / "tiny.toml").read_text("utf-8")
    recipe.write_text(f'{text}\n[[clean]]\ndrop_words_with = ["miller"]\nmax_word_chars = {{ en = 30 }}\n', "utf-8")
    assert gristmill("run", recipe, "--root", tmp_path / "out").returncode == 0
    by_root, by_recipe = known.open_run(str(tmp_path / "out")), known.open_run(str(recipe), str(tmp_path / "out"))
    assert by_root.clean == list(by_recipe.clean)
    id_ = next(row["id"] for row in _documents(tmp_path / "out") if "miller of the upper" in row["text"])
    assert "miller" not in document.text(by_root, id_)
    assert document.text(by_root, id_) == document.text(by_recipe, id_)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("https://nowhere.test/", "no document's address is 'https://nowhere.test/'"),
        ("zz", "no document's id begins with 'zz'"),
    ],
)
def test_what_is_not_there_is_one_line(finished: Path, gristmill: Gristmill, asked: str, message: str) -> None:
    done = gristmill("show", finished / "out", asked)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert message in done.stderr
    assert gristmill("show", finished / "tiny.toml", asked, "--tag", "v1").returncode == 2


def test_an_address_of_several_documents_names_their_ids(tmp_path: Path) -> None:
    address = "https://a.test/"
    lines = [
        {"id": f"{n:032x}", "source": "s", "locator": "", "file": "", "offset": n, "text": "x", "url": url}
        for n, url in enumerate([address, None, address, "https://b.test/"])
    ]
    table = written(tmp_path, "documents", [pa.Table.from_pylist(lines, schema=DOCUMENTS)])
    assert find.one(table, "https://b.test/") == (f"{3:032x}", 0, 3)
    with pytest.raises(RecipeError, match=f"2 documents have the address .*give the id of one .{0:032x}, {2:032x}"):
        find.one(table, address)
