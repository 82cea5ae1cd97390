"""What lines and words are made of, against definitions in plain Python and against counts done by hand."""

import re
import statistics

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import filters
from filters import unicode
from filters.kernels.lines import COUNTS
from tests.filters import oracle
from tests.filters.conftest import batch_of, documents, measured
from tests.filters.strategies import HOSTILE, TEXT

CLOSING = "\"'»’”」』"
BULLETS = "-*•‣⁃▪●◦–·"
SKIP = re.compile("javascript|terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies", re.A)
PIECES = ["A b c. ", 'Say "no" now!', "字です。次", "…", "...", ". ", "?!\n", "- a", "\n", " ", "#", "{", "Javascript"]
PIECES += [
    "lorem ipsum",
    "LOREM",
    "Use Cookies",
    "x" * 1001,
    "”",
    "क।",
    "۔ ",
    "one two three",
    "\u2028",
    "terms of use",
]
PROSE = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def ends(character: str) -> bool:
    return bool(oracle.flags(character) & unicode.TERMINAL)


def is_space(character: str) -> bool:
    return oracle.kind(character) == unicode.SPACE


def sentences(line: str) -> int:
    """Ends that count, and what is left."""
    count, rest, ending = 0, False, ""
    for character in line:
        if ends(character):
            ending = ending or "ascii"
            ending = ending if character.isascii() else "own"
            rest = True
        elif is_space(character):
            count += bool(ending)
            rest = rest and not ending
            ending = ""
        elif not (ending and character in CLOSING):
            count += ending == "own"
            rest, ending = True, ""
    return count + rest


def line_words(line: str) -> list[str]:
    """Lengths count letters since white space; each letter of an unspaced script is a word."""
    return "".join(" " if is_space(c) else c for c in line).split(" ")


def counts(text: str) -> dict[str, int]:
    found = dict.fromkeys(COUNTS, 0)
    found["feeds"] = text.count("\n")
    for line in text.split("\n"):
        visible = "".join(c for c in line if not is_space(c))
        found["hashes"] += line.count("#")
        found["ellipses"] += line.count("…")
        if not visible:
            continue
        found["ellipses"] += sum(len(run) // 3 for run in re.findall(r"\.+", visible))
        trails = visible.endswith(("...", "…"))
        found["lines"] += 1
        found["finished"] += ends(visible[-1])
        found["short"] += len(line) <= 30
        found["bullets"] += visible[0] in BULLETS
        found["trailing"] += trails
        found["sentences"] += sentences(line)
        found["longest"] = max(found["longest"], len(line))
        tokens = [token for token in line_words(line) if token]
        unspaced = [bool(oracle.flags(c) & unicode.UNSPACED) for token in tokens for c in token[1:]]
        if (
            (ends(visible[-1]) or visible[-1] in CLOSING)
            and not trails
            and len(tokens) + sum(unspaced) >= 3
            and max(map(len, tokens)) <= 1000
        ):
            lower = "".join(chr(ord(c) | 32) if "A" <= c <= "Z" else c for c in line)
            if "lorem ipsum" in lower:
                found["lorem"] += 1
            elif SKIP.search(lower):
                pass
            elif "{" in line:
                found["braces"] += 1
            else:
                found["c4_lines"] += 1
                found["c4_sentences"] += sentences(line)
    return found


@given(st.lists(st.one_of(PROSE, TEXT), max_size=4))
@example(["", "\n", "a. b.", "。。a", "a...", ". . . ."])
def test_counts_of_lines_any_texts_equal_twin(texts: list[str]) -> None:
    index = batch_of(texts).lines
    assert [dict(zip(COUNTS, row, strict=True)) for row in index.counts.tolist()] == [counts(text) for text in texts]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_counts_of_lines_hostile_text_equal_twin(text: str) -> None:
    [row] = batch_of([text]).lines.counts.tolist()
    assert dict(zip(COUNTS, row, strict=True)) == counts(text)


@given(st.lists(st.one_of(PROSE, TEXT), min_size=1, max_size=4))
def test_lines_that_c4_retains_are_where_the_index_says(texts: list[str]) -> None:
    batch = batch_of(texts)
    data, offsets = batch.buffers
    for row in range(len(texts)):
        first, last = batch.lines.offsets[row], batch.lines.offsets[row + 1]
        starts = batch.lines.starts[first:last].tolist()
        lines = [bytes(data[start : offsets[row + 1]]).split(b"\n")[0].decode() for start in starts]
        assert lines == [line for line in texts[row].split("\n") if not all(map(is_space, line))]
        kept = [line for line, keep in zip(lines, batch.lines.kept[first:last].tolist(), strict=True) if keep]
        assert kept == [line for line in lines if counts(line)["c4_lines"]]


@given(st.lists(TEXT, max_size=3))
def test_words_any_texts_equal_twin(texts: list[str]) -> None:
    for text, found in zip(texts, measured(filters.load("words")(), documents(texts)).to_pylist(), strict=True):
        own = oracle.words(text)
        many = max(len(own), 1)
        assert found["lettered_ratio"] == sum(any(oracle.kind(c) == unicode.LETTER for c in w) for w in own) / many
        assert found["longest_chars"] == max(map(len, own), default=0)
        wanted = statistics.pstdev(map(len, own)) if own else 0.0
        assert found["chars_deviation"] == pytest.approx(wanted, abs=1e-9)
        assert found["hashes_per_word"] == (text.count("#") / many if own else 0.0)


@pytest.mark.parametrize(
    ("text", "signal", "value"),
    [
        ("One. Two!\nmenu\n\nThree", "finished_ratio", 1 / 3),
        ("One. Two!\nmenu\n\nThree", "sentences", 4),
        ("他说。\u201c好！\u201d她走了。", "sentences", 3),
        ("नमस्ते। दुनिया।", "sentences", 2),
        ("• a\n- b\nc", "bullet_ratio", 2 / 3),
        ("Read more...\nand more\u2026\nNo.", "ellipsis_ratio", 2 / 3),
        ("x" * 30 + "\n" + "x" * 31, "short_ratio", 0.5),
        ("a b\nc d\n", "feeds_per_word", 0.5),
        ("A sentence of words.\nToo short.\nNo end here at all", "c4_lines", 1),
        ("Please enable JavaScript to go on.\nWe are fine here.", "c4_lines", 1),
        ("int main() { return 0; } is code.", "braces", 1),
        ("Here is Lorem Ipsum as text.", "lorem_ipsum", 1),
        ("We value you. Read the Privacy Policy here.", "c4_lines", 0),
        ("    if x:\n        return 1", "longest_chars", 16),
    ],
)
def test_lines_known_text_has_the_value_worked_out_by_hand(text: str, signal: str, value: float) -> None:
    [found] = measured(filters.load("lines")(), documents([text])).to_pylist()
    assert found[signal] == pytest.approx(value)
