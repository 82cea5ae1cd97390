"""Two texts side by side: what differs is marked, and long runs that are alike are left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import regex
from markupsafe import Markup, escape

# A word, or where words have no spaces a letter with its marks, or any other grapheme, so that no mark and no emoji is
# torn apart; each with the white space after it, which is not compared: where lines break is no difference.
_LETTER = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
_PIECES = regex.compile(
    rf"{_LETTER}\p{{M}}*\s*|(?:(?!{_LETTER})[\p{{L}}\p{{M}}\p{{N}}_])+\s*|\s+|\X\s*", regex.VERSION1
)
_MOST = 3000  # pieces of a side that are matched, from the first that differs: 0.15 s for the worst tried
_AROUND = 120  # code points of what is alike that stand before and after a difference: two lines

Run = tuple[str, str, str]  # "equal" or "differs", text of the left, text of the right


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Both sides as markup; the texts in it are escaped."""

    left: Markup
    right: Markup
    same: bool  # nothing differs


def compared(one: str, other: str, chars: int) -> Compared:
    """Differences in <mark> with what stands around them, at most about `chars` code points a side."""
    sides: tuple[list[Markup], list[Markup]] = ([], [])
    spent = 0
    found = list(runs(one, other))
    for place, (kind, left, right) in enumerate(found):
        if spent >= chars and place:
            more = sum(kind == "differs" for kind, _, _ in found[place:])
            _gap(sides, f"{more} more difference{'s' if more > 1 else ''}" if more else "the rest is alike")
            break
        if kind == "differs":
            _put(sides, *(Markup("<mark>{}</mark>").format(t[:chars]) if t else Markup() for t in (left, right)))
            spent += min(max(len(left), len(right)), chars)
            if max(len(left), len(right)) > chars:
                _gap(sides, f"{max(len(left), len(right)) - chars:,} more characters differ")
        else:
            edges = (place == 0, place == len(found) - 1)
            spent += _alike(sides, (left, right), edges, chars)
    return Compared(left=Markup().join(sides[0]), right=Markup().join(sides[1]), same=one == other)


def runs(one: str, other: str) -> Iterator[Run]:
    """The texts in order, cut where they begin and cease to differ; the left sides joined are `one`, the right ones
    `other`. What is equal may differ in white space."""
    left, right = _PIECES.findall(one), _PIECES.findall(other)
    keys, against = [piece.strip() for piece in left], [piece.strip() for piece in right]
    before = _alike_from(keys, against)
    after = _alike_from(keys[before:][::-1], against[before:][::-1])
    ends = (len(left) - after, len(right) - after)
    if before:
        yield "equal", "".join(left[:before]), "".join(right[:before])
    first, last = before, tuple(min(end, before + _MOST) for end in ends)
    # autojunk: a piece that is more than 1 % of many is no anchor, which bounds the work whatever the text is
    matcher = SequenceMatcher(None, keys[first : last[0]], against[first : last[1]], autojunk=True)
    for kind, a, b, c, d in matcher.get_opcodes():
        texts = "".join(left[first + a : first + b]), "".join(right[first + c : first + d])
        yield "equal" if kind == "equal" else "differs", *texts
    if last != ends:
        yield "differs", "".join(left[last[0] : ends[0]]), "".join(right[last[1] : ends[1]])
    if after:
        yield "equal", "".join(left[ends[0] :]), "".join(right[ends[1] :])


def _alike_from(one: Sequence[str], other: Sequence[str]) -> int:
    """Pieces that are the same from the first on."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _alike(
    sides: tuple[list[Markup], list[Markup]], texts: tuple[str, str], edges: tuple[bool, bool], room: int
) -> int:
    """What is alike: its end before a difference, its beginning after one; `edges`: whether it is the first run, the
    last. Returns the code points shown."""
    cuts = [_cut(text, *edges, room) for text in texts]
    left_out = len(texts[0]) - sum(map(len, cuts[0]))
    if left_out <= _AROUND:  # a gap would be no shorter than what it stands for
        _put(sides, escape(texts[0]), escape(texts[1]))
        return len(texts[0])
    _put(sides, *(escape(head) for head, _ in cuts))
    _gap(sides, f"{left_out:,} characters alike")
    _put(sides, *(escape(tail) for _, tail in cuts))
    return len(texts[0]) - left_out


def _cut(text: str, first: bool, last: bool, room: int) -> tuple[str, str]:
    """Beginning and end that are shown."""
    if first and last:
        return text[:room], ""
    return "" if first else _head(text), "" if last else _head(text[::-1])[::-1]


def _head(text: str) -> str:
    """About _AROUND code points, up to the end of a word where there is one near."""
    cut = text[_AROUND : 2 * _AROUND]
    more = next((i for i, c in enumerate(cut) if c.isspace()), None)
    return text[: _AROUND + (more if more is not None and more < _AROUND // 4 else 0)]


def _put(sides: tuple[list[Markup], list[Markup]], left: Markup, right: Markup) -> None:
    sides[0].append(left)
    sides[1].append(right)


def _gap(sides: tuple[list[Markup], list[Markup]], words: str) -> None:
    """Words of ours, apart from the direction of the text."""
    gap = Markup('<bdi class="gap" dir="ltr">… {} …</bdi>').format(words)
    _put(sides, gap, gap)
