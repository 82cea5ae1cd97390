"""What people read of a text: the beginnings of its halves, or one line."""

import hashlib

HALF = 500  # code points from the beginning of each half of a text, as HPLT's inspection showed them
GAP = "\n[...]\n"
EARLY, LATE = "early", "late"


def halves(text: str) -> str:
    """The whole of a short text.

    >>> halves("a" * 600 + "b" * 600) == "a" * 500 + GAP + "b" * 500
    True
    """
    if len(text) <= 2 * HALF:
        return text
    middle = len(text) // 2
    return f"{text[:HALF]}{GAP}{text[middle : middle + HALF]}"


def line(text: str, half: str, chance: str) -> tuple[str, str]:
    """A line of the earlier or the later half of those that are not empty, and which half that was: a text of one line
    has no later half. `chance` says which line, by a digest."""
    lines = [one.strip() for one in text.split("\n") if one.strip()]
    if not lines:
        return "", EARLY
    first = (len(lines) + 1) // 2
    half = half if len(lines) > 1 else EARLY
    own = lines[:first] if half == EARLY else lines[first:]
    digest = hashlib.blake2b(chance.encode(), digest_size=8).digest()
    return halves(own[int.from_bytes(digest, "big") % len(own)]), half
