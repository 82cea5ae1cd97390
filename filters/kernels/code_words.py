"""Words that the lexer of source code keeps, and the tables in which its kernel looks them up."""

import numpy as np

from filters.jit import int64, njit
from filters.kernels.hashing import BASE, SEED

# Reserved in at least one of C, C++, C#, Go, Java, JavaScript, Lua, PHP, Python, Ruby, Rust, Scala, TypeScript.
_KEYWORDS = """
False None True abstract and as assert async await auto base begin bool boolean break byte case catch char class const
constexpr continue debugger decimal declare def default defer defined delegate delete do double dyn echo elif else
elseif elsif end endif endfor endforeach endwhile ensure enum event except explicit export extends extern fallthrough
false final finally fixed float fn for foreach friend from func function global go goto if impl implements implicit
import in inline instanceof int interface internal is lambda lazy let local lock long loop match mod module mut
mutable namespace native new next nil noexcept nonlocal not null nullptr object operator or out override package
params pass private protected protocol pub public raise range readonly redo ref register repeat require rescue
restrict retry return sbyte sealed select self short signed sizeof static strictfp struct super switch synchronized
template then this throw throws trait transient true try type typedef typeid typename typeof uint ulong undef union
unless unsafe unsigned until use using val var virtual void volatile when where while with yield
"""
# What follows # without a space in C, C++ and C#: not the beginning of a comment.
_DIRECTIVES = """
define elif else endif endregion error if ifdef ifndef import include line nullable pragma region undef warning
"""

KEYWORDS, DIRECTIVES = frozenset(_KEYWORDS.split()), frozenset(_DIRECTIVES.split())
_SLOTS = 2048  # 11 bits: at 200 words one in ten slots is taken, and a miss costs one look


@njit(cache=True, nogil=True, inline="always")
def letter(state: np.uint64, byte: np.uint8) -> np.uint64:
    return (state ^ np.uint64(byte)) * BASE


def word_symbol(word: bytes) -> int:
    """The 64-bit symbol of a kept word."""
    state = int(SEED)
    for byte in word:
        state = ((state ^ byte) * int(BASE)) & 0xFFFFFFFFFFFFFFFF
    return state


def _table(words: frozenset[str]) -> np.ndarray:
    """Open addressing by the upper bits of the symbol; 0 is an empty slot."""
    found = np.zeros(_SLOTS, np.uint64)
    for word in sorted(words):
        symbol = word_symbol(word.encode())
        slot = symbol >> 53
        while found[slot]:
            slot = (slot + 1) % _SLOTS
        found[slot] = symbol
    return found


KEPT, DIRECTIVE = _table(KEYWORDS), _table(DIRECTIVES)


@njit(cache=True, nogil=True, inline="always")
def known(symbol: np.uint64, table: np.ndarray) -> bool:
    slot = int64(symbol >> np.uint64(53))
    while table[slot] != 0:
        if table[slot] == symbol:
            return True
        slot = (slot + 1) % _SLOTS
    return False
