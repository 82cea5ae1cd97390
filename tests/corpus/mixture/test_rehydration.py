"""Repeats from duplicates: FineWeb-2's published weights from its published distributions."""

import gzip
import json
from pathlib import Path

import pytest

from corpus.mixture.cells import Clustered
from corpus.mixture.rehydration import changes, of, repeats
from tests.conftest import ROOT

FIXTURE = ROOT.parent / "shared" / "data" / "fixtures" / "rehydration" / "rehydration.json.gz"
# Three languages of huggingface/fineweb-2, misc/rehydration (Apache-2.0): sizes of clusters, shares in percent that
# filters drop of them and of all, and the repeats that are published up to 3 and up to 10.
KNOWN = json.loads((Path(__file__).parent / "fineweb2.json").read_text("utf-8"))


@pytest.mark.parametrize("language", sorted(KNOWN))
def test_published_weights_follow_from_their_distributions(language: str) -> None:
    own = KNOWN[language]
    for most, expected in ((3, own["up_to_3"]), (10, own["up_to_10"])):
        found = changes(own["sizes"], repeats(own["rates"], own["whole"], most))
        assert {str(size): count for size, count in found.items()} == expected


def test_published_weights_of_all_73_languages() -> None:
    if not FIXTURE.exists():
        pytest.skip("the distributions of FineWeb-2 are not beside this repository")
    with gzip.open(FIXTURE) as file:
        published = json.load(file)
    assert len(published["distributions"]) == 73
    for name, most in (("up_to_3", 3), ("up_to_10", 10)):
        for language, own in published["distributions"].items():
            sizes = [*own["cluster_sizes"], own["tail_threshold"]]
            rates = [*own["cluster_removal_rates"], own["tail_removal_rate"]]
            found = changes(sizes, repeats(rates, own["global_removal_rate"], most))
            assert {str(size): count for size, count in found.items()} == published[name][language], language


def test_sizes_that_lose_as_much_as_the_language_come_once_and_few_documents_decide_nothing() -> None:
    counted = [
        Clustered(language="eng_Latn", size="1", documents=1000, dropped=600),
        Clustered(language="eng_Latn", size="2", documents=400, dropped=100),
        Clustered(language="eng_Latn", size="3", documents=300, dropped=30),
        Clustered(language="eng_Latn", size="12", documents=12, dropped=0),
        Clustered(language="eng_Latn", size="13", documents=26, dropped=26),
        Clustered(language="deu_Latn", size="2", documents=3, dropped=0),
    ]
    found = of(counted, 10)
    assert {size: found.of({"language": "eng_Latn", "duplicates": str(size)}) for size in (1, 2, 3, 12, 13, 500)} == {
        1: 1,
        2: 6,
        3: 10,
        12: 1,  # with 13: neither 12 documents that all stay nor 26 that all go say anything alone
        13: 1,
        500: 1,
    }
    assert found.of({"language": "deu_Latn", "duplicates": "2"}) == 1
    assert found.of({"language": "fra_Latn", "duplicates": "9"}) == 1
