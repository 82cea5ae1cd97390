"""Which blocks are kept: the threshold against all thresholds, and names that are words."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus.html import elements, names, references, words
from corpus.html.kernels import blocks as kernel
from corpus.html.kernels import choose
from corpus.html.kernels.parse import CLASSES, words_of
from corpus.html.kernels.trees import Trees, share_of
from corpus.html.model import model

sixtyfourths = st.integers(0, 64).map(lambda n: n / 64)


@given(st.lists(st.tuples(st.integers(1, 500), sixtyfourths), min_size=1, max_size=30))
def test_threshold_is_half_the_best_expected_f1(found: list[tuple[int, float]]) -> None:
    made = kernel.blocks(len(found))
    made.chars[:] = [chars for chars, _ in found]
    share = np.array([one for _, one in found])
    wanted = sum(chars * one for chars, one in found)
    best = max(
        2 * sum(c * s for c, s in found if s >= limit) / (sum(c for c, s in found if s >= limit) + wanted)
        for limit in {s for _, s in found}
    )
    assert abs(choose.threshold(made, len(found), share) - min(0.5, max(0.05, best / 2))) < 1e-9


def kinds(value: str) -> set[str]:
    data = np.frombuffer(value.encode(), np.uint8)
    bits = words_of(data, 0, data.size, CLASSES, words.HASHES, words.BITS)
    return {kind for place, kind in enumerate(words.FEATURES) if bits >> place & 1}


def test_only_whole_words_of_a_class_count() -> None:
    assert "SHARE" in kinds("share")
    assert "SHARE" in kinds("btn-share_x")
    assert "SHARE" in kinds("postShare")
    assert "SHARE" not in kinds("shareholder")
    assert "AD" not in kinds("shadow header-adapter")
    assert {"META", "ARTICLE"} <= kinds("post-meta")
    assert kinds("") == kinds("x7 zzz") == set()


def test_no_two_names_have_one_hash() -> None:
    for hashes in (elements.HASHES, words.HASHES, references.HASHES):
        filled = hashes[hashes != 0]
        assert np.unique(filled).size == filled.size
    assert names.hashed("p", names.ELEMENT) != names.hashed("p", names.WORD)


def naive_share(row: np.ndarray, trees: Trees) -> float:
    total = 0.0
    for root in trees.roots:
        node = int(root)
        while trees.feature[node] >= 0:
            node = int((trees.left if row[trees.feature[node]] <= trees.threshold[node] else trees.right)[node])
        total += float(trees.value[node])
    return float(1 / (1 + np.exp(-total)))


def test_trees_are_walked_as_they_are_written() -> None:
    trees = model()
    chance = np.random.default_rng(3)
    for _ in range(20):
        row = chance.normal(0, 50, 400).astype(np.float32)
        assert abs(share_of(row, trees) - naive_share(row, trees)) < 1e-12
