"""kenlm reads what is written, and the table gives what kenlm gives."""

from collections.abc import Sequence
from pathlib import Path

import kenlm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.lm import score_table
from filters.lm.suffixes import Level
from tests.filters.lm.twin import Sentences, estimate

_WORD = st.sampled_from(["a", "b", "c", "d", "字", "ü", "new"])
_LINES = st.lists(st.lists(_WORD, min_size=1, max_size=9), min_size=1, max_size=8)


@given(_LINES, _LINES, st.integers(2, 6))
@settings(max_examples=60)
def test_any_text_has_the_score_of_kenlm(
    tmp_path_factory: pytest.TempPathFactory, train: Sentences, texts: Sentences, order: int
) -> None:
    model = estimate([[w for w in line if w != "new"] or ["a"] for line in train], order)
    path = tmp_path_factory.getbasetemp() / "any.arpa"
    path.write_text(model.arpa, "utf-8")
    oracle = kenlm.LanguageModel(str(path))
    assert oracle.order == order
    tokens = [model.numbers([line]) for line in texts]
    rows = np.cumsum([0, *map(len, tokens)])
    found = model.table.score(np.concatenate(tokens), rows, order)
    expected = [oracle.score(" ".join(line), bos=True, eos=True) for line in texts]
    assert found == pytest.approx(expected, abs=1e-5 * max(map(len, tokens)))


def lines_of(words: Sequence[str]) -> list[list[str]]:
    return [[words[(i * j) % len(words)] for j in range(1, 8)] for i in range(1, 40)]


def test_a_file_that_is_mapped_gives_what_was_written(tmp_path: Path) -> None:
    model = estimate(lines_of(["a", "b", "c", "d", "e"]), 4)  # 8 words, and then 7: with padding and without
    for found in (model, estimate(lines_of(["a", "b", "c", "d"]), 3)):
        path = tmp_path / "model.table"
        path.write_bytes(b"".join(found.table.blocks()))
        again = score_table.load(str(path), found.table.words, found.table.slots)
        tokens = found.numbers(lines_of(["a", "c", "?"]))
        rows = np.array([0, len(tokens)])
        assert again.score(tokens, rows, found.order) == found.table.score(tokens, rows, found.order)


def test_a_file_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.table"
    path.write_bytes(b"\0" * 100)
    with pytest.raises(ValueError, match=r"is 100 bytes, not 112$"):
        score_table.load(str(path), 4, 5)


def test_more_n_grams_than_a_table_holds_are_refused() -> None:
    class Many(Level):
        def __len__(self) -> int:
            return 1 << 32

    many = Many(np.empty(0), np.empty(0), np.empty(0))
    with pytest.raises(ValueError, match="are more than a table holds: lower the order"):
        score_table.Builder([many, many])
