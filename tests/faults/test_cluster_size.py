"""A corpus that does not fit into one task of anything: 300 MB, on a cluster and here, all keys through the shuffle."""

import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import pytest

from tests.conftest import SAMPLE
from tests.faults import cluster as standalone
from tests.faults.cluster import OnCluster
from tests.faults.runs import Place
from tests.faults.test_cluster import SHUFFLED
from tests.faults.test_local import equal

BYTES = 300_000_000
SECONDS = 1500
RECIPE = """
name = "size"
[[sources]]
name = "made"
path = "texts/*.jsonl"
[[filters]]
use = "length"
[[filters]]
use = "repetition"
max_paragraph_ratio = 0.9
[[filters]]
use = "symbols"
[tokenizer]
vocab_size = 8000
sample_bytes = 20_000_000
[ingest]
part_bytes = 8_000_000
"""


def known() -> list[str]:
    """Texts of the sample in the repository."""
    with gzip.open(SAMPLE / "gnome-ccbysa.jsonl.gz", "rt", encoding="utf-8") as file:
        return [orjson.loads(line)["text"] for line in file]


def documents(known: Sequence[str], size: int) -> Iterator[str]:
    """Words of all texts put together anew, 30 to 2,000; one in twenty has another's words but for one, one in
    fifty all of them."""
    chance = random.Random(300)
    words = [word for text in known for word in text.split()]
    before: list[list[str]] = [words[:50]]
    while size > 0:
        share = chance.random()
        if share < 0.07:
            own = list(chance.choice(before))
            if share > 0.02:
                own[chance.randrange(len(own))] = chance.choice(words)
        else:
            begin, count = chance.randrange(len(words)), int(30 * 66 ** chance.random())
            own = words[begin : begin + count // 2] + chance.choices(words, k=count)
            if len(before) < 5000:
                before.append(own)
        text = " ".join(own)
        size -= len(text.encode())
        yield text


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_300_mb_on_a_cluster_are_the_bytes_of_one_machine(tmp_path: Path) -> None:
    recipe = tmp_path / "size.toml"
    recipe.write_text(RECIPE, "utf-8")
    (tmp_path / "texts").mkdir()
    made = documents(known(), BYTES)
    for number in range(10):
        with (tmp_path / "texts" / f"{number}.jsonl").open("wb") as file:
            while file.tell() < BYTES / 10 and (text := next(made, None)) is not None:
                file.write(orjson.dumps({"text": text}) + b"\n")
    here = Place(recipe=recipe, root=tmp_path / "here", seconds=SECONDS)
    ended = here.run("--cores", "2")
    assert ended.code == 0, ended.err
    with standalone.cluster(tmp_path / "cluster") as nodes:
        there = OnCluster(recipe=recipe, root=tmp_path / "there", cluster=nodes, patches=SHUFFLED, seconds=SECONDS)
        ended = there.run(**nodes.environment())
        assert ended.code == 0, ended.err
    counts = orjson.loads(next(here.root.glob("dedup/*/manifest.json")).read_bytes())["counts"]
    assert counts["exact"] > 500
    assert counts["near"] > 500
    equal(there, here)
