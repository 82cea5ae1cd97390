"""What of a text is shown."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.annotation.drawing.excerpts import EARLY, GAP, LATE, halves, line


@given(st.text(max_size=3000))
def test_halves_are_the_beginnings_of_both(text: str) -> None:
    found = halves(text)
    if len(text) <= 1000:
        assert found == text
    else:
        assert found == text[:500] + GAP + text[len(text) // 2 :][:500]


@given(st.lists(st.text(alphabet="ab \t", max_size=5), max_size=9), st.sampled_from([EARLY, LATE]), st.text(max_size=3))
def test_a_line_is_of_the_half_that_is_said(lines: list[str], half: str, chance: str) -> None:
    whole = [one.strip() for one in lines if one.strip()]
    found, which = line("\n".join(lines), half, chance)
    middle = (len(whole) + 1) // 2
    assert found in ((whole[:middle] or [""]) if which == EARLY else whole[middle:])
    assert which == (half if len(whole) > 1 else EARLY)


def test_every_line_may_be_drawn() -> None:
    text = "\n".join("abcdefgh")
    drawn = {line(text, half, str(n))[0] for half in (EARLY, LATE) for n in range(100)}
    assert drawn == set("abcdefgh")
