"""RE2 patterns that hold a list of words."""

from typing import Any

import re2

_BYTES = (
    64 << 20
)  # of RE2's automaton: within the default of 8 MB lists in thirty languages fall back to its slow engine


def compiled(pattern: str | bytes) -> Any:
    """The pattern, with room for its automaton."""
    options = re2.Options()
    options.max_mem = _BYTES
    return re2.compile(pattern, options)
