"""Passages: what may be cut equals a brute force over all documents, and what is cut stands in full where it says."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.duplicates.passages import Cut, Passages, cuts, in_whole, left
from corpus.duplicates.runs import HELD, WINDOWS, Piece, Repeats, as_runs, id_halves, id_of, join, repeats
from corpus.errors import RecipeError
from corpus.planning import recipe
from filters.kernels.boundaries import bounds
from filters.kernels.winnow import digests, fingerprints, shared_runs
from tests.conftest import write_recipe
from tests.filters import oracle
from tests.filters.conftest import batch_of
from tests.filters.strategies import TEXT

K, W = 2, 3
T = K + W - 1  # words

_SENTENCES = (
    *("One two three. ", "Four five! ", "one two, three four five six.\n", "six\n", "- seven eight nine ten eleven\n"),
    *("字々仮名交じり文。", "次の文です！", "ไทยกข ", "मे क ख ग। ", "e\u0301ga\u0301 ete\u0301 la\u0300. ", "𒐫𒐬 𒐭. "),
    *("\n", "!!! ", "\u3000", "🙂🙂\n", "...", "«Oui non si.» ", "3.5 10.000 a b\n", "x "),
)
# Slices of one text, so that passages of several documents overlap and stand on each other.
_MOTHER = re.findall(r"\S+\s", "a b c. d e f g h\ni j. 字。k l m n o. p\nq r s t u v. w x y z.\n")
_SLICE = st.tuples(st.integers(0, len(_MOTHER) - 3), st.integers(3, 14)).map(lambda s: "".join(_MOTHER[s[0] : sum(s)]))
SLICES = st.lists(_SLICE, min_size=1, max_size=4).map("".join)
DOCUMENT = st.one_of(st.lists(st.sampled_from(_SENTENCES), max_size=16).map("".join), TEXT)
DOCUMENTS = st.one_of(st.lists(SLICES, min_size=4, max_size=7), st.lists(DOCUMENT, min_size=1, max_size=6))


def ids(count: int) -> list[str]:
    """In another order than the rows, with the first bit set in some."""
    return [f"{(i * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 7) % (1 << 128):032x}" for i in range(count)]


def windows_of(texts: Sequence[str]) -> list[dict[str, int]]:
    """What the stage's wide steps give, with dictionaries for shuffles."""
    batch = batch_of(texts)
    words, offsets = batch.index.word_hash, batch.index.word_offsets
    seeds = np.zeros(len(texts), np.uint64)
    begin, values = fingerprints(words, offsets, seeds, K, W)
    documents = defaultdict(set)
    for row in range(len(texts)):
        for value in values[begin[row] : begin[row + 1]].tolist():
            documents[value].add(row)
    shared = [[v for v in values[a:b].tolist() if len(documents[v]) > 1] for a, b in pairwise(begin)]
    limits = np.cumsum([0, *map(len, shared)]).astype(np.int64)
    at, start = shared_runs(words, offsets, seeds, (K, W), limits, np.array(sum(shared, []), np.uint64))  # noqa: RUF017
    values = digests(words, offsets[at] + start, seeds[at], T).tolist()
    groups = defaultdict(list)
    names = ids(len(texts))
    for r, s, value in zip(at.tolist(), start.tolist(), values, strict=True):
        groups[tuple(value)].append((names[r], s, r))
    found = []
    for members in groups.values():
        name, first, holder = min(members)
        count = len({r for _, _, r in members})
        high, low = id_halves([name])
        for _, s, r in members:
            if count > 1 and (r != holder or s == first):
                of = {
                    "of_key": HELD if r == holder else holder,
                    "of_start": first,
                    "of_high": high[0],
                    "of_low": low[0],
                }
                found.append({"key": r, "start": s, **of, "count": count})
    return sorted(found, key=lambda row: (row["key"], row["start"]))


def joined(windows: Sequence[dict[str, int]], cut: int) -> pa.Table:
    """Runs, from batches of `cut` windows, the last run of each waiting for the next."""
    waiting = pa.RecordBatch.from_pylist([], schema=as_runs(pa.RecordBatch.from_pylist([], schema=WINDOWS)).schema)
    done = []
    for first in range(0, len(windows), cut):
        more = as_runs(pa.RecordBatch.from_pylist(windows[first : first + cut], schema=WINDOWS))
        both = join(pa.Table.from_batches([waiting, more]).combine_chunks().to_batches()[0])
        done.append(both.slice(0, both.num_rows - 1))
        waiting = both.slice(both.num_rows - 1)
    return pa.Table.from_batches([*done, waiting])


def found_in(texts: Sequence[str], cut: int = 7) -> dict[int, Repeats]:
    return {repeat.row: repeat for repeat in repeats(joined(windows_of(texts), cut), T)}


class Owner(NamedTuple):
    id: str
    start: int
    row: int


def brute(texts: Sequence[str]) -> dict[int, tuple[set[int], set[int]]]:
    """For each document: words in windows that a document of a lesser id has, words in windows that it holds."""
    words, names = [oracle.words(text) for text in texts], ids(len(texts))
    places = defaultdict(list)
    for row, own in enumerate(words):
        for start in range(len(own) - T + 1):
            places[tuple(own[start : start + T])].append(Owner(names[row], start, row))
    copied: dict[int, tuple[set[int], set[int]]] = {row: (set(), set()) for row in range(len(texts))}
    for owners in places.values():
        if len({owner.row for owner in owners}) > 1:
            for owner in owners:
                if owner.row != min(owners).row:
                    copied[owner.row][0].update(range(owner.start, owner.start + T))
                elif owner == min(owners):
                    copied[owner.row][1].update(range(owner.start, owner.start + T))
    return copied


def stretches(places: set[int]) -> Iterator[tuple[int, int]]:
    for first in sorted(places):
        if first - 1 not in places:
            last = first
            while last in places:
                last += 1
            yield first, last


@given(DOCUMENTS, st.integers(1, 9))
@example(["a b c d e f", "x a b c d e f", "e f g h a b c d"], 2)
def test_repeats_any_documents_equal_brute_force(texts: list[str], cut: int) -> None:
    found = found_in(texts, cut)
    for row, (copied, holding) in brute(texts).items():
        repeat = found.get(row, Repeats(row=row, pieces=[], repeated=0, held=0, holder=bool(holding)))
        free = copied - holding
        inside = {place for piece in repeat.pieces for place in range(piece.start, piece.stop)}
        assert inside <= free
        assert repeat.holder == bool(holding)
        assert (repeat.repeated, repeat.held) == (len(inside), len(copied) - len(inside))
        for first, last in stretches(free):  # a stretch of which all is in one run is a piece if it is long enough
            if not holding and last - first >= T:
                assert set(range(first, last)) <= inside
        assert all(piece.stop - piece.start >= T for piece in repeat.pieces)


@given(DOCUMENTS)
def test_pieces_stand_word_for_word_in_their_holder_which_keeps_them(texts: list[str]) -> None:
    found, names = found_in(texts), ids(len(texts))
    words = [oracle.words(text) for text in texts]
    for repeat in found.values():
        for piece in repeat.pieces:
            holder = names.index(piece.of_id)
            own = words[repeat.row][piece.start : piece.stop]
            places = [i for i in range(len(words[holder])) if words[holder][i : i + len(own)] == own]
            gone = [(p.start, p.stop) for p in found[holder].pieces] if holder in found else []
            assert any(all(b <= i or i + len(own) <= a for a, b in gone) for i in places)
            assert names[holder] < names[repeat.row]
            assert 2 <= piece.count <= len(texts)


def cuts_of(texts: Sequence[str]) -> dict[int, list[Cut]]:
    found = found_in(texts)
    return {row: cuts(texts[row], _bounds(texts[row]), repeat.pieces, T) for row, repeat in found.items()}


def _bounds(text: str) -> Any:
    batch = batch_of([text])
    data, offsets = batch.buffers
    return bounds(data, int(offsets[0]), int(offsets[1]), int(batch.index.words[0]))


def contains(words: list[str], run: list[str]) -> bool:
    return any(words[i : i + len(run)] == run for i in range(len(words) - len(run) + 1))


@given(DOCUMENTS)
@example(["One two three. Four five! six\n", "x One two three. Four five! ", "six\nOne two three. Four five! six\n"])
def test_everything_that_is_cut_stands_in_full_in_the_released_text_of_the_document_it_names(texts: list[str]) -> None:
    found, names = cuts_of(texts), ids(len(texts))
    released = [left(text, found.get(row, [])) for row, text in enumerate(texts)]
    for row, own in found.items():
        for cut in own:
            gone = oracle.words(texts[row][cut.start : cut.end])
            assert contains(oracle.words(released[names.index(cut.piece.of_id)]), gone)


@given(DOCUMENTS)
def test_cuts_are_ascending_part_no_word_and_merge_no_lines(texts: list[str]) -> None:
    for row, own in cuts_of(texts).items():
        text, rest = texts[row], left(texts[row], own)
        behind = 0
        gone = []
        for cut in own:
            assert behind <= cut.start < cut.end <= len(text)
            behind = cut.end
            gone += oracle.words(text[cut.start : cut.end])
            for edge in (cut.start, cut.end):  # no character is parted from its marks, no word in two
                assert edge == len(text) or oracle.kind(text[edge]) != oracle.kind("\u0301") or text[edge - 1] == "\n"
        assert sorted([*oracle.words(rest), *gone]) == sorted(oracle.words(text))
        whole = {tuple(oracle.words(line)) for line in text.split("\n")}
        for line in rest.split("\n"):  # every line that is left is of one line of the text
            kept = oracle.words(line)
            assert any(_is_subsequence(kept, other) for other in whole)


def _is_subsequence(one: Sequence[str], other: Sequence[str]) -> bool:
    rest = iter(other)
    return all(word in rest for word in one)


CASES = [
    ("a b c d\ne f g h\ni j", 4, 8, "a b c d\ni j"),  # a whole line
    ("a b c d\ne f g h\ni j", 3, 10, "a b c d"),  # to the end: no line feed is left over
    ("a b c d\ne f g h\ni j\n", 3, 10, "a b c d\n"),
    ("A b. C d e f. G h.", 1, 7, "A b. G h."),  # a sentence inside a line
    ("A b. C d e f.\nG h.", 1, 7, "A b.\nG h."),  # the sentence at the end of a line takes the space before it
    ("A b. C d.\nE f. G h.", 2, 6, "A b.\nG h."),  # across a line feed, which stays
    ("A b. C d.\n\nE f. G h. I", 2, 8, "A b.\nI"),
    ("A b c d e f g.", 1, 6, "A b c d e f g."),  # no sentence is whole
    ("A b c. D e.", 0, 3, "A b c. D e."),  # whole, but fewer than four words
    ("甲乙。丙丁戊己。庚", 1, 6, "甲乙。庚"),
    ("A b. C d e f.\u0301 G h.", 2, 6, "A b. C d e f.\u0301 G h."),  # the full stop has a mark on it
]


@pytest.mark.parametrize(("text", "start", "stop", "rest"), CASES, ids=range(len(CASES)))
def test_cut_known_text_reads_well(text: str, start: int, stop: int, rest: str) -> None:
    found = cuts(text, _bounds(text), [Piece(start, stop, ids(1)[0], 2)], 4)
    assert left(text, found) == rest


GAPS = [  # pieces, words that stay, most words of a gap, what is left
    ([(0, 4), (6, 10)], [], 2, "end here"),
    ([(0, 4), (6, 10)], [], 1, "x y\nend here"),
    ([(0, 4), (6, 10)], [(5, 6)], 2, "x y\nend here"),  # another document's passage stands on a word of it
    ([(0, 4), (6, 10)], [(10, 12)], 2, "end here"),
    ([(6, 10)], [], 9, "a b c d\nx y\nend here"),  # nothing before the first
]


@pytest.mark.parametrize(("pieces", "stays", "most", "rest"), GAPS, ids=range(len(GAPS)))
def test_short_gap_between_passages_goes_with_them(
    pieces: list[tuple[int, int]], stays: list[tuple[int, int]], most: int, rest: str
) -> None:
    text = "a b c d\nx y\ne f g h\nend here"
    own = [Piece(start, stop, ids(1)[0], 2) for start, stop in pieces]
    found = cuts(text, _bounds(text), own, 4, most, stays)
    assert left(text, found) == rest
    assert sum(not cut.piece.of_id for cut in found) == (rest == "end here")


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), max_size=4), st.data())
def test_cuts_of_what_is_left_name_the_same_characters_of_the_whole(
    spans: list[tuple[int, int]], data: st.DataObject
) -> None:
    gone = sorted((start, start + size) for start, size in spans)
    kept = [place for place in range(30) if not any(a <= place < b for a, b in gone)]
    edges = sorted(data.draw(st.sets(st.integers(0, len(kept)), min_size=2, max_size=4)))
    found = [Cut(a, b, Piece(0, 1, "", 2)) for a, b in pairwise(edges)]
    told = in_whole(found, gone)
    assert [[p for p in range(cut.start, cut.end) if p in kept] for cut in told] == [
        kept[a:b] for a, b in pairwise(edges)
    ]
    assert all(cut.start in kept and cut.end - 1 in kept for cut in told)


def test_ids_sort_as_their_halves_and_come_back() -> None:
    names = sorted([*ids(50), "0" * 32, "f" * 32, "7" + "f" * 31, "8" + "0" * 31])
    high, low = id_halves(names)
    halves = list(zip(high.tolist(), low.tolist(), strict=True))
    assert halves == sorted(halves)
    assert [id_of(*half) for half in halves] == names


def test_sizes_add_up_to_the_shortest_passage() -> None:
    for least in (8, 9, 50, 51):
        k, window = Passages(min_tokens=least).sizes
        assert k + window - 1 == least


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('policy = "drop"', "max_share"),
        ("max_share = 0.5", "max_share"),
        ("min_tokens = 7", "min_tokens"),
        ('policy = "burn"', "policy"),
        ("sources = []", "sources"),
        ("min_words = 9", "min_words"),
    ],
)
def test_bad_table_is_an_error_of_one_line(tmp_path: Path, table: str, message: str) -> None:
    path = write_recipe(tmp_path)
    path.write_text(path.read_text("utf-8") + f"\n[passages]\n{table}\n", "utf-8")
    with pytest.raises(RecipeError, match=message) as error:
        recipe.load(str(path))
    assert len(str(error.value).splitlines()) == 1
